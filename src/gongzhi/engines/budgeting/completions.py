"""Equal shares with what is left over: `add1` gives every voter more, run after run; `add1u` then fills up greedily.

Source: the rules in use at Wieliczka, Świecie and Assen (2023, 2024), as described at equalshares.net under
"Completion". The first run gives every voter budget / voters. Each further one starts from that share rounded down to
whole units and gives `step` more than the one before. It ends

- with `exhaustive`: at the first outcome into which no project that anybody voted for fits any more;
- with `overspend`: only when the next run would spend more than the budget; that run is not used.

Both end where a run would spend more than the budget, and where everything that anybody voted for is taken.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from gongzhi.engines.budgeting.elections import Amount, Election, ratio
from gongzhi.engines.budgeting.equal_shares import Profile, Purchase, Run, equal_shares, rounds_of
from gongzhi.engines.budgeting.greedy import fill, ranking
from gongzhi.engines.budgeting.outcomes import Loss, Outcome, Round, Why
from gongzhi.engines.budgeting.rules import BudgetRule, Tie

# Told after every run: how many there were, what the last one spent, of what budget.
Progress = Callable[[int, Amount, Amount], None]


class Completed(NamedTuple):
    run: Run
    runs: int
    stopped: str


def completed_equal_shares(election: Election, rule: BudgetRule, progress: Progress | None = None) -> Outcome:
    """Shapes as in `elections`. O(runs × a run); `progress` is told after each."""
    profile = Profile(election, rule)
    if not profile.voters:
        return Outcome(rule, election.budget, 0, (), tuple(_losses(election, {}, [])), stopped="nobody_voted")
    found = _more_and_more(election, profile, rule, progress)
    purchases = found.run.purchases
    # Once more with what everybody has left, which only the last run is asked for.
    run = equal_shares(profile, found.run.share)
    rounds, ties = rounds_of(election, rule, profile, purchases), [each.tie for each in purchases if each.tie]
    if rule.completion == "add1u":
        added, settled = _filled_up(election, rule, rounds)
        rounds, ties = rounds + added, ties + settled
    return Outcome(
        rule, election.budget, profile.voters, tuple(rounds),
        tuple(_losses(election, run.money_left, rounds)), tuple(ties),
        run.share, found.runs, found.stopped,
    )  # fmt: skip


def _more_and_more(election: Election, profile: Profile, rule: BudgetRule, progress: Progress | None) -> Completed:
    share, runs = ratio(election.budget, profile.voters), 1
    run = equal_shares(profile, share, explain=False)
    if rule.completion == "none":
        return Completed(run, runs, "none_affordable")
    next_share = Fraction(share.numerator // share.denominator)
    while True:
        spent = _spent(election, run.purchases)
        if progress:
            progress(runs, spent, election.budget)
        if len(run.purchases) == len(profile.backings):
            return Completed(run, runs, "all_taken")
        if rule.stop == "exhaustive" and not _fits(election, profile, run, election.budget - spent):
            return Completed(run, runs, "exhaustive")
        next_share += rule.step
        further = equal_shares(profile, next_share, explain=False)
        runs += 1
        if _spent(election, further.purchases) > election.budget:
            return Completed(run, runs, "next_overspends")
        run = further


def _spent(election: Election, purchases: list[Purchase]) -> Amount:
    costs = election.costs
    return sum(costs[each.project] for each in purchases)


def _fits(election: Election, profile: Profile, run: Run, left: Amount) -> bool:
    taken, costs = set(run.selected), election.costs
    return any(costs[code] <= left for code in profile.backings if code not in taken)


def _filled_up(election: Election, rule: BudgetRule, rounds: list[Round]) -> tuple[list[Round], list[Tie]]:
    """What still fits, by points, whatever the utility."""
    taken, costs, scores = {each.project for each in rounds}, election.costs, election.scores()
    left = election.budget - sum(each.cost for each in rounds)
    by_points = BudgetRule("greedy", order=rule.order)
    wanted = [code for code in costs if code not in taken and scores[code] > 0]
    ordered, ties = ranking(election, by_points, wanted)
    added = []
    for place in sorted(fill([costs[code] for code in ordered], left, skip=True)[0]):
        code = ordered[place]
        left -= costs[code]
        added.append(Round(code, costs[code], scores[code], left, by="completion"))
    names = {each.project for each in added}
    return added, [tie for tie in ties if names.intersection(tie.projects)]


def _losses(election: Election, money_left: dict[str, Fraction], rounds: list[Round]) -> list[Loss]:
    """Those not taken, the most points first; what their supporters still lacked at the end."""
    scores, taken = election.scores(), {each.project for each in rounds}
    found = []
    for each in election.projects:
        if each.code in taken:
            continue
        why: Why = "over_budget" if each.cost > election.budget else "supporters_cannot_pay"
        missing: Amount = each.cost - money_left.get(each.code, 0)
        if not scores[each.code]:
            why, missing = "no_support", each.cost
        found.append(Loss(each.code, each.cost, scores[each.code], why, missing))
    return sorted(found, key=lambda loss: -loss.score)
