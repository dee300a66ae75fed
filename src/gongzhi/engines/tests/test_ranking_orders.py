"""Ranks, ties, chances, bands: by hand, and by what must hold for any list."""

from collections.abc import Callable
from fractions import Fraction as F
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.engines.ranking.orders import Chances, Place, bands, chances, places, sure_ranks, told_apart

NAMES = "abcdefgh"
PAIRS = some.sets(some.sampled_from(list(combinations(NAMES, 2))))


def test_ranks_of_a_competition() -> None:
    values = {"d": F(1, 2), "a": F(9, 10), "c": F(8, 10), "b": F(8, 10)}
    assert places(values, better="higher", decimals=2) == {
        "a": Place(1, ()), "b": Place(2, ("c",)), "c": Place(2, ("b",)), "d": Place(4, ()),
    }  # fmt: skip
    assert {unit: place.rank for unit, place in places(values, better="lower", decimals=2).items()} == {
        "d": 1, "b": 2, "c": 2, "a": 4,
    }  # fmt: skip


def test_equal_is_what_is_shown_equal() -> None:
    values = {"a": F(90_004, 100_000), "b": F(9, 10)}
    assert [each.rank for each in places(values, better="higher", decimals=4).values()] == [1, 1]
    assert [each.rank for each in places(values, better="higher", decimals=5).values()] == [1, 2]


@given(some.dictionaries(some.sampled_from(NAMES), some.fractions(0, 1, max_denominator=9), min_size=1))
def test_a_rank_is_one_plus_those_better(values: dict[str, F]) -> None:
    found = places(values, better="higher", decimals=9)
    for unit, place in found.items():
        better = [each for each in values if round(values[each], 9) > round(values[unit], 9)]
        assert place.rank == 1 + len(better)
        assert all(found[each].rank == place.rank and unit in found[each].tied for each in place.tied)


def test_chances_by_hand() -> None:
    draws = {"a": [9, 9, 9, 1], "b": [5, 5, 5, 5], "c": [1, 1, 6, 3]}
    found = chances(draws, better="higher", level=F(1, 5), top=1, same={name: name for name in draws})
    assert found["a"] == Chances(1.5, 1, 3, 0.75, 0.25)
    assert found["b"] == Chances(2.0, 1, 3, 0.25, 0.25)
    lower = chances(draws, better="lower", level=F(1, 5), top=1, same={name: name for name in draws})
    assert lower["a"] == Chances(2.5, 1, 3, 0.25, 0.75)


def test_the_same_data_has_the_same_chances() -> None:
    draws = {"a": [3, 1], "b": [2, 4], "c": [0, 0]}
    found = chances(draws, better="higher", level=F(1, 5), top=1, same={"a": 1, "b": 1, "c": 2})
    assert found["a"] == found["b"] == Chances(1.5, 1, 2, 0.5, 0.0)


def test_equals_in_a_draw_share_the_better_rank() -> None:
    same = {"a": 1, "b": 2, "c": 3}
    found = chances({"a": [1], "b": [1], "c": [0]}, better="higher", level=F(1, 5), top=1, same=same)
    assert [found[name].expected for name in "abc"] == [1, 1, 3]


def test_without_draws_nothing_is_said() -> None:
    assert chances({"a": [], "b": []}, better="higher", level=F(1, 20), top=1, same={"a": 1, "b": 2}) == {}


def _doubts(rows: dict[tuple[str, str], float]) -> Callable[[str, str], float]:
    return lambda above, below: rows[above, below]


def test_many_pairs_at_once() -> None:
    """By hand: .01 + .03 is within .05, with .04 more it is not; the average of all three is .0267."""
    doubts = _doubts({("a", "c"): 0.01, ("a", "b"): 0.03, ("b", "c"): 0.04})
    found = told_apart("abc", (), doubts, level=F(1, 20), control="familywise")
    assert found == {("a", "c"), ("a", "b")}
    assert told_apart("abc", (), doubts, level=F(1, 20), control="strict") == frozenset()
    loose = told_apart("abc", (), doubts, level=F(1, 20), control="false_discovery")
    assert loose == {("a", "c"), ("a", "b"), ("b", "c")}


def test_holms_steps() -> None:
    """By hand: twice .008 is within .05/3, twice .0124 within .05/2, twice .03 not within .05."""
    doubts = _doubts({("a", "c"): 0.008, ("a", "b"): 0.0124, ("b", "c"): 0.03})
    found = told_apart("abc", (), doubts, level=F(1, 20), control="strict")
    assert found == {("a", "c"), ("a", "b")}


def test_no_doubt_above_the_level_is_let_in_by_sure_ones() -> None:
    doubts = _doubts({("a", "c"): 0.0, ("a", "b"): 0.0, ("b", "c"): 0.06})
    assert told_apart("abc", (), doubts, level=F(1, 20), control="false_discovery") == {("a", "c"), ("a", "b")}


def test_equals_are_never_told_apart() -> None:
    found = told_apart("ab", {("a", "b")}, lambda *_: 0.0, level=F(1, 20), control="familywise")
    assert found == frozenset()


def test_bands_by_hand() -> None:
    assert bands("abcd", {("a", "c"), ("b", "d")}) == {"a": 1, "b": 1, "c": 2, "d": 2}
    assert bands("abcd", ()) == dict.fromkeys("abcd", 1)
    assert sure_ranks("abcd", {("a", "c"), ("b", "d")}) == {"a": (1, 3), "b": (1, 3), "c": (2, 4), "d": (2, 4)}


@given(PAIRS)
def test_in_a_band_nobody_can_be_told_apart(apart: set[tuple[str, str]]) -> None:
    found = bands(NAMES, apart)
    assert not [pair for pair in apart if found[pair[0]] == found[pair[1]]]
    for number in range(2, max(found.values()) + 1):
        first = min(unit for unit in NAMES if found[unit] == number)
        assert any((above, first) in apart for above in NAMES if found[above] == number - 1), "as long as it can be"


@given(PAIRS)
def test_sure_ranks_hold_the_rank(apart: set[tuple[str, str]]) -> None:
    for rank, (best, worst) in enumerate(sure_ranks(NAMES, apart).values(), 1):
        assert best <= rank <= worst


@pytest.mark.parametrize("control", ["strict", "familywise", "false_discovery"])
@given(doubts=some.lists(some.floats(0, 0.5), min_size=28, max_size=28))
def test_more_doubt_tells_less(control: str, doubts: list[float]) -> None:
    pairs = dict(zip(combinations(NAMES, 2), doubts, strict=True))
    more = {pair: min(0.5, doubt * 2) for pair, doubt in pairs.items()}
    less = told_apart(NAMES, (), _doubts(pairs), level=F(1, 20), control=control)  # type: ignore[arg-type]
    assert told_apart(NAMES, (), _doubts(more), level=F(1, 20), control=control) <= less  # type: ignore[arg-type]
