"""Reads of places: by code, by point, up and down the tree, on a date."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from django.db.models import Case, Count, Q, Sum, Value, When
from django.db.models.functions import Length, Replace
from django.utils.translation import gettext

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_, tidy
from gongzhi.packs import queries as packs
from gongzhi.packs import rules as pack_rules
from gongzhi.places import locating, rules
from gongzhi.places.models import Kind, Place, PlaceQuerySet, PlaceVersion
from gongzhi.places.rules import upwards

How = Literal["code", "point", "unlocated"]
# Where two kinds share a code, what a QR code hangs on is meant before what contains it.
_KIND_ORDER = (Kind.VENUE, Kind.BUILDING, Kind.DWELLING, Kind.GRID, Kind.REGION)
_LIGHT = ("polygon",)
MAX_OUTLINES, MAX_POINTS = 2000, 200_000
_COMPUTED = {"three_without": N_("三无小区"), "partly_without": N_("三项不全")}


class Spot(NamedTuple):
    """What routing needs of a place; light, so that it can be remembered."""

    id: int
    code: str
    path: str
    kind: str
    longitude: float | None
    latitude: float | None


class Found(NamedTuple):
    """Where a report is: the place, the grid that answers for it, and how both were found."""

    place: Spot | None
    grid: Spot | None
    how: How


class Dated(NamedTuple):
    """A place as it was on a date."""

    place: Place
    name: str
    path: str
    parent_id: int | None


class LevelCount(NamedTuple):
    """How many places of one level lie under a place, and their households where known."""

    kind: str
    level: str
    places: int
    households: int | None


class SizeRow(NamedTuple):
    """A grid and its target; `verdict` is "small", "fit", "large" or "unknown"."""

    place: Place
    households: int | None
    target: int | None
    verdict: str
    deviation_percent: int | None


def _unknown_place(code: str) -> NotFound:
    return NotFound("unknown_place", N_("没有代码是 {place} 的地点。请核对，或改用地图选点。"), place=code)


def visible_places(actor: Actor) -> PlaceQuerySet:
    """Places that are valid and that this actor may see."""
    return Place.objects.current().visible_to(actor).defer(*_LIGHT)


def find_place(code: str, kind: str = "") -> Place | None:
    """The valid place with this code; a region also by a code padded with zeros (the deepest it names)."""
    shorter = Q(kind=Kind.REGION, code__in=rules.shortened_codes(code))
    rows = Place.objects.current().filter(Q(code=code) | shorter).defer(*_LIGHT)
    if kind:
        rows = rows.filter(kind=kind)
    ranks = [When(kind=kind, then=Value(rank)) for rank, kind in enumerate(_KIND_ORDER)]
    found: Place | None = rows.order_by(-Length("code"), Case(*ranks, default=Value(len(ranks)))).first()
    return found


def get_place(code: str, kind: str = "") -> Place:
    """`find_place`, or NotFound `unknown_place`."""
    if (place := find_place(code.strip(), kind)) is None:
        raise _unknown_place(code)
    return place


def get_place_for(actor: Actor, code: str) -> Place:
    """The place with this code, if the actor may see it; else NotFound `unknown_place`."""
    place = get_place(code)
    if not Place.objects.filter(pk=place.pk).visible_to(actor).exists():
        raise _unknown_place(code)
    return place


def ancestors(place: Place) -> list[Place]:
    """What the place lies in, from the root down, without itself."""
    rows = Place.objects.current().filter(path__in=upwards(place.path)[:-1]).defer(*_LIGHT)
    return sorted(rows, key=lambda row: len(row.path))


def children(place: Place | None, actor: Actor) -> PlaceQuerySet:
    """What lies directly in a place (at the root for None), in the order of codes."""
    return visible_places(actor).filter(parent=place).order_by("kind", "code", "id")


def children_page(place: Place | None, actor: Actor, *, cursor: str = "", limit: int = 50) -> Page[Place]:
    """Children by keyset, each with its number of own children. Raises Refused `bad_cursor`."""
    rows = children(place, actor)
    if cursor:
        kind, code = decode_cursor(cursor, 2)
        rows = rows.filter(Q(kind__gt=kind) | Q(kind=kind, code__gt=code))
    page = page_of(rows[: limit + 1], limit, lambda row: (row.kind, row.code))
    counts = dict(
        Place.objects.current()
        .filter(parent__in=[item.pk for item in page.items])
        .values_list("parent")
        .annotate(count=Count("id"))
    )
    for item in page.items:
        item.child_count = counts.get(item.pk, 0)  # type: ignore[attr-defined]  # for the template
    return page


def grid_of(place: Place) -> Place | None:
    """The place itself when it is a grid, else the deepest grid it lies in by the tree."""
    if place.kind == Kind.GRID:
        return place
    above = Place.objects.current().filter(path__in=upwards(place.path)[:-1], kind=Kind.GRID).defer(*_LIGHT)
    return above.order_by(-Length("path")).first()


def _spot(place: Place) -> Spot:
    return Spot(place.pk, place.code, place.path, place.kind, place.longitude, place.latitude)


def grid_at(longitude: float, latitude: float) -> Spot | None:
    """The deepest valid grid whose outline holds a point (WGS-84); on a common edge the lowest id."""
    return places_at(longitude, latitude).grid


def places_at(longitude: float, latitude: float) -> Found:
    """The deepest valid place of any kind, and the deepest grid, whose outlines hold a point (WGS-84)."""
    keys = [key for key in locating.ids_at(longitude, latitude) if key is not None]
    if not keys:
        return Found(None, None, "unlocated")
    return locating.remembered(("ids", *keys), lambda: _found_by_ids(keys))


def _found_by_ids(keys: list[int]) -> Found:
    rows = [_spot(row) for row in Place.objects.current().defer(*_LIGHT).filter(pk__in=keys)]
    grid = next((row for row in rows if row.kind == Kind.GRID), None)
    place = max(rows, key=lambda row: (row.path.count("/"), row.kind == Kind.GRID), default=None)
    return Found(place, grid, "point" if place else "unlocated")


def _found_by_code(code: str) -> Found:
    place = get_place(code)
    grid = grid_of(place)
    return Found(_spot(place), _spot(grid) if grid else None, "code")


def place_for_report(*, code: str = "", longitude: float | None = None, latitude: float | None = None) -> Found:
    """Where a demand is said to be, and the grid that answers for it.

    A code wins over a point (someone scanned it on the spot); its grid is the one it lies in, else the one at
    its own or the given point. Nothing given, or a point outside all outlines, is "unlocated", never a guess.
    Raises NotFound `unknown_place` for a code that names nothing, Refused `bad_point` for half a point.
    """
    if (longitude is None) != (latitude is None):
        raise Refused("bad_point", N_("位置要经度和纬度两个数。请重新选点。"))
    if code:
        found = locating.remembered(("code", code), lambda: _found_by_code(code))
        return found if found.grid else found._replace(grid=_grid_near(found.place, longitude, latitude))
    if longitude is None or latitude is None:
        return Found(None, None, "unlocated")
    return places_at(longitude, latitude)


def _grid_near(place: Spot | None, longitude: float | None, latitude: float | None) -> Spot | None:
    if place is not None and place.longitude is not None and place.latitude is not None:
        return grid_at(place.longitude, place.latitude)
    return grid_at(longitude, latitude) if longitude is not None and latitude is not None else None


def root_path() -> str:
    """The path of the place that the active model is about; "/" while it is not there."""
    return path_of(packs.active_model().root) or "/"


def path_of(code: str) -> str:
    """The path of the place with this code; "" where there is none."""

    def look() -> str:
        place = find_place(code)
        return place.path if place else ""

    return locating.remembered(("path", code), look)


def levels() -> list[tuple[str, str]]:
    """Level codes and names of the active model from the top down; the division's own without a model."""
    try:
        model = packs.active_model()
    except Refused:
        names = ("省", "市", "区县", "街道、乡镇", "社区、村")
        return list(zip(rules.DIVISION_LEVELS, names, strict=True))
    return [(level.code, level.name) for level in sorted(model.levels, key=lambda level: level.order)]


def level_names() -> dict[str, str]:
    return dict(levels())


def levels_under(path: str, actor: Actor) -> list[LevelCount]:
    """Roll-up of a place: what lies below it by level, in the order of the model."""
    rows = (
        visible_places(actor)
        .below(path)
        .values_list("kind", "level")
        .annotate(places=Count("id"), households=Sum("households"))
        .order_by()
    )
    order = {code: rank for rank, (code, _) in enumerate(levels())}
    found = [LevelCount(*row) for row in rows]
    return sorted(found, key=lambda row: (order.get(row.level, len(order)), row.kind, row.level))


def search_places(actor: Actor, text: str, *, under: str = "/", limit: int = 20) -> list[Place]:
    """Valid places whose code begins with the digits, or whose name begins with or holds the text."""
    wanted = tidy(text)
    if not wanted:
        return []
    rows = visible_places(actor).under(under)
    if wanted.isascii() and wanted.isdigit():
        return list(rows.filter(code__startswith=wanted).order_by(Length("code"), "code")[:limit])
    begins = Case(When(name__startswith=wanted, then=Value(0)), default=Value(1))
    return list(rows.filter(name__contains=wanted).order_by(begins, Length("path"), "path")[:limit])


def _tolerances() -> dict[str, tuple[int | None, int]]:
    try:
        model = packs.active_model()
    except Refused:
        return {}
    return {level.code: (level.target_households, level.tolerance_percent) for level in model.levels}


def size_report(grids: Iterable[Place], tolerance_percent: int | None = None) -> list[SizeRow]:
    """Each grid against its target (its own, else its level's); the tolerance is the level's unless given."""
    by_level = _tolerances()
    rows = []
    for grid in grids:
        level_target, level_tolerance = by_level.get(grid.level, (None, 0))
        target = grid.target_households or level_target
        tolerance = level_tolerance if tolerance_percent is None else tolerance_percent
        if grid.households is None or not target:
            rows.append(SizeRow(grid, grid.households, target, "unknown", None))
            continue
        size = pack_rules.size(grid.households, target, tolerance)
        rows.append(SizeRow(grid, grid.households, target, size.verdict, size.deviation_percent))
    return rows


def grids_under(path: str, level: str = "") -> PlaceQuerySet:
    """Valid grids below a path, in the order of paths."""
    rows = Place.objects.current().under(path).filter(kind=Kind.GRID).defer(*_LIGHT).order_by("path")
    return rows.filter(level=level) if level else rows


def grids_in(place: Place) -> PlaceQuerySet:
    """Valid grids directly in a place."""
    return Place.objects.current().filter(parent=place, kind=Kind.GRID).defer(*_LIGHT).order_by("code")


def places_of(actor: Actor, permission: str) -> list[Place]:
    """The places that the actor's mandates are over."""
    rows = Place.objects.current().filter(path__in=set(actor.paths_for(permission))).defer(*_LIGHT)
    return list(rows.order_by("path"))


def outlines_under(path: str, *, kind: str = "", level: str = "") -> dict[str, Any]:
    """A GeoJSON FeatureCollection of outlined places at or below a path, upper levels first.

    `complete` is false where there are more than MAX_OUTLINES or MAX_POINTS: ask for one level, or further down.
    Dwellings have no outline here.
    """
    rows = Place.objects.current().under(path).filter(polygon__isnull=False).exclude(kind=Kind.DWELLING)
    if kind:
        rows = rows.filter(kind=kind)
    if level:
        rows = rows.filter(level=level)
    depth = Length("path") - Length(Replace("path", Value("/"), Value("")))
    found = rows.order_by(depth, "path").only("code", "name", "kind", "level", "polygon")[: MAX_OUTLINES + 1]
    features: list[dict[str, Any]] = []
    points = 0
    for row in found:
        points += rules.count_points(row.polygon or {})
        if len(features) == MAX_OUTLINES or points > MAX_POINTS:
            return {"type": "FeatureCollection", "features": features, "complete": False}
        about = {"code": row.code, "name": row.name, "kind": row.kind, "level": row.level}
        features.append({"type": "Feature", "geometry": row.polygon, "properties": about})
    return {"type": "FeatureCollection", "features": features, "complete": True}


def without_all_three(path: str) -> list[Place]:
    """三无 compounds below a path: no property service, no responsible unit, no security."""
    rows = Place.objects.current().under(path).exclude(features={}).defer(*_LIGHT).order_by("path")
    return [row for row in rows if pack_rules.three_without(row.features).facet == "three_without"]


def facet_names(place: Place) -> list[str]:
    """The place's facets in the model's words, the computed 三无 among them."""
    computed = pack_rules.three_without(place.features).facet
    codes = [*place.facets, *([computed] if computed else [])]
    names = _facet_words() if codes else {}
    return [names.get(code, code) for code in codes]


def _facet_words() -> dict[str, str]:
    computed = {code: gettext(word) for code, word in _COMPUTED.items()}
    try:
        return {**computed, **{facet.code: facet.name for facet in packs.active_model().facets}}
    except Refused:
        return computed


def place_as_of(code: str, on: dt.date, kind: str = "") -> Dated:
    """The place that had this code on a date, with the name and parent of that date.

    Raises NotFound `unknown_place`.
    """
    shorter = Q(kind=Kind.REGION, code__in=rules.shortened_codes(code))
    rows = Place.objects.on(on).filter(Q(code=code) | shorter).defer(*_LIGHT)
    place = (rows.filter(kind=kind) if kind else rows).order_by(-Length("code"), "id").first()
    if place is None:
        raise _unknown_place(code)
    return as_of(place, on)


def as_of(place: Place, on: dt.date) -> Dated:
    """A place's name, path and parent on a date."""
    version = (
        PlaceVersion.objects.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on), place=place, valid_to__gt=on)
        .order_by("valid_to")
        .first()
    )
    if version is None:
        return Dated(place, place.name, place.path, place.parent_id)
    return Dated(place, version.name, version.path, version.parent_id)


def history_of(place: Place) -> list[PlaceVersion]:
    """Earlier names and parents, latest first."""
    return list(place.versions.select_related("parent").order_by("-valid_to"))
