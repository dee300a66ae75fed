"""An assessment is made anew in time: the duty, its alarm before the day, done by approving the next one."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.common.access import Actor, system_actor
from gongzhi.duties import registry
from gongzhi.duties.actions import make_duties
from gongzhi.duties.jobs import sound_alarms
from gongzhi.duties.models import Duty
from gongzhi.notifications.actions.handling import run_next_event
from gongzhi.notifications.models import Notice
from gongzhi.packs.actions import load_pack
from gongzhi.privacy import queries, rules
from gongzhi.privacy.actions import register
from tests.cast import NOW, SETUP, World

BY = system_actor("duties")
REVIEW = dt.date(2027, 3, 18)


@pytest.fixture
def schedules(world: World) -> None:
    path = Path(packs_room.__file__).parent / "data/schedules/cn.offices.toml"
    load_pack(by=SETUP, at=NOW, path=path)


def alarms_on(day: dt.date, duty: Duty) -> list[object]:
    """Who heard of the duty, once the day's alarms were told."""
    sound_alarms(at_noon(day))
    while run_next_event(by=system_actor("outbox"), at=at_noon(day)) is not None:
        pass
    return list(Notice.objects.filter(subject=str(duty)).values_list("person_id", flat=True))


def at_noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(4), dt.UTC)


@pytest.mark.parametrize(
    ("day", "months", "review"),
    [
        (dt.date(2026, 3, 18), 12, dt.date(2027, 3, 18)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 31), 1, dt.date(2027, 1, 31)),
    ],
)
def test_the_day_of_the_review(day: dt.date, months: int, review: dt.date) -> None:
    assert rules.review_on(day, months) == review


def test_only_approved_assessments_run_out(world: World, officer: Actor) -> None:
    assert registry.expiries("assessment", REVIEW, REVIEW) == []
    register.approve_assessment(by=officer, at=NOW, code="export")
    (found,) = registry.expiries("assessment", REVIEW, REVIEW)
    assert (found.subject, found.on) == ("assessment:export", REVIEW)
    assert registry.names_told("assessment", ["export"])["export"] == queries.get_activity("export").title
    register.switch_activity(by=officer, at=NOW, code="export", in_use=False)
    assert registry.expiries("assessment", REVIEW, REVIEW) == [], "what is not done needs no new assessment"


@pytest.mark.usefixtures("schedules")
def test_an_alarm_comes_before_the_review_and_a_new_assessment_settles_it(world: World, officer: Actor) -> None:
    register.approve_assessment(by=officer, at=NOW, code="export")
    opens = REVIEW - dt.timedelta(days=60)
    make_duties(by=BY, at=at_noon(opens - dt.timedelta(days=5)))
    duty = Duty.objects.get(rule="assessment.review", subject="assessment:export")
    assert (duty.due_on, duty.holder.person) == (REVIEW, world.people["privacy_officer"])
    assert alarms_on(opens - dt.timedelta(days=1), duty) == []
    assert alarms_on(opens, duty) == [world.people["privacy_officer"].pk]
    later = at_noon(opens + dt.timedelta(days=3))
    answers = {"legal": "还是这件事", "impact": "熟人可能猜出", "risk": "文件丢失", "fit": "两个人批，有水印"}
    register.assess_activity(by=officer, at=later, code="export", answers=answers, result="go_with")
    fresh = register.approve_assessment(by=world.actor("second_privacy_officer"), at=later, code="export")
    duty.refresh_from_db()
    assert duty.evidence == f"assessment:export/{fresh.version}"
    shown = registry.resolve(officer, duty.evidence)
    assert shown is not None and shown.words == fresh.title
    assert registry.resolve(world.actor("dispatcher"), duty.evidence) is None
    client = Client()
    client.force_login(world.people["privacy_officer"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/privacy/register/export/").content.decode()
    assert f"{later.date().replace(year=later.year + 1).isoformat()} 前重做" in page
