"""Windows, ranks, ties and parts of money, for any numbers."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Refused
from gongzhi.projects.rules import bidding
from gongzhi.projects.rules.bidding import Judged

DAY = dt.date(2026, 3, 18)
points = st.integers(0, 400).map(lambda quarters: Fraction(quarters, 4))
offers = st.lists(st.tuples(st.integers(1, 5), st.lists(points, min_size=2, max_size=4)), min_size=1, max_size=8)


def judged(given: list[tuple[int, list[Fraction]]]) -> list[Judged]:
    return [Judged(n, ask, tuple(found)) for n, (ask, found) in enumerate(given, 1)]


@given(offers)
def test_the_best_is_beaten_by_none(given: list[tuple[int, list[Fraction]]]) -> None:
    bids = judged(given)
    tied = bidding.best(bids, 2, 0)
    for one in tied:
        assert all((one.mean, -one.ask) >= (other.mean, -other.ask) for other in bids)
    assert {one.position for one in tied} == {
        one.position for one in bids if (one.mean, one.ask) == (tied[0].mean, tied[0].ask)
    }
    assert bidding.ranked(bids)[0] in tied


@given(offers, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_changes_nothing(
    given: list[tuple[int, list[Fraction]]], random: object
) -> None:
    bids = judged(given)
    mixed = list(bids)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert bidding.ranked(mixed) == bidding.ranked(bids)
    assert {one.position for one in bidding.best(mixed, 2, 0)} == {one.position for one in bidding.best(bids, 2, 0)}


def test_each_is_judged_by_enough_and_one_has_to_pass() -> None:
    few = [Judged(1, 10, (Fraction(90), Fraction(80))), Judged(2, 10, (Fraction(99),))]
    with pytest.raises(Conflict) as refused:
        bidding.best(few, 2, 60)
    assert refused.value.code == "scores_missing" and refused.value.facts["which"] == "2"
    with pytest.raises(Conflict) as refused:
        bidding.best([], 2, 60)
    assert refused.value.code == "bids_missing"
    low = [Judged(1, 10, (Fraction(60), Fraction("59.9")))]
    with pytest.raises(Conflict) as refused:
        bidding.best(low, 2, 60)
    assert refused.value.code == "no_bid_passes"
    assert bidding.best([Judged(1, 10, (Fraction(60), Fraction(60)))], 2, 60)[0].position == 1


def test_less_money_breaks_a_tie_and_a_tie_in_both_needs_a_reason() -> None:
    equal = (Fraction(70), Fraction(80))
    cheap, dear = Judged(2, 10, equal), Judged(1, 11, equal)
    assert bidding.best([dear, cheap], 2, 60) == [cheap]
    same = [cheap, Judged(3, 10, equal)]
    tied = bidding.best(same, 2, 60)
    assert tied == same
    for position, reason, code in ((1, "为什么选它", "not_the_best"), (3, "", "tie_needs_reason")):
        with pytest.raises(Refused) as refused:
            bidding.check_best(position, tied, reason)
        assert refused.value.code == code
    bidding.check_best(3, tied, "做过同样的事")
    bidding.check_best(2, [cheap], "")


@given(st.integers(-40, 40), st.integers(0, 40))
def test_the_last_day_is_open_and_the_next_is_over(ahead: int, days: int) -> None:
    until = DAY + dt.timedelta(days=ahead)
    assert bidding.is_open(until, DAY) == (ahead >= 0) and bidding.is_over(until, DAY) == (ahead < 0)
    if ahead >= days:
        bidding.check_until(until, None, DAY, days)
    else:
        with pytest.raises(Refused, match="until_too_early"):
            bidding.check_until(until, None, DAY, days)


def test_a_running_window_is_only_made_longer() -> None:
    with pytest.raises(Refused, match="until_not_later"):
        bidding.check_until(DAY, DAY, DAY, 15)
    bidding.check_until(DAY + dt.timedelta(days=1), DAY, DAY, 15)
    with pytest.raises(Refused, match="until_too_early"):
        bidding.check_until(DAY + dt.timedelta(days=14), DAY - dt.timedelta(days=1), DAY, 15)
    assert not bidding.is_open(None, DAY) and not bidding.is_over(None, DAY)


@given(st.integers(1, 10**14), st.integers(0, 3))
def test_what_may_be_paid_never_passes_the_whole(amount: int, done: int) -> None:
    parts = ("2/5", "3/10", "3/10")
    most = bidding.payable(amount, parts[:done])
    assert 0 <= most <= amount and (most == amount) == (done == 3)
    assert bidding.payable(amount, (*parts, "1/2")) == amount
