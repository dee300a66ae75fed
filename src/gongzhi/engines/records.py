"""The record of a decision: everything needed to count it again, in one file, every step chained to the last.

A record is JSON: `{"format", "events": [{"kind", "body", "hash"}…], "seal"}`. An event's hash is SHA-256 of the hash
before it (32 zero bytes at first) and of the SHA-256 of the canonical JSON of `[kind, body]`; the seal is the last one.
In order: opening (what is decided, until when, the digests of rule and roll as published beforehand), rule, roll,
perhaps proxies and attendance, for a secret vote who has cast, the reconciliation sheets of boxes, the ballots, perhaps
a lot, the result. The shape is borrowed from the archives of Belenios; docs/reference/records.md says every key.

No record holds a name. Whoever is on the roll stands there as a commitment, SHA-256 over a secret salt, the decision
and a reference: who knows the salt finds the entry, nobody else does, and an entry of one decision says nothing in
another. Secret ballots are their marks, sorted; nothing says who, when or in what order.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gongzhi.engines.rolls import Roll
from gongzhi.engines.voting.ballots import Ballot, Box, Marks, Proxy, settle
from gongzhi.engines.voting.rules import Rule
from gongzhi.engines.voting.tallies import tally_recorded, tally_secret

FORMAT = "gongzhi-record-1"
GENESIS = bytes(32)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

LegalEffect = Literal["binding", "advisory", "record_of_offline"]
Record = dict[str, Any]
Event = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided. Texts say nothing of a person; times are aware; ballots count from opening to closing."""

    decision: str
    title: str
    body: str
    place: str
    legal_effect: LegalEffect
    opens_at: dt.datetime
    closes_at: dt.datetime

    def __post_init__(self) -> None:
        if self.legal_effect not in get_args(LegalEffect):
            raise ValueError("legal_effect: binding, advisory or record_of_offline")
        if self.opens_at >= self.closes_at:
            raise ValueError("closes_at: after it opens")


def canonical(value: object) -> bytes:
    """One text for one value: keys sorted, no spaces, UTF-8. Raises ValueError for a float and what is not JSON."""
    _check_plain(value)
    return _ENCODER.encode(value).encode()


def _check_plain(value: object) -> None:
    if value is None or isinstance(value, str | int):
        return
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        for each in value.values():
            _check_plain(each)
    elif isinstance(value, list):
        for each in value:
            _check_plain(each)
    else:
        raise ValueError(f"{type(value).__name__}: not in a record; numbers are whole, shares are text")


def digest(value: object) -> str:
    """What is published of a rule or a roll before the vote: SHA-256 of its canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def entry_commitment(decision: str, reference: str, salt: bytes) -> str:
    """How an entitlement stands on the roll of one decision. A salt of 16 random bytes or more, one for each entry."""
    if len(salt) < 16:
        raise ValueError("salt: at least 16 bytes")
    return hashlib.sha256(salt + canonical([decision, reference])).hexdigest()


def next_hash(previous: bytes, kind: str, body: object) -> bytes:
    return hashlib.sha256(previous + hashlib.sha256(canonical([kind, body])).digest()).digest()


def receipt(decision: str, ballot: Ballot) -> str:
    """What whoever casts a recorded ballot takes home: whoever has it can ask whether the record holds that ballot."""
    marks = None if ballot.marks is None else list(ballot.marks)
    return digest([decision, ballot.entry, marks, ballot.origin, moment(ballot.at), ballot.holder])


def moment(at: dt.datetime) -> str:
    """UTC to the microsecond, always 27 characters: later is greater as text too."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rule_digest(rule: Rule) -> str:
    return digest(rule.to_params())


def roll_digest(roll: Roll) -> str:
    """What is published when the roll is frozen (名册定稿)."""
    return digest(_roll_body(roll))


def record_of_votes(
    decision: Decision,
    rule: Rule,
    roll: Roll,
    ballots: Sequence[Ballot],
    *,
    proxies: Sequence[Proxy] = (),
    present: Collection[str] | None = None,
    boxes: Iterable[Box] = (),
    lot: Sequence[str] = (),
) -> Record:
    """The record of a recorded vote, counted. Ballots may come in any order; those voided stand in it too.

    Raises ValueError as `tally_recorded`.
    """
    ordered = sorted(ballots, key=lambda one: (one.at, one.entry))
    tally = tally_recorded(rule, roll, ordered, present=present, lot=lot)
    voided = settle(ordered, rule).voided
    events = [
        *_opening(decision, rule, roll, proxies, present),
        *_boxes(boxes),
        *(("ballot", _ballot_body(number, one, voided)) for number, one in enumerate(ordered, 1)),
        *_lot(lot),
        ("result", tally.to_record()),
    ]
    return chained(events)


def record_of_secret_votes(
    decision: Decision,
    rule: Rule,
    roll: Roll,
    ballots: Iterable[Marks],
    *,
    cast: Collection[str],
    proxies: Sequence[Proxy] = (),
    present: Collection[str] | None = None,
    boxes: Iterable[Box] = (),
    lot: Sequence[str] = (),
) -> Record:
    """The record of a secret vote, counted: ballots of all origins in one sorted list, `cast` who has cast.

    The marks of a paper are sorted too, unless their order is the vote: it would be a handwriting.
    Raises ValueError as `tally_secret`.
    """
    plain = (tuple(sorted(each)) if each and rule.method != "ranking" else each for each in ballots)
    ordered = sorted(plain, key=lambda marks: canonical(_listed(marks)))
    tally = tally_secret(rule, roll, ordered, cast=len(set(cast)), present=present, lot=lot)
    events = [
        *_opening(decision, rule, roll, proxies, present),
        ("cast", {"cast": sorted(set(cast))}),
        *_boxes(boxes),
        *(("ballot", {"number": number, "marks": _listed(marks)}) for number, marks in enumerate(ordered, 1)),
        *_lot(lot),
        ("result", tally.to_record()),
    ]
    return chained(events)


def chained(events: Iterable[Event]) -> Record:
    """Events with their hashes, and the seal."""
    link, found = GENESIS, []
    for kind, body in events:
        link = next_hash(link, kind, body)
        found.append({"kind": kind, "body": body, "hash": link.hex()})
    return {"format": FORMAT, "events": found, "seal": link.hex()}


def _opening(
    decision: Decision, rule: Rule, roll: Roll, proxies: Sequence[Proxy], present: Collection[str] | None
) -> list[Event]:
    rule_body, roll_body = rule.to_params(), _roll_body(roll)
    opening = {
        "decision": decision.decision,
        "title": decision.title,
        "body": decision.body,
        "place": decision.place,
        "legal_effect": decision.legal_effect,
        "opens_at": moment(decision.opens_at),
        "closes_at": moment(decision.closes_at),
        "rule": digest(rule_body),
        "roll": digest(roll_body),
    }
    events: list[Event] = [("opening", opening), ("rule", rule_body), ("roll", roll_body)]
    if proxies:
        events.append(("proxies", {"proxies": [one._asdict() for one in sorted(proxies)]}))
    if present is not None:
        events.append(("attendance", {"present": sorted(set(present))}))
    return events


def _roll_body(roll: Roll) -> dict[str, Any]:
    entries = sorted(roll.entries, key=lambda one: one.entry)
    listed = [{"entry": one.entry, "weights": dict(one.weights), "due": one.due} for one in entries]
    return {"measures": list(roll.measures), "entries": listed}


def _boxes(boxes: Iterable[Box]) -> Iterable[Event]:
    return (("box", box._asdict()) for box in sorted(boxes))


def _lot(lot: Sequence[str]) -> Iterable[Event]:
    return [("lot", {"order": list(lot)})] if lot else []


def _listed(marks: Marks) -> list[str] | None:
    return None if marks is None else list(marks)


def _ballot_body(number: int, ballot: Ballot, voided: Mapping[int, int]) -> dict[str, Any]:
    winner = voided.get(number - 1)
    return {
        "number": number,
        "entry": ballot.entry,
        "marks": _listed(ballot.marks),
        "origin": ballot.origin,
        "at": moment(ballot.at),
        "holder": ballot.holder,
        "voided_by": None if winner is None else winner + 1,
    }
