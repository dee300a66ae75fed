"""What changed in packs, for rooms above: they listen, in the same transaction; packs know none of them.

`audit` writes the trail from here, since this room lies below it; `cases` works out deadlines again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.access import Actor


@dataclass(frozen=True, slots=True)
class PackChange:
    """One change: which action, on which pack version, and for calendars the first and last day concerned."""

    by: Actor
    at: dt.datetime
    action: str
    subject: str
    changes: dict[str, Any] = field(default_factory=dict)
    first_day: dt.date | None = None
    last_day: dt.date | None = None


Listener = Callable[[PackChange], None]
_listeners: dict[str, Listener] = {}


def on_change(name: str, listener: Listener) -> None:
    """Call `listener` for every change; registering a name again replaces it (AppConfig.ready may run twice)."""
    _listeners[name] = listener


def tell(change: PackChange) -> None:
    for name in sorted(_listeners):
        _listeners[name](change)
