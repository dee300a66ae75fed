"""The secretary's month in a real browser: told of what is due, evidence goes in, it is done; what sleeps is seen."""

import datetime as dt
from pathlib import Path
from typing import Any

import icalendar
import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.documents.tests.pictures import encoded, picture
from gongzhi.duties import actions, jobs
from gongzhi.duties.models import Duty
from gongzhi.notifications.jobs import deliver_due
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import SETUP, World
from tests.journeys.street import Street
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    """Seven weeks of duties up to today."""
    made, now = cast.build(), clock.now()
    for path in shipped.common_packs():
        if path.parent.name in ("schedules", "papers"):
            load_pack(by=SETUP, at=now, path=path)
    for weeks in (7, 0):
        actions.make_duties(by=system_actor("duties"), at=now - dt.timedelta(weeks=weeks))
    packs.forget()
    return made


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "minutes.jpg"
    path.write_bytes(encoded(picture((320, 240))))
    return str(path)


def send(page: Any, button: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=button).first.click()


def meeting(world: World) -> Duty:
    """This month's meeting of the committee, with its alarm come today."""
    subject = f"organization:{world.units['committee-1'].pk}"
    period = f"{clock.local_date(clock.now()):%Y-%m}"
    duty = Duty.objects.get(rule="meeting.month", period=period, subject=subject)
    Duty.objects.filter(pk=duty.pk).update(next_alarm_on=duty.due_on, step=0)
    day = dt.datetime.combine(duty.due_on, dt.time(9), clock.CHINA)
    jobs.sound_alarms(day)
    deliver_due(day)
    return duty


@pytest.mark.req("G09", where="/duties/")
def test_a_month_of_the_secretarys(street: Street, world: World, paper: str) -> None:
    duty, page = meeting(world), street.page_of("secretary", 390)
    page.goto(f"{street.url}/notices/")
    page.get_by_role("button", name="去看：居民委员会例会").first.click()
    page.wait_for_url(f"**/duties/{duty.pk}")
    sound(page)
    send(page, "这一期做了")  # nothing attached: the page says what is missing
    assert page.get_by_text("请传照片或文件").first.is_visible()
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_label("补一句").fill("例会")
    send(page, "这一期做了")
    assert page.get_by_role("heading", name="做了，凭据在这里").is_visible()
    page.goto(f"{street.url}/duties/")
    sound(page)
    assert page.get_by_text("很久没做").first.is_visible()  # nobody held a talk for weeks
    address = page.locator("a.gz-break").get_attribute("href")
    answer = Client().get(str(address).partition("8000")[2] or str(address))
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    held = next(event for event in events if duty.pk.hex in str(event["UID"]).replace("-", ""))
    assert str(held["SUMMARY"]).startswith("✓")


@pytest.mark.req("G09", where="/duties/team")
def test_whoever_watches_sees_what_sleeps_and_asks_for_better_evidence(street: Street, world: World) -> None:
    duty = meeting(world)
    by = world.actor("secretary", clock.now())
    actions.show_one(by=by, at=clock.now(), duty_id=duty.pk, evidence="media:none")
    page = street.page_of("supervisor")
    page.goto(f"{street.url}/duties/team")
    sound(page)
    assert page.get_by_text("很久没做").first.is_visible()
    page.goto(f"{street.url}/duties/{duty.pk}")
    page.get_by_text("凭据不够，退回重做").click()
    page.get_by_label("为什么").last.fill("没有签到表和照片")
    send(page, "退回")
    assert page.get_by_text("上次的凭据被退回").is_visible()


def test_a_talk_that_was_recorded_needs_no_second_word(street: Street, world: World) -> None:
    page, today = street.page_of("secretary"), clock.local_date(clock.now())
    page.goto(f"{street.url}/talks/")
    page.get_by_label("在哪里谈的").select_option("PC-1")
    page.get_by_label("哪天").fill(today.isoformat())
    send(page, "记下这次谈心")
    week = Duty.objects.get(rule="talk.week", subject="place:PC-1", opens_on__lte=today, closes_on__gte=today)
    page.goto(f"{street.url}/duties/{week.pk}")
    assert page.get_by_role("heading", name="做了，凭据在这里").is_visible()
