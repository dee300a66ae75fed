"""A new year's notice moves the promises that cross it, and says so on the trail."""

import datetime as dt
from collections.abc import Callable

from gongzhi.audit.models import Entry
from gongzhi.cases.models import Case, Clock
from gongzhi.packs.actions import add_calendar_year
from gongzhi.packs.contents import CalendarYear, Rest
from tests.cast import SETUP, World

# 2027's notice is not known yet; this one is made up for the test.
NOTICE = CalendarYear(
    year=2027,
    source="test",
    holidays=(Rest(name="元旦", first=dt.date(2027, 1, 1), last=dt.date(2027, 1, 3)),),
)


def test_a_deadline_past_the_known_table_says_so_and_moves(world: World, report: Callable[..., Case]) -> None:
    at = dt.datetime(2026, 12, 30, 2, tzinfo=dt.UTC)
    case = report(at=at)
    resolve = Clock.objects.get(case=case, kind="resolve")
    assert not resolve.certain and not case.due_certain
    before = resolve.due_at
    add_calendar_year(by=SETUP, at=at, year=NOTICE, known_until=dt.date(2027, 12, 31))
    resolve.refresh_from_db()
    case.refresh_from_db()
    assert resolve.certain and case.due_certain
    assert resolve.due_at > before and case.due_at == resolve.due_at
    assert Entry.objects.filter(action="cases.replan", subject=case.reference).exists()
