"""What comes out of a participatory budget: the winners in the order they were taken, who paid, why the others lost."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from gongzhi.engines.budgeting.elections import Amount, plain
from gongzhi.engines.budgeting.rules import BudgetRule, Tie

Why = Literal["no_support", "over_budget", "below_threshold", "after_the_end", "no_room", "supporters_cannot_pay"]


class Round(NamedTuple):
    """A project that was taken.

    `price`: money for a unit of utility (equal shares), the load of its supporters (phragmen). `effective` votes: the
    cost by what each point paid at most, lower than the score where supporters had spent their money. Of `payers` who
    paid anything, `paid_all` gave all they had left; `largest` is the most for one point. `left` of the budget.
    """

    project: str
    cost: Amount
    score: Amount
    left: Amount
    price: Amount | None = None
    effective: Amount | None = None
    payers: int = 0
    paid_all: int = 0
    largest: Amount | None = None
    by: str = "rule"


class Loss(NamedTuple):
    """A project that was not taken: why, how much was missing, and the smallest budget that takes it where known.

    `missing` is money: of the budget at its turn, or of what its supporters have left; below_threshold: points.
    """

    project: str
    cost: Amount
    score: Amount
    why: Why
    missing: Amount
    wins_with: Amount | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one rule. `shares`: money each voter began with (equal shares); `runs` how often it was tried."""

    rule: BudgetRule
    budget: Amount
    voters: int
    rounds: tuple[Round, ...]
    losses: tuple[Loss, ...]
    ties: tuple[Tie, ...] = ()
    share: Amount | None = None
    runs: int = 1
    stopped: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def selected(self) -> tuple[str, ...]:
        return tuple(each.project for each in self.rounds)

    @property
    def spent(self) -> Amount:
        return sum(each.cost for each in self.rounds)

    def to_record(self) -> dict[str, Any]:
        """Plain JSON, always the same for the same election and rule. Fractions that are no short decimal as "a/b"."""
        return {
            "selected": list(self.selected),
            "spent": plain(self.spent),
            "budget": plain(self.budget),
            "rule": self.rule.to_params(),
            "trace": {
                "voters": self.voters,
                "share": _shown(self.share),
                "runs": self.runs,
                "stopped": self.stopped,
                "rounds": [_row(each) for each in self.rounds],
                "lost": [_row(each) for each in self.losses],
                "ties": [{**each._asdict(), "projects": list(each.projects)} for each in self.ties],
            },
        }


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else plain(value)


def _row(each: Round | Loss) -> dict[str, Any]:
    return {key: _shown(value) for key, value in each._asdict().items()}
