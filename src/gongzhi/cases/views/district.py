"""一屏: a district's numbers from the roll-up, and how much work lies where. Units and places, never persons."""

import datetime as dt
import functools
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.queries import listing
from gongzhi.cases.queries.counts import Count, District, district, first_month
from gongzhi.cases.queries.routing import units
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import CHINA
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.places.models import Place


def _found(request: HttpRequest) -> tuple[Actor, dt.datetime, str, District]:
    actor, at = staff_of(request, "statistics.read"), clock.now()
    path = request.GET.get("place", "") or min(actor.paths_for("statistics.read"), key=len, default="/")
    return actor, at, path, district(actor, path, at)


@require_safe
def district_page(request: HttpRequest) -> HttpResponse:
    """Open, overdue, ended, by month, by place one level down and by unit that has open work, however many cases."""
    actor, at, path, found = _found(request)
    to_filter = listing.places_to_filter(actor)
    months = [(month, count) for month, count in sorted(found.months.items()) if month >= first_month(at)]
    if request.GET.get("format") == "xlsx":
        return _district_file(found, path, to_filter, at)
    context = {
        "now": at,
        "path": path,
        "places_to_filter": to_filter,
        "whole": _row("", found.whole, place=path),
        "places": _place_rows(found, path, to_filter),
        "units": _unit_rows(found, path),
        "months": [_month(month, count, path) for month, count in months],
        "load_url": f"{reverse('load')}?{urlencode({'place': path})}",
        "xlsx": f"{reverse('district')}?{urlencode({'place': path, 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/district.html", context)


_COLUMNS = ("name", "received", "open", "overdue", "deferred", "due", "on_time", "closed", "solved")


def _district_file(found: District, path: str, known: list[tuple[str, str]], at: dt.datetime) -> HttpResponse:
    """The page's tables below each other, a column saying which; shares in per cent, empty where nothing was due."""
    heads = [_("哪一类"), _("名称"), _("收到"), _("没办完"), _("超期"), _("挂账"), _("应结案")]
    heads += [_("按期结案率（%）"), _("结案率（%）"), _("解决率（%）")]
    months = ((f"{month:%Y-%m}", count) for month, count in sorted(found.months.items()) if month >= first_month(at))
    groups = [
        (_("地方"), _place_rows(found, path, known)),
        (_("单位"), _unit_rows(found, path)),
    ]
    lines: list[list[object]] = [[word, *(row[name] for name in _COLUMNS)] for word, rows in groups for row in rows]
    lines += [[_("月份"), month, count.received, count.open] for month, count in months]
    note = _("数据到 {when}，范围 {path}").format(when=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}", path=path)
    return rows_as_xlsx(_("一屏统览"), heads, lines, title=_("一屏统览"), note=note)


def _place_rows(found: District, path: str, known: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """By name, one level down; what lies at the place itself is said to lie there."""
    names = dict(known)
    paths = {f"{path}{child}/" if child else path: count for child, count in found.places.items()}
    if unknown := [one for one in paths if one not in names]:
        names |= dict(Place.objects.filter(path__in=unknown).values_list("path", "name"))
    rows = [_row(names.get(one, one), count, place=one) for one, count in paths.items()]
    return sorted(rows, key=lambda row: row["name"])


def _unit_rows(found: District, path: str) -> list[dict[str, Any]]:
    names = {unit.id: unit.name for unit in units()}
    rows = [
        _row(names.get(key or 0, "") or _("还没派单位"), count, place=path, unit=key or 0)
        for key, count in found.units.items()
    ]
    return sorted(rows, key=lambda row: row["name"])


@functools.cache
def _case_list() -> str:
    return reverse("case-list")


def _row(name: str, count: Count, **where: Any) -> dict[str, Any]:
    base = f"{_case_list()}?{urlencode(where)}"
    return {
        "name": name,
        "received": count.received,
        "open": count.open,
        "overdue": count.overdue,
        "deferred": count.deferred,
        "due": count.due,
        "on_time": _percent(count.on_time),
        "closed": _percent(count.closed),
        "solved": _percent(count.solved),
        "url": base,
        "open_url": f"{base}&status=open",
        "overdue_url": f"{base}&over=1",
        "deferred_url": f"{base}&status=deferred",
        "due_url": f"{base}&part=on_time.all",
    }


def _percent(share: Any) -> float | None:
    return None if share is None else float(100 * share)


def _month(month: dt.date, count: Count, path: str) -> dict[str, Any]:
    last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    given = {"place": path, "since": month.isoformat(), "until": last.isoformat()}
    return {
        "month": f"{month:%Y-%m}",
        "received": count.received,
        "open": count.open,
        "url": f"{reverse('case-list')}?{urlencode(given)}",
    }


@require_safe
def load(request: HttpRequest) -> HttpResponse:
    """How much open work lies with each unit and in each place: by name, never by person, never ranked."""
    actor, at, path, found = _found(request)
    to_filter = listing.places_to_filter(actor)
    groups = [(_("单位"), _unit_rows(found, path)), (_("地方"), _place_rows(found, path, to_filter))]
    if request.GET.get("format") == "xlsx":
        headers = [_("哪一类"), _("名称"), _("没办完"), _("超期"), _("挂账")]
        rows = [[kind, r["name"], r["open"], r["overdue"], r["deferred"]] for kind, found in groups for r in found]
        return rows_as_xlsx(_("手上的活"), headers, rows, title=_("手上的活"))
    context = {
        "now": at,
        "path": path,
        "places_to_filter": to_filter,
        "groups": groups,
        "xlsx": f"{reverse('load')}?{urlencode({'place': path, 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/load.html", context)
