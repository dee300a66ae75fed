"""The working calendar against a reference that walks minute by minute, and the dates of the law."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines.calendar import Deadline, WorkCalendar

CHINA = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON = (dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30))


def days(first: str, last: str) -> list[dt.date]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [start + dt.timedelta(days=i) for i in range((end - start).days + 1)]


# The notices for 2025 and 2026, written out here a second time on purpose.
HOLIDAYS = [
    *days("2025-01-01", "2025-01-01"),
    *days("2025-01-28", "2025-02-04"),
    *days("2025-04-04", "2025-04-06"),
    *days("2025-05-01", "2025-05-05"),
    *days("2025-05-31", "2025-06-02"),
    *days("2025-10-01", "2025-10-08"),
    *days("2026-01-01", "2026-01-03"),
    *days("2026-02-15", "2026-02-23"),
    *days("2026-04-04", "2026-04-06"),
    *days("2026-05-01", "2026-05-05"),
    *days("2026-06-19", "2026-06-21"),
    *days("2026-09-25", "2026-09-27"),
    *days("2026-10-01", "2026-10-07"),
]
WORKDAYS = [dt.date.fromisoformat(f"2025-{day}") for day in ("01-26", "02-08", "04-27", "09-28", "10-11")] + [
    dt.date.fromisoformat(f"2026-{day}") for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
]


def calendar(**changes: object) -> WorkCalendar:
    values = {
        "holidays": HOLIDAYS,
        "workdays": WORKDAYS,
        "hours": (MORNING, AFTERNOON),
        "known_from": dt.date(2025, 1, 1),
        "known_until": dt.date(2026, 12, 25),
    }
    return WorkCalendar(**{**values, **changes})


CALENDAR = calendar()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


def end(day: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time.max, CHINA)


# -- the reference: no prefix sums, one step per minute or day


@cache
def works(day: dt.date) -> bool:
    return day in WORKDAYS or (day.isoweekday() < 6 and day not in HOLIDAYS)


def minute_works(instant: dt.datetime) -> bool:
    inside = any(start <= instant.time() < end for start, end in (MORNING, AFTERNOON))
    return inside and works(instant.date())


def walked(start: dt.datetime, minutes: int) -> dt.datetime:
    instant, left = start, minutes
    while left:
        left -= minute_works(instant)
        instant += dt.timedelta(minutes=1)
    return instant


INSTANTS = st.datetimes(
    dt.datetime(2025, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    dt.datetime(2026, 11, 30),  # noqa: DTZ001
    timezones=st.just(CHINA),
).map(lambda value: value.replace(second=0, microsecond=0, fold=0))


@given(INSTANTS, st.integers(0, 2500))
@settings(max_examples=150, deadline=None)
def test_adding_working_minutes_equals_walking_them(start: dt.datetime, minutes: int) -> None:
    assert CALENDAR.add_working_minutes(start, minutes).at == walked(start, minutes)


@given(INSTANTS, st.integers(0, 14_000))
@settings(max_examples=100, deadline=None)
def test_minutes_between_equal_the_minutes_walked(start: dt.datetime, length: int) -> None:
    stop = start + dt.timedelta(minutes=length)
    counted = sum(minute_works(start + dt.timedelta(minutes=i)) for i in range(length))
    assert CALENDAR.working_minutes_between(start, stop) == counted
    assert CALENDAR.working_minutes_between(stop, start) == -counted


@given(INSTANTS, st.integers(1, 60))
@settings(max_examples=200)
def test_adding_working_days_equals_walking_them(start: dt.datetime, number: int) -> None:
    day, left = start.date(), number
    while left:
        day += dt.timedelta(days=1)
        left -= works(day)
    assert CALENDAR.add_working_days(start, number).at == dt.datetime.combine(day, dt.time(17, 30), CHINA)


@given(INSTANTS, st.integers(0, 200), st.booleans())
@settings(max_examples=200)
def test_calendar_days_roll_to_a_day_that_is_no_rest_day(start: dt.datetime, number: int, weekends: bool) -> None:
    found = CALENDAR.add_calendar_days(start, number, weekends_roll=weekends).at
    day = start.date() + dt.timedelta(days=number)
    while day in HOLIDAYS or (weekends and not works(day)):
        day += dt.timedelta(days=1)
    assert found == dt.datetime.combine(day, dt.time.max, CHINA)


@given(INSTANTS, st.integers(0, 5000), st.integers(0, 5000))
def test_adding_in_two_steps_is_adding_at_once(start: dt.datetime, first: int, second: int) -> None:
    halfway = CALENDAR.add_working_minutes(start, first).at
    assert CALENDAR.add_working_minutes(halfway, second).at == CALENDAR.add_working_minutes(start, first + second).at


@given(INSTANTS, st.integers(1, 5000))
def test_what_was_added_lies_between(start: dt.datetime, minutes: int) -> None:
    stop = CALENDAR.add_working_minutes(start, minutes).at
    assert CALENDAR.working_minutes_between(start, stop) == minutes


# -- fixtures.md 3.6


def test_petition_clock_is_15_days_then_60() -> None:
    """信访工作条例 第22、34条; 2026-05-16 is a Saturday."""
    received, accepted = at("2026-03-02T10:00"), at("2026-03-17T10:00")
    assert CALENDAR.add_calendar_days(received, 15) == Deadline(end("2026-03-17"), True)
    assert CALENDAR.add_calendar_days(accepted, 60, roll_if_rest_day=False).at == end("2026-05-16")
    assert CALENDAR.add_calendar_days(accepted, 60, roll_if_rest_day=True).at == end("2026-05-18")
    assert CALENDAR.add_calendar_days(accepted, 60, weekends_roll=False).at == end("2026-05-16")


def test_objection_is_five_working_days() -> None:
    assert CALENDAR.add_working_days(at("2026-03-02T10:00"), 5) == Deadline(at("2026-03-09T17:30"), True)
    assert CALENDAR.add_working_days(at("2026-03-02T10:00"), 5, ending="midnight").at == end("2026-03-09")


@pytest.mark.parametrize("received", ["2026-09-16", "2026-09-19", "2026-09-22"])
def test_fifteen_days_that_end_in_the_holiday_end_after_it(received: str) -> None:
    """民法典 第203条: 国庆 2026 ends on 7 October, a Wednesday."""
    assert CALENDAR.add_calendar_days(at(f"{received}T09:00"), 15).at == end("2026-10-08")


def test_a_moved_workday_is_no_rest_day() -> None:
    """Saturday 2026-10-10 is worked, so a period may end on it."""
    assert CALENDAR.add_calendar_days(at("2026-09-25T09:00"), 15).at == end("2026-10-10")


# -- edges


def test_the_day_of_the_event_is_not_counted_however_early() -> None:
    assert CALENDAR.add_working_days(at("2026-03-02T00:00"), 1).at == at("2026-03-03T17:30")
    assert CALENDAR.add_calendar_days(at("2026-03-02T00:00"), 1).at == end("2026-03-03")


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-02T09:00", 180, "2026-03-02T12:00"),
        ("2026-03-02T09:00", 181, "2026-03-02T13:31"),
        ("2026-03-02T09:00", 420, "2026-03-02T17:30"),
        ("2026-03-02T09:00", 421, "2026-03-03T09:01"),
        ("2026-03-02T12:30", 1, "2026-03-02T13:31"),
        ("2026-03-06T17:29", 2, "2026-03-09T09:01"),
        ("2026-02-13T17:30", 420, "2026-02-14T17:30"),
        ("2026-02-14T17:30", 60, "2026-02-24T10:00"),
        ("2026-03-07T10:00", 0, "2026-03-07T10:00"),
    ],
)
def test_working_minutes_at_the_edges(start: str, minutes: int, expected: str) -> None:
    assert CALENDAR.add_working_minutes(at(start), minutes).at == at(expected)


def test_seconds_are_kept() -> None:
    start = at("2026-03-02T17:29:30")
    assert CALENDAR.add_working_minutes(start, 1).at == at("2026-03-03T09:00:30")
    assert CALENDAR.working_minutes_between(start, at("2026-03-03T09:00:29")) == 0


def test_any_zone_gives_the_same_instant() -> None:
    start = at("2026-03-02T10:00")
    there = start.astimezone(dt.UTC)
    assert CALENDAR.add_working_minutes(there, 500) == CALENDAR.add_working_minutes(start, 500)


def test_natural_minutes_run_through_the_night_and_are_always_certain() -> None:
    late = at("2030-03-02T23:00")
    assert CALENDAR.deadline(late, 120, "minutes") == Deadline(at("2030-03-03T01:00"), True)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("working_minutes", "2026-03-02T10:05"),
        ("working_days", "2026-03-09T17:30"),
    ],
)
def test_one_door_for_every_unit(unit: str, expected: str) -> None:
    assert CALENDAR.deadline(at("2026-03-02T10:00"), 5, unit).at == at(expected)
    assert CALENDAR.deadline(at("2026-03-02T10:00"), 5, "calendar_days").at == end("2026-03-09")


def test_a_deadline_past_the_known_table_says_so() -> None:
    before, after = at("2026-12-17T10:00"), at("2026-12-24T10:00")
    assert CALENDAR.add_working_days(before, 5).certain
    assert not CALENDAR.add_working_days(after, 5).certain
    assert not CALENDAR.add_working_minutes(after, 1000).certain
    assert not CALENDAR.add_calendar_days(before, 15).certain
    assert CALENDAR.add_calendar_days(before, 15, roll_if_rest_day=False).certain
    assert not CALENDAR.add_working_days(at("2024-12-30T10:00"), 5).certain
    assert CALENDAR.known(dt.date(2026, 12, 25))
    assert not CALENDAR.known(dt.date(2026, 12, 26))
    assert not CALENDAR.known(at("2026-03-02T10:00"), since=at("2024-12-31T10:00"))


def test_the_table_arriving_makes_the_deadline_certain_and_moves_it() -> None:
    short = calendar(
        known_until=dt.date(2025, 12, 25),
        holidays=[day for day in HOLIDAYS if day.year == 2025],
        workdays=[day for day in WORKDAYS if day.year == 2025],
    )
    start = at("2025-12-30T10:00")
    assert short.add_working_days(start, 3) == Deadline(at("2026-01-02T17:30"), False)
    assert CALENDAR.add_working_days(start, 3) == Deadline(at("2026-01-05T17:30"), True)


def test_working_days_between_counts_both_ends() -> None:
    count = CALENDAR.working_days_between
    assert count(dt.date(2026, 3, 2), dt.date(2026, 3, 6)) == 5
    assert count(dt.date(2026, 3, 7), dt.date(2026, 3, 8)) == 0
    assert count(dt.date(2026, 3, 8), dt.date(2026, 3, 7)) == 0
    assert count(dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == sum(
        works(day) for day in days("2026-01-01", "2026-12-31")
    )


def test_other_hours_give_other_deadlines() -> None:
    long = calendar(hours=[(dt.time(8), dt.time(20))])
    assert long.add_working_minutes(at("2026-03-02T08:00"), 720).at == at("2026-03-02T20:00")
    assert long.add_working_days(at("2026-03-02T08:00"), 1).at == at("2026-03-03T20:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": ()},
        {"hours": [(dt.time(12), dt.time(9))]},
        {"hours": [(dt.time(9), dt.time(12)), (dt.time(11), dt.time(17))]},
        {"workdays": [dt.date(2026, 10, 1)]},
        {"holidays": [dt.date(1980, 1, 1)]},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"hours|both|outside"):
        calendar(**changes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: CALENDAR.add_working_minutes(dt.datetime(2026, 3, 2), 5),  # noqa: DTZ001
        lambda: CALENDAR.add_working_minutes(at("2026-03-02T10:00"), -1),
        lambda: CALENDAR.add_working_days(at("2026-03-02T10:00"), 0),
        lambda: CALENDAR.add_working_days(at("2100-03-02T10:00"), 1),
    ],
)
def test_questions_without_an_answer_are_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"aware|negative|at least|outside"):
        call()
