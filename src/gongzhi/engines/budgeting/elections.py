"""What is voted on: projects with their costs, a budget, and ballots, equal ones counted together.

Amounts of money and points are whole numbers or exact fractions, in the unit of the file (yuan, zloty); never floats.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, get_args

Amount = int | Fraction
BallotType = Literal["approval", "choose-1", "cumulative", "ordinal"]
# What one ballot says: points by project. An approval is one point; a rank is points by its place.
Marks = tuple[tuple[str, Amount], ...]


@dataclass(frozen=True, slots=True)
class Project:
    """`code` as in the file; what it costs; whether it is recorded as selected (None: the file does not say)."""

    code: str
    cost: Amount
    name: str = ""
    recorded: str | None = None


@dataclass(frozen=True, slots=True)
class Election:
    """Projects in the order of the file, ballots as marks → how many cast them, empty ballots included.

    `threshold` is the least score that a project needs under the rule greedy-threshold. Raises ValueError for a project
    twice, a negative amount, marks for an unknown project, one marked twice, and points below zero.
    """

    projects: tuple[Project, ...]
    ballots: Mapping[Marks, int]
    budget: Amount
    ballot_type: BallotType = "approval"
    threshold: Amount = 0
    described: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = {each.code for each in self.projects}
        for wrong, what in (
            (self.ballot_type not in get_args(BallotType), f"{self.ballot_type}: {', '.join(get_args(BallotType))}"),
            (len(codes) != len(self.projects), "projects: one stands twice"),
            (self.budget < 0 or self.threshold < 0, "budget, threshold: not below zero"),
            (any(each.cost < 0 for each in self.projects), "cost: not below zero"),
            (any(count < 1 for count in self.ballots.values()), "ballots: each cast at least once"),
        ):
            if wrong:
                raise ValueError(what)
        for marks in self.ballots:
            _check_marks(marks, codes)

    @property
    def voters(self) -> int:
        return sum(self.ballots.values())

    @property
    def costs(self) -> dict[str, Amount]:
        return {each.code: each.cost for each in self.projects}

    def scores(self) -> dict[str, Amount]:
        """Points of every project: the number of its votes for approvals."""
        found: dict[str, Amount] = dict.fromkeys((each.code for each in self.projects), 0)
        for marks, count in self.ballots.items():
            for code, points in marks:
                found[code] += points * count
        return found

    def supporters(self) -> dict[str, int]:
        """How many ballots give a project any points."""
        found = dict.fromkeys((each.code for each in self.projects), 0)
        for marks, count in self.ballots.items():
            for code, points in marks:
                if points:
                    found[code] += count
        return found


def _check_marks(marks: Marks, codes: set[str]) -> None:
    named = {code for code, _ in marks}
    if not named <= codes:
        raise ValueError(f"{min(named - codes)}: not one of the projects")
    if len(named) != len(marks):
        raise ValueError("marks: a project twice on one ballot")
    if any(points < 0 for _, points in marks):
        raise ValueError("marks: points below zero")


def common_denominator(*amounts: Amount) -> int:
    """The smallest number that makes all of them whole."""
    return lcm(*(each.denominator for each in amounts if isinstance(each, Fraction)))


def ratio(amount: Amount, by: Amount) -> Fraction:
    return Fraction(amount) / by


def plain(amount: Amount) -> int | float | str:
    """For JSON: a whole number as such, a short decimal as a number with a point, anything else as "a/b"."""
    if amount.denominator == 1:
        return int(amount)
    shown = float(amount)
    return shown if Fraction(repr(shown)) == amount else f"{amount.numerator}/{amount.denominator}"
