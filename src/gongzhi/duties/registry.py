"""What rooms above tell this one: whether a reference shows something, and what of theirs runs out.

@evidence("case")
def shown_case(actor: Actor, identifier: str) -> Shown | None: ...

@expiring("agreement")
def agreements_ending(first: date, last: date) -> Iterable[Expiry]: ...

@naming("publication")
def called(numbers: Iterable[str]) -> dict[str, str]: ...
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gongzhi.common.access import Actor


@dataclass(frozen=True, slots=True)
class Shown:
    """What an evidence reference leads to: words for a reader, and an address where there is a page."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that runs out on a day; `holder` is the mandate of who answers for it."""

    subject: str
    path: str
    on: dt.date
    holder: int | None = None


Resolver = Callable[[Actor, str], Shown | None]
Expiring = Callable[[dt.date, dt.date], Iterable[Expiry]]
Naming = Callable[[Iterable[str]], dict[str, str]]
_resolvers: dict[str, Resolver] = {}
_expiring: dict[str, Expiring] = {}
_naming: dict[str, Naming] = {}


def evidence(kind: str) -> Callable[[Resolver], Resolver]:
    """Answer for references of a type: None for what does not exist or the actor may not see."""

    def register(function: Resolver) -> Resolver:
        _resolvers[kind] = function
        return function

    return register


def expiring(kind: str) -> Callable[[Expiring], Expiring]:
    """Answer which subjects of a type run out between two days, both counted."""

    def register(function: Expiring) -> Expiring:
        _expiring[kind] = function
        return function

    return register


def naming(kind: str) -> Callable[[Naming], Naming]:
    """Answer what people call the subjects of a type, by their identifiers; never a person's name."""

    def register(function: Naming) -> Naming:
        _naming[kind] = function
        return function

    return register


def names_told(kind: str, identifiers: Iterable[str]) -> dict[str, str]:
    function = _naming.get(kind)
    return function(identifiers) if function else {}


def kinds_known() -> frozenset[str]:
    return frozenset(_resolvers)


def resolve(actor: Actor, reference: str) -> Shown | None:
    kind, _, identifier = reference.partition(":")
    function = _resolvers.get(kind)
    return function(actor, identifier) if function and identifier else None


def expiries(kind: str, first: dt.date, last: dt.date) -> list[Expiry]:
    function = _expiring.get(kind)
    return list(function(first, last)) if function else []
