"""Notice, quorum, shows of hands and rhythm, without a database."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Conflict, Refused
from gongzhi.gatherings import rules
from gongzhi.gatherings.rules import Quorum

HALF = Quorum("1/2", inclusive=False)
TWO_THIRDS = Quorum("2/3", inclusive=True)


def test_notice_days_lie_whole_between_notice_and_meeting() -> None:
    notice = dt.date(2026, 3, 18)
    assert rules.earliest_start(notice, 3) == dt.date(2026, 3, 22)
    assert rules.earliest_start(notice, 0) == notice
    rules.check_notice(dt.date(2026, 3, 22), rules.earliest_start(notice, 3), 3)
    with pytest.raises(Refused, match="notice_short") as refused:
        rules.check_notice(dt.date(2026, 3, 21), rules.earliest_start(notice, 3), 3)
    assert refused.value.facts["first"] == "2026-03-22"


@pytest.mark.parametrize(("came", "enough"), [(29, False), (30, True), (45, True)])
def test_a_quorum_of_two_thirds_of_forty_five_is_thirty(came: int, enough: bool) -> None:
    if enough:
        rules.check_quorum(TWO_THIRDS, 45, came)
    else:
        with pytest.raises(Refused, match="no_quorum") as refused:
            rules.check_quorum(TWO_THIRDS, 45, came)
        assert (refused.value.facts["needed"], refused.value.facts["missing"]) == (30, 1)


@pytest.mark.parametrize(("yes", "passed"), [(15, False), (16, True)])
def test_more_than_half_of_thirty_is_sixteen(yes: int, passed: bool) -> None:
    counted = rules.count_hands({"for": yes, "against": 30 - yes, "abstained": 0}, 30, HALF)
    assert (counted["passed"], counted["needed"]) == (passed, 16)


def test_more_hands_than_heads_are_counted_again() -> None:
    with pytest.raises(Refused, match="votes_over"):
        rules.count_hands({"for": 3, "against": 1, "abstained": 1}, 4, HALF)


@given(st.integers(1, 500), st.integers(0, 500), st.fractions(Fraction(1, 100), 1), st.booleans())
def test_a_quorum_agrees_with_plain_fractions(due: int, came: int, share: Fraction, inclusive: bool) -> None:
    if share == 1 and not inclusive:
        return
    stands = Quorum(f"{share.numerator}/{share.denominator}", inclusive).stands(due, came)
    reached = Fraction(came) >= share * due if inclusive else Fraction(came) > share * due
    assert stands is not None and stands.met is reached
    assert stands.missing == 0 if reached else stands.missing == stands.bound - came


FIRST = dt.datetime(2026, 1, 31, 19, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("every", "after", "next_one"),
    [
        ("month", "2026-02-01", "2026-02-28"),
        ("month", "2026-03-01", "2026-03-31"),
        ("quarter", "2026-02-01", "2026-04-30"),
        ("two_months", "2026-02-01", "2026-03-31"),
        ("week", "2026-02-01", "2026-02-07"),
        ("fortnight", "2026-02-01", "2026-02-14"),
        ("month", "2026-01-01", "2026-01-31"),
    ],
)
def test_a_series_keeps_its_day_and_hour(every: str, after: str, next_one: str) -> None:
    found = rules.next_start(every, FIRST, dt.datetime.fromisoformat(f"{after}T00:00:00+08:00"))
    assert found == dt.datetime.fromisoformat(f"{next_one}T19:30:00+08:00")


@given(st.sampled_from(["week", "fortnight", "month", "two_months", "quarter"]), st.integers(0, 4000))
def test_the_next_one_is_always_ahead_and_never_further_than_its_rhythm(every: str, days: int) -> None:
    after = FIRST + dt.timedelta(days=days)
    found = rules.next_start(every, FIRST, after)
    assert after < found <= after + dt.timedelta(days=93)


@pytest.mark.parametrize(
    ("move", "status"), [("notice", "noticed"), ("open", "planned"), ("decide", "noticed"), ("close", "closed")]
)
def test_no_step_is_skipped_or_repeated(move: str, status: str) -> None:
    with pytest.raises(Conflict, match="wrong_step"):
        rules.check_move(move, status)


@pytest.mark.parametrize(
    ("decision", "kind", "given", "code"),
    [
        ("pass", "matter", {}, "bad_decision"),
        ("assign", "motion", {}, "bad_decision"),
        ("assign", "matter", {}, "decision_needs_words"),
        ("assign", "matter", {"words": "修灯"}, "decision_needs_unit"),
        ("close", "matter", {}, "decision_needs_words"),
    ],
)
def test_a_decision_says_what_it_lacks(decision: str, kind: str, given: dict[str, str], code: str) -> None:
    values = {"words": "", "unit": None, "until": None, **given}
    with pytest.raises(Refused, match=code):
        rules.check_decision(decision, kind, **values)  # type: ignore[arg-type]
