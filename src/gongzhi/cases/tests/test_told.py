"""Nobody subtracts a private count out: not by rows and sums, not by the place above, not by two months."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.cases.rules.told import above, told_by_month
from gongzhi.engines.suppression import is_small

K = 5
PATHS = ("/S/", "/S/A/", "/S/A/1/", "/S/A/2/", "/S/B/", "/S/B/3/")
MONTHS = (dt.date(2026, 1, 1), dt.date(2026, 2, 1))


def test_the_nearest_place_above_is_the_one_that_is_shown() -> None:
    assert above("/S/A/1/L-5/", PATHS) == "/S/A/1/" and above("/S/A/", PATHS) == "/S/"
    assert above("/S/", PATHS) is None and above("/X/Y/", PATHS) is None


def test_what_lies_in_a_dwelling_counts_in_every_place_around_it() -> None:
    told = told_by_month({MONTHS[0]: {"/S/A/1/L-5/": 6, "/X/": 3}}, PATHS, K)
    assert told["/S/"] == told["/S/A/"] == told["/S/A/1/"] == (6, False) and told["/S/B/"] == (0, False)


@pytest.mark.req("D01", where="/services/")
def test_the_part_left_over_is_not_the_place_above_minus_the_rest() -> None:
    told = told_by_month({MONTHS[0]: {"/S/A/1/": 6, "/S/B/3/": 1}}, PATHS, K)
    assert told["/S/"] == (7, False)
    assert told["/S/A/"] == told["/S/B/"] == (0, True)


@pytest.mark.req("D01", where="/services/")
def test_a_month_left_over_is_not_two_months_minus_one() -> None:
    months = {MONTHS[0]: {"/S/A/1/": 6}, MONTHS[1]: {"/S/A/1/": 1}}
    both, first = told_by_month(months, PATHS, K), told_by_month({MONTHS[0]: months[MONTHS[0]]}, PATHS, K)
    assert both["/S/"] == (6, True) and first["/S/"] == (6, False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(PATHS), st.integers(0, 9)), min_size=2, max_size=2))
def test_no_difference_of_pages_is_a_small_count(counts: list[dict[str, int]]) -> None:
    """Spans and places against each other: what one says more than the other is none, or at least k, or kept back."""
    months = dict(zip(MONTHS, counts, strict=True))
    both = told_by_month(months, PATHS, K)
    alone = {month: told_by_month({month: months[month]}, PATHS, K) for month in MONTHS}
    for path in PATHS:
        assert both[path][0] == sum(alone[month][path][0] for month in MONTHS)
        for month in MONTHS:
            assert not is_small(alone[month][path][0], K)
            assert not is_small(abs(both[path][0] - alone[month][path][0]), K)
            parts = [one for one in PATHS if above(one, PATHS) == path]
            if parts and not any(kept for _, kept in (alone[month][path], *(alone[month][part] for part in parts))):
                rest = alone[month][path][0] - sum(alone[month][part][0] for part in parts)
                assert not is_small(rest, K)
