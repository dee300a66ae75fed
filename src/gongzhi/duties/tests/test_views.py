"""The pages, the calendar and the interface for programs, as people and programs ask for them."""

import datetime as dt
import io
import json
from typing import Any

import icalendar
import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.documents.models import Media
from gongzhi.duties import actions, feeds
from gongzhi.duties.models import Duty
from gongzhi.duties.tests.test_actions import photo
from gongzhi.people import actions as people
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of


@pytest.fixture
def today(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The cast's Wednesday morning, with duties made five weeks ago and since."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for weeks in (5, 0):
        actions.make_duties(by=system_actor("duties"), at=NOW - dt.timedelta(weeks=weeks))
    return world


def meeting(world: World, period: str = "2026-03") -> Duty:
    return Duty.objects.get(
        rule="meeting.month", period=period, subject=f"organization:{world.units['committee-1'].pk}"
    )


def test_my_page_says_what_is_late_first(today: World) -> None:
    words = client_of(today, "secretary").get("/duties/").content.decode()
    assert "过期没做" in words
    assert words.index("过期没做") < words.index("该做了</h2>")
    assert "连着" in words


def test_evidence_goes_in_by_the_form(today: World) -> None:
    client, duty = client_of(today, "secretary"), meeting(today)
    answer = client.post(f"/duties/{duty.pk}/done", {"files": [photo()], "note": "开了"}, follow=True)
    assert "凭据在这里" in answer.content.decode()
    duty.refresh_from_db()
    assert duty.evidence.startswith("media:")


def test_a_form_without_evidence_says_what_is_missing(today: World) -> None:
    answer = client_of(today, "secretary").post(f"/duties/{meeting(today).pk}/done", {"note": "开了"})
    assert answer.status_code == 422
    assert "请传照片或文件" in answer.content.decode()


def pdf_file() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from gongzhi.documents import templating
    from gongzhi.documents.tests.test_papers import PAPER

    return SimpleUploadedFile("minutes.pdf", templating.make(PAPER, "pdf"), "application/pdf")


def test_a_paper_is_handed_out_as_a_download_to_who_sees_the_duty(today: World) -> None:
    client, duty = client_of(today, "secretary"), meeting(today)
    client.post(f"/duties/{duty.pk}/done", {"files": [pdf_file()]})
    media = Media.objects.get(kind="file")
    answer = client.get(f"/media/{media.pk}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert client_of(today, "auditor").get(f"/media/{media.pk}").status_code == 200
    assert client_of(today, "resident").get(f"/media/{media.pk}").status_code == 404


def test_a_program_is_no_paper(today: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    wrong = SimpleUploadedFile("minutes.pdf", b"MZ\x90\x00 not a paper", "application/pdf")
    answer = client_of(today, "secretary").post(f"/duties/{meeting(today).pk}/done", {"files": [wrong]})
    assert answer.status_code == 422
    assert not Media.objects.exists()


def test_two_people_excuse_on_the_page(today: World) -> None:
    duty, secretary, supervisor = meeting(today), client_of(today, "secretary"), client_of(today, "supervisor")
    secretary.post(f"/duties/{duty.pk}/excuse", {"reason": "防汛值守，全员在岗"})
    assert "同意不用做" not in secretary.get(f"/duties/{duty.pk}").content.decode()
    assert "等您同意" in supervisor.get("/duties/").content.decode()
    supervisor.post(f"/duties/{duty.pk}/decide", {"granted": "yes"})
    assert "这一期不用做" in secretary.get(f"/duties/{duty.pk}").content.decode()


def test_the_team_sees_what_sleeps_first_and_takes_the_rows_along(today: World) -> None:
    client = client_of(today, "supervisor")
    page = client.get("/duties/team?month=2026-02").content.decode()
    assert page.index("很久没做") < page.index("该做了")
    assert "2026年2月" in page
    answer = client.get("/duties/team?show=all&as=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert len(rows) > 20
    assert any(row[0] == "居民谈心" and row[6] == "很久没做" for row in rows)


@pytest.mark.parametrize("month", ["", "2026-13", "abc", "9999-12", "0001-01"])
def test_any_month_in_the_address_gives_a_page(today: World, month: str) -> None:
    assert client_of(today, "secretary").get(f"/duties/team?month={month}").status_code == 200


def test_the_calendar_reads_as_icalendar_and_names_nobody(today: World) -> None:
    address = feeds.feed_of_person(today.people["secretary"].pk).token
    answer = Client().get(f"/duties/calendar/{address}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    read = icalendar.Calendar.from_ical(answer.content)
    events = read.walk("VEVENT")
    found = next(
        event for event in events if "例会" in event["SUMMARY"] and event["DTSTART"].dt == dt.date(2026, 3, 25)
    )
    assert str(found["URL"]).endswith(f"/duties/{meeting(today).pk}")
    assert "secretary" not in answer.content.decode()
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_a_renewed_address_closes_the_old_one(today: World) -> None:
    client = client_of(today, "secretary")
    old = feeds.feed_of_person(today.people["secretary"].pk).token
    assert Client().get(f"/duties/calendar/{old}.ics").status_code == 200
    client.post("/duties/calendar/renew")
    assert Client().get(f"/duties/calendar/{old}.ics").status_code == 404
    new = feeds.feed_of_person(today.people["secretary"].pk).token
    assert Client().get(f"/duties/calendar/{new}.ics").status_code == 200


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "cA==", "b" * 80])
def test_a_guessed_address_opens_nothing(today: World, token: str) -> None:
    assert Client().get(f"/duties/calendar/{token}.ics").status_code == 404


def test_an_erased_person_has_no_calendar(today: World) -> None:
    person = today.people["secretary"]
    token = feeds.feed_of_person(person.pk).token
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert Client().get(f"/duties/calendar/{token}.ics").status_code == 404


def test_a_body_has_a_calendar_of_its_own(today: World) -> None:
    feed = feeds.Feed("organization", str(today.units["committee-1"].pk))
    events = icalendar.Calendar.from_ical(Client().get(f"/duties/calendar/{feed.token}.ics").content).walk("VEVENT")
    assert any("例会" in event["SUMMARY"] for event in events)
    assert "单位的日历" in client_of(today, "secretary").get("/duties/team").content.decode()


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_the_half_year_prints_with_one_click(today: World, form: str) -> None:
    answer = client_of(today, "secretary").get(f"/duties/report.{form}")
    assert answer.status_code == 200
    if form == "docx":
        words = "".join(p.text for p in Document(io.BytesIO(answer.content)).paragraphs)
    elif form == "pdf":
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).replace("\n", "")
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        words = str(sheet["A1"].value)
    assert "2026年上半年职责完成情况" in words


def test_the_rules_say_how_sure_they_are(today: World) -> None:
    words = client_of(today, "grid_member").get("/duties/rules").content.decode()
    assert "第30条" in words
    assert "法条原文" in words
    assert "凭记忆，要核对" in words
    assert "举例" in words


def test_programs_read_duties_with_a_token(today: World) -> None:
    def ask(role: str, query: str = "") -> Any:
        token = people.create_token(by=SETUP, at=NOW, role=role, place=today.places["PC-1"])
        answer = Client().get(f"/api/v1/duties{query}", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    first = ask("secretary", "?limit=5")
    assert len(first["items"]) == 5
    following = ask("secretary", f"?limit=200&cursor={first['next_cursor']}")
    ids = [item["id"] for item in first["items"] + following["items"]]
    assert len(set(ids)) == len(ids)
    assert {item["state"] for item in following["items"]} >= {"overdue", "dormant", "due", "ahead"} - {"overdue"}
    assert ask("grid_member")["items"] == []
    assert Client().get("/api/v1/duties").status_code == 401
