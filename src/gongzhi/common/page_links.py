"""Ways on from a page of one room to a page of a higher one, registered by the higher one.

A room registers in its AppConfig.ready(); the page of the lower room shows what is offered ({% page_links %}).
"""

from collections.abc import Callable
from dataclasses import dataclass

from gongzhi.common.access import Actor


@dataclass(frozen=True, slots=True)
class PageLink:
    """One way on: `word` is marked for translation, `icon` a name of the sprite."""

    word: str
    url: str
    icon: str


Linker = Callable[[Actor, str, str], PageLink | None]
_linkers: dict[str, list[Linker]] = {}


def register_page_link(kind: str, function: Linker) -> None:
    """`function(actor, identifier, path)`: the way on from a page about a thing of a kind, or None for this actor.

    It runs on each request of that page and reads nothing from the database.
    """
    known = _linkers.setdefault(kind, [])
    if function not in known:
        known.append(function)


def page_links(actor: Actor, kind: str, identifier: str, path: str) -> list[PageLink]:
    found = (function(actor, identifier, path) for function in _linkers.get(kind, ()))
    return [one for one in found if one is not None]
