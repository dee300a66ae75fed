"""The shape of a record: which events in which order, which keys with which values. A key too many is a wrong shape."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from gongzhi.engines.records import FORMAT

# Kinds in their order; True: may stand more than once.
ORDER = {
    "opening": False, "rule": False, "roll": False, "proxies": False, "attendance": False, "cast": False,
    "box": True, "ballot": True, "lot": False, "result": False,
}  # fmt: skip
NEEDED = ("opening", "rule", "roll", "result")

DEEPEST = 32

_HEX = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z", re.ASCII)

Check = Callable[[object], bool]


class Failure(NamedTuple):
    """What is wrong (a stable code) and where: "events[17]", "result.amounts.yes"."""

    code: str
    where: str


class Unreadable(ValueError):
    """Not a file that could be a record: no JSON, a key twice, a number that is not whole."""


def read_record(text: str | bytes) -> Any:
    """The JSON of a record. Raises Unreadable."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    layer, depth = [found], 0
    while layer := [part for whole in layer for part in _parts(whole)]:
        if (depth := depth + 1) > DEEPEST:
            raise Unreadable("folded too deep")
    return found


def _parts(value: object) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"{text}: numbers are whole")


def text(value: object) -> bool:
    """Text that UTF-8 can hold."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def word(value: object) -> bool:
    return text(value) and value != ""


def commitment(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_moment(value: object) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def number(value: object) -> bool:
    return whole(value) and value != 0


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def none_or(check: Check) -> Check:
    return lambda value: value is None or check(value)


def mapping(checks: Mapping[str, Check]) -> Check:
    return lambda value: (
        isinstance(value, dict)
        and set(value) == set(checks)
        and all(check(value[key]) for key, check in checks.items())
    )


def _weights(value: object) -> bool:
    return isinstance(value, dict) and all(map(text, value)) and all(map(whole, value.values()))


def _plain(value: object) -> bool:
    """JSON as a record may hold it, in a dict: what the rule and the result are before they are read."""
    if isinstance(value, dict):
        return all(text(key) and _plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return value is None or isinstance(value, int) or text(value)


def _plain_mapping(value: object) -> bool:
    return isinstance(value, dict) and _plain(value)


_MARKS = none_or(list_of(word))
_EFFECTS = ("binding", "advisory", "record_of_offline")
RECORDED_BALLOT = mapping({
    "number": number, "entry": commitment, "marks": _MARKS, "origin": word, "at": is_moment, "holder": text,
    "voided_by": none_or(number),
})  # fmt: skip
SECRET_BALLOT = mapping({"number": number, "marks": _MARKS})
SHAPES: dict[str, Check] = {
    "opening": mapping({
        **dict.fromkeys(("decision", "title", "body", "place"), text), "legal_effect": lambda value: value in _EFFECTS,
        "opens_at": is_moment, "closes_at": is_moment, "rule": commitment, "roll": commitment,
    }),
    "rule": _plain_mapping,
    "roll": mapping({
        "measures": list_of(word),
        "entries": list_of(mapping({
            "entry": commitment, "weights": _weights, "due": lambda value: isinstance(value, bool),
        })),
    }),
    "proxies": mapping({"proxies": list_of(mapping({"entry": commitment, "holder": word}))}),
    "attendance": mapping({"present": list_of(commitment)}),
    "cast": mapping({"cast": list_of(commitment)}),
    "box": mapping({
        "box": word, "origin": word, **dict.fromkeys(("printed", "issued", "unused", "spoiled", "returned"), whole),
    }),
    "ballot": lambda value: RECORDED_BALLOT(value) or SECRET_BALLOT(value),
    "lot": mapping({"order": list_of(word)}),
    "result": _plain_mapping,
}  # fmt: skip


def frame_failures(record: object) -> Iterator[Failure]:
    """Whether it is a record at all: its three keys and events of three keys, in their order."""
    frame = mapping({"format": text, "events": lambda value: isinstance(value, list), "seal": commitment})
    if not frame(record) or not isinstance(record, dict) or record["format"] != FORMAT:
        yield Failure("format", "format")
        return
    event = mapping({"kind": lambda value: value in tuple(ORDER), "body": lambda _: True, "hash": commitment})
    wrong = [place for place, each in enumerate(record["events"]) if not event(each)]
    yield from (Failure("shape", f"events[{place}]") for place in wrong)
    if not wrong:
        yield from _misplaced([each["kind"] for each in record["events"]])


def _misplaced(kinds: list[str]) -> Iterator[Failure]:
    ranks = list(ORDER)
    for place, (before, kind) in enumerate(pairwise(kinds), 1):
        if ranks.index(kind) < ranks.index(before) or (kind == before and not ORDER[kind]):
            yield Failure("event_order", f"events[{place}]")
            return
    if not set(NEEDED) <= set(kinds):
        yield Failure("event_missing", "events")


def body_failures(events: list[dict[str, Any]]) -> Iterator[Failure]:
    """Bodies whose keys or values are not those of their kind."""
    for place, event in enumerate(events):
        if not SHAPES[event["kind"]](event["body"]):
            yield Failure("shape", f"events[{place}]")
