"""Rankings of made-up units whose true order is known (bench ranking-truth prints all worlds, losing ones too).

Bounds are generous: a few worlds of each kind, always the same ones. A broken formula shows, an unlucky world does not.
"""

from functools import cache

import pytest

from bench._ranking_truth import WORLDS, Found, judged

SEEDS = range(3)


@cache
def found(name: str) -> list[Found]:
    return [judged(name, seed) for seed in SEEDS]


def average(name: str, what: str) -> float:
    return sum(float(getattr(each, what) or 0) for each in found(name)) / len(SEEDS)


@pytest.mark.parametrize("name", ["as assumed", "heavy tails", "two humps", "two strata", "hard and easy mixes"])
def test_nearer_to_the_truth_than_raw_shares_and_wilson(name: str) -> None:
    assert average(name, "ours") < average(name, "raw") and average(name, "ours") < average(name, "lower")


def test_equal_sizes_keep_their_order() -> None:
    assert average("equal sizes", "ours") == average("equal sizes", "raw")


@pytest.mark.parametrize("name", ["as assumed", "heavy tails", "two strata", "equal sizes", "eight units"])
def test_intervals_hold_the_truth(name: str) -> None:
    assert average(name, "values_held") > 0.88 and average(name, "ranks_held") > 0.9


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_hardly_a_pair_is_told_apart_wrongly(name: str) -> None:
    assert sum(each.wrong for each in found(name)) <= 1
    assert average(name, "loose_wrong") < 0.12


def test_where_it_loses_it_says_why_and_strata_mend_it() -> None:
    """Small units that are better are drawn down to the mean: the ranking is worse than raw shares, and warns of it."""
    lost, mended = found("small units are better"), found("the same, sizes as strata")
    assert all(each.ours > each.raw and each.warned for each in lost)
    assert all(each.ours < each.raw for each in mended)
