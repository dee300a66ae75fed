"""Points and codes to places, from data in memory.

The outlines are read once and again when the revision of places has moved on; the revision is looked at every
two seconds at most. What is read inside a transaction is kept only when that transaction commits.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction

from gongzhi.engines.geoindex import Outline, PolygonIndex
from gongzhi.places.models import Kind, Place, PlaceRevision

FRESH_SECONDS = 2.0
MOST_ANSWERS = 20_000
Answer = TypeVar("Answer")


class _Outlines(NamedTuple):
    """Two indexes of one revision: the grids, and everything else that has an outline."""

    revision: int
    grids: PolygonIndex
    others: PolygonIndex


class _Answers(NamedTuple):
    """What was looked up while places were at one revision, and until when that is not asked again."""

    revision: int
    until: float
    found: dict[Hashable, Any]


class _Kept:
    """What this process remembers, and until when it need not ask."""

    def __init__(self) -> None:
        self.outlines: _Outlines | None = None
        self.until = float("-inf")
        self.answers = _Answers(-1, float("-inf"), {})

    def keep(self, outlines: _Outlines) -> None:
        self.outlines, self.until = outlines, time.monotonic() + FRESH_SECONDS

    def forget(self) -> None:
        self.outlines, self.until = None, float("-inf")
        self.answers = _Answers(-1, float("-inf"), {})


_kept = _Kept()
_reading = threading.Lock()
forget = _kept.forget


def revision() -> int:
    """How often places have changed; for caches and ETags."""
    return PlaceRevision.objects.values_list("number", flat=True).first() or 0


def _read_outlines(number: int) -> _Outlines:
    """Deepest first: where outlines overlap, the place further down the tree wins."""
    rows = Place.objects.current().filter(polygon__isnull=False)
    grids: list[Outline] = []
    others: list[Outline] = []
    for key, kind, path, polygon in rows.values_list("id", "kind", "path", "polygon").iterator(5000):
        target = grids if kind == Kind.GRID else others
        target.append(Outline(key, polygon or {}, rank=-path.count("/")))
    return _Outlines(number, PolygonIndex(grids), PolygonIndex(others))


def outlines() -> _Outlines:
    """The indexes, as of two seconds ago at the oldest."""
    if _kept.outlines is not None and time.monotonic() < _kept.until:
        return _kept.outlines
    number = revision()
    if _kept.outlines is not None and _kept.outlines.revision == number:
        _kept.keep(_kept.outlines)
        return _kept.outlines
    old = _kept.outlines
    # A hundred thousand outlines take seconds: one thread reads them, the others go on with the old ones.
    if not _reading.acquire(blocking=old is None) and old is not None:
        return old
    try:
        found = _read_outlines(number)
    finally:
        _reading.release()
    if connection.in_atomic_block:
        transaction.on_commit(lambda: _kept.keep(found))
    else:
        _kept.keep(found)
    return found


def ids_at(longitude: float, latitude: float) -> tuple[int | None, int | None]:
    """The ids of the deepest grid and of the deepest other outlined place that hold a point (WGS-84)."""
    known = outlines()
    return known.grids.find(longitude, latitude), known.others.find(longitude, latitude)


def remembered(question: Hashable, look: Callable[[], Answer]) -> Answer:
    """The answer of `look`, kept until places change; what an open transaction may yet undo is not kept.

    The dictionary is replaced, never emptied: a slow thread puts an old answer into the old one.
    """
    if connection.in_atomic_block:
        return look()
    known = _current_answers().found
    if (answer := known.get(question)) is not None:
        return answer  # type: ignore[no-any-return]  # put there by the same question
    answer = look()
    if len(known) >= MOST_ANSWERS:
        known.clear()
    known[question] = answer
    return answer


def _current_answers() -> _Answers:
    kept, now = _kept.answers, time.monotonic()
    if now >= kept.until:
        number = revision()
        kept = _Answers(number, now + FRESH_SECONDS, kept.found if number == kept.revision else {})
        _kept.answers = kept
    return kept
