"""Register pages of a place: owners, households, what is missing, what is let. Names masked, each list a workbook."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.paging import encode_cursor, text_behind
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import get_place_for
from gongzhi.registers.forms_tenure import read_day
from gongzhi.registers.models import Capacity
from gongzhi.registers.queries import households, lettings, owners, tenures
from gongzhi.registers.rules import tenure as rules

PAGE = 100


def _asked(request: HttpRequest, code: str) -> tuple[Actor, Place, dt.date]:
    """Who asks, for which place, on which day. Raises Forbidden, NotFound."""
    actor = actor_of(request)
    require(actor, tenures.READ)
    place = get_place_for(actor, code)
    require(actor, tenures.READ, path=place.path)
    if place.kind == Kind.DWELLING:
        raise Refused("no_compound", N_("名册按小区、楼栋或网格看。"))
    return actor, place, read_day(request.GET.get("on", ""), local_date(clock.now()))


def _after(request: HttpRequest) -> str:
    return text_behind(request.GET.get("after", ""))


def _next(request: HttpRequest, path: str) -> str:
    if not path:
        return ""
    query = request.GET.copy()
    query["after"] = encode_cursor(path)
    return f"?{query.urlencode()}"


@never_cache
@require_safe
def owners_page(request: HttpRequest, code: str) -> HttpResponse:
    """业主名册: every unit with its owners, exact area and head; the base of a vote above it."""
    actor, place, on = _asked(request, code)
    if request.GET.get("export") == "xlsx":
        return _owners_file(actor, owners.owners_register(actor, place, on))
    register = owners.owners_register(actor, place, on, after=_after(request), most=PAGE)
    facts = {
        "place": place,
        "on": on,
        "totals": register.totals,
        "total_area": rules.write_area(register.totals.area),
        "sources": [(owners.source_word(source), count) for source, count in sorted(register.sources.items())],
        "rows": _owner_rows(actor, register.entries),
        "next_url": _next(request, register.next_after),
        "today": local_date(clock.now()),
    }
    return render(request, "registers/owners.html", facts)


def _owner_rows(actor: Actor, entries: list[owners.Entry]) -> list[dict[str, Any]]:
    names = owners.names_for(actor, (owner for entry in entries for owner in entry.owners))
    return [
        {
            "entry": entry,
            "owners": [
                {"name": names.get(owner.pk, ""), "share": owner.share} for owner in entry.owners
            ],
            "area": owners.area_words(entry.area),
            "source": owners.source_word(entry.area.source),
            "state": entry.shares,
        }
        for entry in entries
    ]


def _owners_file(actor: Actor, register: owners.Register) -> HttpResponse:
    headers = [_("房屋代码"), _("地址"), _("业主"), _("份额"), _("面积（平方米）"), _("面积来源"), _("人数编号")]
    lines = (
        (
            row["entry"].code,
            row["entry"].address,
            "、".join(one["name"] or _("已注销的账号") for one in row["owners"]),
            "、".join(str(one["share"]) if one["share"] else _("共同") for one in row["owners"]),
            row["area"],
            row["source"],
            row["entry"].head,
        )
        for row in _owner_rows(actor, register.entries)
    )
    note = _("{place}，{on}。专有部分 {units} 个，业主人数 {heads}，面积 {area} 平方米。姓名只显示一部分。").format(
        place=register.place.name,
        on=register.on.isoformat(),
        units=register.totals.units,
        heads=register.totals.heads,
        area=rules.write_area(register.totals.area),
    )
    return rows_as_xlsx(_("业主名册 {place}").format(place=register.place.name), headers, lines, note=note)


@never_cache
@require_safe
def households_page(request: HttpRequest, code: str) -> HttpResponse:
    """户册: who lives where, how many, and who speaks for the household."""
    actor, place, on = _asked(request, code)
    if request.GET.get("export") == "xlsx":
        homes = households.households_register(actor, place, on).homes
        return _households_file(place, on, _household_rows(actor, homes))
    found = households.households_register(actor, place, on, after=_after(request), most=PAGE)
    facts = {
        "place": place,
        "on": on,
        "households": found.count,
        "people": found.people,
        "spoken": found.spoken,
        "rows": _household_rows(actor, found.homes),
        "next_url": _next(request, found.next_after),
        "today": local_date(clock.now()),
    }
    return render(request, "registers/households.html", facts)


def _household_rows(actor: Actor, found: list[households.Household]) -> list[dict[str, Any]]:
    names = owners.names_for(actor, (row for home in found for row in home.named))
    return [
        {
            "home": home,
            "named": [
                {"row": row, "name": names.get(row.pk, ""), "capacity": Capacity(row.capacity).label}
                for row in home.named
            ],
            "people": len(home.named) + home.counted,
            "speaker": names.get(home.speaker.pk, "") if home.speaker else "",
        }
        for home in found
    ]


def _households_file(place: Place, on: dt.date, rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [_("房屋代码"), _("地址"), _("登记了姓名的"), _("只记人数的"), _("一共几人"), _("户代表")]
    lines = (
        (
            row["home"].dwelling.code,
            row["home"].address,
            "、".join(f"{one['name']}（{_(str(one['capacity']))}）" for one in row["named"]),
            row["home"].counted,
            row["people"],
            row["speaker"],
        )
        for row in rows
    )
    note = _("{place}，{on}。姓名只显示一部分。").format(place=place.name, on=on.isoformat())
    return rows_as_xlsx(_("户册 {place}").format(place=place.name), headers, lines, note=note)


@never_cache
@require_safe
def missing_page(request: HttpRequest, code: str) -> HttpResponse:
    """What keeps the register from being complete, each kind with its dwellings."""
    actor, place, on = _asked(request, code)
    found = owners.missing_in(actor, place, on)
    lists = [
        (N_("没有业主"), "without_owner", found.without_owner),
        (N_("份额加起来不到整套"), "shares_short", found.shares_short),
        (N_("份额加起来超过整套"), "shares_over", found.shares_over),
        (N_("没有面积"), "without_area", found.without_area),
    ]
    if request.GET.get("export") == "xlsx":
        lines = [(_(word), one.code, one.address) for word, _key, every in lists for one in every]
        late = [(_("过期没续的"), found.expired), (_("登记了还没审的"), found.unproved)]
        lines += [(word, row.dwelling.code, tenures.address_of(row.dwelling)) for word, rows in late for row in rows]
        headers = [_("缺什么"), _("房屋代码"), _("地址")]
        return rows_as_xlsx(_("名册缺什么 {place}").format(place=place.name), headers, lines)
    facts = {
        "place": place,
        "on": on,
        "complete": found.complete,
        "lists": [{"word": word, "key": key, "count": len(every), "rows": every[:PAGE]} for word, key, every in lists],
        "expired": [{"row": row, "address": tenures.address_of(row.dwelling)} for row in found.expired[:PAGE]],
        "unproved": [{"row": row, "address": tenures.address_of(row.dwelling)} for row in found.unproved[:PAGE]],
        "counts": {"expired": len(found.expired), "unproved": len(found.unproved)},
    }
    return render(request, "registers/missing.html", facts)


@never_cache
@require_safe
def lettings_page(request: HttpRequest, code: str) -> HttpResponse:
    """出租情况: numbers only; small ones are hidden."""
    actor, place, on = _asked(request, code)
    whole, parts = lettings.lettings_in(actor, place, on)
    if request.GET.get("export") == "xlsx":
        headers = [_("地点"), _("出租房屋"), _("租客人数"), _("备过案的房屋")]
        hidden = _("不显示")
        lines = (
            (row.place.name, *(hidden if n is None else n for n in (row.dwellings, row.tenants, row.filed)))
            for row in [whole, *parts]
        )
        return rows_as_xlsx(_("出租情况 {place}").format(place=place.name), headers, lines)
    return render(
        request,
        "registers/lettings.html",
        {"place": place, "on": on, "whole": whole, "parts": parts, "smallest": packs.small_cell(on)},
    )
