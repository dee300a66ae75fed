"""Where it is: the list a reporter chooses from, and the map on which a pin can be set."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import get_place, root_path, search_places

Choice = tuple[str, str]
MOST, FOUND, OUTLINES = 200, 20, 60
_BUILT = (Kind.BUILDING, Kind.VENUE)


def scanned_place(code: str) -> Place:
    """The place of a code on a wall; a dwelling's code stands for its building, so that no home is named.

    Raises NotFound `unknown_place`.
    """
    place = get_place(code)
    if place.kind == Kind.DWELLING and place.parent is not None:
        place = place.parent
    if place.kind == Kind.DWELLING:
        raise NotFound("unknown_place", N_("没有代码是 {place} 的地点。请核对，或改用地图选点。"), place=code)
    return place


def _in_order(places: Iterable[Place]) -> list[Place]:
    """2栋 before 10栋."""
    return sorted(places, key=lambda p: [int(part) if part.isdigit() else part for part in _parts(p.name)])


def _parts(name: str) -> list[str]:
    parts = re.split(r"(\d+)", name)
    return parts if len(parts) % 2 else [*parts, ""]


def _around(place: Place) -> Place:
    """The grid or region whose buildings are offered."""
    return place.parent if place.kind in _BUILT and place.parent else place


def choices_near(place: Place) -> list[Choice]:
    """The place, the whole of its surroundings, and their buildings and venues."""
    around = _around(place)
    built = Place.objects.current().below(around.path).filter(kind__in=_BUILT).only("code", "name")[:MOST]
    rest = [(p.code, p.name) for p in _in_order(built) if p.code != place.code]
    whole = [(around.code, _("{name}（公共区域）").format(name=around.name))]
    own = [(place.code, place.name)] if place.pk != around.pk else []
    return [*own, *whole, *rest]


def choices_at_first() -> list[Choice]:
    """Without a place known: all buildings of a small instance, else its communities or grids."""
    below = Place.objects.current().below(root_path())
    built = list(below.filter(kind__in=_BUILT).only("code", "name")[: MOST + 1])
    if 0 < len(built) <= MOST:
        return [(p.code, p.name) for p in _in_order(built)]
    wide = below.filter(Q(kind=Kind.GRID) | Q(kind=Kind.REGION)).only("code", "name", "path")
    levels: dict[int, list[Place]] = {}
    for place in wide.order_by("path")[: MOST * 5]:
        levels.setdefault(place.path.count("/"), []).append(place)
    depth = max((d for d, rows in levels.items() if len(rows) <= MOST), default=0)
    return [(p.code, p.name) for p in levels.get(depth, [])]


def choices_found(actor: Actor, wanted: str) -> list[Choice]:
    """Places whose name holds what was typed, each with where it lies."""
    found = search_places(actor, wanted, under=root_path(), limit=FOUND)
    above = {p.pk: p.name for p in Place.objects.filter(pk__in={f.parent_id for f in found if f.parent_id})}
    return [(p.code, f"{p.name} · {above[p.parent_id]}" if p.parent_id in above else p.name) for p in found]


def map_for(place: Place | None) -> dict[str, Any] | None:
    """Outlines to find one's way by, the own grid drawn stronger; None where nothing could be shown."""
    around = place.path if place else root_path()
    outlined = Place.objects.current().exclude(polygon=None).filter(kind__in=(Kind.GRID, Kind.REGION))
    own = [row for row in outlined.order_by("-path") if around.startswith(row.path)][:1] if place else []
    scope = own[0].path if own else around
    rows = [*own, *outlined.below(scope).order_by("path")[:OUTLINES]]
    features = [
        {"type": "Feature", "geometry": row.polygon, "properties": {"current": row in own}} for row in rows
    ]
    found: dict[str, Any] = {"outlines": features, "pick": True}
    if place and place.longitude is not None:
        found["center"] = [place.latitude, place.longitude]
    return found if features or "center" in found else None


@require_safe
def find_places(request: HttpRequest) -> HttpResponse:
    """The options for what was typed, for the list beside the search box."""
    wanted = request.GET.get("q", "").strip()[:40]
    if not wanted:
        return HttpResponse(status=204)
    context = {"found": choices_found(actor_of(request), wanted), "wanted": wanted}
    return render(request, "cases/resident/places_found.html", context)
