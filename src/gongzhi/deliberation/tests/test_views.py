"""A course on pages: choosing, opening, recording, signing, objecting; refusals on the form; papers and tables."""

import datetime as dt
import io

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from gongzhi.common import clock
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, opened, walk
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of, words

TODAY = f"{NOW.date():%Y-%m-%d}"


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.req("G02", where="/deliberations/")
def test_a_course_is_opened_recorded_and_signed_on_pages(world: World) -> None:
    client, body = client_of(world, "secretary"), world.units["committee-1"].pk
    assert "四议两公开一监督" in words(client.get(f"/deliberations/new/?body={body}"))
    address = f"/deliberations/new/{body}/four_deliberations/"
    form = words(client.get(address))
    assert "属于法律里的哪一项" in form and "selected" not in form.split("<form")[-1].replace('value="" selected', "")
    bare = client.post(address, {"about": "修排水沟", "opener": "party_branch"})
    assert bare.status_code == 422 and "请选属于哪一项" in words(bare)
    client.post(address, {"about": "修排水沟", "opener": "party_branch", "matter": "cn.village#matter.5"})
    page = f"/deliberations/{Course.objects.get().number}"
    seen = words(client.get(page))
    assert "一议：村党组织提议" in seen and "要先办完“一议：村党组织提议”这一步" in seen
    lacking = client.post(f"{page}/record/recorded", {"body": "party_branch", "on": TODAY})
    assert lacking.status_code == 422 and "还缺材料：提议书" in words(lacking)
    client.post(f"{page}/record/recorded", {"body": "party_branch", "on": TODAY, "filed-proposal": "一号盒"})
    assert "一号盒" in words(client.get(page)) and "一号盒" not in words(Client().get(page))
    assert client.post(f"{page}/record/recorded", {"body": "party_branch", "on": TODAY}).status_code == 409
    assert client.post(f"{page}/record/signed", {"body": "supervisors", "on": TODAY}).status_code == 422
    watcher = client_of(world, "supervisor")
    assert watcher.post(f"{page}/record/signed", {"body": "supervisors", "on": TODAY}).status_code == 302
    assert Course.objects.get().current == "consult"


@pytest.mark.req("H02", where="/deliberations/new/")
def test_the_shortcut_is_refused_on_the_page_with_its_article(world: World) -> None:
    client, body = client_of(world, "secretary"), world.units["committee-1"].pk
    address = f"/deliberations/new/{body}/three_deliberations/"
    opener = {"about": "动用维修资金", "opener": "party_branch"}
    unsaid = client.post(address, opener)
    assert unsaid.status_code == 422 and "请选。这些事法律规定由专门的会决定" in words(unsaid)
    refused = client.post(address, {**opener, "matter": "cn.owners.decisions#matter.6"})
    assert refused.status_code == 422 and "第278条" in words(refused) and "业主大会" in words(refused)
    assert not Course.objects.exists()
    assert client.post(address, {**opener, "matter": "none"}).status_code == 302


def test_of_many_bodies_the_busy_stand_first_and_the_others_are_found_by_name(world: World) -> None:
    committee, place = world.units["committee-1"], world.units["committee-1"].place
    for number in range(20):
        named = {"code": f"hall-{number}", "name": f"{number} 号厅", "valid_from": dt.date(2020, 1, 1)}
        people.add_organization(by=SETUP, at=NOW, kind=committee.kind, place=place, **named)
    opened(world)
    client = client_of(world, "secretary")
    page = client.get("/deliberations/new/")
    found = [one.name for one in page.context["bodies"]]
    assert found[0] == committee.name and len(found) == 12 and "请按名称找" in words(page)
    one = client.get("/deliberations/new/", {"q": "19 号"})
    assert [body.name for body in one.context["bodies"]] == ["19 号厅"] and "请按名称找" not in words(one)
    assert "请换一个名称" in words(client.get("/deliberations/new/", {"q": "没有的"}))
    far = Organization.objects.get(name="9 号厅")
    chosen = client.get("/deliberations/new/", {"body": far.pk})
    assert chosen.context["bodies"][0] == far and "aria-current" in chosen.content.decode()
    assert client.get("/deliberations/new/", {"body": "x"}).status_code == 200


def test_too_few_delegates_are_told_how_many_are_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stepper of the mock: 45 delegates, 30 must come, 26 are there."""
    row = opened(world)
    when = walk(world, row, until="delegates")
    at(monkeypatch, when)
    client, page = client_of(world, "secretary"), f"/deliberations/{row.number}"
    soon = {"body": "villagers_committee", "for_day": f"{when.date() + DAY:%Y-%m-%d}", "again-plan": "plan"}
    short = client.post(f"{page}/record/noticed", soon)
    assert short.status_code == 422 and "要提前 3 天通知" in words(short)
    day = when + 5 * DAY
    client.post(f"{page}/record/noticed", {**soon, "for_day": f"{day.date():%Y-%m-%d}"})
    notice = Document(io.BytesIO(client.get(f"{page}/notice.docx").content))
    assert any("村民代表会议" in line.text and "老排水沟改造" in line.text for line in notice.paragraphs)
    assert client.get(f"{page}/notice.odt").status_code == 404
    at(monkeypatch, day)
    few = {"figure-registered": 45, "figure-present": 26, "figure-yes": 20, "figure-no": 3, "figure-abstain": 3}
    said = {"body": "representatives_assembly", "on": f"{day.date():%Y-%m-%d}", "filed-minutes": "二号盒", **few}
    refused = client.post(f"{page}/record/recorded", said)
    assert refused.status_code == 422 and "到会人数还差 4：现在 26，要 30" in words(refused)
    enough = {"figure-present": 30, "figure-yes": 16, "figure-no": 14, "figure-abstain": 0}
    assert client.post(f"{page}/record/recorded", {**said, **enough}).status_code == 302
    assert "定下来的" in words(client.get(page)) and "通过" in words(client.get(page))


def test_a_neighbour_follows_and_objects(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = opened(world)
    when = walk(world, row, until="publish")
    at(monkeypatch, when)
    page = f"/deliberations/{row.number}"
    secretary, resident = client_of(world, "secretary"), client_of(world, "resident")
    refused = resident.post(f"{page}/record/published", {"body": "villagers_committee"})
    assert refused.status_code == 403
    posting = {"body": "villagers_committee", "filed-decision": "墙上"}
    none = secretary.post(f"{page}/record/published", {**posting, "publication": "X-1"})
    assert none.status_code == 422 and "没有这一条" in words(none)
    secretary.post(f"{page}/record/published", posting)
    seen = words(resident.get(page))
    assert "提异议" in seen and "墙上" not in seen and "签到" not in seen
    assert resident.post(f"{page}/object", {"words": ""}).status_code == 422
    resident.post(f"{page}/object", {"words": "报价没有公开"})
    assert "报价没有公开" in words(secretary.get(page)) and "报价没有公开" not in words(Client().get(page))


def test_the_resolution_its_paper_and_the_tables(world: World) -> None:
    row = opened(world)
    walk(world, row)
    made = Resolution.objects.get()
    reader = Client()
    page = words(reader.get(f"/resolutions/{made.number}"))
    assert "老排水沟改造" in page and "pack:law/cn.village" in page and "到会人数" in page
    paper = Document(io.BytesIO(reader.get(f"/resolutions/{made.number}/paper.docx").content))
    assert any(made.number in line.text for line in paper.paragraphs)
    assert reader.get(f"/resolutions/{made.number}/paper.pdf").content.startswith(b"%PDF")
    client = client_of(world, "secretary")
    for address, number in (("/deliberations/", row.number), ("/resolutions/", made.number)):
        book = load_workbook(io.BytesIO(client.get(f"{address}?as=xlsx").content))
        cells = [cell.value for line in book.active.iter_rows() for cell in line]  # type: ignore[union-attr]
        assert number in cells
    assert made.number in words(reader.get("/resolutions/")) and row.about in words(reader.get("/deliberations/"))
    assert client.post(f"/resolutions/{made.number}/done", {"words": "办了"}).status_code == 422
    assert reader.get("/deliberations/?before=xx").status_code == 422


def test_a_text_is_written_in_from_its_resolution(world: World) -> None:
    row = opened(world, "covenant", matter="", opener="villagers_committee", about="村规民约修订")
    last = walk(world, row)
    made = Resolution.objects.get()
    client, page = client_of(world, "secretary"), f"/resolutions/{made.number}"
    assert "系统不会自己办这件事" in words(client.get(page)) and "写进文本" not in words(Client().get(page))
    assert client.post(f"{page}/text", {}).status_code == 422
    given = {"code": "covenant-1", "kind": "covenant", "heading": "村规民约", "words": "垃圾不落地"}
    clock_now = last + DAY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: clock_now)
        given["effective_from"] = f"{clock_now.date():%Y-%m-%d}"
        assert client.post(f"{page}/text", given).status_code == 302
        assert "/texts/covenant-1" in words(client.get(page)) or "covenant-1" in words(client.get(page))
