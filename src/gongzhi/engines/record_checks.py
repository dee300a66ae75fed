"""Counting a record again: everything that a record says is worked out anew, and what does not agree is named.

A record alone shows that it is whole and counted rightly. That nobody rewrote all of it, chain and result together,
only a value published elsewhere can show: the seal on the notice board, the digests of rule and roll published before
the vote, the receipts of those who voted. Pass them as `Published`.

tools/verify_record.py does the same, written apart; the two must always say the same.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.engines.record_shapes import RECORDED_BALLOT, SECRET_BALLOT, Failure, body_failures, frame_failures
from gongzhi.engines.records import GENESIS, Record, canonical, digest, next_hash, receipt
from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.voting.ballots import Ballot, Box, Proxy, refused_proxies, settle
from gongzhi.engines.voting.rules import Rule
from gongzhi.engines.voting.tallies import Tally, tally_recorded, tally_secret

_PROXY_CODES = {
    "not_allowed": "proxy_not_allowed", "foreign": "foreign_proxy", "own": "own_proxy", "twice": "duplicate_proxy",
    "holder_not_on_roll": "foreign_holder", "over_cap": "too_many_proxies",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """What was made public outside the record; empty where nothing is known."""

    seal: str = ""
    rule: str = ""
    roll: str = ""
    receipts: Sequence[str] = ()


@dataclass(slots=True)
class _Read:
    """A record with the right shape, by kind; places are those of its events."""

    opening: dict[str, Any]
    rule: Rule
    roll: Roll
    bodies: dict[str, list[tuple[int, dict[str, Any]]]]
    recorded: list[Ballot] = field(default_factory=list)

    def one(self, kind: str, key: str) -> list[Any] | None:
        """The list inside an event that stands once, or None."""
        found = self.bodies.get(kind)
        values: list[Any] | None = found[0][1][key] if found else None
        return values

    def place(self, kind: str) -> int:
        return self.bodies[kind][0][0]


def verify_record(record: object, published: Published | None = None) -> list[Failure]:
    """Everything that is wrong with a record, in the order of its events; empty when it is valid.

    Any JSON value may come in; nothing is raised for what is in it. When its shape is wrong, nothing is counted.
    """
    known = published or Published()
    failures = list(frame_failures(record))
    if failures or not isinstance(record, dict):
        return failures
    events = record["events"]
    failures += _chain(record, known)
    if wrong := list(body_failures(events)):
        return failures + wrong
    rule = _rule(events[1]["body"])
    if rule is None:
        return [*failures, Failure("rule", "events[1]")]
    if events[0]["body"]["opens_at"] >= events[0]["body"]["closes_at"]:
        failures.append(Failure("times", "events[0]"))
    roll, wrong = _roll(events[2]["body"], rule)
    failures += [*_published_digests(events, known), *wrong]
    if roll is None:
        return failures
    read = _Read(events[0]["body"], rule, roll, _by_kind(events))
    if wrong := list(_kinds_of_ballots(read)):
        return failures + wrong
    for check in (_proxies, _present, _cast, _boxes, _ballots, _numbers_of_boxes):
        failures += check(read)
    failures += _receipts(read, known)
    return failures + _counted_again(read)


def _chain(record: Record, known: Published) -> Iterator[Failure]:
    """Each hash from the one stated before it, so that only what was changed is named."""
    link = GENESIS
    for place, event in enumerate(record["events"]):
        stated = bytes.fromhex(event["hash"])
        if next_hash_or_none(link, event) != stated:
            yield Failure("chain", f"events[{place}]")
        link = stated
    if record["seal"] != link.hex():
        yield Failure("seal", "seal")
    if known.seal and known.seal != record["seal"]:
        yield Failure("published_seal", "seal")


def next_hash_or_none(link: bytes, event: Mapping[str, Any]) -> bytes | None:
    """The hash an event should have; None when its body cannot be written canonically."""
    try:
        return next_hash(link, event["kind"], event["body"])
    except ValueError:
        return None


def _rule(body: Mapping[str, Any]) -> Rule | None:
    """The rule, if it can be counted by and stands in the one way in which it is written."""
    try:
        rule = Rule.from_params(body)
    except ValueError:
        return None
    return None if difference(rule.to_params(), body, "rule") else rule


def _published_digests(events: Sequence[Mapping[str, Any]], known: Published) -> Iterator[Failure]:
    for place, name, said in ((1, "rule", known.rule), (2, "roll", known.roll)):
        found = digest(events[place]["body"])
        if found != events[0]["body"][name] or (said and said != found):
            yield Failure(f"{name}_changed", f"events[{place}]")


def _roll(body: Mapping[str, Any], rule: Rule) -> tuple[Roll | None, list[Failure]]:
    """The roll, or what keeps it from being one: entries that do not rise, weights that are not the rule's."""
    entries = body["entries"]
    for place, one in enumerate(entries):
        where = f"events[2].entries[{place}]"
        if place and one["entry"] <= entries[place - 1]["entry"]:
            return None, [Failure("roll_order", where)]
        if set(one["weights"]) != set(rule.measures):
            return None, [Failure("weights", where)]
        if rule.secret and one["weights"] != {"heads": 1}:
            return None, [Failure("secret_weights", where)]
    if body["measures"] != list(rule.measures):
        return None, [Failure("weights", "events[2]")]
    return Roll([RollEntry(one["entry"], one["weights"], one["due"]) for one in entries], rule.measures), []


def _by_kind(events: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for place, event in enumerate(events):
        found.setdefault(event["kind"], []).append((place, event["body"]))
    return found


def _kinds_of_ballots(read: _Read) -> Iterator[Failure]:
    """A secret vote says who has cast, and its ballots nothing else than their marks; a recorded one the reverse."""
    if read.rule.secret != ("cast" in read.bodies):
        yield Failure("event_missing" if read.rule.secret else "event_order", "events")
    shape = SECRET_BALLOT if read.rule.secret else RECORDED_BALLOT
    yield from (
        Failure("shape", f"events[{place}]") for place, body in read.bodies.get("ballot", ()) if not shape(body)
    )


def _proxies(read: _Read) -> Iterator[Failure]:
    given = read.one("proxies", "proxies")
    if given is None:
        return
    found = [Proxy(one["entry"], one["holder"]) for one in given]
    for place, why in refused_proxies(found, read.rule, read.roll.weights).items():
        yield Failure(_PROXY_CODES[why], f"events[{read.place('proxies')}].proxies[{place}]")


def _present(read: _Read) -> Iterator[Failure]:
    return _known_and_rising(read, "attendance", "present", "foreign_attendance")


def _cast(read: _Read) -> Iterator[Failure]:
    yield from _known_and_rising(read, "cast", "cast", "foreign_cast")
    if not read.rule.secret:
        return
    allowed, ballots = len(read.one("cast", "cast") or ()), read.bodies.get("ballot", [])
    if len(ballots) > allowed:
        yield Failure("ballots_over_cast", f"events[{ballots[allowed][0]}]")


def _known_and_rising(read: _Read, kind: str, key: str, foreign: str) -> Iterator[Failure]:
    before = ""
    for place, entry in enumerate(read.one(kind, key) or ()):
        where = f"events[{read.place(kind)}].{key}[{place}]"
        if entry not in read.roll.weights:
            yield Failure(foreign, where)
        if entry <= before:
            yield Failure(f"{kind}_order", where)
        before = entry


def _boxes(read: _Read) -> Iterator[Failure]:
    seen: set[str] = set()
    for place, body in read.bodies.get("box", ()):
        box = Box(**body)
        if not box.balanced or box.box in seen or box.origin not in read.rule.origins:
            yield Failure("box", f"events[{place}]")
        seen.add(box.box)


def _numbers_of_boxes(read: _Read) -> Iterator[Failure]:
    """What the sheets say came out of the boxes is what is there: of each origin, or of all when the vote is secret."""
    returned = Counter[str]()
    for _, body in read.bodies.get("box", ()):
        returned["" if read.rule.secret else body["origin"]] += body["returned"]
    found = Counter("" if read.rule.secret else body["origin"] for _, body in read.bodies.get("ballot", ()))
    if any(found[origin] != number for origin, number in returned.items()):
        yield Failure("box_total", "events")


def _ballots(read: _Read) -> Iterator[Failure]:
    ballots = read.bodies.get("ballot", [])
    for number, (place, body) in enumerate(ballots, 1):
        if body["number"] != number:
            yield Failure("number", f"events[{place}]")
    yield from _secret_order(read, ballots) if read.rule.secret else _recorded(read, ballots)


def _secret_order(read: _Read, ballots: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[Failure]:
    """Papers are sorted, and the marks on a paper unless their order is the vote."""
    before = b""
    for place, body in ballots:
        if read.rule.method != "ranking" and body["marks"] and body["marks"] != sorted(body["marks"]):
            yield Failure("mark_order", f"events[{place}]")
        found = canonical(body["marks"])
        if found < before:
            yield Failure("ballot_order", f"events[{place}]")
        before = found


def _recorded(read: _Read, ballots: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[Failure]:
    """Each ballot by itself, then against the others; only those that may count at all are kept for counting."""
    held = {(one["entry"], one["holder"]) for one in read.one("proxies", "proxies") or ()}
    present = read.one("attendance", "present")
    here = None if present is None else set(present)
    before, kept = ("", ""), []
    for place, body in ballots:
        wrong = list(_own_failures(read, body, held, here))
        if (key := (body["at"], body["entry"])) < before:
            wrong.append("ballot_order")
        before = key
        yield from (Failure(code, f"events[{place}]") for code in wrong)
        if not {"foreign_ballot", "foreign_origin"} & set(wrong):
            kept.append((place, body))
    read.recorded = [_ballot(body) for _, body in kept]
    yield from _rivals(read, kept)


def _own_failures(
    read: _Read, body: Mapping[str, Any], held: set[tuple[str, str]], here: set[str] | None
) -> Iterator[str]:
    entry, holder = body["entry"], body["holder"]
    if entry not in read.roll.weights:
        yield "foreign_ballot"
    if body["origin"] not in read.rule.origins:
        yield "foreign_origin"
    if body["at"] < read.opening["opens_at"]:
        yield "early_ballot"
    if body["at"] > read.opening["closes_at"]:
        yield "late_ballot"
    if (holder and (entry, holder) not in held) or (body["origin"] == "proxy" and not holder):
        yield "proxy_missing"
    if here is not None and entry not in here:
        yield "not_present"


def _rivals(read: _Read, kept: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[Failure]:
    settled = settle(read.recorded, read.rule)
    for own, (place, body) in enumerate(kept):
        if own in settled.duplicates:
            yield Failure("duplicate_ballot", f"events[{place}]")
            continue
        winner = settled.voided.get(own)
        if body["voided_by"] != (None if winner is None else kept[winner][1]["number"]):
            yield Failure("voided", f"events[{place}]")


def _ballot(body: Mapping[str, Any]) -> Ballot:
    marks = None if body["marks"] is None else tuple(body["marks"])
    return Ballot(body["entry"], marks, body["origin"], dt.datetime.fromisoformat(body["at"]), body["holder"])


def _receipts(read: _Read, known: Published) -> Iterator[Failure]:
    if not known.receipts:
        return
    held = {receipt(read.opening["decision"], one) for one in read.recorded}
    yield from (Failure("receipt", each) for each in known.receipts if each not in held)


def _counted_again(read: _Read) -> list[Failure]:
    """The result worked out anew, and the first place where the stated one differs."""
    lot, failures = read.one("lot", "order"), []
    try:
        tally = _tally(read, ())
        if lot is not None:
            tied = tally.filled.tied if tally.filled else ()
            if read.rule.ties.by != "lot" or not tied or sorted(lot) != sorted(tied):
                failures.append(Failure("lot", f"events[{read.place('lot')}]"))
            else:
                tally = _tally(read, lot)
    except ValueError:
        return [Failure("uncountable", "events[1]")]
    where = difference(tally.to_record(), read.bodies["result"][0][1], "result")
    return [*failures, Failure("result", where)] if where else failures


def _tally(read: _Read, lot: Sequence[str]) -> Tally:
    present = read.one("attendance", "present")
    here = None if present is None else [entry for entry in present if entry in read.roll.weights]
    if not read.rule.secret:
        standing = settle(read.recorded, read.rule).counted
        counted = [read.recorded[place] for place in standing]
        return tally_recorded(read.rule, read.roll, counted, present=here, lot=lot)
    papers = [None if body["marks"] is None else tuple(body["marks"]) for _, body in read.bodies.get("ballot", ())]
    return tally_secret(read.rule, read.roll, papers, cast=len(papers), present=here, lot=lot)


def difference(right: Any, said: Any, where: str) -> str:
    """The path of the first difference, keys in their order; empty when there is none. 1 and true differ."""
    if type(right) is not type(said):
        return where
    if isinstance(right, dict):
        for key in sorted({*right, *said}):
            inside = f"{where}.{key}"
            if (key in right) != (key in said):
                return inside
            if found := difference(right[key], said[key], inside):
                return found
        return ""
    if isinstance(right, list):
        for place, (one, other) in enumerate(zip(right, said, strict=False)):
            if found := difference(one, other, f"{where}[{place}]"):
                return found
        return "" if len(right) == len(said) else f"{where}[{min(len(right), len(said))}]"
    return "" if right == said else where
