"""Moves, days, progress, areas: pure, with the source's figures and with any others."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Refused
from gongzhi.partnerships import rules
from gongzhi.partnerships.rules import Lent

DAY = dt.date(2026, 3, 18)
AREAS = st.integers(1, 10**10).map(lambda n: Decimal(n) / 100)


@pytest.mark.req("B13")
def test_the_shops_of_the_source_come_to_their_exact_sum() -> None:
    """18 shops with 2,515.74 and one with 203.53 square metres; the source's own round figure is wrong."""
    shops = [Lent("shop", 18, rules.parse_area("2,515.74")), Lent("shop", 1, rules.parse_area("203.53 平方米"))]
    assert rules.totals(shops) == (19, Decimal("2719.27"))
    assert rules.years_after(dt.date(2021, 4, 1), 20) == dt.date(2041, 3, 31)
    assert rules.years_after(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)


@given(st.lists(st.tuples(st.integers(1, 50), AREAS), max_size=30))
def test_totals_lose_nothing_in_any_order(shops: list[tuple[int, Decimal]]) -> None:
    rows = [Lent("shop", pieces, area) for pieces, area in shops]
    assert rules.totals(rows) == rules.totals(reversed(rows))
    hundredths = sum(int(area * 100) for _pieces, area in shops)
    assert rules.totals(rows) == (sum(pieces for pieces, _area in shops), Decimal(hundredths) / 100)


@given(AREAS)
def test_an_area_reads_back_as_it_was_written(area: Decimal) -> None:
    if area <= rules.LARGEST_AREA:
        assert rules.parse_area(f"{area:,.2f} ㎡".removesuffix(" ㎡")) == area


@pytest.mark.parametrize("text", ["", "0", "-3", "1.234", "很大", "NaN", "1e40", "Infinity"])
def test_what_is_no_area_is_refused(text: str) -> None:
    with pytest.raises(Refused) as found:
        rules.parse_area(text)
    assert found.value.code == "area_wrong"


def test_every_move_leads_somewhere_and_what_is_over_stays() -> None:
    for moves in rules.MOVES.values():
        assert set(moves.values()) <= set(rules.MOVES)
    for state in ("ended", "renewed"):
        for move in ("sign", "start", "end", "renew", "expire"):
            with pytest.raises(Refused):
                rules.moved(state, move)


def test_days_start_and_end_a_term() -> None:
    last = DAY + dt.timedelta(days=9)
    assert rules.state_on("signed", DAY + dt.timedelta(days=1), last, DAY) == "signed"
    assert rules.state_on("signed", DAY, last, DAY) == "running"
    assert rules.state_on("running", DAY, last, last) == "running"
    assert rules.state_on("running", DAY, last, last + dt.timedelta(days=1)) == "expired"
    assert rules.state_on("running", DAY, None, dt.date(2999, 1, 1)) == "running"
    assert rules.check_term("year", DAY, None) == dt.date(2026, 12, 31)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_counted_progress_is_whole_only_when_the_target_is_met(total: int, target: int) -> None:
    found = rules.progress_of(total, target, None)
    assert found is not None and 0 <= found <= 100
    assert (found == 100) == (total >= target)


@pytest.mark.parametrize(
    ("progress", "days", "state"),
    [(100, -9, "done"), (99, -1, "late"), (0, 0, "soon"), (0, 30, "soon"), (0, 31, "open")],
)
def test_what_a_line_waits_for(progress: int, days: int, state: str) -> None:
    assert rules.line_state(progress, DAY + dt.timedelta(days=days), DAY) == state


def test_references_name_matters_never_people() -> None:
    assert rules.check_reference(" gathering:HY-260318-AB ") == "gathering:HY-260318-AB"
    for wrong in ("person:1", "mandate:3", "随便写", "x:"):
        with pytest.raises(Refused):
            rules.check_reference(wrong)
