"""Sequential Phragmén: everybody earns at the same speed and pays together for what they voted for.

Source: M. Los, Z. Christoff, D. Grossi, *Proportional budget allocations: towards a systematization* (IJCAI 2022),
after E. Phragmén (1894). Supporters of a project put its cost, and what they paid before, evenly on all of them; that
is the load each of them has afterwards. The project with the smallest such load is next. The rule ends when a project
is due that no longer fits; if several are due at exactly the same load, when one of them does not. Points do not count:
a ballot supports a project or not. Projects dearer than the whole budget are left out from the beginning.

A voter's load is that of the last project they paid for, so voters are counted by it, and a load is a whole number over
a denominator that grows with every project. Loads only rise: a project whose load, even as last computed, is not below
the smallest one found needs no second look. Nothing is rounded.
"""

from collections import Counter
from fractions import Fraction

from gongzhi.engines.budgeting.elections import Amount, Election, Project, ratio
from gongzhi.engines.budgeting.equal_shares import Profile
from gongzhi.engines.budgeting.outcomes import Loss, Outcome, Round, Why
from gongzhi.engines.budgeting.rules import BudgetRule, Tie


def phragmen(election: Election, rule: BudgetRule) -> Outcome:
    """Shapes as in `elections`; a round's `price` is the load of its supporters. O(rounds × supporters looked at)."""
    return _Running(election, rule).run()


class _Running:
    def __init__(self, election: Election, rule: BudgetRule) -> None:
        self.election, self.rule, self.profile = election, rule, Profile(election, rule)
        self.backings = {
            code: (sum(each.size for each in backings), backings)
            for code, backings in self.profile.backings.items()
            if election.costs[code] <= election.budget
        }
        # By class of ballots: which load it has; load 0 is none.
        self.load_of = [0] * self.profile.classes
        self.loads = [Fraction(0)]

    def run(self) -> Outcome:
        costs, scores, left = self.election.costs, self.election.scores(), self.election.budget
        bounds = {code: ratio(costs[code], voters) for code, (voters, _) in self.backings.items()}
        rounds, ties, stopped = list[Round](), list[Tie](), "all_taken"
        while bounds:
            load, due = self._due(bounds)
            if any(costs[code] > left for code in due):
                stopped = "next_overspends"
                break
            tie = self.profile.ties.settle(due) if len(due) > 1 else None
            ties += [tie] if tie else []
            code = tie.chosen if tie else due[0]
            left -= costs[code]
            payers, largest = self._pay(code, load)
            rounds.append(Round(code, costs[code], scores[code], left, load, None, payers, 0, largest))
            del bounds[code]
        losses = self._losses(bounds, {each.project for each in rounds}, left)
        election = self.election
        return Outcome(self.rule, election.budget, election.voters, tuple(rounds), losses, tuple(ties), stopped=stopped)

    def _due(self, bounds: dict[str, Fraction]) -> tuple[Fraction, list[str]]:
        """The smallest load, and every project that has it; makes the bounds better."""
        least, due = None, list[str]()
        for bound, code in sorted((bound, code) for code, bound in bounds.items()):
            if least is not None and bound > least:
                break
            load = bounds[code] = self._load(code)
            if least is None or load < least:
                least, due = load, [code]
            elif load == least:
                due.append(code)
        return least or Fraction(0), due

    def _load(self, code: str) -> Fraction:
        voters, backings = self.backings[code]
        loads, counts = self.loads, Counter[int]()
        for backing in backings:
            counts.update(map(self.load_of.__getitem__, backing.voters))
            for number, size in backing.crowds:
                counts[self.load_of[number]] += size
        before = sum((loads[which] * count for which, count in counts.items() if which), Fraction(0))
        return (self.election.costs[code] + before) / voters

    def _pay(self, code: str, load: Fraction) -> tuple[int, Fraction]:
        """Gives its supporters the load; how many they are, and the most that one of them paid."""
        voters, backings = self.backings[code]
        numbers = [number for backing in backings for number in backing.classes]
        least = min(self.loads[which] for which in {self.load_of[number] for number in numbers})
        self.loads.append(load)
        for number in numbers:
            self.load_of[number] = len(self.loads) - 1
        return voters, load - least

    def _losses(self, waiting: dict[str, Fraction], taken: set[str], left: Amount) -> tuple[Loss, ...]:
        scores, found = self.election.scores(), []
        for each in self.election.projects:
            if each.code not in taken:
                why = self._why(each, waiting, left)
                missing = each.cost if why == "no_support" else max(each.cost - left, 0)
                found.append(Loss(each.code, each.cost, scores[each.code], why, missing))
        return tuple(sorted(found, key=lambda loss: (waiting.get(loss.project, Fraction(-1)), -loss.score)))

    def _why(self, project: Project, waiting: dict[str, Fraction], left: Amount) -> Why:
        if project.code not in self.profile.backings:
            return "no_support"
        if project.code not in waiting:
            return "over_budget"
        return "no_room" if project.cost > left else "after_the_end"
