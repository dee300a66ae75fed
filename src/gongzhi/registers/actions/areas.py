"""The areas of dwellings: written down by hand, or brought in from a list with the paper that says so.

An area that is known is never changed by a list: it waits beside the old one, for somebody else to pick.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.people.models import VaultKey
from gongzhi.places.actions import bulk_set_features, set_features
from gongzhi.places.models import Kind, Place
from gongzhi.registers.actions.keeping import keep_conflicts, words_of
from gongzhi.registers.models import RegisterConflict
from gongzhi.registers.rules import tenure as rules

IMPORT = "registers.import"


@dataclass(frozen=True, slots=True)
class ListedArea:
    """One area of one dwelling as a list gives it, in hundredths of m²; `was`: what the register holds instead."""

    dwelling: int
    source: str
    value: int
    on: str
    said: str
    was: int | None = None


def _features(source: str, value: int | None, on: str, said: str) -> dict[str, Any]:
    """An area with the day of its paper and what paper it is; all three go with the area."""
    known = value is not None
    return {
        f"area_{source}": value,
        f"area_{source}_on": (on or None) if known else None,
        f"area_{source}_from": (said or None) if known else None,
    }


@transaction.atomic
def bring_areas(*, by: Actor, at: dt.datetime, rows: Sequence[ListedArea]) -> dict[str, list[Any]]:
    """Write what was unknown, keep what differs as a conflict; what was made, by table. Raises Forbidden."""
    require(by, IMPORT)
    fresh: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.was is None:
            fresh.setdefault(row.dwelling, {}).update(_features(row.source, row.value, row.on, row.said))
    # Who may import a list of the dwellings may write what nobody knew; the list was checked against their places.
    bulk_set_features(by=system_actor("registers.areas"), at=at, features=fresh, source=by.reference)
    differing = [
        (row.dwelling, None, "area", {"source": row.source, "value": row.value, "on": row.on, "said": row.said})
        for row in rows
        if row.was is not None
    ]
    written = [f"{row.dwelling}/{row.source}/{row.value}" for row in rows if row.was is None]
    return {"areas": written, **keep_conflicts(differing, by=by, at=at)}


def held_areas(made: Mapping[str, list[Any]]) -> list[str]:
    """What keeps an import of areas from being undone: areas changed since, conflicts that were decided."""
    brought = _brought(made)
    places = Place.objects.in_bulk({pk for pk, _, _ in brought})
    since = {pk for pk, source, value in brought if places[pk].features.get(f"area_{source}") != value}
    decided = RegisterConflict.objects.filter(pk__in=made.get("registers.RegisterConflict", [])).exclude(decision="")
    return [*(places[pk].code for pk in sorted(since)), *decided.values_list("dwelling__code", flat=True)]


def _brought(made: Mapping[str, list[Any]]) -> list[tuple[int, str, int]]:
    words = [str(one).split("/") for one in made.get("areas", [])]
    return [(int(pk), source, int(value)) for pk, source, value in words]


@transaction.atomic
def undo_areas(*, by: Actor, at: dt.datetime, made: Mapping[str, list[Any]]) -> int:
    """Take away what an import of areas wrote, and its open conflicts; returns how many areas and conflicts."""
    brought = _brought(made)
    empty: dict[int, dict[str, Any]] = {}
    for pk, source, _value in brought:
        empty.setdefault(pk, {}).update(_features(source, None, "", ""))
    bulk_set_features(by=system_actor("registers.areas"), at=at, features=empty, source=by.reference)
    conflicts = RegisterConflict.objects.filter(pk__in=made.get("registers.RegisterConflict", []))
    count = conflicts.count()
    conflicts.delete()
    VaultKey.objects.filter(pk__in=made.get("people.VaultKey", [])).delete()
    return len(brought) + count


def take_area(conflict: RegisterConflict, *, at: dt.datetime) -> None:
    """What the list says counts from now on. The caller has checked who decides, and writes that down."""
    said = words_of(conflict)
    features = _features(said["source"], said["value"], said["on"], said["said"])
    set_features(by=system_actor("registers.areas"), at=at, place=conflict.dwelling, features=features)


@transaction.atomic
def set_areas(
    *, by: Actor, at: dt.datetime, dwelling: Place, areas: Mapping[str, int | None], on: str = "", said: str = ""
) -> Place:
    """Write a dwelling's areas down, in hundredths of m²; sources that are not given stay, None takes one away.

    `on` and `said`: day and name of the paper, kept beside the areas that change. An area is of the dwelling, not of
    anybody in it. Raises Forbidden, Refused `no_dwelling`, `bad_area`.
    """
    if dwelling.kind != Kind.DWELLING:
        raise Refused("no_dwelling", N_("请选一处房屋，写到门牌。"), field="room")
    features: dict[str, Any] = {}
    for source, value in areas.items():
        if source not in rules.AREA_SOURCES or (value is not None and not 0 < value <= rules.LARGEST_AREA):
            message = N_("面积写成 89.12 这样，单位平方米，最多两位小数，现在是“{value}”。")
            raise Refused("bad_area", message, value=value, field="area")
        if value != dwelling.features.get(f"area_{source}"):
            paper = _features(source, value, on, said)
            features |= {name: one for name, one in paper.items() if one is not None or name in dwelling.features}
        features.setdefault(f"area_{source}", value)
    return set_features(by=by, at=at, place=dwelling, features=features)
