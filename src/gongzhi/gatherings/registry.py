"""What rooms above put on an agenda: matters of theirs that are still open where a gathering is held.

@offering("agreements")
def open_lines(actor: Actor, path: str, organization: int) -> Iterable[Offered]: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gongzhi.common.access import Actor


@dataclass(frozen=True, slots=True)
class Offered:
    """Words without a person, and the reference of where the matter comes from."""

    title: str
    source: str


Offering = Callable[[Actor, str, int], Iterable[Offered]]
_offering: dict[str, Offering] = {}


def offering(way: str) -> Callable[[Offering], Offering]:
    """Answer what is open at a place for a body that meets; the most urgent first. `way`: as in a pack's `agenda`."""

    def register(function: Offering) -> Offering:
        _offering[way] = function
        return function

    return register


def offered(way: str, actor: Actor, path: str, organization: int) -> list[Offered]:
    function = _offering.get(way)
    return list(function(actor, path, organization)) if function else []
