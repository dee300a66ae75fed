"""Pages: from a case to the public chain, each form of the desk, who sees what."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.actions import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.common import clock
from gongzhi.ledger.tests.conftest import photo
from gongzhi.notifications import rendering
from gongzhi.notifications.models import Notice, OutboxEvent
from gongzhi.notifications.registry import Event
from gongzhi.projects import actions, queries
from gongzhi.projects.actions import Source
from gongzhi.projects.models import Acceptance, Project
from gongzhi.projects.receivers import tell_reporters
from gongzhi.projects.tests.conftest import (
    TODAY,
    approved,
    finished,
    fund_it,
    move,
    open_problem,
    propose,
    running,
    show_all,
    sponsor_of,
)
from gongzhi.sheets.models import Sheet
from tests.cast import NOW, World
from tests.support.pages import client_of, words


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reported(world: World, who: str = "resident") -> str:
    """The number of a case in the first grid."""
    where = locate(place_code="PC-1-1-1")
    answer = report_case(by=world.actor(who), at=NOW, text="楼道里电动车充电，闻到焦味。", where=where)
    return str(answer["number"])


@pytest.mark.req("D04", where="/desk/")
@pytest.mark.req("I01", where="/projects/new")
def test_a_case_becomes_a_project_with_one_press(world: World) -> None:
    number, office = reported(world), client_of(world, "secretary")
    assert f"/projects/new?source=case:{number}" in words(office.get(f"/desk/{number}"))
    assert "立成项目" not in words(client_of(world, "grid_member").get(f"/desk/{number}"))
    kinds = words(office.get(f"/projects/new?source=case:{number}"))
    assert "以奖代补小项目" in kinds and f"source=case%3A{number}" in kinds
    url = f"/projects/new?kind=micro_grant&source=case:{number}"
    page = words(office.get(url))
    assert 'value="PC-1-1-1" selected' in page
    sent = {"place": "PC-1-1-1", "name": "楼道充电", "told": "", "title": "充电车棚"}
    assert office.post(url, sent).status_code == 422
    made = office.post(url, {**sent, "owner": world.units["committee-1"].pk})
    assert made.status_code == 302 and made.url == "/projects/P00001"
    assert "GZ" in number or number in words(office.get(made.url))
    assert office.get(url).url == "/projects/P00001"
    assert office.get("/projects/new?source=case:none").status_code == 422
    assert client_of(world, "resident").get("/projects/new").status_code == 403


def test_the_list_filters_and_goes_along(world: World) -> None:
    project = propose(world)
    propose(world, "micro_space", variety="shade", title="纳凉点", problem=open_problem(world, "没处乘凉"))
    office = client_of(world, "secretary")
    page = words(office.get("/projects/?kind=micro_space"))
    assert "纳凉点" in page and project.title not in page
    assert project.title not in words(office.get("/projects/?state=approved"))
    book = load_workbook(io.BytesIO(office.get("/projects/?as=xlsx").content))
    said = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "P00001" in said and "P00002" in said
    assert client_of(world, "resident").get("/projects/").status_code == 403
    assert Client().get("/projects/").status_code in (302, 401)


@pytest.mark.req("I01", where="/projects/")
def test_the_desk_says_what_is_missing_and_takes_it(world: World) -> None:
    project, office, second = propose(world), client_of(world, "secretary"), client_of(world, "supervisor")
    base = f"/projects/{project.number}"
    refused = second.post(f"{base}/move/review", {"reason": ""})
    assert refused.status_code == 422 and "还差：需求从哪里来" in words(refused)
    wrong = office.post(f"{base}/do/show", {"key": "gate.propose", "reference": "", "words": "问过"})
    assert wrong.status_code == 422 and "请填编号" in words(wrong)
    taken = office.post(f"{base}/do/show", {"key": "guide.how", "reference": "", "words": "搭一座车棚"})
    assert taken.status_code == 302 and "搭一座车棚" in words(office.get(base))
    show_all(world, project)
    assert second.post(f"{base}/move/review", {"reason": ""}).status_code == 302
    fund_it(world, project)
    page = words(office.get(base))
    assert "街道以奖代补" in page and "80,000.00 元" in page and "move/approve" not in page
    refused = second.post(f"{base}/move/approve", {"reason": ""})
    assert "还没有挂点的人" in words(refused)
    assert second.post(f"{base}/do/sponsor", {"sponsor": sponsor_of(world, project)}).status_code == 302
    assert second.post(f"{base}/move/approve", {"reason": ""}).status_code == 302
    assert office.post(f"{base}/move/start", {"reason": ""}).status_code == 302
    assert office.post(f"{base}/do/nothing", {}).status_code == 404
    assert client_of(world, "grid_member").get(base).status_code == 403


@pytest.mark.req("I11", where="/projects/")
def test_money_is_listed_and_refused_beside_its_field(world: World) -> None:
    project, office = propose(world), client_of(world, "secretary")
    base = f"/projects/{project.number}/do/funding"
    sent = {"kind": "reward", "name": "街道奖补", "amount": "100,000.01", "body": "", "thing": "", "account": ""}
    refused = office.post(base, sent)
    assert refused.status_code == 422 and "最多 100,000.00 元" in words(refused)
    assert office.post(base, {**sent, "amount": "90000"}).status_code == 302
    thing = {**sent, "kind": "in_kind", "name": "居民出工", "amount": "", "thing": "两天，八个人"}
    assert office.post(base, thing).status_code == 302
    dropped = office.post(f"/projects/{project.number}/do/drop", {"position": "1", "reason": "改由基金出"})
    assert dropped.status_code == 302
    assert [one.kind for one in queries.lines_of(project)] == ["in_kind"]


@pytest.mark.req("B09", where="/projects/")
def test_the_sponsor_sees_what_is_late_and_writes_what_was_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, second = running(world), client_of(world, "supervisor")
    base = f"/projects/{project.number}"
    later = NOW + dt.timedelta(days=100)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "走访过期" in words(second.get(base)) and "走访过期" in words(second.get("/projects/"))
    empty = second.post(f"{base}/do/visit", {"found": ""})
    assert empty.status_code == 422
    sent = {"found": "地基打好了", "on": later.date().isoformat(), "files": [photo()]}
    assert second.post(f"{base}/do/visit", sent).status_code == 302
    page = words(second.get(base))
    assert "地基打好了" in page and "走访过期" not in page
    assert "地基打好了" in words(Client().get(f"/works/{project.number}"))


def test_steps_photos_and_papers_are_seen_by_whom_they_are_for(world: World) -> None:
    project, office = running(world), client_of(world, "secretary")
    base = f"/projects/{project.number}"
    sent = {"position": "1", "purpose": "before", "note": "开工了", "files": [photo()]}
    assert office.post(f"{base}/do/done", {**sent, "files": []}).status_code == 422
    assert office.post(f"{base}/do/done", sent).status_code == 302
    public = words(Client().get(f"/works/{project.number}"))
    assert "开工了" in public and "动工前的照片" in public
    step = {"name": "通电", "shown": "检测单", "due_on": "2026-06-01"}
    assert office.post(f"{base}/do/step", step).status_code == 302
    assert office.post(f"{base}/do/photos", {"purpose": "after", "files": [photo()]}).status_code == 302
    assert "完工后的照片" in words(Client().get(f"/works/{project.number}"))


@pytest.mark.req("I01", where="/works/")
def test_a_resident_of_the_place_accepts_on_the_public_page(world: World) -> None:
    project = finished(world)
    url = f"/works/{project.number}"
    nobody = words(Client().get(url))
    assert "去登记我的住处" in nobody and "演示secretary" not in nobody
    outsider = client_of(world, "outsider").post(f"{url}/accept", {"satisfied": "yes"})
    assert outsider.status_code == 403
    home = client_of(world, "secretary")
    assert home.post(f"{url}/accept", {}).status_code == 422
    short = home.post(f"{url}/accept", {"satisfied": "no", "reason": ""})
    assert short.status_code == 422 and "至少 4 个字" in words(short)
    assert home.post(f"{url}/accept", {"satisfied": "no", "reason": "顶棚漏雨"}).status_code == 302
    assert "您说过了" in words(home.get(url)) and "1 人说了，0 人满意" in words(Client().get(url))
    assert "顶棚漏雨" not in words(Client().get(url))
    assert "顶棚漏雨" in words(home.get(f"/projects/{project.number}"))
    assert b"\xe6\xbc\x8f" not in bytes(Acceptance.objects.get().words)


@pytest.mark.req("I02", where="/projects/")
@pytest.mark.req("I03", where="/projects/")
def test_the_evaluation_makes_nothing_until_it_is_filled(world: World) -> None:
    project, second = finished(world), client_of(world, "supervisor")
    url = f"/projects/{project.number}/evaluate"
    page = words(second.get(url))
    assert "社区书记参与度" in page and page.count("（示例）") == 14 and not Sheet.objects.exists()
    content = queries.sheet_content("project-18")
    assert content is not None and len(content["items"]) == 18
    codes = [item["code"] for item in content["items"]]
    sent = {f"mark-{code}": "8" for code in codes}
    refused = second.post(url, sent)
    assert refused.status_code == 422 and "没有证据不能给分" in words(refused)
    assert not Sheet.objects.exists()
    assert second.post(url, sent | {f"evidence-{code}": "会议记录" for code in codes}).status_code == 302
    assert "80.0" in words(second.get(url))
    assert client_of(world, "secretary").post(url, sent).status_code == 403


@pytest.mark.req("H11", where="/works/")
def test_parking_shows_demand_supply_and_how_full_it_is(world: World) -> None:
    office = client_of(world, "secretary")
    url = "/projects/new?kind=parking"
    owner = world.units["committee-1"].pk
    sent: dict[str, Any] = {"place": "PC-1", "name": "没处停车", "title": "停车场", "owner": owner}
    missing = office.post(url, {**sent, "fact-vehicles": "900", "fact-spaces": "220", "fact-planned": "很多"})
    assert missing.status_code == 422 and "请写一个整数" in words(missing)
    made = office.post(url, {**sent, "fact-vehicles": "900", "fact-spaces": "220", "fact-planned": "262"})
    project = Project.objects.get(number=made.url.rsplit("/", 1)[1])
    Project.objects.filter(pk=project.pk).update(
        state="closed", closed_at=NOW, approved_at=NOW, sponsored_on=NOW.date(), revisit_on=NOW.date(),
        sponsor=sponsor_of(world, project), facts={**project.facts, "built": 262},
    )  # fmt: skip
    filled = office.post(f"/projects/{project.number}/do/facts", {"fact-occupied": "198"})
    assert filled.status_code == 302
    page = words(Client().get(f"/works/{project.number}"))
    assert "平时停了多少" in page and "建成多少车位的 75%" in page and "现在有多少车位" in page


@pytest.mark.req("J03", where="/works/at/")
def test_works_of_a_place_are_a_list_and_a_map(world: World) -> None:
    approved(world)
    other = open_problem(world, "没处乘凉")
    space = approved(world, kind="micro_space", variety="shade", title="纳凉点", problem=other)
    hidden = propose(world, title="还没批的", problem=open_problem(world, "还没批"))
    page = words(Client().get("/works/at/PC-1"))
    assert "5栋充电车棚" in page and "纳凉点" in page and hidden.title not in page and "works-map" in page
    only = words(Client().get("/works/at/PC-1?kind=micro_space"))
    assert "5栋充电车棚" not in only and space.title in only
    assert "纳凉点" in words(Client().get(f"/works/{space.number}"))
    assert "这里还没有项目" in words(Client().get("/works/at/PC-2"))
    assert "/works/at/PC-1" in words(Client().get("/c/PC-1/"))
    assert Client().get(f"/works/{hidden.number}").status_code == 404


@pytest.mark.req("D04", where="/works/")
def test_who_reported_it_is_told_when_it_closes(world: World) -> None:
    number = reported(world)
    source = f"case:{number}"
    made = actions.open_problem(
        by=world.actor("secretary"), at=NOW, place=world.places["PC-1"], name="楼道充电", source=source
    )
    project = approved(world, problem=made)
    events = OutboxEvent.objects.filter(topic="project.moved")
    assert [one.payload["verb"] for one in events.order_by("id")] == ["review", "approve"]
    event = Event(id=1, topic="project.moved", payload={"number": project.number, "verb": "close"}, at=NOW, now=NOW)
    tell_reporters(event)
    tell_reporters(event)
    notice = Notice.objects.get(kind="project")
    assert notice.person_id == world.people["resident"].pk
    assert "1 次反映" in words(Client().get(f"/works/{project.number}"))
    assert number not in words(Client().get(f"/works/{project.number}"))
    move(world, project, "abandon", reason="地方被占了")


def test_who_reported_it_hears_why_it_was_not_taken_up(world: World) -> None:
    source = f"case:{reported(world)}"
    problem = open_problem(world, "楼道充电", source=source)
    project = propose(world, problem=problem)
    move(world, project, "reject", reason="今年没有钱，明年再报")
    event = Event(id=1, topic="project.moved", payload={"number": project.number, "verb": "reject"}, at=NOW, now=NOW)
    tell_reporters(event)
    notice = Notice.objects.get(kind="project")
    assert notice.person_id == world.people["resident"].pk
    shown = rendering.render(notice.kind, notice.params)
    assert "没有立项：" in shown.subject and "今年没有钱，明年再报" in shown.text and "/works/" not in shown.text


@pytest.mark.req("L09", where="/campaigns/")
def test_a_campaign_becomes_a_project_with_the_same_numbers_before_and_after(world: World) -> None:
    office = client_of(world, "secretary")
    page = words(office.get("/campaigns/baluan-2026"))
    way = "/projects/new?kind=special_campaign&amp;source=campaign:baluan-2026"
    assert way in page and way not in words(client_of(world, "auditor").get("/campaigns/baluan-2026"))
    answer = report_case(by=world.actor("resident"), at=NOW, text="路口占道摆摊。", where=locate(place_code="PC-1-1-1"))
    Case.objects.filter(number=answer["number"]).update(occasion="campaign:baluan-2026")
    form = words(office.get("/projects/new?kind=special_campaign&source=campaign:baluan-2026"))
    assert "八乱" in form or "专项" in form
    problem = open_problem(world, "八乱", source="campaign:baluan-2026")
    facts = {one.code: "1" for one in queries.get_kind("special_campaign", TODAY)[0].facts_at("proposed")}
    project = propose(world, "special_campaign", title="治八乱", problem=problem, variety="stalls", facts=facts)
    show_all(world, project)
    thing = Source("in_kind", "志愿者出力", thing="三个周末")
    actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=thing)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    move(world, project, "approve")
    told = words(Client().get(f"/works/{project.number}"))
    assert "摸底 1 件，办结 0 件" in told and str(answer["number"]) not in told
    Case.objects.filter(number=answer["number"]).update(status="closed", closed_at=NOW)
    assert "摸底 1 件，办结 1 件" in words(Client().get(f"/works/{project.number}"))
