"""The rows of fixtures.md 3.6 on the clocks of a petition, on the page of whoever sent it, a day before and after.

民法典 201: the first day is not counted; 203: a last day of rest moves on (2026-05-16 is a Saturday, 国庆 ends on
2026-10-07).
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongzhi.cases.models import Case
from gongzhi.cases.tests.confidants import hire
from gongzhi.common.clock import CHINA
from tests.cast import World

Report = Callable[..., Case]


@pytest.fixture
def told(world: World, report: Report) -> Callable[..., dict[str, str]]:
    """Last days by clock, as the receipt page says them, of a petition received on a day."""
    hire(world, "judge")
    client = Client()
    client.force_login(world.people["resident"])

    def _told(received: str, accepted: str = "") -> dict[str, str]:
        at = dt.datetime.combine(dt.date.fromisoformat(received), dt.time(10), CHINA)
        case = report(text="征地补偿款的事，想信访。", category="referral.petition", at=at)
        answer = client.get(f"/track/{case.number}/petition", {"accepted": accepted} if accepted else {})
        assert answer.status_code == 200
        found = {one["promise"].code: one["promise"].last_day for one in answer.context["promises"]}
        words = answer.content.decode()
        assert all(f"{day.month}月{day.day}日" in words for day in found.values())
        return {code: day.isoformat() for code, day in found.items()}

    return _told


@pytest.mark.req("D01", where="/track/{number}/petition")
@pytest.mark.parametrize(
    ("received", "until"), [("2026-03-01", "2026-03-16"), ("2026-03-02", "2026-03-17"), ("2026-03-03", "2026-03-18")]
)
def test_fifteen_days_from_receipt(told: Any, received: str, until: str) -> None:
    assert told(received)["sort"] == until


@pytest.mark.req("D01", where="/track/{number}/petition")
@pytest.mark.parametrize(
    ("accepted", "until"),
    [
        ("2026-03-16", "2026-05-15"),
        ("2026-03-17", "2026-05-18"),
        ("2026-03-19", "2026-05-18"),
        ("2026-03-20", "2026-05-19"),
    ],
)
def test_sixty_days_from_acceptance_roll_off_a_weekend(told: Any, accepted: str, until: str) -> None:
    assert told("2026-03-02", accepted)["decide"] == until


@pytest.mark.req("D01", where="/track/{number}/petition")
@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-02-27", "2026-03-05"),  # Saturday 02-28 is worked
        ("2026-03-01", "2026-03-06"),
        ("2026-03-02", "2026-03-09"),
        ("2026-03-03", "2026-03-10"),
    ],
)
def test_an_objection_within_five_working_days(told: Any, received: str, until: str) -> None:
    assert told(received)["objection"] == until


@pytest.mark.req("D01", where="/track/{number}/petition")
@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-09-15", "2026-09-30"),
        ("2026-09-16", "2026-10-08"),
        ("2026-09-22", "2026-10-08"),
        ("2026-09-23", "2026-10-08"),
        ("2026-09-24", "2026-10-09"),
    ],
)
def test_fifteen_days_that_end_in_the_holiday_end_after_it(told: Any, received: str, until: str) -> None:
    assert told(received)["sort"] == until
