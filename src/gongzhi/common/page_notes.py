"""What a higher room says on the page of a lower one, registered by the higher one.

A room registers in its AppConfig.ready(); the page of the lower room shows what is said ({% notes_on %}).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gongzhi.common.access import Actor


@dataclass(frozen=True, slots=True)
class PageNote:
    """One note: words ready to be read, and an address where this reader may go on."""

    words: str
    url: str = ""


Noter = Callable[[Actor, Any, dt.datetime], list[PageNote]]
_noters: dict[str, list[Noter]] = {}


def register_page_note(kind: str, function: Noter) -> None:
    """`function(actor, thing, at)`: what is said beside a thing of a kind; a statement that reads few rows."""
    known = _noters.setdefault(kind, [])
    if function not in known:
        known.append(function)


def page_notes(actor: Actor, kind: str, thing: Any, at: dt.datetime) -> list[PageNote]:
    return [note for function in _noters.get(kind, ()) for note in function(actor, thing, at)]
