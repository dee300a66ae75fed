"""Average annual change, done right: the geometric one, exact to the decimals given. Fixtures: S1 (fixtures.md 3.3)."""

from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.engines import change


@pytest.mark.req("L02")
@pytest.mark.parametrize(
    ("rate", "years", "left"),
    [("21.2", 2, "62.1"), ("21.2", 1, "78.8"), ("21.49", 2, "61.6"), ("30", 2, "49.0"), ("30", 3, "34.3")],
)
def test_what_is_left_after_years(rate: str, years: int, left: str) -> None:
    assert change.rounded(change.after_years(F(100), -F(rate), years), 1) == Decimal(left)


@pytest.mark.req("L02")
@pytest.mark.parametrize(
    ("rate", "decimals"), [("-21.2", 1), ("-21.49", 2), ("-30", 0), ("12.5", 1), ("0.00", 2), ("-100", 0)]
)
@pytest.mark.parametrize("years", [1, 2, 3, 7])
def test_the_rate_comes_back_with_its_decimals(rate: str, decimals: int, years: int) -> None:
    end = change.after_years(F(31712), F(rate), years)
    found = change.average_annual_change(F(31712), end, years, decimals=decimals)
    assert str(found) == rate


def test_it_is_not_the_whole_change_divided_by_the_years() -> None:
    assert change.average_annual_change(F(100), F("62.0944"), 2, decimals=2) == Decimal("-21.20")
    assert change.relative_change(F(100), F("62.0944")) / 2 * 100 == F("-18.9528")


@pytest.mark.parametrize(
    ("begin", "end", "years", "reason"),
    [(100, 90, 0, "years"), (100, 90, -1, "years"), (0, 90, 2, "base"), (-5, 90, 2, "negative"), (5, -1, 2, "negative")]
)
def test_refusals(begin: int, end: int, years: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        change.average_annual_change(F(begin), F(end), years, decimals=2)


@pytest.mark.parametrize(("value", "said"), [("2.345", "2.35"), ("-2.345", "-2.35"), ("2.3449", "2.34")])
def test_halves_go_away_from_zero(value: str, said: str) -> None:
    assert change.rounded(F(value), 2) == Decimal(said)
    assert change.rounded(F("2.349"), 2, down=True) == Decimal("2.34")


@given(some.integers(1, 10**6), some.integers(0, 10**6), some.integers(1, 9), some.integers(0, 4))
def test_the_root_is_the_nearest_number(begin: int, end: int, years: int, decimals: int) -> None:
    found = F(change.average_annual_change(F(begin), F(end), years, decimals=decimals)) / 100 + 1
    half = F(1, 2 * 10 ** (decimals + 2))
    ratio = F(end, begin)
    assert (found - half) ** years <= ratio < (found + half) ** years or (found < half and ratio < half**years)
