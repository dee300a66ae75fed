"""Where a demand goes: the place of its words or pin, the responsible unit and the reason, from data in memory."""

import datetime as dt
import time
from typing import Any

from gongzhi.cases import rules
from gongzhi.cases.rules import Route, Unit, Where
from gongzhi.common.errors import NotFound, Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.duty_contents import Duty
from gongzhi.packs.duty_rules import DutyList
from gongzhi.packs.model_contents import Channel
from gongzhi.people.models import Organization
from gongzhi.people.queries import standing
from gongzhi.places import queries as places

_FRESH_SECONDS = 5.0
_DEFAULT_PRIORITY = "small"
MOST_BODIES = 300


class _UnitTable:
    """The instance's units, re-read at most every few seconds; routing costs no statement."""

    def __init__(self) -> None:
        self._units: tuple[Unit, ...] = ()
        self._parents: dict[int, int | None] = {}
        self._read_at = float("-inf")

    def clear(self) -> None:
        self._read_at = float("-inf")

    def all(self) -> tuple[Unit, ...]:
        self._refresh()
        return self._units

    def parents(self) -> dict[int, int | None]:
        self._refresh()
        return self._parents

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at > _FRESH_SECONDS:
            rows = list(Organization.objects.filter(standing()).select_related("place"))
            self._units, self._parents = tuple(_units_of(rows)), {row.pk: row.parent_id for row in rows}
            self._read_at = time.monotonic()


def _units_of(rows: list[Organization]) -> list[Unit]:
    return [
        Unit(
            id=row.pk,
            name=row.name,
            path=row.place.path,
            kind=row.features.get("unit_kind", ""),
            serves=tuple(row.serves),
            parent_id=row.parent_id,
            level=row.place.level,
        )
        for row in rows
        if row.place is not None
    ]


_table = _UnitTable()
clear_units = _table.clear


def units() -> tuple[Unit, ...]:
    return _table.all()


def kind_of_body(body_id: int | None) -> str:
    """What kind of organization it is; empty for none."""
    found = Organization.objects.filter(pk=body_id).first() if body_id is not None else None
    return found.kind if found else ""


def bodies_of_kind(kind: str, path: str = "") -> list[tuple[int, str]]:
    """Organizations of a kind in the places below `path` or above it, by name."""
    rows = Organization.objects.filter(standing(), kind=kind, place__isnull=False).select_related("place")
    near = (row for row in rows.defer("place__polygon").order_by("name", "pk") if row.place)
    found = [row for row in near if row.place and (row.place.path.startswith(path) or path.startswith(row.place.path))]
    return [(row.pk, row.name) for row in found[:MOST_BODIES]]


def parent_bodies() -> dict[int, int | None]:
    """To which body each belongs."""
    return _table.parents()


def lineage(category: str) -> list[str]:
    """A category and its ancestors, nearest first."""
    found, seen = [], category
    while seen and (item := packs.find_category(seen)) is not None:
        found.append(item.code)
        seen = item.parent
    return found


def route_for(
    path: str, category: str, channel: Channel, about_unit_id: int | None, on: dt.date | None = None
) -> Route:
    """Who is responsible there for that, and why: by the duty list in force on that day, else by the model pack."""
    item = packs.find_category(category) if category else None
    wanted = (item.unit_kind if item else "") or channel.unit_kind
    above = lineage(category)
    duties = packs.duties(on)
    lines = duties.lines_for(above) if duties else ()
    route = rules.choose_route(
        path=path, categories=above, unit_kind=wanted, units=units(), about=about_unit_id, lines=lines
    )
    facts: dict[str, Any] = {**route.facts, "clause": item.reason if item else ""}
    if duties and route.line:
        facts |= basis_of(duties, route.line)
    return rules.Route(route.unit, route.code, facts, route.line)


def basis_of(duties: DutyList, line: Duty) -> dict[str, Any]:
    """What a decision keeps of the duty list it rests on."""
    return {
        "pack": duties.reference,
        "version": duties.pack.version,
        "duty": line.code,
        "clause": line.clause,
        "function": line.function,
        "co": list(line.co),
    }


def priority_of(category: str, channel: str, on: dt.date | None = None) -> str:
    """The priority class by the duty list, else of the category or its nearest ancestor, else of the channel."""
    model = packs.active_model()
    way_in = model.channel(channel)
    above, duties = lineage(category), packs.duties(on)
    for line in duties.lines_for(above) if duties else ():
        if line.priority:
            return line.priority
    for code in above:
        item = packs.find_category(code)
        if item is not None and item.priority:
            return item.priority
    return (way_in.priority if way_in else None) or _DEFAULT_PRIORITY


def prefix_of(path: str) -> str:
    """The letters before a case number, from the model pack."""
    return packs.active_model().number_prefix


def locate(
    *, place_code: str = "", longitude: float | None = None, latitude: float | None = None
) -> Where:
    """The place and grid of a code or of a point (WGS-84); the instance's root when neither says anything.

    Raises Refused `unknown_place` for a code that names no place, `bad_point` for half a point.
    """
    try:
        found = places.place_for_report(code=place_code, longitude=longitude, latitude=latitude)
    except NotFound as unknown:
        raise Refused(unknown.code, unknown.message, **unknown.facts, field="place_code") from unknown
    place, grid = found.place, found.grid
    deepest = max((p for p in (place, grid) if p is not None), key=lambda p: len(p.path), default=None)
    return Where(
        path=deepest.path if deepest else places.root_path(),
        found=found.how,
        place_id=place.id if place else None,
        grid_id=grid.id if grid else None,
        longitude=longitude,
        latitude=latitude,
    )
