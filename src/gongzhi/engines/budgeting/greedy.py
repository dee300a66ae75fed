"""Greedy: from the most points down, whatever still fits.

`greedy` passes over what does not fit, `greedy-no-skip` stops there, `greedy-threshold` looks only at projects with the
score that the election asks for. These are three of the variants that Pabulib records. With the utility `cardinality`
projects are ordered by points for the money, which is the greedy rule of utility for its price; with `cost` that is the
order by points.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from gongzhi.engines.budgeting.elections import Amount, Election
from gongzhi.engines.budgeting.outcomes import Loss, Outcome, Round, Why
from gongzhi.engines.budgeting.rules import BudgetRule, Tie, TieBreak

# How many budgets are tried to find the smallest one that takes a project.
_TRIES = 200


def greedy(election: Election, rule: BudgetRule) -> Outcome:
    """Shapes as in `elections`; money in the unit of the file. O(projects²), mostly for what would have sufficed."""
    scores, costs = election.scores(), election.costs
    ordered, ties = ranking(election, rule, list(costs))
    threshold = election.threshold if rule.name == "greedy-threshold" else 0
    standing = [code for code in ordered if scores[code] > 0 and scores[code] >= threshold]
    rounds, losses = _down_the_line(election, rule, standing)
    for code in ordered:
        if code not in standing:
            why: Why = "below_threshold" if scores[code] else "no_support"
            missing = threshold - scores[code] if scores[code] else costs[code]
            losses.append(Loss(code, costs[code], scores[code], why, missing))
    return Outcome(rule, election.budget, election.voters, tuple(rounds), tuple(losses), tuple(ties))


def _down_the_line(election: Election, rule: BudgetRule, line: Sequence[str]) -> tuple[list[Round], list[Loss]]:
    skip, scores = rule.name != "greedy-no-skip", election.scores()
    costs = [election.costs[code] for code in line]
    taken, stopped_at = fill(costs, election.budget, skip=skip)
    rounds, losses, left = [], [], election.budget
    for place, (code, cost) in enumerate(zip(line, costs, strict=True)):
        if place in taken:
            left -= cost
            rounds.append(Round(code, cost, scores[code], left))
            continue
        why: Why = "over_budget" if cost > election.budget else "no_room"
        if stopped_at is not None and place > stopped_at:
            why = "after_the_end"
        enough = least_budget(costs[: place + 1], election.budget, skip=skip)
        losses.append(Loss(code, cost, scores[code], why, max(cost - left, 0), enough))
    return rounds, losses


def ranking(election: Election, rule: BudgetRule, codes: Sequence[str]) -> tuple[list[str], list[Tie]]:
    """Projects, the best first, and the ties that were settled on the way among those with any points."""
    scores, costs = election.scores(), election.costs
    ties = TieBreak(rule, costs, scores)

    def figure(code: str) -> tuple[bool, Fraction]:
        if rule.utility == "cost":
            return False, -Fraction(scores[code])
        free = costs[code] == 0 and scores[code] > 0
        return not free, -Fraction(scores[code]) / (costs[code] or 1)

    ordered, settled = [], []
    for _, group in groupby(sorted(codes, key=lambda code: (figure(code), ties.key(code))), key=figure):
        equal = list(group)
        ordered += equal
        if len(equal) > 1 and scores[equal[0]] > 0:
            settled.append(ties.settle(equal))
    return ordered, settled


def fill(costs: Sequence[Amount], budget: Amount, *, skip: bool) -> tuple[set[int], int | None]:
    """The places that are taken, in this order, and where it ended (None: it did not end early)."""
    taken, left = set(), budget
    for place, cost in enumerate(costs):
        if cost <= left:
            taken.add(place)
            left -= cost
        elif not skip:
            return taken, place
    return taken, None


def least_budget(costs: Sequence[Amount], budget: Amount, *, skip: bool) -> Amount | None:
    """The smallest budget, from `budget` up, that takes the last of these; None if two hundred tries do not find it.

    Between two budgets where a project that was passed over begins to fit, nothing changes; so the next one to try is
    the one at which the first of them fits.
    """
    if not skip:
        return sum(costs)
    for _ in range(_TRIES):
        left, short, fits = budget, list[Amount](), False
        for cost in costs:
            fits = cost <= left
            if fits:
                left -= cost
            else:
                short.append(cost - left)
        if fits:
            return budget
        budget += min(short)
    return None
