"""Moves, own shares, closing accounts, acceptance and visits, for any numbers."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Refused
from gongzhi.projects import rules
from gongzhi.projects.models import State
from gongzhi.projects.rules import Money, Voices

DAY = dt.date(2026, 3, 18)
amounts = st.integers(0, 10**12)
shares = st.integers(1, 90).map(lambda hundredths: Fraction(hundredths, 100))


def test_every_state_is_reached_and_only_ends_have_no_way_on() -> None:
    reached = {"proposed"} | {one.target for one in rules.MOVES}
    assert reached == set(State.values)
    ends = {state for state in State.values if not rules.moves_from(state)}
    assert ends == {"revisited", "rejected", "withdrawn", "abandoned"} and ends <= set(rules.OVER)


@given(st.sampled_from(State.values), st.sampled_from(sorted({one.verb for one in rules.MOVES})))
def test_a_move_is_in_the_table_or_refused(state: str, verb: str) -> None:
    if any(one.source == state and one.verb == verb for one in rules.MOVES):
        assert rules.get_move(state, verb).source == state
    else:
        with pytest.raises(Conflict, match="move_not_possible"):
            rules.get_move(state, verb)


def lines(own: int, reward: int, pledge: int = 0) -> list[Money]:
    given = (("own", own), ("reward", reward), ("pledge", pledge))
    return [Money(kind, amount) for kind, amount in given if amount]


@given(amounts, amounts, amounts, shares)
def test_the_own_share_that_is_missing_is_the_least_that_is_enough(
    own: int, reward: int, pledge: int, share: Fraction
) -> None:
    short = rules.own_short(lines(own, reward, pledge), share)
    assert short >= 0
    assert (short == 0) == (not reward or own >= share * (own + reward))
    assert rules.own_short(lines(own + short, reward), share) == 0
    if short > 0:
        assert rules.own_short(lines(own + short - 1, reward), share) > 0


funds = st.sampled_from(["", "F001", "F002", "F003"])
paid = st.lists(st.builds(Money, st.just("fund"), st.just(0), amounts, funds), max_size=12)


@given(paid, st.dictionaries(st.sampled_from(["F001", "F002", "F004"]), amounts))
def test_an_account_closes_only_where_every_fund_says_the_same(money: list[Money], entries: dict[str, int]) -> None:
    said = {fund: sum(one.paid for one in money if one.fund == fund) for fund in ("F001", "F002", "F003", "F004")}
    differing = {fund for fund, total in said.items() if total != entries.get(fund, 0)}
    found = rules.differences(money, entries)
    assert {one.fund for one in found} == differing
    assert all(one.by == said[one.fund] - entries.get(one.fund, 0) for one in found)
    assert not rules.differences(money, {fund: total for fund, total in said.items() if total})


@given(st.lists(amounts, max_size=6), st.integers(1, 10**12))
def test_a_cap_holds_for_all_of_a_kind_together(rewards: list[int], most: int) -> None:
    money = [Money("reward", one) for one in rewards] + [Money("own", 10**13)]
    if sum(rewards) > most:
        with pytest.raises(Refused, match="over_the_most"):
            rules.check_most(money, "reward", most, "x")
    else:
        rules.check_most(money, "reward", most, "x")
    rules.check_most(money, "reward", 0, "x")


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 20), shares)
def test_acceptance_needs_enough_voices_and_enough_that_are_satisfied(
    yes: int, no: int, residents: int, share: Fraction
) -> None:
    voices = Voices(yes, no)
    if yes + no < residents:
        with pytest.raises(Conflict, match="voices_missing"):
            rules.check_voices(voices, residents, share)
    elif Fraction(yes, yes + no) < share:
        with pytest.raises(Conflict, match="not_satisfied"):
            rules.check_voices(voices, residents, share)
    else:
        rules.check_voices(voices, residents, share)


@given(st.sampled_from(sorted(rules.VISITS)), st.integers(0, 800))
def test_a_visit_is_due_once_a_period_from_the_day_of_the_sponsor(every: str, days: int) -> None:
    until = DAY + dt.timedelta(days=days)
    spans = rules.visit_spans(every, DAY, until)
    assert spans[0] == DAY and all(one <= until for one in spans)
    assert spans == sorted(set(spans)) and len(spans) == days // rules.VISITS[every] + 1
    assert rules.next_visit(every, DAY, None) == DAY + dt.timedelta(days=rules.VISITS[every])


@given(st.integers(-5, 5))
def test_a_revisit_waits_for_its_day(late: int) -> None:
    if late < 0:
        with pytest.raises(Conflict, match="revisit_too_early"):
            rules.check_revisit(DAY + dt.timedelta(days=late), DAY)
    else:
        rules.check_revisit(DAY + dt.timedelta(days=late), DAY)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "二百", "1e3", "1234567890"])
def test_a_number_is_whole_and_not_below_nothing(text: str) -> None:
    with pytest.raises(Refused, match="number_wrong"):
        rules.read_number(text, "户数", "x")
    assert rules.read_number(" 1,262 ", "户数", "x") == 1262
