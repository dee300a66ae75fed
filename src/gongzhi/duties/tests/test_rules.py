"""Periods, last days, states and ladders, against the slowest way to find them."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gongzhi.packs as packs_room
from gongzhi.common.errors import Refused
from gongzhi.duties import rules
from gongzhi.packs.calendars import work_calendar
from gongzhi.packs.reading import read_pack
from gongzhi.packs.schedule_contents import Alarm, Schedule

DAY = dt.timedelta(days=1)
CALENDAR = Path(packs_room.__file__).parent / "data/calendars/cn.toml"
WORK = work_calendar(read_pack(CALENDAR.read_text("utf-8")))  # type: ignore[arg-type]  # the calendar's own kind
EVERY = st.sampled_from(["week", "month", "quarter", "half_year", "year"])
DAYS = st.dates(dt.date(1999, 1, 1), dt.date(2040, 12, 31))


def rule(**more: object) -> Schedule:
    return Schedule(
        code="x", title="x", per="holder", roles=("secretary",), evidence=("media",), **{"every": "month", **more}
    )  # type: ignore[arg-type]  # given by name


def name_of(every: str, day: dt.date) -> tuple[int, int]:
    """The slow way: what people call the period of a day."""
    if every == "week":
        return day.isocalendar()[:2]
    length = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    return day.year, (day.month + length - 1) // length


@given(EVERY, DAYS, st.integers(0, 800))
def test_calendar_periods_are_the_runs_of_days_that_people_call_the_same(every: str, first: dt.date, n: int) -> None:
    last = first + n * DAY
    found = rules.periods_between(every, first, last)  # type: ignore[arg-type]  # sampled
    naive = list(dict.fromkeys(name_of(every, first + i * DAY) for i in range(n + 1)))
    assert [name_of(every, period.first) for period in found] == naive
    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    for one, following in pairwise(found):
        assert following.first == one.last + DAY
        assert following.ordinal == one.ordinal + 1
    assert all(name_of(every, p.first) == name_of(every, p.last) for p in found)
    assert all(name_of(every, p.first - DAY) != name_of(every, p.first) for p in found)
    assert len({period.label for period in found}) == len(found)


@given(EVERY, DAYS, st.integers(0, 900), st.integers(0, 400))
def test_rolling_periods_cover_every_day_from_the_first_without_gap(
    every: str, anchor: dt.date, skip: int, n: int
) -> None:
    first, last = anchor + skip * DAY, anchor + (skip + n) * DAY
    found = rules.periods_between(every, first, last, rolling_from=anchor)  # type: ignore[arg-type]  # sampled
    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    for one, following in pairwise(found):
        assert (following.first, following.ordinal) == (one.last + DAY, one.ordinal + 1)
    again = rules.periods_between(every, anchor, last, rolling_from=anchor)  # type: ignore[arg-type]  # sampled
    assert again[0].first == anchor
    assert again[-len(found) :] == found


def test_nothing_is_asked_before_it_all_began() -> None:
    assert (
        rules.periods_between("month", dt.date(2026, 1, 1), dt.date(2026, 1, 31), rolling_from=dt.date(2026, 3, 1))
        == []
    )


@pytest.mark.parametrize(
    ("every", "day", "label", "first", "last"),
    [
        ("week", "2026-01-01", "2026-W01", "2025-12-29", "2026-01-04"),
        ("week", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"),
        ("month", "2028-02-29", "2028-02", "2028-02-01", "2028-02-29"),
        ("month", "2027-02-28", "2027-02", "2027-02-01", "2027-02-28"),
        ("quarter", "2026-03-31", "2026-Q1", "2026-01-01", "2026-03-31"),
        ("quarter", "2026-04-01", "2026-Q2", "2026-04-01", "2026-06-30"),
        ("half_year", "2026-06-30", "2026-H1", "2026-01-01", "2026-06-30"),
        ("half_year", "2026-07-01", "2026-H2", "2026-07-01", "2026-12-31"),
        ("year", "2026-12-31", "2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_edges_of_years_and_leap_days(every: str, day: str, label: str, first: str, last: str) -> None:
    period = rules.period_of(every, dt.date.fromisoformat(day))  # type: ignore[arg-type]  # from the table
    assert (period.label, period.first.isoformat(), period.last.isoformat()) == (label, first, last)


def test_a_rolling_month_from_the_last_of_january_does_not_drift() -> None:
    anchor = dt.date(2027, 1, 31)
    starts = [
        p.first.isoformat() for p in rules.periods_between("month", anchor, dt.date(2027, 5, 1), rolling_from=anchor)
    ]
    assert starts == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, "2026-10-31"),
        ({"due_day": 3}, "2026-10-03"),
        ({"due_day": 31}, "2026-10-31"),
        ({"due_day": 3, "shift": "next"}, "2026-10-08"),  # 国庆 until the 7th
        ({"due_day": 10, "shift": "next"}, "2026-10-10"),  # a Saturday on which people work (调休)
        ({"due_day": 11, "shift": "previous"}, "2026-10-10"),
        ({"due_day": 5, "shift": "previous"}, "2026-10-01"),  # never before the period itself
        ({"due_after": 10}, "2026-11-10"),
        ({"due_after": 5, "due_unit": "working_days"}, "2026-11-06"),
    ],
)
def test_the_last_day_by_the_working_calendar(more: dict[str, object], due: str) -> None:
    period = rules.period_of("month", dt.date(2026, 10, 1))
    assert rules.due_day(rule(**more), period, WORK).isoformat() == due


@dataclass(frozen=True)
class Row:
    opens_on: dt.date
    due_on: dt.date
    ordinal: int
    is_open: bool = True


def month_row(n: int, is_open: bool = True) -> Row:
    period = rules.period_of("month", dt.date(2026, n, 1))
    return Row(period.first, period.last, period.ordinal, is_open)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_missed_in_a_row_is_the_tail_of_what_is_over(missed: list[bool]) -> None:
    rows = [month_row(n + 1, is_open=gone) for n, gone in enumerate(missed)]
    naive = 0
    for gone in reversed(missed):
        if not gone:
            break
        naive += 1
    assert rules.missed_in_a_row(rows[::-1], dt.date(2027, 1, 1)) == naive


def test_a_period_that_nobody_was_asked_about_ends_the_run() -> None:
    rows = [month_row(1), month_row(2), month_row(4), month_row(5)]
    assert rules.missed_in_a_row(rows, dt.date(2026, 7, 1)) == 2


@pytest.mark.parametrize(
    ("today", "missed", "state"),
    [
        ("2026-02-28", 0, "ahead"),
        ("2026-03-01", 0, "due"),
        ("2026-03-31", 0, "due"),
        ("2026-04-01", 1, "overdue"),
        ("2026-04-01", 2, "overdue"),
        ("2026-04-01", 3, "dormant"),
    ],
)
def test_the_state_on_a_day(today: str, missed: int, state: str) -> None:
    row, day = month_row(3), dt.date.fromisoformat(today)
    told = {"missed": missed, "dormant_after": 3, "today": day}
    assert rules.state_of(row, done=False, excused=False, **told) == state  # type: ignore[arg-type]  # by name
    assert rules.state_of(row, done=True, excused=False, **told) == "done"  # type: ignore[arg-type]  # by name
    assert rules.state_of(row, done=False, excused=True, **told) == "excused"  # type: ignore[arg-type]  # by name


LADDER = (
    Alarm(days=-14, to=("holder",)),
    Alarm(days=-3, to=("holder",)),
    Alarm(days=1, to=("holder", "secretary")),
)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_each_step_is_told_at_most_once_and_never_before_its_day(gaps: list[int]) -> None:
    due, step, told = dt.date(2026, 3, 31), 0, []
    today = due - 60 * DAY
    for gap in gaps:
        today += gap * DAY
        alarm, step = rules.ladder(LADDER, due, step, today)
        if alarm:
            assert due + alarm.days * DAY <= today
            told.append(alarm)
        assert rules.ladder(LADDER, due, step, today) == (None, step)
    assert len(told) == len(set(told))
    assert told == sorted(told, key=LADDER.index)
    following = rules.next_alarm(LADDER, due, step)
    assert following is None or following > today


def test_after_a_pause_only_the_last_step_is_told() -> None:
    alarm, behind = rules.ladder(LADDER, dt.date(2026, 3, 31), 0, dt.date(2026, 5, 1))
    assert (alarm, behind) == (LADDER[2], 3)


def test_what_shows_it_must_be_of_a_kind_that_the_rule_takes() -> None:
    rules.check_evidence("media:1", ("media", "case"))
    with pytest.raises(Refused, match="wrong_evidence"):
        rules.check_evidence("talk:PC-1:2026-W12", ("media", "case"))
    with pytest.raises(Refused, match="reason_missing"):
        rules.check_reason(" 忙 ")
