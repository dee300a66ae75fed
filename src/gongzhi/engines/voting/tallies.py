"""Counting: amounts by measure, the quorum, and whether a motion passes or who is elected.

Amounts: `registered` and `due` of the roll, `present` where attendance is given, `cast` every ballot received
(已投选票), `valid` those that can be read as the rule allows, abstentions among them, `invalid` the rest,
`participating` the valid and, where the rule says so, the invalid; a motion with quorum adds yes, no and abstain.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi.engines.rolls import Roll
from gongzhi.engines.thresholds import Amounts, Verdict
from gongzhi.engines.voting.ballots import Ballot, Marks, reading, settle
from gongzhi.engines.voting.elections import Count, Filled, fill_seats
from gongzhi.engines.voting.rules import ABSTAIN, NO, YES, Rule

Weights = dict[str, int]
# Equal ballots are counted together: marks → how many, and their weights.
Sums = dict[Marks, Weights]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came out. `outcome`: passed, rejected, elected, incomplete, tied, or no_quorum.

    A vote without quorum decides nothing: who voted what, its majority and its seats are not worked out.
    """

    amounts: Amounts
    quorum: Verdict
    outcome: str
    majority: Verdict | None = None
    filled: Filled | None = None

    @property
    def met(self) -> bool:
        return self.outcome in ("passed", "elected")

    def to_record(self) -> dict[str, Any]:
        """Plain JSON, always the same for the same vote."""
        return {
            "outcome": self.outcome,
            "amounts": {name: dict(weights) for name, weights in self.amounts.items()},
            "quorum": self.quorum.to_record(),
            "majority": None if self.majority is None else self.majority.to_record(),
            "seats": None if self.filled is None else self.filled.to_record(),
        }


def tally_recorded(
    rule: Rule,
    roll: Roll,
    ballots: Sequence[Ballot],
    *,
    present: Collection[str] | None = None,
    lot: Sequence[str] = (),
) -> Tally:
    """A recorded vote: weights come from the roll, one ballot stands for each entitlement.

    Raises ValueError for a secret rule, a second ballot of the same rank, and a ballot or presence not on the roll.
    """
    if rule.secret:
        raise ValueError("secret: its ballots name nobody")
    settled = settle(ballots, rule)
    if settled.duplicates:
        raise ValueError(f"{ballots[min(settled.duplicates)].entry}: two ballots of the same rank")
    sums: Sums = {}
    for place in settled.counted:
        ballot = ballots[place]
        if ballot.entry not in roll.weights:
            raise ValueError(f"{ballot.entry}: not on the roll")
        _add(sums, ballot.marks, roll.weights[ballot.entry])
    return _tally(rule, roll, sums, present, lot)


def tally_secret(
    rule: Rule,
    roll: Roll,
    ballots: Iterable[Marks],
    *,
    cast: int,
    present: Collection[str] | None = None,
    lot: Sequence[str] = (),
) -> Tally:
    """A secret vote: every ballot is one head; `cast` is how many the roll marks as having cast.

    Raises ValueError for a recorded rule, and for more ballots than people who cast one.
    """
    if not rule.secret:
        raise ValueError("secret: this rule records who votes what")
    sums: Sums = {}
    one = {"heads": 1}
    for marks in ballots:
        _add(sums, marks, one)
    if (found := sum(weights["heads"] for weights in sums.values())) > cast:
        raise ValueError(f"{found} ballots of {cast} who cast one")
    return _tally(rule, roll, sums, present, lot)


def still_needed(
    rule: Rule, roll: Roll, participants: Iterable[str], present: Collection[str] | None = None
) -> Verdict:
    """While the vote is open: how far the quorum is, on every basis. Says nothing of choices.

    `participants` are the entitlements with a ballot of any kind (voided ones too: the other one stands).
    """
    weights = roll.total(set(participants))
    given: dict[str, Weights] = {"registered": roll.registered(), "due": roll.due()}
    given |= dict.fromkeys(("participating", "cast", "valid"), weights)
    if present is not None:
        given["present"] = roll.total(present)
    return rule.quorum.judge(given)


def _add(sums: Sums, marks: Marks, weights: Mapping[str, int]) -> None:
    found = sums.get(marks)
    if found is None:
        sums[marks] = dict(weights)
    else:
        for measure, weight in weights.items():
            found[measure] += weight


def _tally(rule: Rule, roll: Roll, sums: Sums, present: Collection[str] | None, lot: Sequence[str]) -> Tally:
    amounts = _amounts(rule, roll, sums, present)
    quorum = rule.quorum.judge(amounts)
    if not quorum.met:
        return Tally(amounts, quorum, "no_quorum")
    if rule.method == "resolution":
        amounts |= _choices(rule, sums)
        majority = rule.majority.judge(amounts)
        return Tally(amounts, quorum, "passed" if majority.met else "rejected", majority)
    filled = fill_seats(rule, _counts(rule, sums), amounts, lot)
    return Tally(amounts, quorum, filled.outcome, filled=filled)


def _amounts(rule: Rule, roll: Roll, sums: Sums, present: Collection[str] | None) -> dict[str, Weights]:
    """Every amount that says nothing of choices, by measure."""
    found = {"registered": roll.registered(), "due": roll.due()}
    if present is not None:
        if strangers := set(present) - set(roll.weights):
            raise ValueError(f"{min(strangers)}: present, but not on the roll")
        found["present"] = roll.total(set(present))
    read = {kind: _sum(rule, (w for marks, w in sums.items() if reading(marks, rule) == kind)) for kind in _KINDS}
    taking_part = _KINDS if rule.invalid_participates else ("valid", "abstain")
    found |= {
        "cast": _sum(rule, sums.values()),
        "participating": _sum(rule, (read[kind] for kind in taking_part)),
        "valid": _sum(rule, (read["valid"], read["abstain"])),
        "invalid": read["invalid"],
    }
    return found


_KINDS = ("valid", "abstain", "invalid")


def _choices(rule: Rule, sums: Sums) -> dict[str, Weights]:
    """What a motion got; a blank ballot abstains where the rule says so."""
    said = {answer: sums.get((answer,), {}) for answer in (YES, NO)}
    abstaining = [weights for marks, weights in sums.items() if reading(marks, rule) == "abstain"]
    return {YES: _sum(rule, [said[YES]]), NO: _sum(rule, [said[NO]]), ABSTAIN: _sum(rule, abstaining)}


def _sum(rule: Rule, some: Iterable[Mapping[str, int]]) -> Weights:
    total = dict.fromkeys(rule.measures, 0)
    for weights in some:
        for measure, weight in weights.items():
            total[measure] += weight
    return total


def _counts(rule: Rule, sums: Sums) -> list[Count]:
    """Support and points of every option, and of whoever was written in on a valid ballot."""
    support = {option: dict.fromkeys(rule.measures, 0) for option in rule.options}
    points = dict.fromkeys(rule.options, 0)
    scale = rule.points or (1,) * rule.most_marks
    for marks, weights in sums.items():
        if marks and reading(marks, rule) == "valid":
            for option, worth in zip(marks, scale, strict=False):
                points[option] = points.get(option, 0) + worth * weights[rule.rank_by]
                _add_to(support.setdefault(option, dict.fromkeys(rule.measures, 0)), weights)
    return [Count(option, points[option], weights) for option, weights in support.items()]


def _add_to(total: Weights, weights: Mapping[str, int]) -> None:
    for measure, weight in weights.items():
        total[measure] += weight


def figures(tally: Tally) -> dict[str, int]:
    """A tally as the figures that a step of a procedure asks for: "yes" for heads, "yes.area" for another measure.

    An election adds `seats`, how many are `elected` and `tied`, and `support`: the fewest votes of anybody elected (0
    when nobody is). Without quorum there are no choices in it: the step falls through.
    """
    found = {
        name if measure == "heads" else f"{name}.{measure}": weight
        for name, weights in tally.amounts.items()
        for measure, weight in weights.items()
    }
    if (filled := tally.filled) is not None:
        got = {each.got.option: each.got.support.get("heads", 0) for each in filled.candidates}
        found |= {
            "seats": len(filled.elected) + filled.left,
            "elected": len(filled.elected),
            "tied": len(filled.tied),
            "support": min((got[option] for option in filled.elected), default=0),
        }
    return found
