"""Shares, areas, heads against naive counting; thresholds with one hundredth to each side."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Refused
from gongzhi.registers.rules import tenure as rules

shares = st.one_of(
    st.none(), st.builds(lambda d, n: Fraction(1 + n % d, d), st.integers(1, 60), st.integers(0, 10_000))
)


def naive_state(given_shares: list[Fraction | None]) -> str:
    """Over a common denominator, with integers only."""
    if not given_shares:
        return "none"
    whole = 1
    for share in given_shares:
        whole *= share.denominator if share is not None else 1
    stated = sum(share.numerator * whole // share.denominator for share in given_shares if share is not None)
    left = whole - stated
    if None in given_shares:
        return "complete" if left > 0 else "over"
    return "over" if left < 0 else "complete" if left == 0 else "short"


@pytest.mark.req("N02")
@given(st.lists(shares, max_size=6))
def test_shares_agree_with_integers(given_shares: list[Fraction | None]) -> None:
    assert rules.shares_state(given_shares) == naive_state(given_shares)


@given(st.integers(2, 1_000))
def test_one_part_more_than_the_whole_is_refused(parts: int) -> None:
    held: list[Fraction | None] = [Fraction(parts - 1, parts)]
    rules.check_shares(held, Fraction(1, parts))
    with pytest.raises(Refused) as refused:
        rules.check_shares(held, Fraction(1, parts) + Fraction(1, parts * 1_000))
    assert refused.value.code == "shares_over"


def test_three_thirds_are_a_whole_and_joint_owners_need_something_left() -> None:
    third = Fraction(1, 3)
    assert rules.shares_state([third, third, third]) == "complete"
    assert rules.shares_state([third, third, Fraction(333_333, 1_000_000)]) == "short"
    assert rules.shares_state([None, None]) == "complete"
    assert rules.shares_state([Fraction(1, 2), None]) == "complete"
    with pytest.raises(Refused):
        rules.check_shares([Fraction(1)], None)


units = st.lists(
    st.builds(
        lambda owners, area: (frozenset(owners), area),
        st.lists(st.sampled_from(["developer", "a", "b", "c"]), max_size=2),
        st.one_of(st.none(), st.integers(1, 30_000)),
    ),
    max_size=25,
)


def naive_heads(found: list[rules.Unit]) -> int:
    """Pair by pair: a unit is a new head unless an earlier one has the very same owners."""
    heads = 0
    for at, unit in enumerate(found):
        seen = [other for other in found[:at] if other.owners and other.owners == unit.owners]
        heads += not seen
    return heads


@pytest.mark.req("N02")
@given(units)
def test_heads_and_areas_agree_with_naive_counting(pairs: list[tuple[frozenset[str], int | None]]) -> None:
    found = [rules.Unit(str(at), owners, area) for at, (owners, area) in enumerate(pairs)]
    totals = rules.totals_of(found)
    assert totals.heads == naive_heads(found)
    exact = sum((Decimal(unit.area) / 100 for unit in found if unit.area is not None), Decimal(0))
    assert Decimal(totals.area) / 100 == exact
    assert totals.without_owner == len([unit for unit in found if len(unit.owners) == 0])
    assert totals.heads <= totals.units == len(found)


@pytest.mark.req("N02")
def test_heads_in_the_words_of_the_law() -> None:
    def unit(code: str, *owners: str) -> rules.Unit:
        return rules.Unit(code, frozenset(owners), 10_000)

    assert rules.totals_of([unit("1", "li"), unit("2", "li"), unit("3", "li")]).heads == 1
    assert rules.totals_of([unit("1", "li", "wang")]).heads == 1
    assert rules.totals_of([unit("1", "developer"), unit("2", "developer"), unit("3", "li")]).heads == 2
    assert rules.totals_of([unit("1", "li", "wang"), unit("2", "wang", "li")]).heads == 1
    assert rules.totals_of([unit("1"), unit("2")]).heads == 2


@pytest.mark.req("N02")
def test_the_area_that_counts_follows_the_order_of_the_law() -> None:
    known = {"registered": 8_912, "measured": 9_000, "contract": 9_100}
    assert rules.counted_area(known) == rules.Area(8_912, "registered")
    assert rules.counted_area({**known, "registered": None}) == rules.Area(9_000, "measured")
    assert rules.counted_area({"contract": 9_100}) == rules.Area(9_100, "contract")
    assert rules.counted_area({}) == rules.Area(None, "")


@given(st.integers(1, rules.LARGEST_AREA))
def test_an_area_is_read_as_it_is_written(hundredths: int) -> None:
    assert rules.read_area(rules.write_area(hundredths)) == hundredths


@pytest.mark.parametrize("text", ["", "0", "-3", "89.123", "八十九", "1e5", "1000000", "100000.01"])
def test_no_area(text: str) -> None:
    with pytest.raises(Refused):
        rules.read_area(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [("1/2", Fraction(1, 2)), ("33.3％", Fraction(333, 1000)), ("全部", Fraction(1)), ("", None)],
)
def test_a_share_is_read(text: str, share: Fraction | None) -> None:
    assert rules.read_share(text) == share


@pytest.mark.parametrize("text", ["3/2", "0", "1/0", "半", "101%", "1/1000001"])
def test_no_share(text: str) -> None:
    with pytest.raises(Refused):
        rules.read_share(text)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 800), st.integers(0, 800))
def test_in_force_is_half_open(first: dt.date, days: int, later: int) -> None:
    end, on = first + dt.timedelta(days=days), first + dt.timedelta(days=later)
    assert rules.in_force(on, first, end) == (later < days)
    assert rules.in_force(on, first, None, end) == (later < days)


def test_a_household_speaks_when_all_agree() -> None:
    assert rules.speaks_for([1, 2], {1: 2, 2: 2}) == 2
    assert rules.speaks_for([1, 2], {1: 1, 2: 2}) is None
    assert rules.speaks_for([1, 2], {1: 1}) is None
    assert rules.speaks_for([1], {1: 1}) == 1
    assert rules.speaks_for([1], {1: 9}) is None
