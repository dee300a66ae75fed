"""One entitlement, one ballot, whatever the origin; what a ballot says; who may carry whose vote.

A recorded ballot names its entitlement, origin and time. A secret ballot is its marks and nothing else: the roll says
who has cast, and the room that keeps it lets the first origin win.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gongzhi.engines.voting.rules import ABSTAIN, Rule

Marks = tuple[str, ...] | None  # None: cannot be read; (): blank
Reading = Literal["valid", "abstain", "invalid"]


@dataclass(frozen=True, slots=True)
class Ballot:
    """A recorded ballot. `holder` is who cast it for the entitlement by a written proxy; `at` is aware."""

    entry: str
    marks: Marks
    origin: str
    at: dt.datetime
    holder: str = ""


class Settled(NamedTuple):
    """Places in the sequence: those that count; voided → the one that stands; second ones of the same rank → first."""

    counted: list[int]
    voided: dict[int, int]
    duplicates: dict[int, int]


def settle(ballots: Sequence[Ballot], rule: Rule) -> Settled:
    """Which ballot stands for each entitlement.

    A stronger origin voids a weaker one, earlier or later (paper over online); within a rank the earliest stands and
    a later one is a duplicate, which the room refuses when it comes. Equal times: the one that stands first.
    Raises KeyError for an origin that the rule does not know.
    """
    ranks = rule.origins
    standing: dict[str, int] = {}
    for place, ballot in enumerate(ballots):
        rival = standing.get(ballot.entry)
        if rival is None or _key(ballot, ranks) < _key(ballots[rival], ranks):
            standing[ballot.entry] = place
    voided: dict[int, int] = {}
    duplicates: dict[int, int] = {}
    for place, ballot in enumerate(ballots):
        if (winner := standing[ballot.entry]) != place:
            same = ranks[ballots[winner].origin] == ranks[ballot.origin]
            (duplicates if same else voided)[place] = winner
    return Settled(sorted(standing.values()), voided, duplicates)


def _key(ballot: Ballot, ranks: Mapping[str, int]) -> tuple[int, dt.datetime]:
    return ranks[ballot.origin], ballot.at


def reading(marks: Marks, rule: Rule) -> Reading:
    """Whether a ballot is valid, an abstention, or invalid: too many marks, one twice, an unknown one, unreadable."""
    if marks is None:
        return "invalid"
    if not marks:
        return rule.blank
    if len(marks) > rule.most_marks or len(set(marks)) < len(marks):
        return "invalid"
    if not rule.write_ins and not set(marks) <= set(rule.options):
        return "invalid"
    return "abstain" if rule.method == "resolution" and marks == (ABSTAIN,) else "valid"


class Proxy(NamedTuple):
    """A written authority: `holder` votes for `entry`."""

    entry: str
    holder: str


def refused_proxies(proxies: Sequence[Proxy], rule: Rule, on_roll: Iterable[str]) -> dict[int, str]:
    """Place → why it cannot stand: "not_allowed", "foreign", "own", "twice", "holder_not_on_roll", "over_cap".

    Those over the cap are the later ones; a refused proxy does not use up the cap.
    """
    roll, held, given = set(on_roll), Counter[str](), set[str]()
    refused: dict[int, str] = {}
    for place, proxy in enumerate(proxies):
        if why := _why_not(proxy, rule, roll, given, held[proxy.holder]):
            refused[place] = why
        else:
            given.add(proxy.entry)
            held[proxy.holder] += 1
    return refused


def _why_not(proxy: Proxy, rule: Rule, roll: set[str], given: set[str], held: int) -> str:
    allowed = rule.proxies
    if allowed is None:
        return "not_allowed"
    reasons = {
        "foreign": proxy.entry not in roll,
        "own": proxy.entry == proxy.holder,
        "twice": proxy.entry in given,
        "holder_not_on_roll": allowed.holder_on_roll and proxy.holder not in roll,
        "over_cap": allowed.per_holder is not None and held >= allowed.per_holder,
    }
    return next((why for why, applies in reasons.items() if applies), "")


class Box(NamedTuple):
    """The reconciliation sheet of a box, or of one origin: printed = issued + unused + spoiled, returned ≤ issued."""

    box: str
    origin: str
    printed: int
    issued: int
    unused: int
    spoiled: int
    returned: int

    @property
    def balanced(self) -> bool:
        """村组法 第15条 asks for a public count: more papers in the box than were given out is never right."""
        numbers = self[2:]
        return min(numbers) >= 0 and self.printed == self.issued + self.unused + self.spoiled and (
            self.returned <= self.issued
        )  # fmt: skip


def entries_that_differ(first: Sequence[Marks], second: Sequence[Marks]) -> list[int]:
    """Two people enter the same box, paper by paper (双人录入): the places where they do not agree."""
    longest = max(len(first), len(second))
    return [
        place
        for place in range(longest)
        if place >= len(first) or place >= len(second) or first[place] != second[place]
    ]
