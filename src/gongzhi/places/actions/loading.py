"""Many places at once: of a model pack or a list what is missing is made; what a list says of known ones is added."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.places import locating, rules, sql
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.models import Place

_RESOLVED = ("parent", "parent_kind", "civil_parent")
# Where the kind of a parent is not said: what usually holds others comes first.
_PARENT_KINDS = ("region", "grid", "building", "venue", "dwelling")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place to load; `parent` is a code, of `parent_kind` where two kinds share it; positions in WGS-84."""

    kind: str
    level: str
    code: str
    name: str
    parent: str = ""
    parent_kind: str = ""
    civil_code: str = ""
    civil_parent: str = ""
    valid_from: dt.date | None = None
    longitude: float | None = None
    latitude: float | None = None
    polygon: dict[str, Any] | None = None
    households: int | None = None
    target_households: int | None = None
    facets: list[str] = field(default_factory=list)
    features: dict[str, Any] = field(default_factory=dict)


class Loaded(NamedTuple):
    """How many places were made, and how many were there already."""

    created: int
    present: int


class _Known:
    """Places by kind and code: those of the database that the rows name, and those made on the way."""

    def __init__(self, rows: list[PlaceRow]) -> None:
        codes = {code for row in rows for code in (row.code, row.parent, row.civil_parent)}
        found = Place.objects.current().filter(code__in=codes).defer("polygon")
        self.by_key = {(place.kind, place.code): place for place in found}

    def parent_of(self, row: PlaceRow) -> Place | None:
        kinds = (row.parent_kind,) if row.parent_kind else _PARENT_KINDS
        return next((found for kind in kinds if (found := self.by_key.get((kind, row.parent)))), None)


def _build(row: PlaceRow, parent: Place | None) -> Place:
    if row.polygon is not None:
        rules.check_outline(row.polygon)
    values = {name: getattr(row, name) for name in PlaceRow.__slots__ if name not in _RESOLVED}
    return Place(parent=parent, path=rules.path_in(parent.path if parent else "", row.code), **values)


def _create_layer(by: Actor, known: _Known, waiting: list[PlaceRow]) -> list[PlaceRow]:
    """Make the rows whose parent is there; returns those that still wait."""
    ready, later = [], []
    for row in waiting:
        parent = known.parent_of(row) if row.parent else None
        if (row.parent and parent is None) or (row.civil_parent and ("region", row.civil_parent) not in known.by_key):
            later.append(row)
            continue
        require(by, PERMISSION, path=parent.path if parent else "/")
        place = _build(row, parent)
        place.civil_parent = known.by_key.get(("region", row.civil_parent))
        ready.append(place)
    for place in Place.objects.bulk_create(ready, batch_size=1000):
        known.by_key[place.kind, place.code] = place
    return later


@transaction.atomic
def bulk_load_places(*, by: Actor, at: dt.datetime, rows: Iterable[PlaceRow], source: str = "") -> Loaded:
    """Make the places that are missing, parents in any order; a second time makes nothing.

    `source` (a pack reference) goes into the trail. Raises Forbidden, Refused `unknown_parent`, `bad_outline`.
    """
    every = list({(row.kind, row.code): row for row in rows}.values())
    known = _Known(every)
    waiting = [row for row in every if (row.kind, row.code) not in known.by_key]
    created = len(waiting)
    while waiting:
        later = _create_layer(by, known, waiting)
        if len(later) == len(waiting):
            first = later[0]
            raise Refused(
                "unknown_parent",
                N_("{place} 的上级 {parent} 不在库里。先导入上级。"),
                place=first.code,
                parent=first.parent,
            )
        waiting = later
    if created:
        sql.run(sql.RAISE_REVISION)
        locating.forget()
        changes = {"created": created, "source": source}
        audit.record(by=by, at=at, action="places.bulk_load_places", subject="places:bulk", changes=changes)
    return Loaded(created, len(every) - created)


@transaction.atomic
def bulk_set_features(
    *, by: Actor, at: dt.datetime, features: Mapping[int, Mapping[str, Any]], source: str = ""
) -> int:
    """Merge features into many places at once (by id); a None takes one away. Returns how many places.

    `source` (what said so) goes into the trail. Raises Forbidden.
    """
    found = Place.objects.select_for_update().filter(pk__in=list(features)).only("id", "path", "features")
    places = list(found.order_by("pk"))
    for place in places:
        require(by, PERMISSION, path=place.path)
        merged = {**place.features, **features[place.pk]}
        place.features = {name: value for name, value in merged.items() if value is not None}
    Place.objects.bulk_update(places, ["features"], batch_size=1000)
    if places:
        sql.run(sql.RAISE_REVISION)
        locating.forget()
        changes = {"places": len(places), "source": source}
        audit.record(by=by, at=at, action="places.bulk_set_features", subject="places:bulk", changes=changes)
    return len(places)
