"""Moves, opening hours, buffers, series, pauses: for any hours, any holidays, any bookings."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Conflict, Refused
from gongzhi.exchange import rules
from gongzhi.exchange.models import Standing, State, Wish
from gongzhi.exchange.rules import times
from gongzhi.exchange.rules.times import Span
from gongzhi.packs.sharing_contents import Booking

DAY = dt.date(2026, 3, 18)


def booking(**more: Any) -> Booking:
    given = {"step": 30, "shortest": 30, "longest": 240, "before": 0, "after": 15, "ahead": 30, "open": 3, "cancel": 12}
    given |= {"misses": 3, "within": 90, "pause": 30, "appeal": 7, "series": 8}
    return Booking(**{**given, **more})  # type: ignore[arg-type]  # numbers by name


def moment(day: dt.date, minutes: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), CHINA) + dt.timedelta(minutes=minutes)


def test_every_state_has_its_moves_and_every_move_leads_to_a_state() -> None:
    for moves, states in ((rules.OFFER_MOVES, Standing), (rules.NEED_MOVES, Wish), (rules.MOVES, State)):
        assert set(moves) == set(states.values)
        assert {target for found in moves.values() for target in found.values()} <= set(states.values)
    with pytest.raises(Conflict, match="not_now"):
        rules.moved(rules.MOVES, "done", "cancel")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("周一 09:00-12:00", [[1, "09:00", "12:00"]]),
        ("周一至周三 9:00-12:00，14:00-17:30", 6),
        ("星期六、8:00-9:00", [[6, "08:00", "09:00"]]),
        ("周五至周一 09:00-10:00", None),
        ("周一 12:00-09:00", None),
        ("周一 09:00-11:00，10:00-12:00", None),
        ("每天", None),
        ("Mon-Tue 9:00-10:00, 11:00-12:00", 4),
        ("周日 00:00-24:00", [[7, "00:00", "24:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, found: Any) -> None:
    if found is None:
        with pytest.raises(Refused) as refused:
            times.read_hours(text)
        assert refused.value.code in ("hours_wrong", "hours_overlap")
        return
    read = times.read_hours(text)
    assert read == found if isinstance(found, list) else len(read) == found


hours = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 47), st.integers(1, 48)).filter(lambda one: one[1] < one[2]),
    max_size=6,
    unique_by=lambda one: one[0],
).map(lambda found: [[day, _clock(first * 30), _clock(last * 30)] for day, first, last in found])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@given(hours, st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.booleans(), st.booleans(), st.booleans())
def test_openings_lie_in_their_day_and_keep_holidays(
    found: list[list[int | str]], day: dt.date, rests: bool, keeps: bool, shut: bool
) -> None:
    closed = {day.isoformat()} if shut else set()
    openings = times.opens_on(found, day, closed, lambda _day: rests, holidays=keeps)
    assert all(moment(day, 0) <= one.start < one.end <= moment(day, 1440) for one in openings)
    if shut or (rests and not keeps):
        assert openings == []
    else:
        assert len(openings) == sum(int(one[0]) == day.isoweekday() for one in found)


@given(hours, st.integers(1, 8), st.integers(0, 2880))
def test_whatever_is_shown_as_free_can_be_booked(
    found: list[list[int | str]], half_hours: int, ago: int
) -> None:
    """Every beginning that is listed passes the check of a booking, and lies in an opening."""
    terms, at = booking(longest=240), moment(DAY, 0) - dt.timedelta(minutes=ago)
    openings = times.opens_on(found, DAY, (), lambda _day: False, holidays=True)
    for span in times.beginnings(openings, half_hours * 30, terms, at):
        times.check_span(span, openings, terms, at)
        assert any(one.holds(span) for one in openings)


@given(
    st.lists(st.tuples(st.integers(0, 46), st.integers(1, 8)), max_size=12),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(1, 3),
)
def test_bookings_given_one_after_another_never_touch(
    wanted: list[tuple[int, int]], before: int, after: int, pieces: int
) -> None:
    """First come, first served: two on one piece are at least a buffer apart, and a refusal has a cause."""
    terms = booking(before=before, after=after)
    held: list[tuple[int, Span]] = []
    for start, length in wanted:
        span = Span(moment(DAY, start * 30), moment(DAY, start * 30 + length * 30))
        wide = times.blocked(span, terms)
        free = times.free_pieces(span, terms, held, pieces)
        if free:
            held.append((free[0], wide))
        else:
            assert {piece for piece, other in held if other.overlaps(wide)} == set(range(1, pieces + 1))
    for i, (piece, one) in enumerate(held):
        assert not any(piece == other and one.overlaps(two) for other, two in held[i + 1 :])


@given(st.integers(0, 1400), st.integers(-90, 400))
def test_a_time_that_does_not_fit_is_refused_with_its_reason(start: int, length: int) -> None:
    terms = booking()
    openings = [Span(moment(DAY, 540), moment(DAY, 1020))]
    span = Span(moment(DAY, start), moment(DAY, start + length))
    fits = start >= 540 and start + length <= 1020 and 30 <= length <= 240 and length % 30 == 0
    on_a_step = (start - 540) % 30 == 0
    try:
        times.check_span(span, openings, terms, moment(DAY, 0))
    except Refused as refused:
        assert refused.code in ("length_wrong", "closed_then", "not_on_a_step") and not (fits and on_a_step)
    else:
        assert fits and on_a_step


def test_a_time_is_neither_past_nor_too_far_away() -> None:
    terms = booking(ahead=7)
    for days, code in ((-1, "in_the_past"), (8, "too_far_ahead")):
        day = DAY + dt.timedelta(days=days)
        span = Span(moment(day, 600), moment(day, 660))
        with pytest.raises(Refused) as refused:
            times.check_span(span, [span], terms, moment(DAY, 0))
        assert refused.value.code == code


@given(st.integers(1, 53))
def test_a_series_keeps_its_weekday_and_hour(weeks: int) -> None:
    spans = times.weekly(Span(moment(DAY, 600), moment(DAY, 660)), weeks)
    assert len(spans) == weeks
    assert {one.start.astimezone(CHINA).strftime("%a %H:%M") for one in spans} == {"Wed 10:00"}


@given(st.lists(st.integers(0, 200), max_size=8), st.integers(0, 260))
def test_a_pause_needs_enough_misses_and_ends(ago: list[int], now: int) -> None:
    """Whoever is refused has the misses within the days, and is free again after the pause."""
    terms = booking(misses=3, within=90, pause=30)
    days = sorted(DAY + dt.timedelta(days=n) for n in ago)
    today = DAY + dt.timedelta(days=now)
    full = [(days[i - 2], days[i]) for i in range(2, len(days)) if (days[i] - days[i - 2]).days < 90]
    paused = any(today < last + dt.timedelta(days=30) for _first, last in full)
    try:
        rules.check_not_pausing(days, terms, today)
    except Conflict as refused:
        assert paused and refused.code == "pausing"
    else:
        assert not paused


def test_nobody_asks_for_money() -> None:
    rules.check_no_cash(("筹款", "转账"), "想学用手机")
    with pytest.raises(Refused, match="no_cash"):
        rules.check_no_cash(("筹款", "转账"), "孩子上学", "请转账到卡上")
