"""Participatory budgets: the rules on small votes counted by hand, exact ties, and what is true of every vote."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines.budgeting.elections import Election, Project, plain
from gongzhi.engines.budgeting.equal_shares import Profile, equal_shares
from gongzhi.engines.budgeting.greedy import least_budget
from gongzhi.engines.budgeting.rules import BudgetRule
from gongzhi.engines.budgeting.tallies import tally
from gongzhi.engines.tests.elections import election, elections, literal_equal_shares

GREEDY, EQUAL, PHRAGMEN = (BudgetRule(name) for name in ("greedy", "equal-shares", "phragmen"))
ALL = (
    GREEDY, BudgetRule("greedy", "cardinality"), BudgetRule("greedy-no-skip"), BudgetRule("greedy-threshold"),
    EQUAL, BudgetRule("equal-shares", "cardinality"), PHRAGMEN,
    BudgetRule("equal-shares", completion="add1"), BudgetRule("equal-shares", completion="add1u"),
    BudgetRule("equal-shares", completion="add1", stop="overspend", step=Fraction(1, 3)),
)  # fmt: skip


# --- by hand ------------------------------------------------------------------------------------------------------


def test_greedy_passes_over_or_stops() -> None:
    vote = election({"a": 6, "b": 5, "c": 4}, ["ab", "ab", "a", "c"], 10)
    passing = tally(vote, GREEDY)
    assert passing.selected == ("a", "c")
    assert tally(vote, BudgetRule("greedy-no-skip")).selected == ("a",)
    [loss] = passing.losses
    assert (loss.why, loss.missing, loss.wins_with) == ("no_room", 1, 11)


def test_a_threshold_leaves_the_weak_out() -> None:
    vote = election({"a": 6, "b": 1}, ["a", "a", "b"], 10, threshold=2)
    outcome = tally(vote, BudgetRule("greedy-threshold"))
    assert outcome.selected == ("a",) and outcome.losses[0].why == "below_threshold" and outcome.losses[0].missing == 1
    assert tally(vote, GREEDY).selected == ("a", "b")


def test_the_smallest_budget_is_found_even_where_more_money_first_hurts() -> None:
    # 10 takes the first instead of the second and third: 9 is enough for the third, 10 is not.
    assert least_budget([10, 5, 4], 8, skip=True) == 9
    assert least_budget([10, 5, 4], 10, skip=True) == 14
    assert least_budget([10, 5, 4], 8, skip=False) == 19


def test_equal_shares_protects_a_minority() -> None:
    """51 and 49 of 100: greedy gives everything to the first group."""
    costs = dict.fromkeys("abcdefghij", 20)
    vote = election(costs, ["abcde"] * 51 + ["fghij"] * 49, 100)
    assert set(tally(vote, GREEDY).selected) == set("abcde")
    assert set(tally(vote, EQUAL).selected) == set("abfg")
    assert len(set(tally(vote, PHRAGMEN).selected) & set("fghij")) == 2


def test_who_paid_and_why_the_other_lost() -> None:
    vote = election({"a": 6, "b": 6}, ["a", "ab", "b", ""], 12)
    outcome = tally(vote, EQUAL)
    first, loss = outcome.rounds[0], outcome.losses[0]
    assert (first.project, first.price, first.effective, first.payers, first.largest) == ("a", Fraction(1, 2), 2, 2, 3)
    # Of its two supporters one has 3, the other one gave all for the first.
    assert (first.paid_all, loss.project, loss.why, loss.missing) == (2, "b", "supporters_cannot_pay", 3)


def test_effective_votes_fall_when_supporters_have_spent() -> None:
    vote = election({"a": 4, "b": 4}, ["ab", "a", "b", "b"], 12)
    first, second = tally(vote, EQUAL).rounds
    assert (first.project, first.effective) == ("b", 3)
    assert (second.project, second.paid_all, second.largest, second.effective) == (
        "a",
        1,
        Fraction(7, 3),
        Fraction(12, 7),
    )


def test_points_are_paid_in_proportion() -> None:
    vote = election({"a": 3}, [{"a": 1}, {"a": 2}], 4, ballot_type="cumulative")
    [only] = tally(vote, EQUAL).rounds
    assert (only.largest, only.paid_all, only.effective) == (1, 1, 3)


def test_a_completion_stops_as_it_is_told() -> None:
    costs, ballots = {"a": 8, "b": 3, "c": 5}, ["a", "a", "b", "c"]
    first = tally(election(costs, ballots, 12), BudgetRule("equal-shares", completion="add1"))
    assert set(first.selected) == {"a", "b"} and first.stopped == "exhaustive" and first.share == 4
    assert tally(election(costs, ballots, 12), EQUAL).stopped == "none_affordable"
    last = tally(election(costs, ballots, 12), BudgetRule("equal-shares", completion="add1", stop="overspend"))
    assert last.stopped == "next_overspends" and last.runs == 3


def test_add1u_fills_up_by_votes() -> None:
    vote = election({"a": 6, "b": 6, "c": 7}, ["a", "b"], 10)
    outcome = tally(vote, BudgetRule("equal-shares", completion="add1u"))
    assert (outcome.runs, outcome.stopped, outcome.selected) == (2, "next_overspends", ("a",))
    assert outcome.rounds[0].by == "completion" and outcome.ties[0].by == "code"


def test_phragmen_stops_at_the_first_that_is_due_and_does_not_fit() -> None:
    vote = election({"a": 4, "b": 9, "c": 1}, ["a", "a", "b", "b", "b"], 12)
    outcome = tally(vote, PHRAGMEN)
    assert outcome.selected == ("a",) and outcome.rounds[0].price == 2 and outcome.stopped == "next_overspends"
    assert [(loss.project, loss.why) for loss in outcome.losses] == [("c", "no_support"), ("b", "no_room")]


def test_a_free_project_is_free() -> None:
    vote = election({"a": 0, "b": 4}, ["ab", "b"], 4)
    for rule in ALL:
        assert set(tally(vote, rule).selected) == {"a", "b"}, rule


# --- exactly equal, and nearly ------------------------------------------------------------------------------------

HAIR = Fraction(1, 10**30)


@pytest.mark.parametrize(("sign", "winner"), [(1, "a"), (-1, "b")])
def test_a_difference_of_one_in_ten_to_the_thirty_decides(sign: int, winner: str) -> None:
    """Two votes for each of two projects; one costs a hair more or less. As floats they are the same."""
    vote = election({"a": 1, "b": 1 + sign * HAIR, "c": 3}, ["a", "a", "b", "b", "c"], 5)
    outcome = tally(vote, BudgetRule("equal-shares", "cardinality"))
    assert outcome.selected[0] == winner and not outcome.ties
    assert float(1 + HAIR) == 1.0


@pytest.mark.parametrize(("sign", "winner"), [(1, "b"), (-1, "c")])
def test_a_hair_of_history_decides(sign: int, winner: str) -> None:
    """`b` and `c` are alike, but one supporter of `b` has paid a hair more or less for `a` than one of `c` for `d`."""
    costs = {"a": Fraction(1, 2), "d": Fraction(1, 2) + sign * HAIR, "b": Fraction(5, 2), "c": Fraction(5, 2)}
    vote = election(costs, ["ab", "b", "dc", "c"], 6)
    outcome = tally(vote, BudgetRule("equal-shares", "cardinality"))
    assert outcome.selected[2] == winner and not outcome.ties


def test_a_hair_of_money_decides_whether_a_project_is_affordable() -> None:
    for extra, taken in ((0, ("a",)), (HAIR, ())):
        vote = election({"a": Fraction(2, 3) + extra}, ["a", "a", ""], 1)
        assert tally(vote, EQUAL).selected == taken


def test_a_hair_between_poor_and_rich_is_seen() -> None:
    """After `a` is paid, its supporters have exactly, or just not, what `b` asks of everybody."""
    for extra, all_gone in ((0, 1), (HAIR, 1), (-HAIR, 0)):
        vote = election({"a": Fraction(3, 2) + 2 * extra, "b": Fraction(15, 4)}, ["ab", "a", "b", "b"], 8)
        second = tally(vote, BudgetRule("equal-shares", "cardinality")).rounds[1]
        assert second.project == "b" and second.paid_all == all_gone, extra


@pytest.mark.parametrize(
    ("costs", "ballots", "chosen", "by"),
    [
        # Cardinality asks for the same of everybody: 2 of two, 3 of three.
        ({"b": 3, "a": 2}, ["b", "b", "b", "a", "a"], "a", "cost"),
        ({"b": 2, "a": 2}, ["b", "b", "a", "a"], "a", "code"),
        ({"10": 2, "9": 2}, [{"10": 1}, {"10": 1}, {"9": 1}, {"9": 1}], "9", "code"),
    ],
)
def test_exact_ties_go_by_the_published_order(costs: dict, ballots: list, chosen: str, by: str) -> None:
    outcome = tally(election(costs, ballots, 20), BudgetRule("equal-shares", "cardinality"))
    assert outcome.selected[0] == chosen and (outcome.ties[0].chosen, outcome.ties[0].by) == (chosen, by)


def test_an_order_drawn_in_public_comes_before_the_code() -> None:
    vote = election({"a": 2, "b": 2}, ["a", "b"], 2)
    drawn = BudgetRule("greedy", order=("b", "a"))
    assert tally(vote, drawn).selected == ("b",) and tally(vote, drawn).ties[0].by == "order"
    assert tally(vote, GREEDY).selected == ("a",)
    with pytest.raises(ValueError, match="every project once"):
        tally(vote, BudgetRule("greedy", order=("b",)))


def test_thirds_that_floats_cannot_add_are_exact() -> None:
    """Three projects at a third of one share each: whoever wants all three pays with their last fraction."""
    vote = election(dict.fromkeys("abc", Fraction(7, 3)), ["abc"] * 10, 7)
    outcome = tally(vote, EQUAL)
    assert set(outcome.selected) == set("abc") and outcome.spent == 7


# --- refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "lottery"}, {"name": "greedy", "step": 2}, {"name": "phragmen", "completion": "add1"},
        {"name": "equal-shares", "step": 0}, {"name": "greedy", "utility": "joy"},
        {"name": "greedy", "order": ("a", "a")},
    ],
)  # fmt: skip
def test_a_rule_that_does_not_exist_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        BudgetRule(**wrong)


@pytest.mark.parametrize(
    ("costs", "ballots", "budget"),
    [({"a": -1}, [], 1), ({"a": 1}, ["b"], 1), ({"a": 1}, [], -1), ({"a": 1}, [{"a": -1}], 1)],
)
def test_an_election_that_cannot_be_is_refused(costs: dict, ballots: list, budget: int) -> None:
    with pytest.raises(ValueError):
        election(costs, ballots, budget)
    with pytest.raises(ValueError, match="stands twice"):
        Election((Project("a", 1), Project("a", 1)), {}, 1)


def test_nobody_voted() -> None:
    for rule in ALL:
        assert tally(election({"a": 1}, [], 5), rule).selected == ()


def test_amounts_are_shown_exactly() -> None:
    assert [plain(each) for each in (3, Fraction(6, 2), Fraction(1, 4), Fraction(1, 3))] == [3, 3, 0.25, "1/3"]


# --- true of every vote -------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(elections() | elections(points=True), st.sampled_from(["cost", "cardinality"]))
def test_equal_shares_is_what_the_paper_says(vote: Election, utility: str) -> None:
    share = Fraction(vote.budget) / vote.voters
    assert tally(vote, BudgetRule("equal-shares", utility)).selected == tuple(
        literal_equal_shares(vote, share, utility)
    )


@settings(max_examples=200, deadline=None)
@given(elections() | elections(points=True), st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_order_and_names_of_voters_change_nothing(vote: Election, rule: BudgetRule, rnd) -> None:
    ballots, projects = list(vote.ballots.items()), list(vote.projects)
    rnd.shuffle(ballots)
    rnd.shuffle(projects)
    other = Election(tuple(projects), dict(ballots), vote.budget, vote.ballot_type)
    first, second = tally(vote, rule), tally(other, rule)
    assert first.selected == second.selected and first.rounds == second.rounds


@settings(max_examples=200, deadline=None)
@given(elections() | elections(points=True), st.sampled_from(ALL))
def test_the_budget_holds_and_everything_is_accounted_for(vote: Election, rule: BudgetRule) -> None:
    outcome = tally(vote, rule)
    assert outcome.spent <= vote.budget and len(set(outcome.selected)) == len(outcome.selected)
    lost = {each.project for each in outcome.losses}
    assert lost.isdisjoint(outcome.selected) and lost.union(outcome.selected) == set(vote.costs)
    assert all(each.missing >= 0 for each in outcome.losses)
    assert all(each.missing > 0 for each in outcome.losses if each.why in ("supporters_cannot_pay", "no_room"))
    scores = vote.scores()
    assert all(scores[each] > 0 for each in outcome.selected)


@settings(max_examples=150, deadline=None)
@given(elections())
def test_greedy_and_add1u_leave_nothing_that_fits(vote: Election) -> None:
    scores = vote.scores()
    for rule in (GREEDY, BudgetRule("equal-shares", completion="add1u")):
        outcome = tally(vote, rule)
        left = vote.budget - outcome.spent
        assert all(each.cost > left for each in outcome.losses if scores[each.project])


@settings(max_examples=150, deadline=None)
@given(elections(), st.integers(1, 5))
def test_many_voters_of_each_kind_change_nothing(vote: Election, times: int) -> None:
    """Counting a class as a crowd or one by one is the same; so is a vote in which everybody stands several times."""
    more = Election(vote.projects, {marks: count * times for marks, count in vote.ballots.items()}, vote.budget)
    for rule in (EQUAL, PHRAGMEN, GREEDY):
        assert tally(vote, rule).selected == tally(more, rule).selected


@settings(max_examples=100, deadline=None)
@given(elections(), st.sampled_from((GREEDY, BudgetRule("greedy-no-skip"))))
def test_more_votes_for_a_winner_of_greedy_do_not_hurt_it(vote: Election, rule: BudgetRule) -> None:
    for winner in tally(vote, rule).selected:
        ballots = dict(vote.ballots)
        only = ((winner, 1),)
        ballots[only] = ballots.get(only, 0) + 3
        assert winner in tally(Election(vote.projects, ballots, vote.budget), rule).selected


@settings(max_examples=150, deadline=None)
@given(elections())
def test_what_a_loser_of_greedy_needed_is_enough_and_no_less(vote: Election) -> None:
    outcome = tally(vote, GREEDY)
    for loss in outcome.losses:
        if loss.wins_with is not None:
            richer = Election(vote.projects, vote.ballots, loss.wins_with)
            assert loss.project in tally(richer, GREEDY).selected and loss.wins_with > vote.budget


def _subsets(codes: Iterable[str]) -> Iterable[tuple[str, ...]]:
    codes = sorted(codes)
    return chain.from_iterable(combinations(codes, size) for size in range(1, len(codes) + 1))


@settings(max_examples=100, deadline=None)
@given(elections())
def test_a_group_gets_what_its_share_of_the_money_could_buy_up_to_one_project(vote: Election) -> None:
    """EJR up to one project for cost utilities: of any group that could pay for T together, somebody has in the outcome
    as much as T is worth, or would with one project of T more (Peters, Pierczyński, Skowron 2021, theorem 2)."""
    taken, costs = set(tally(vote, EQUAL).selected), vote.costs
    for wanted in _subsets(costs):
        price = sum(costs[code] for code in wanted)
        group = [set(dict(marks)) for marks in vote.ballots if set(wanted) <= set(dict(marks))]
        people = sum(count for marks, count in vote.ballots.items() if set(wanted) <= set(dict(marks)))
        if not people or vote.budget * people < price * vote.voters:
            continue
        have = [sum(costs[code] for code in taken & likes) for likes in group]
        missing = [costs[code] for code in wanted if code not in taken]
        assert not missing or max(have) >= price or max(have) + max(missing) > price


@settings(max_examples=100, deadline=None)
@given(elections(points=True))
def test_nobody_pays_more_than_their_share(vote: Election) -> None:
    profile, share = Profile(vote, EQUAL), Fraction(vote.budget) / vote.voters
    run = equal_shares(profile, share)
    paid = sum(vote.costs[each.project] for each in run.purchases)
    assert paid <= share * vote.voters
    for code, left in run.money_left.items():
        assert 0 <= left < vote.costs[code]
