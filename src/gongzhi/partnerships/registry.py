"""What rooms above tell this one: what a body gave to a place beside its agreements (pledges, funding lines).

@contributing("projects")
def pledged(path: str, organizations: Collection[int]) -> Iterable[Contribution]: ...
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
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


def forget(room: str) -> None:
    _contributing.pop(room, None)


def contributions(path: str, organizations: Collection[int]) -> list[Contribution]:
    """From every room, the newest first."""
    found = [one for room in sorted(_contributing) for one in _contributing[room](path, organizations)]
    return sorted(found, key=lambda one: one.on, reverse=True)
