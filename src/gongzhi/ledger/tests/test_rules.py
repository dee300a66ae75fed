"""Amounts, limits, shares and periods, without a database."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Refused
from gongzhi.ledger import rules

amounts = st.integers(min_value=1, max_value=rules.LARGEST)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1", 100), ("1.5", 150), ("1.05", 105), ("1,200.50", 120_050), ("５３３００００", 533_000_000), ("¥12元", 1200)],
)
def test_yuan_are_read_exactly(text: str, fen: int) -> None:
    assert rules.parse_amount(text, "fen") == fen


@pytest.mark.parametrize("text", ["", "0", "-1", "1.234", "1e3", "十元", "12,34.5", "1.", ".5", "NaN", "9" * 20])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        rules.parse_amount(text, "fen")


def test_points_and_minutes_are_whole() -> None:
    assert rules.parse_amount("120", "points") == 120
    with pytest.raises(Refused):
        rules.parse_amount("1.5", "minutes")


@given(amounts)
def test_what_is_written_is_read_back(amount: int) -> None:
    for unit in ("fen", "points"):
        assert rules.parse_amount(rules.amount_text(amount, unit), unit) == amount


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-(10**12), 10**12).filter(bool)), min_size=1, max_size=8))
def test_an_entry_and_its_undoing_come_to_nothing(given_lines: list[tuple[int, int]]) -> None:
    lines = [rules.Line(account, amount) for account, amount in given_lines]
    rest = sum(line.amount for line in lines)
    if rest:
        lines.append(rules.Line(9, -rest))
    if len(lines) < 2:
        return
    debits = rules.check_balanced(lines)
    back = rules.reversed_lines(lines)
    assert rules.check_balanced(back) == debits
    for account in {line.account for line in lines}:
        assert sum(line.amount for line in [*lines, *back] if line.account == account) == 0


@given(st.lists(st.integers(-100, 100), min_size=0, max_size=6))
def test_what_does_not_balance_is_refused(given_amounts: list[int]) -> None:
    lines = [rules.Line(1, amount) for amount in given_amounts]
    if len(lines) >= 2 and not sum(given_amounts) and all(given_amounts):
        assert rules.check_balanced(lines) > 0
        return
    with pytest.raises(Refused):
        rules.check_balanced(lines)


def test_the_limit_is_still_one_persons() -> None:
    assert not rules.needs_second(500_000, 500_000)
    assert rules.needs_second(500_001, 500_000)
    assert rules.needs_second(1, 500_000, undoing=True)


@pytest.mark.req("H07")
@pytest.mark.parametrize(("left", "low", "missing"), [(30_000, False, 0), (29_999, True, 1), (0, True, 30_000)])
def test_less_than_three_tenths_is_low(left: int, low: bool, missing: int) -> None:
    level = rules.Level(left, 100_000, Fraction(3, 10))
    assert (level.low, level.missing) == (low, missing)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_low_is_exactly_below_the_line(left: int, total: int) -> None:
    level = rules.Level(left, total, Fraction(3, 10))
    assert level.low == (Fraction(left, total) < Fraction(3, 10)) == (level.missing > 0)
    assert 0 <= level.filled <= 1000


def test_own_share_of_the_whole_cost() -> None:
    tenth = Fraction(1, 10)
    rules.check_own_share(9_000_000, 1_000_000, tenth)
    with pytest.raises(Refused) as short:
        rules.check_own_share(9_000_000, 999_999, tenth)
    assert short.value.code == "own_share_missing" and short.value.facts["short"] == "0.01"


def test_at_most_so_much_for_one_matter() -> None:
    rules.check_most(4_000_000, 6_000_000, 10_000_000)
    with pytest.raises(Refused):
        rules.check_most(4_000_001, 6_000_000, 10_000_000)


def test_no_entry_is_for_a_person() -> None:
    assert rules.check_reference(" case:LY-1 ", "about") == "case:LY-1"
    for wrong in ("person:1", "mandate:7", "words", "case:", "case:a b"):
        with pytest.raises(Refused):
            rules.check_reference(wrong, "about")


def test_periods_of_the_calendar() -> None:
    month = rules.span_of("month", dt.date(2026, 2, 10))
    assert month == rules.Span("2026-02", dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    quarter = rules.span_of("quarter", dt.date(2026, 12, 31))
    assert quarter == rules.Span("2026-Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert rules.next_span("month", dt.date(2026, 1, 15), None).label == "2026-01"
    assert rules.next_span("month", dt.date(2026, 1, 15), dt.date(2026, 12, 31)).label == "2027-01"


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 800), st.sampled_from(["month", "quarter"]))
def test_periods_follow_without_a_gap(first: dt.date, days: int, every: str) -> None:
    spans = rules.spans_between(every, first, first + dt.timedelta(days=days))[::-1]
    assert spans[0].first <= first <= spans[0].last
    assert spans[-1].first <= first + dt.timedelta(days=days) <= spans[-1].last
    for before, after in pairwise(spans):
        assert after.first == before.last + dt.timedelta(days=1)


def test_days_that_take_no_entry() -> None:
    frame = {"opened_on": dt.date(2026, 1, 1), "closed_until": dt.date(2026, 1, 31), "today": dt.date(2026, 3, 18)}
    rules.check_day(dt.date(2026, 2, 1), **frame)
    rules.check_day(dt.date(2026, 3, 18), **frame)
    wrong = {"2025-12-31": "before_opening", "2026-03-19": "in_the_future", "2026-01-31": "period_closed"}
    for day, code in wrong.items():
        with pytest.raises(Refused) as refused:
            rules.check_day(dt.date.fromisoformat(day), **frame)
        assert refused.value.code == code


def test_nobody_approves_alone() -> None:
    with pytest.raises(Refused):
        rules.check_second_person("a", "a")
    rules.check_second_person("a", "b")


def test_a_period_that_runs_or_waits_is_not_closed() -> None:
    span = rules.span_of("month", dt.date(2026, 2, 1))
    rules.check_closing(span, today=dt.date(2026, 3, 1), waiting=0)
    for today, waiting in ((dt.date(2026, 2, 28), 0), (dt.date(2026, 3, 1), 1)):
        with pytest.raises(Conflict):
            rules.check_closing(span, today=today, waiting=waiting)
