"""The pages of works packages, over HTTP: the list, one line's steps, what everybody sees, what is warranted."""

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.actions import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.ledger.tests.conftest import counted, photo
from gongzhi.projects.models import Project, WorksLine
from gongzhi.projects.tests.test_works import BUDGET, accepted, listed, pool, spot
from tests.cast import NOW, World
from tests.support.pages import client_of, words


def cells(response: Any) -> list[Any]:
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row]


@pytest.mark.req("H07", where="/projects/P00001/lines")
def test_a_leak_is_listed_mended_accepted_and_paid_on_pages(world: World) -> None:
    project, fund = pool(world)
    assert fund is not None
    office, second = client_of(world, "secretary"), client_of(world, "supervisor")
    base = f"/projects/{project.number}/lines"
    assert "清单还是空的" in words(office.get(base))
    sent = {"place": world.places["LY-5"].pk, "part": "502室", "defect": "roof", "homes": "6", "found": ""}
    refused = office.post(base, sent)
    assert refused.status_code == 422 and "不写门牌号" in words(refused)
    assert office.post(base, {**sent, "part": "2 单元屋面"}).url == base
    assert "只写到楼和单元" in words(office.get(f"{base}?defect=roof&state=listed"))
    for verb, given in (
        ("triage", {"urgency": "now", "files": [photo()]}),
        ("budget", {"budget": "1,200.00"}),
        ("order", {"contractor": world.units["property-1"].pk}),
    ):
        assert office.post(f"{base}/1/{verb}", given).url == f"{base}/1"
    bare = office.post(f"{base}/1/done", {})
    assert bare.status_code == 422 and "修好以后的照片" in words(bare)
    office.post(f"{base}/1/done", {"files": [photo()]})
    own = office.post(f"{base}/1/accept")
    assert own.status_code == 422 and "自己不验收" in words(own)
    assert second.post(f"{base}/1/accept").status_code == 302
    counted(world, fund, "budget", 1_000_000)
    entry = counted(world, fund, "repair", BUDGET, about=project.reference)
    assert "差 1,200.00 元" in words(office.get(base))
    office.post(f"{base}/1/pay", {"amount": "1200", "entry": entry.number})
    assert "清单和账本对上了" in words(office.get(base))
    page = words(office.get(f"{base}/1"))
    assert "保修到" in page and entry.number in page and "60 个月" in page and "照合同改" in page
    assert "2 单元屋面" in cells(office.get(f"{base}?as=xlsx"))
    assert office.post(f"{base}/1/fly").status_code == 404
    assert office.post(f"{base}/9/accept").status_code == 404


@pytest.mark.req("H08", where="/projects/P00001/lines")
def test_six_sorts_of_works_stand_in_one_package(world: World) -> None:
    project, _ = pool(world, books=False, kind="works_package")
    sorts = ("canopy", "fence", "door", "road", "square", "pipes")
    listed(world, project, *(spot(world, f"北侧{n}", defect=code) for n, code in enumerate(sorts)))
    page = words(client_of(world, "secretary").get(f"/projects/{project.number}/lines"))
    for word in ("雨棚", "围栏", "单元门", "道路", "广场", "地下管网"):
        assert word in page
    accepted(world, project, 4)
    row = cells(Client().get(f"/works/{project.number}/totals?as=xlsx"))
    assert "道路" in row and "地下管网" in row and "合计" in row


@pytest.mark.req("H07", where="/works/P00001/totals")
def test_everybody_sees_sums_and_nobody_sees_which_home(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project, spot(world, "2 单元屋面", homes=6), spot(world, "东侧外墙", defect="wall", homes=9))
    accepted(world, project)
    for client in (Client(), client_of(world, "resident")):
        page = words(client.get(f"/works/{project.number}/totals"))
        assert "屋面渗漏" in page and "15 户里的 6 户" in page
        for hidden in ("2 单元屋面", "东侧外墙", "LY-5", "5栋"):
            assert hidden not in page.replace(project.title, "").replace(project.problem.name, "")
        assert "2 单元屋面" not in cells(client.get(f"/works/{project.number}/totals?as=xlsx"))
        assert "修了多少" in words(client.get(f"/works/{project.number}"))


def test_who_may_not_gets_no_list(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    base = f"/projects/{project.number}/lines"
    assert Client().get(base).status_code == 302 or Client().get(base).status_code == 401
    for stranger in ("resident", "property"):
        assert client_of(world, stranger).get(base).status_code in (403, 404)
        assert client_of(world, stranger).get("/projects/warranties").status_code == 403
    auditor = client_of(world, "auditor")
    assert "从表格导入" not in words(auditor.get(base)) and "下一步" not in words(auditor.get(f"{base}/1"))
    assert auditor.post(f"{base}/1/triage", {"urgency": "now"}).status_code in (403, 422)
    assert WorksLine.objects.get().state == "listed"


def test_a_kind_without_lines_has_no_such_page(world: World) -> None:
    project, _ = pool(world, books=False)
    Project.objects.filter(pk=project.pk).update(
        pack=project.pack.replace("repair_pool", "micro_grant"), kind="micro_grant"
    )
    office = client_of(world, "secretary")
    assert office.get(f"/projects/{project.number}/lines").status_code == 404
    assert office.get(f"/works/{project.number}/totals").status_code == 404


@pytest.mark.req("H07", where="/projects/warranties")
def test_warranties_are_listed_and_looked_at_again(world: World) -> None:
    office = client_of(world, "secretary")
    assert "现在没有在保修的" in words(office.get("/projects/warranties"))
    project, _ = pool(world, books=False)
    listed(world, project)
    accepted(world, project)
    page = words(office.get("/projects/warranties"))
    assert "2 单元屋面" in page and "柳园物业" in page
    assert "2 单元屋面" in cells(office.get("/projects/warranties?as=xlsx"))
    url = f"/projects/{project.number}/lines/1/inspect"
    assert office.post(url, {"found": "试水没漏"}).status_code == 422
    assert office.post(url, {"found": "试水没漏", "files": [photo()]}).status_code == 302
    assert "试水没漏" in words(office.get(f"/projects/{project.number}/lines/1"))


def test_a_report_under_warranty_says_who_has_to_come(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    accepted(world, project)
    where = locate(place_code="PC-1-1-1")
    answer = report_case(by=world.actor("resident"), at=NOW, text="顶楼又漏水了。", where=where)
    Case.objects.filter(number=answer["number"]).update(category="housing.leak")
    desk = client_of(world, "dispatcher")
    told = words(desk.get(f"/desk/{answer['number']}"))
    assert "由柳园物业管" in told
    Case.objects.filter(number=answer["number"]).update(category="housing.fee")
    assert "由柳园物业管" not in words(desk.get(f"/desk/{answer['number']}"))
