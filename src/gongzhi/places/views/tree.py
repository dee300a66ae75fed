"""The tree of places for staff, and what hangs on the wall: a sheet with a QR code that names the place only."""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.common.paging import MAX_LIMIT
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.places import locating, queries
from gongzhi.places.models import Kind, Place

PERMISSION, CHANGE = "places.read", "places.change"
PAGE = 50


def _staff(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, PERMISSION)
    return actor


def _listing(place: Place | None, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """A page of what lies in a place, with the names of levels."""
    page = queries.children_page(place, actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    here = reverse("place", args=[place.code]) if place else reverse("places")
    names = queries.level_names()
    return {
        "rows": [_row(child, names) for child in page.items],
        "next_url": f"{here}?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
    }


def _row(place: Place, names: dict[str, str]) -> dict[str, Any]:
    kind = Kind(place.kind).label
    return {
        "place": place,
        "level": names.get(place.level, kind),
        "count": getattr(place, "child_count", 0),
        "facets": queries.facet_names(place),
    }


def _places_file(name: str, places: Iterable[Place]) -> HttpResponse:
    headers = [_("代码"), _("名称"), _("层级"), _("类型"), _("户数"), _("目标户数"), _("下级"), _("设立")]
    names = queries.level_names()
    lines = (
        (
            row["place"].code,
            row["place"].name,
            row["level"],
            "、".join(str(facet) for facet in row["facets"]),
            row["place"].households,
            row["place"].target_households,
            row["count"],
            row["place"].valid_from,
        )
        for row in (_row(place, names) for place in places)
    )
    return rows_as_xlsx(name, headers, lines)


def _children(place: Place | None, actor: Actor) -> Iterator[Place]:
    """Everything that lies directly in a place, however many pages."""
    cursor = ""
    while True:
        page = queries.children_page(place, actor, cursor=cursor, limit=MAX_LIMIT)
        yield from page.items
        if not (cursor := page.next_cursor):
            return


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """Where one's own places are, a search, and the tree from its top."""
    actor = _staff(request)
    text = request.GET.get("q", "").strip()
    if request.GET.get("export") == "xlsx":
        return _places_file(_("地点"), queries.search_places(actor, text) if text else _children(None, actor))
    names = queries.level_names()
    context: dict[str, Any] = {
        "text": text,
        "export": f"?{urlencode({'q': text, 'export': 'xlsx'} if text else {'export': 'xlsx'})}",
        "found": [_row(place, names) for place in queries.search_places(actor, text)] if text else [],
        "mine": [_row(place, names) for place in queries.places_of(actor, PERMISSION)],
        **_listing(None, actor, request),
    }
    return render(request, "places/tree.html", context)


@require_safe
def place_page(request: HttpRequest, code: str) -> HttpResponse:
    """One place: where it lies, what lies in it, how large its grids are, what it was called before."""
    actor = _staff(request)
    place = queries.get_place_for(actor, code)
    if request.GET.get("export") == "xlsx":
        return _places_file(_("{place}的下级").format(place=place.name), _children(place, actor))
    context: dict[str, Any] = {
        "place": place,
        "above": queries.ancestors(place),
        "level": queries.level_names().get(place.level, Kind(place.kind).label),
        "facets": queries.facet_names(place),
        "rollup": _rollup(place, actor),
        "sizes": _sizes(place),
        "history": queries.history_of(place),
        "may_change": allows(actor, CHANGE, path=place.path) and place.kind != Kind.DWELLING,
        **_listing(place, actor, request),
    }
    return render(request, "places/place.html", context)


def _rollup(place: Place, actor: Actor) -> list[dict[str, Any]]:
    names = queries.level_names()
    rows = queries.levels_under(place.path, actor)
    return [{"word": names.get(row.level, Kind(row.kind).label), "row": row} for row in rows]


def _sizes(place: Place) -> dict[str, Any]:
    """The grids directly in a place against their target, those that do not fit first; at most one page of them."""
    rows = queries.size_report(queries.grids_in(place))
    fit = sum(row.verdict == "fit" for row in rows)
    rows.sort(key=lambda row: row.verdict == "fit")
    return {"rows": rows[:PAGE], "fit": fit, "total": len(rows)}


def report_url(place: Place) -> str:
    """What a code on the wall opens: the place, and nothing else."""
    return f"{settings.HOST_URL}/r/{quote(place.code, safe='')}"


@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One A4 page to print and hang up."""
    place = queries.get_place_for(actor_of(request), code)
    above = [row.name for row in queries.ancestors(place)][-2:]
    return render(request, "places/sheet.html", {"place": place, "above": above, "url": report_url(place)})


@require_safe
def qr_code(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code as SVG, error correction Q: it is read with a torn corner, too."""
    place = queries.get_place_for(actor_of(request), code)
    out = io.BytesIO()
    segno.make(report_url(place), error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, light="#ffffff", title=_("扫码报事"), xmldecl=False
    )
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600" if place.kind != Kind.DWELLING else "private, max-age=300"
    return response


@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    """GeoJSON (WGS-84) of the outlined places under a code, for maps; at most 2,000, the upper levels first."""
    root = queries.get_place_for(actor_of(request), request.GET["under"]) if request.GET.get("under") else None
    path = root.path if root else queries.root_path()
    kind, level = request.GET.get("kind", ""), request.GET.get("level", "")
    etag = f'"{locating.revision()}-{path.strip("/").replace("/", ".")}-{kind}-{level}"'.encode("ascii", "replace")
    if request.headers.get("If-None-Match") == etag.decode():
        return HttpResponseNotModified()
    body = queries.outlines_under(path, kind=kind, level=level)
    response = JsonResponse(body, content_type="application/geo+json", json_dumps_params={"separators": (",", ":")})
    response["ETag"] = etag.decode()
    response["Cache-Control"] = "no-cache"
    return response
