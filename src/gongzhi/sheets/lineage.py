"""Where figures come from: each room says what it can count, over which tables, and which rows are behind a count.

A room above registers in its AppConfig.ready(); a figure is then always counted by that room's own function, so that
the page of the room and the indicator never say two things. What the actor may not see is not counted for him.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gongzhi.common.access import Actor

ALL, TOP = "all", "top"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, about which place ("" is all of the actor's) and which days (both counted), as of when.

    `public`: of what everybody may see alone, so that a public figure less what is listed leaves nothing.
    """

    actor: Actor
    path: str
    since: dt.date | None
    until: dt.date | None
    at: dt.datetime
    public: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """Rows that are in neither part of the fraction: which part lists them, what they are (translated), how many."""

    part: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A numerator out of a denominator, and what was left out. `whole`: how many rows the numerator stands for."""

    numerator: Fraction
    denominator: int
    left_out: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a figure: the key that pages go on from, the cells, and its own page."""

    key: int
    cells: tuple[Any, ...]
    url: str = ""


# fetch(scope, part, after this key, so many) → at most so many lines in the order of keys.
Fetch = Callable[[Scope, str, int, int], Sequence[Line]]
Measure = Callable[[Scope], Counted]


@dataclass(frozen=True, slots=True)
class Source:
    """What a room can count. `tables` are model labels; `headers` translated at call; `permission` guards both.

    `by_place` is asked where persons are counted: (in the share, out of it) of the whole instance by the path of the
    place, so that no page tells what the page of the place above gives away.
    """

    name: str
    tables: tuple[str, ...]
    measure: Measure
    fetch: Fetch
    headers: Callable[[], Sequence[str]]
    permission: str = "statistics.read"
    dated: bool = True
    left_words: Mapping[str, str] = field(default_factory=dict)
    by_place: Callable[[Scope], Mapping[str, tuple[int, int]]] | None = None


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    _sources[source.name] = source


def find_source(name: str) -> Source | None:
    return _sources.get(name)


def sources() -> list[Source]:
    return [_sources[name] for name in sorted(_sources)]


def take_page(lines: Sequence[Line], after: int, size: int) -> Sequence[Line]:
    """A page of lines that were all read anyway; keys must rise."""
    return [line for line in lines if line.key > after][:size]
