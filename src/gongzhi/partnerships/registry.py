"""What rooms above tell this one: what a body gave to a place beside its agreements (pledges, funding lines), and who
took part in what they hold.

@contributing("projects")
def pledged(path: str, organizations: Collection[int]) -> Iterable[Contribution]: ...
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one body gave, in words for everybody; `url` only where everybody may read the page behind it."""

    organization: int
    words: str
    on: dt.date
    url: str = ""


Contributing = Callable[[str, Collection[int]], Iterable[Contribution]]
_contributing: dict[str, Contributing] = {}


def contributing(room: str) -> Callable[[Contributing], Contributing]:
    """Answer what these bodies gave to a place and what lies below it; one or two statements, nothing personal."""

    def register(function: Contributing) -> Contributing:
        _contributing[room] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class TakingPart:
    """Who took part in one room's work: how often each body, by its key, and which persons, to be counted only.

    `word`: marked, what they took part in. Persons are a set so that nobody is counted twice across rooms; it never
    leaves the counting.
    """

    word: str
    bodies: Mapping[int, int]
    persons: Collection[uuid.UUID] = frozenset()


Taking = Callable[[str, dt.date, dt.date], TakingPart]
_taking: dict[str, Taking] = {}


def taking_part(room: str) -> Callable[[Taking], Taking]:
    """Answer for a path and all below it, and for days that both count; a statement or two."""

    def register(function: Taking) -> Taking:
        _taking[room] = function
        return function

    return register


def all_taking_part(path: str, since: dt.date, until: dt.date) -> list[TakingPart]:
    return [_taking[room](path, since, until) for room in sorted(_taking)]


def forget(room: str) -> None:
    _contributing.pop(room, None)


def contributions(path: str, organizations: Collection[int]) -> list[Contribution]:
    """From every room, the newest first."""
    found = [one for room in sorted(_contributing) for one in _contributing[room](path, organizations)]
    return sorted(found, key=lambda one: one.on, reverse=True)
