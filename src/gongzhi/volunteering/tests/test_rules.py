"""Spans never overlap, minutes never exceed what was served, codes work in their window only."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.volunteering import rules
from gongzhi.volunteering.rules import Span

ZERO = dt.datetime(2026, 3, 18, tzinfo=dt.UTC)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a slow machine proves as much
NUMBERS = rules.Numbers(
    adult_age=18, start_before=30, late_after=15, end_after=120, least=10, most=600, back_days=30
)  # fmt: skip
moments = st.integers(0, 100_000).map(lambda seconds: ZERO + dt.timedelta(seconds=seconds))
spans = st.tuples(moments, st.integers(1, 20_000)).map(lambda one: Span(one[0], one[0] + dt.timedelta(seconds=one[1])))


@patient
@given(spans, spans)
def test_two_spans_overlap_when_some_second_is_in_both(one: Span, other: Span) -> None:
    shared = min(one.end, other.end) - max(one.start, other.start)
    assert one.overlaps(other) == other.overlaps(one) == (shared > dt.timedelta(0))
    if one.overlaps(other):
        with pytest.raises(Conflict, match="time_overlaps"):
            rules.check_overlap(one, [other])
    else:
        rules.check_overlap(one, [other])


@patient
@given(spans)
def test_one_service_may_begin_when_another_ends(one: Span) -> None:
    rules.check_overlap(one, [Span(one.end, one.end + dt.timedelta(minutes=1))])


@patient
@given(spans, spans)
def test_minutes_lie_inside_the_plan_and_inside_the_stay(planned: Span, stay: Span) -> None:
    found = rules.counted(planned, stay.start, stay.end)
    assert (found is not None) == planned.overlaps(stay)
    if found is not None:
        seconds = rules.minutes_in(found) * 60
        assert 0 <= (found.end - found.start).total_seconds() - seconds < 60
        assert seconds <= (planned.end - planned.start).total_seconds()
        assert seconds <= (stay.end - stay.start).total_seconds()


@patient
@given(spans, st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_pieces_never_add_up_to_more_than_the_whole(whole: Span, cuts: list[int]) -> None:
    length = (whole.end - whole.start).total_seconds()
    marks = sorted({whole.start + dt.timedelta(seconds=length * cut / 1001) for cut in cuts} | {whole.start, whole.end})
    pieces = [Span(a, b) for a, b in itertools.pairwise(marks)]
    assert sum(map(rules.minutes_in, pieces)) <= rules.minutes_in(whole)


@patient
@given(spans, moments)
def test_the_start_code_works_from_shortly_before_until_the_end(planned: Span, at: dt.datetime) -> None:
    if planned.start - dt.timedelta(minutes=30) <= at < planned.end:
        rules.check_start_time(planned, at, NUMBERS)
    else:
        with pytest.raises(Refused, match=r"code_not_yet|code_over"):
            rules.check_start_time(planned, at, NUMBERS)


@patient
@given(spans, moments)
def test_the_end_code_works_from_the_beginning_until_some_time_after_the_end(planned: Span, at: dt.datetime) -> None:
    if planned.start < at <= planned.end + dt.timedelta(minutes=120):
        rules.check_end_time(planned, at, NUMBERS)
    else:
        with pytest.raises(Refused, match=r"code_not_yet|code_over"):
            rules.check_end_time(planned, at, NUMBERS)


def test_late_is_after_the_minutes_of_grace() -> None:
    planned = Span(ZERO, ZERO + dt.timedelta(hours=2))
    assert not rules.is_late(planned, ZERO + dt.timedelta(minutes=15), NUMBERS)
    assert rules.is_late(planned, ZERO + dt.timedelta(minutes=15, seconds=1), NUMBERS)


def test_whoever_is_under_age_needs_a_guardian() -> None:
    rules.check_age(True, False, 18)
    rules.check_age(False, True, 18)
    with pytest.raises(Refused, match="guardian_needed"):
        rules.check_age(False, False, 18)


def test_nobody_confirms_for_oneself_and_a_second_person_is_another() -> None:
    rules.check_confirmer("a", "b")
    with pytest.raises(Forbidden, match="own_record"):
        rules.check_confirmer("a", "a")
    rules.check_second("staff", "other", "volunteer")
    for approver in ("staff", "volunteer"):
        with pytest.raises(Forbidden, match="second_person"):
            rules.check_second("staff", approver, "volunteer")


def test_a_back_entry_lies_in_the_past_not_too_far_and_says_why() -> None:
    span = Span(ZERO, ZERO + dt.timedelta(hours=1))
    rules.check_back_entry(span, ZERO + dt.timedelta(days=30), NUMBERS, "手机没电")
    for at, reason, code in (
        (ZERO, "手机没电", "bad_times"),
        (ZERO + dt.timedelta(days=31), "手机没电", "too_old"),
        (ZERO + dt.timedelta(days=1), "", "missing_reason"),
    ):
        with pytest.raises(Refused, match=code):
            rules.check_back_entry(span, at, NUMBERS, reason)


def test_a_record_holds_some_minutes_and_not_too_many() -> None:
    for minutes in (10, 600):
        rules.check_minutes(minutes, NUMBERS)
    for minutes, code in ((9, "too_short"), (601, "too_long")):
        with pytest.raises(Refused, match=code):
            rules.check_minutes(minutes, NUMBERS)


def test_few_people_are_kept_back() -> None:
    assert [rules.shown_count(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]
