"""What lies at a place follows it when places change, and goes back when the change is undone: one way for rooms.

A room says in its AppConfig.ready() which of its rows are not over; each has a `path`. What is over keeps its own.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext

from gongzhi.audit.imports import refuse_held
from gongzhi.common.registry import Carried, register_carrier
from gongzhi.common.text import N_

_TOLD = 20


def _nothing(rows: "QuerySet[Any]") -> None:
    return None


@dataclass(frozen=True, slots=True)
class Following:
    """`rows`: those of a kind that are not over; `word`: how they are counted.

    `clear`: takes away what only the clock made under a place that an undo ends.
    """

    word: str
    rows: Callable[[], "QuerySet[Any]"]
    clear: Callable[["QuerySet[Any]"], Any] = _nothing


def register_following(room: str, *kinds: Following) -> None:
    """Rows of these kinds go along with places, and back with an undo, which what came since holds."""

    def carry(moves: dict[str, str], at: dt.datetime) -> Carried:
        kept = {one.word: _follow(one, moves) for one in kinds}
        counts = {word: sum(map(len, there.values())) for word, there in kept.items()}
        return Carried(
            {word: count for word, count in counts.items() if count},
            {word: there for word, there in kept.items() if there},
        )

    def back(kept: dict[str, dict[str, list[Any]]], moves: dict[str, str], gone: tuple[str, ...]) -> None:
        for one in kinds:
            _go_back(one, kept.get(one.word, {}), moves)
        refuse_held([words for one in kinds for words in _since(one, gone)])

    register_carrier(room, carry, back)


def _follow(kind: Following, moves: Mapping[str, str]) -> dict[str, list[str]]:
    """Keys by the old path that they lay under. Of places inside one another the nearer says where to, once."""
    moved: set[Any] = set()
    kept: dict[str, list[str]] = {}
    for old, new in sorted(moves.items(), key=lambda move: -len(move[0])):
        found = kind.rows().filter(path__startswith=old).order_by("pk").values_list("pk", flat=True).distinct()
        if keys := [key for key in found if key not in moved]:
            _repath(kind, keys, old, new)
            moved.update(keys)
            kept[old] = [str(key) for key in keys]
    return kept


def _repath(kind: Following, keys: list[Any], old: str, new: str) -> None:
    rows = kind.rows().model._default_manager.filter(pk__in=keys, path__startswith=old)
    rows.update(path=Concat(Value(new), Substr("path", len(old) + 1)))


def _go_back(kind: Following, kept: Mapping[str, list[str]], moves: Mapping[str, str]) -> None:
    for old, keys in kept.items():
        _repath(kind, keys, moves[old], old)


def _since(kind: Following, gone: tuple[str, ...]) -> Iterator[str]:
    """What came to places that are then no more, in words."""
    for path in gone:
        rows = kind.rows().model._default_manager.filter(path__startswith=path)
        kind.clear(rows)
        for row in rows.order_by("pk")[:_TOLD]:
            yield gettext(N_("{what}：调整以后来的")).format(what=row)
