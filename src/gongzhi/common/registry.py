"""What each room says about a person's data, so that rooms above and below can reach it without imports.

A room registers, in its AppConfig.ready(), how to export and how to erase what it holds about one person.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_

Exporter = Callable[[uuid.UUID], dict[str, Any]]
Eraser = Callable[[uuid.UUID, dt.datetime], None]
Handover = Callable[[int, int | None, dt.datetime], int]
Carrier = Callable[[dict[str, str], dt.datetime], "int | Carried"]
Returner = Callable[[dict[str, dict[str, list[Any]]], dict[str, str], tuple[str, ...]], None]
Succession = Callable[[int, int, dt.datetime], int]
Consents = Callable[[uuid.UUID, str], bool]
Withdrawal = Callable[[uuid.UUID, str, dt.datetime], int]
Purposes = Callable[[str], Any]
Activities = Callable[[str], str]


@dataclass(frozen=True)
class Carried:
    """What went along with places: how many by word, and which keys came from where, so that they can go back."""

    counts: dict[str, int]
    kept: dict[str, dict[str, list[Any]]]


@dataclass(frozen=True)
class Holding:
    """One room's answer to a person's rights: `export_for(person_id)`, `erase_for(person_id, at)`."""

    room: str
    export_for: Exporter
    erase_for: Eraser


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One vote of an electorate: who may use it, where it belongs, what it weighs (areas in square decimetres)."""

    people: tuple[uuid.UUID, ...] = ()
    bodies: tuple[int, ...] = ()
    group: str = ""
    heads: int = 1
    area: int = 0
    households: int = 0
    due: bool = True


Electorate = Callable[[str, dt.date], list[Entitlement]]

_electorates: dict[str, Electorate] = {}


@dataclass(frozen=True)
class Keeping:
    """What a room keeps for a time only: `count(before)` how many are over, `forget(before, most)` lets so many go.

    `forget` works in the caller's transaction, deletes or takes the name away, and says how many; 0 when none is left.
    """

    code: str
    title: str
    count: Callable[[dt.datetime], int]
    forget: Callable[[dt.datetime, int], int]


_carriers: dict[str, Carrier] = {}
_returners: dict[str, Returner] = {}
_successions: dict[str, Succession] = {}
_holdings: dict[str, Holding] = {}
_handovers: dict[str, Handover] = {}
_consents: dict[str, Consents] = {}
_withdrawals: dict[str, Withdrawal] = {}
_purposes: dict[str, Purposes] = {}
_activities: dict[str, Activities] = {}
_keepings: dict[str, Keeping] = {}


def register_holding(room: str, *, export_for: Exporter, erase_for: Eraser) -> None:
    _holdings[room] = Holding(room, export_for, erase_for)


def holdings() -> list[Holding]:
    return [_holdings[room] for room in sorted(_holdings)]


def register_handover(room: str, function: Handover) -> None:
    """`function(from_mandate, to_mandate or None, at)` moves open work on and returns how many items moved."""
    _handovers[room] = function


def handovers() -> list[Handover]:
    return [_handovers[room] for room in sorted(_handovers)]


def register_carrier(room: str, function: Carrier, back: Returner | None = None) -> None:
    """`function(moves, at)`: places moved ({old path: new path}, each with all below it); open work moves along.

    It returns how many items moved, or a `Carried`. What is over keeps the path it had. `back(kept, moves, gone)` takes
    just those items back when the change of places is undone, and refuses where something new lies under a path that
    is then no more (`gone`).
    """
    _carriers[room] = function
    if back is not None:
        _returners[room] = back


def carry_along(moves: dict[str, str], at: dt.datetime) -> dict[str, Carried]:
    """Every room's work along with places that moved; by room."""
    found: dict[str, Carried] = {}
    for room in sorted(_carriers) if moves else ():
        said = _carriers[room](moves, at)
        found[room] = said if isinstance(said, Carried) else Carried({room: said} if said else {}, {})
    return found


def carry_back(kept: dict[str, dict[str, dict[str, list[Any]]]], moves: dict[str, str], gone: tuple[str, ...]) -> None:
    """What `carry_along` moved goes back; `kept` by room."""
    for room in sorted(_returners):
        _returners[room](kept.get(room, {}), moves, gone)


def register_succession(room: str, function: Succession) -> None:
    """`function(organization, heir, at)`: a body went up in another; its open work goes there, how many items."""
    _successions[room] = function


def successions() -> list[Succession]:
    return [_successions[room] for room in sorted(_successions)]


def register_consents(function: Consents) -> None:
    """`function(person_id, purpose)`: whether that consent holds now; the room that keeps consents answers for all."""
    _consents["all"] = function


def consent_given(person_id: uuid.UUID, purpose: str) -> bool:
    """Without a room that answers, nobody has agreed to anything."""
    function = _consents.get("all")
    return function is not None and function(person_id, purpose)


def register_withdrawal(room: str, function: Withdrawal) -> None:
    """`function(person_id, purpose, at)`: what rested on the consent ends now; how many items that were."""
    _withdrawals[room] = function


def register_purposes(room: str, function: Purposes) -> None:
    """`function(code)`: what a consent asked by this room says (`people.rules.Purpose`); None where it asks no such."""
    _purposes[room] = function


def purposes() -> list[Purposes]:
    return [_purposes[room] for room in sorted(_purposes)]


def withdrawals() -> list[Withdrawal]:
    """Called by whoever writes the withdrawal, in its transaction."""
    return [_withdrawals[room] for room in sorted(_withdrawals)]


def register_electorate(kind: str, function: Electorate) -> None:
    """`function(place code, on)`: who may vote there on a day, as the room that keeps the register works it out.

    The room that holds votes lies beside it and takes values; whoever asks has been checked by that room.
    """
    _electorates[kind] = function


def electorate(kind: str) -> Electorate | None:
    return _electorates.get(kind)


def register_activities(function: Activities) -> None:
    """`function(code)`: what a processing activity that is not in use is called, "" where it is; privacy answers."""
    _activities["all"] = function


def activity_on(code: str) -> bool:
    """Whether this may be done with personal information now."""
    function = _activities.get("all")
    return function is None or not function(code)


def check_activity(code: str) -> None:
    """Called by whatever is about to do it. Raises Conflict `activity_off`: what is not in use is not done."""
    function = _activities.get("all")
    if function is not None and (title := function(code)):
        raise Conflict(
            "activity_off",
            N_("“{title}”没有启用，现在不能办。请个人信息保护负责人先评估、启用这一项处理活动。"),
            title=title,
        )


def register_keeping(
    code: str, *, title: str, count: Callable[[dt.datetime], int], forget: Callable[[dt.datetime, int], int]
) -> None:
    """`code` is that of the pack `cn.privacy`, which says for how many days; privacy runs and writes down all."""
    _keepings[code] = Keeping(code, title, count, forget)


def keepings() -> dict[str, Keeping]:
    return dict(sorted(_keepings.items()))
