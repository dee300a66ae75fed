"""A council from the first page to its minutes, as people do it on pages; refusals beside their fields."""

import datetime as dt
import io

import icalendar
import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from gongzhi.common import clock
from gongzhi.gatherings import queries
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.people.models import Organization
from tests.cast import NOW, World
from tests.support.pages import client_of

START = dt.datetime(2026, 3, 25, 11, 0, tzinfo=dt.UTC)
FORM = {"starts_at": "2026-03-25T19:00", "minutes": "90", "where": "社区二楼", "title": "三月议事会", "every": "month"}


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def made(world: World, council: Organization) -> tuple[Client, Gathering]:
    client = client_of(world, "secretary")
    answer = client.post("/gatherings/new/council/", {**FORM, "body": council.pk})
    assert answer.status_code == 302
    return client, Gathering.objects.get()


@pytest.mark.req("E01", where="/gatherings/")
@pytest.mark.req("F08", where="/gatherings/new/council/")
def test_a_meeting_on_pages(world: World, council: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    client, row = made(world, council)
    page = f"/gatherings/{row.number}"
    assert row.starts_at == START and row.series is not None
    assert "车辆停放" in client.get("/gatherings/new/council/").content.decode()  # the four topics of S0 are offered
    refused = client.post(f"{page}/act/notice")
    assert refused.status_code == 422 and "议程还是空的" in refused.content.decode()
    client.post(f"{page}/agenda", {"kind": "motion", "title": "每月大扫除", "matter": "own"})
    client.post(f"{page}/agenda", {"kind": "matter", "title": "楼道杂物"})
    client.post(f"{page}/act/notice")
    words = client_of(world, "resident").get(page).content.decode()
    assert "每月大扫除" in words and "要 3 人，还差 3 人" in words and "签到码" not in words
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    monkeypatch.setattr(clock, "now", lambda: START)
    code = queries.check_in_code(row)
    assert code in client.get(f"{page}/wall").content.decode()
    assert "签到码" in client_of(world, "resident").get(page).content.decode()
    client_of(world, "resident").post(f"{page}/come", {"code": code})
    client.post(f"{page}/people", {f"state-{pk}": "came" for pk in seats})
    client.post(f"{page}/act/open")
    assert "举手合计 5 人" in client.post(f"{page}/decide/1", {"yes": 3, "no": 2, "none": 0}).content.decode()
    client.post(f"{page}/decide/1", {"yes": 3, "no": 1, "none": 0})
    lacking = client.post(f"{page}/decide/2", {"decision": "assign", "words": "物业清走"})
    assert lacking.status_code == 422 and "请选谁去办" in lacking.content.decode()
    unit = world.units["property-1"].pk
    given = {"decision": "assign", "words": "物业清走", "unit": unit, "until": "2026-04-10"}
    assert client.post(f"{page}/decide/2", given).status_code == 302
    client.post(f"{page}/close", {"said": "充电桩装在东门外\n楼道每周看一次"})
    words = client.get(page).content.decode()
    assert "同意 3、反对 1、弃权 0；到会 4 人，至少要 3 人同意" in words and "柳园物业" in words
    paper = Document(io.BytesIO(client.get(f"{page}/minutes.docx").content))
    text = "\n".join(line.text for line in paper.paragraphs)
    assert "应到 4 人，实到 4 人" in text and "楼道每周看一次" in text
    assert client_of(world, "outsider").get(f"{page}/minutes.pdf").status_code == 200  # a member of the council


def test_what_a_neighbour_may_not_open(world: World, council: Organization) -> None:
    client, row = made(world, council)
    page = f"/gatherings/{row.number}"
    for name in ("grid_member", "other_grid_member"):
        assert client_of(world, name).get(page).status_code == 404
        assert client_of(world, name).get(f"{page}/wall").status_code == 403
    assert client.get(f"{page}/minutes.docx").status_code == 404
    assert client_of(world, "resident").post(f"{page}/act/notice").status_code == 403


def test_a_wrong_form_says_what_is_missing(world: World, council: Organization) -> None:
    client = client_of(world, "secretary")
    answer = client.post("/gatherings/new/council/", {})
    words = answer.content.decode()
    assert answer.status_code == 422 and "请选一个组织" in words and "请填开始的时间" in words
    past = client.post("/gatherings/new/council/", {**FORM, "body": council.pk, "starts_at": "2026-03-01T19:00"})
    assert past.status_code == 422 and "开始的时间已经过了" in past.content.decode()
    assert not Gathering.objects.exists()


def test_the_calendar_and_the_table(world: World, council: Organization) -> None:
    client, row = made(world, council)
    event = icalendar.Calendar.from_ical(client.get(f"/gatherings/{row.number}/event.ics").content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == START and str(event["summary"]) == "三月议事会"
    book = load_workbook(io.BytesIO(client.get("/gatherings/?as=xlsx").content))
    cells = [cell.value for line in book.active.iter_rows() for cell in line]  # type: ignore[union-attr]
    assert row.number in cells
    assert client.get("/gatherings/?before=xx").status_code == 422


def test_moving_calling_off_and_ending_on_the_page(world: World, council: Organization) -> None:
    client, row = made(world, council)
    page = f"/gatherings/{row.number}"
    moved = client.post(f"{page}/move", {**FORM, "starts_at": "2026-03-26T19:00"})
    assert moved.status_code == 302
    assert client.post(f"{page}/off", {"reason": ""}).status_code == 422
    client.post(f"{page}/off", {"reason": "停电"})
    row.refresh_from_db()
    assert (row.status, row.starts_at) == ("cancelled", START + dt.timedelta(days=1))
    client.post(f"/gatherings/series/{row.series_id}/next")
    assert Gathering.objects.filter(status="planned").get().starts_at > row.starts_at
    client.post(f"/gatherings/series/{row.series_id}/end")
    assert "定期开的" not in client.get("/gatherings/").content.decode()
