"""The rule of a participatory budget, as parameters, and how exact ties are settled.

Equal for a rule are projects whose figures are equal as fractions. Then the lower cost wins, then the higher score,
then the place in `order`, which is published before the vote or drawn in public; without one, the project's code
(numbers by their value), and the outcome says so. The first two are the recommendation of the authors of equal shares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from gongzhi.engines.budgeting.elections import Amount, plain

Name = Literal["greedy", "greedy-no-skip", "greedy-threshold", "equal-shares", "phragmen"]
Utility = Literal["cost", "cardinality"]
Completion = Literal["none", "add1", "add1u"]
Stop = Literal["exhaustive", "overspend"]


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """`utility`: what a project is worth to whoever wants it: its cost times the points, or the points alone.

    Phragmén's rule does not ask for it. `completion`, `stop` and `step` (money more for each voter from one run to the
    next) are for equal shares. Raises ValueError for an unknown word, a step that is not above zero, one of these three
    elsewhere, and an order that names a project twice.
    """

    name: Name
    utility: Utility = "cost"
    completion: Completion = "none"
    stop: Stop = "exhaustive"
    step: Amount = 1
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key, words in (("name", Name), ("utility", Utility), ("completion", Completion), ("stop", Stop)):
            if getattr(self, key) not in get_args(words):
                raise ValueError(f"{key}: one of {', '.join(get_args(words))}")
        if self.step <= 0:
            raise ValueError("step: above zero")
        if len(set(self.order)) != len(self.order):
            raise ValueError("order: one stands twice")
        if self.name != "equal-shares" and (self.completion, self.stop, self.step) != ("none", "exhaustive", 1):
            raise ValueError("completion, stop, step: only for equal-shares")

    def to_params(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "utility": self.utility,
            "completion": self.completion,
            "stop": self.stop,
            "step": plain(self.step),
            "ties": ["cost", "score", "order" if self.order else "code"],
            "order": list(self.order),
        }


class Tie(NamedTuple):
    """Projects that were exactly equal, which one was taken, and by what: cost, score, order or code."""

    projects: tuple[str, ...]
    chosen: str
    by: str


class TieBreak:
    """The order among equals. Raises ValueError for an order that leaves a project out."""

    def __init__(self, rule: BudgetRule, costs: Mapping[str, Amount], scores: Mapping[str, Amount]) -> None:
        if rule.order and set(rule.order) != set(costs):
            raise ValueError("order: every project once")
        last = "order" if rule.order else "code"
        ranked = rule.order or sorted(costs, key=code_key)
        self._places = {code: place for place, code in enumerate(ranked)}
        self._steps = (("cost", costs), ("score", {code: -score for code, score in scores.items()}))
        self._last = last

    def key(self, code: str) -> tuple[Amount, ...]:
        """Smaller is better."""
        return (*(values[code] for _, values in self._steps), self._places[code])

    def settle(self, equal: Iterable[str]) -> Tie:
        left = tied = tuple(sorted(equal, key=self._places.__getitem__))
        for by, values in self._steps:
            best = min(values[code] for code in left)
            left = tuple(code for code in left if values[code] == best)
            if len(left) == 1:
                return Tie(tied, left[0], by)
        return Tie(tied, left[0], self._last)


def code_key(code: str) -> tuple[bool, int, str]:
    """Numbers by their value, before words; words as text."""
    return (False, int(code), code) if code.isascii() and code.isdigit() else (True, 0, code)


def worth(rule: BudgetRule, cost: Amount) -> Amount:
    """What a point of a project is worth."""
    return cost if rule.utility == "cost" else 1
