"""Filling seats: who reaches the majority, in what order, ties stated, who goes into the next round, what is missing.

村组法 第15条 (2018) read as parameters: an election is valid by its quorum; elected is who reaches the majority, the
most votes first; seats left over go to another round among those not elected who have the most votes, by a rule of its
own. A tie at the last seat is stated, never broken silently: by a new vote among the equal, by a lot drawn in public
(its order is passed in and becomes part of the record), or by an order published before the vote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gongzhi.engines.thresholds import Amounts, Verdict
from gongzhi.engines.voting.rules import SUPPORT, Rule


class Count(NamedTuple):
    """An option, its points (what it is ranked by) and the weights of the ballots that name it."""

    option: str
    points: int
    support: Mapping[str, int]


class Candidate(NamedTuple):
    """A count, and how it stands against the majority."""

    got: Count
    majority: Verdict


@dataclass(frozen=True, slots=True)
class Filled:
    """Candidates from the most points down (equal ones by their code, which decides nothing); the seats.

    `tied` are equal and compete for the `left` seats; otherwise `runoff` are the candidates of the next round for
    them. `settled_by` says how a tie was settled ("lot", "order"). `composition`: trait, least, elected, met.
    """

    candidates: tuple[Candidate, ...]
    elected: tuple[str, ...]
    tied: tuple[str, ...]
    left: int
    settled_by: str
    runoff: tuple[str, ...]
    composition: tuple[tuple[str, int, int, bool], ...]

    @property
    def outcome(self) -> str:
        if self.tied:
            return "tied"
        return "incomplete" if self.left else "elected"

    def to_record(self) -> dict[str, Any]:
        return {
            "candidates": [
                {
                    "option": got.option,
                    "points": got.points,
                    "support": dict(got.support),
                    "majority": majority.to_record(),
                }
                for got, majority in self.candidates
            ],
            "elected": list(self.elected),
            "tied": list(self.tied),
            "left": self.left,
            "settled_by": self.settled_by,
            "runoff": list(self.runoff),
            "composition": [
                {"trait": trait, "least": least, "elected": elected, "met": met}
                for trait, least, elected, met in self.composition
            ],
        }


def fill_seats(rule: Rule, counts: Sequence[Count], amounts: Amounts, lot: Sequence[str] = ()) -> Filled:
    """The seats of a valid election. `lot`: an order drawn in public among those that are equal.

    Raises ValueError for a lot that was drawn among others than the equal ones, or where none was due.
    """
    ordered = sorted(counts, key=lambda one: (-one.points, one.option))
    candidates = tuple(Candidate(one, rule.majority.judge({**amounts, SUPPORT: one.support})) for one in ordered)
    reaching = [one for one, majority in candidates if majority.met and one.points > 0]
    sure, equal = _at_the_last_seat(reaching, rule.seats)
    drawn, settled_by = _settle_tie(rule, equal, rule.seats - len(sure), lot)
    elected = (*sure, *drawn)
    tied = () if settled_by else equal
    left = rule.seats - len(elected)
    return Filled(
        candidates,
        elected,
        tied,
        left,
        settled_by,
        () if tied else _runoff(rule, ordered, elected, left),
        _composition(rule, elected),
    )


def _at_the_last_seat(reaching: Sequence[Count], seats: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those whose seat is sure, and those equal ones who are too many for the seats left."""
    if len(reaching) <= seats:
        return tuple(one.option for one in reaching), ()
    line = reaching[seats - 1].points
    if reaching[seats].points < line:
        return tuple(one.option for one in reaching[:seats]), ()
    above = tuple(one.option for one in reaching if one.points > line)
    return above, tuple(one.option for one in reaching if one.points == line)


def _settle_tie(rule: Rule, equal: Sequence[str], seats: int, lot: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Who of the equal ones is taken, and by what; nobody and nothing while it is open."""
    due = bool(equal) and rule.ties.by == "lot"
    if lot and (not due or sorted(lot) != sorted(equal)):
        raise ValueError("lot: drawn among others than those that are equal")
    if equal and rule.ties.by == "order":
        return tuple(sorted(equal, key=rule.ties.order.index)[:seats]), "order"
    return (tuple(lot[:seats]), "lot") if lot else ((), "")


def _runoff(rule: Rule, ordered: Sequence[Count], elected: Sequence[str], left: int) -> tuple[str, ...]:
    """Those not elected with the most points, `left` and the extra ones; equal at the edge: all of them."""
    others = [one for one in ordered if one.option not in elected and one.points > 0]
    if not left or rule.runoff_extra is None or not others:
        return ()
    line = others[min(len(others), left + rule.runoff_extra) - 1].points
    return tuple(one.option for one in others if one.points >= line)


def _composition(rule: Rule, elected: Sequence[str]) -> tuple[tuple[str, int, int, bool], ...]:
    found = []
    for each in rule.composition:
        having = sum(each.trait in rule.traits.get(option, ()) for option in elected)
        found.append((each.trait, each.least, having, having >= each.least))
    return tuple(found)
