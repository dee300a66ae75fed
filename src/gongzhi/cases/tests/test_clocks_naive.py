"""Clocks with pauses and extensions against a reference that counts one minute after the other.

The reference knows nothing of prefix sums: it asks of every minute whether it is worked in, from the lists of the
pack. The span is 2024-01-01 to 2026-01-01: two years in which the State Council moved workdays (调休) 16 times.
"""

import datetime as dt
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gongzhi.packs as packs_room
from gongzhi.cases import rules
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs.calendars import rest_days, work_calendar
from gongzhi.packs.contents import CalendarPack
from gongzhi.packs.reading import read_pack

CHINA = ZoneInfo("Asia/Shanghai")
FIRST, LAST = dt.datetime(2024, 1, 1, tzinfo=CHINA), dt.datetime(2026, 1, 1, tzinfo=CHINA)
MINUTE = dt.timedelta(minutes=1)
# Room behind the last moment, so that a deadline always falls inside.
STARTS = st.integers(0, 60 * 24 * 640).map(lambda minutes: FIRST + minutes * MINUTE)
GAPS = st.lists(st.integers(1, 60 * 24 * 6), min_size=0, max_size=8)


@cache
def pack() -> CalendarPack:
    file = Path(packs_room.__file__).parent / "data/calendars/cn.toml"
    found = read_pack(file.read_text("utf-8"), "cn.toml")
    assert isinstance(found, CalendarPack)
    return found


@cache
def calendar() -> WorkCalendar:
    return work_calendar(pack())


class Naive:
    """One entry for each minute of the two years: is it worked in?"""

    def __init__(self) -> None:
        found = pack()
        rest = {day for year in found.years for day in rest_days(year)}
        moved = {day for year in found.years for day in year.workdays}
        self.worked: list[bool] = []
        day = FIRST.date()
        while day < LAST.date():
            open_today = day in moved or (day not in rest and day.isoweekday() not in found.rest_weekdays)
            for minute in range(24 * 60):
                time = dt.time(minute // 60, minute % 60)
                inside = any(span.start <= time < span.end for span in found.hours)
                self.worked.append(open_today and inside)
            day += dt.timedelta(days=1)

    def index(self, at: dt.datetime) -> int:
        return (at - FIRST) // MINUTE

    def between(self, a: dt.datetime, b: dt.datetime) -> int:
        """Worked minutes in [a, b), one after the other."""
        return sum(1 for n in range(self.index(a), self.index(b)) if self.worked[n])

    def after(self, at: dt.datetime, minutes: int) -> dt.datetime:
        """The end of the `minutes`-th worked minute from `at`."""
        n = self.index(at)
        while minutes:
            minutes -= self.worked[n]
            n += 1
        return FIRST + n * MINUTE if n != self.index(at) else at

    def end_of_working_day(self, at: dt.datetime, days: int) -> dt.datetime:
        """Close of business of the `days`-th day with work after the day of `at`."""
        day = at.date()
        while days:
            day += dt.timedelta(days=1)
            start = self.index(dt.datetime.combine(day, dt.time(), CHINA))
            days -= any(self.worked[start : start + 24 * 60])
        start = self.index(dt.datetime.combine(day, dt.time(), CHINA))
        last = max(n for n in range(start, start + 24 * 60) if self.worked[n])
        return FIRST + (last + 1) * MINUTE


@cache
def naive() -> Naive:
    return Naive()


def moments(start: dt.datetime, gaps: list[int]) -> list[dt.datetime]:
    found = [start]
    for gap in gaps:
        found.append(found[-1] + gap * MINUTE)
    return found[1:]


def pauses_of(start: dt.datetime, gaps: list[int]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Every other interval after the start is a pause."""
    return list(pairwise(moments(start, gaps)))[::2]


def test_the_two_years_hold_moved_workdays() -> None:
    moved = [day for year in pack().years for day in year.workdays if FIRST.date() <= day < LAST.date()]
    assert len(moved) >= 10 and all(day.isoweekday() in (6, 7) for day in moved)
    assert all(calendar().is_working_day(day) for day in moved)


@given(STARTS, st.integers(1, 20), GAPS, st.lists(st.integers(1, 5), max_size=2))
@settings(max_examples=250, deadline=None)
def test_working_days_with_pauses_and_extensions(
    start: dt.datetime, days: int, gaps: list[int], extensions: list[int]
) -> None:
    due = calendar().deadline(start, days, "working_days").at
    expected = naive().end_of_working_day(start, days)
    assert due == expected
    for began, ended in pauses_of(start, gaps):
        if began >= due:
            break  # over already: such a pause is refused
        due = rules.moved_by_pause(due, began, ended, unit="working_days", calendar=calendar()).at
        expected = naive().after(expected, naive().between(began, ended))
        assert due == expected
    for more in extensions:
        due, expected = calendar().deadline(due, more, "working_days").at, naive().end_of_working_day(expected, more)
        assert due == expected


@given(STARTS, st.integers(1, 5000), GAPS)
@settings(max_examples=250, deadline=None)
def test_working_minutes_with_pauses(start: dt.datetime, minutes: int, gaps: list[int]) -> None:
    """A paused clock of working minutes has run, in all, exactly as long as was promised."""
    due = calendar().deadline(start, minutes, "working_minutes").at
    expected = naive().after(start, minutes)
    assert due == expected
    stood = 0
    for began, ended in pauses_of(start, gaps):
        if began >= due:
            break
        due = rules.moved_by_pause(due, began, ended, unit="working_minutes", calendar=calendar()).at
        stood += naive().between(began, ended)
        assert naive().between(start, due) == minutes + stood


@given(STARTS, GAPS)
@settings(max_examples=100, deadline=None)
def test_minutes_on_the_wall_move_by_minutes_on_the_wall(start: dt.datetime, gaps: list[int]) -> None:
    due = calendar().deadline(start, 120, "minutes").at
    for began, ended in pauses_of(start, gaps):
        moved = rules.moved_by_pause(due, began, ended, unit="minutes", calendar=calendar()).at
        assert moved - due == ended - began
        due = moved


@given(STARTS, st.integers(1, 3000))
@settings(max_examples=200, deadline=None)
def test_so_many_minutes_before_the_end(start: dt.datetime, minutes: int) -> None:
    """T−n: from the reminder to the deadline lie exactly so many worked minutes, and from a minute later fewer."""
    end = calendar().deadline(start, 10, "working_days").at
    before = calendar().working_minutes_before(end, minutes)
    if before < FIRST:
        return
    assert naive().between(before, end) == minutes
    assert naive().between(before + MINUTE, end) == minutes - 1


@pytest.mark.parametrize(
    ("due", "began", "ended", "moved"),
    [
        # 国庆 2025: 1 to 8 October rest, Sunday 28 September and Saturday 11 October worked in.
        ((2025, 10, 9, 17, 30), (2025, 9, 30, 17, 30), (2025, 10, 9, 8, 30), (2025, 10, 9, 17, 30)),
        ((2025, 10, 10, 17, 30), (2025, 10, 10, 17, 30), (2025, 10, 13, 8, 30), (2025, 10, 11, 17, 30)),
    ],
)
def test_by_hand_around_a_golden_week(
    due: tuple[int, ...], began: tuple[int, ...], ended: tuple[int, ...], moved: tuple[int, ...]
) -> None:
    at = [dt.datetime(*one, tzinfo=CHINA) for one in (due, began, ended, moved)]  # type: ignore[misc,arg-type]
    assert rules.moved_by_pause(at[0], at[1], at[2], unit="working_days", calendar=calendar()).at == at[3]
