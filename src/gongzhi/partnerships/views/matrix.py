"""For those who keep agreements: the year's matrix, gaps in venues, everything that is lent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.errors import NotFound
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.partnerships import rules, shown
from gongzhi.partnerships.queries import kinds_in_force, together
from gongzhi.partnerships.queries.together import Cell, Matrix
from gongzhi.partnerships.views import staff

PLAN, GAPS = "joint_plan", "venue_gaps"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Lines by units of one kind of plan in one year: `?kind=`, `?year=`; as a table to take away."""
    actor, today = staff(request), clock.local_date(clock.now())
    kinds = [(pack.name, pack.title) for pack in together.with_facets(today)]
    kind = request.GET.get("kind", "") or PLAN
    year = _year(request.GET.get("year", ""), today.year)
    found = together.matrix(actor, kind, year, today)
    if found.pack is None:
        raise NotFound("unknown_agreement_kind", N_("没有这种协议。请从列表里选。"))
    if request.GET.get("as") == "xlsx":
        return _table(found, year)
    context = {
        "found": found,
        "rows": [{"row": row, "cells": list(zip(found.units, row.cells, strict=True))} for row in found.rows],
        "kind": kind,
        "kinds": kinds,
        "year": year,
        "years": sorted({*together.years_of(actor, kind), today.year}, reverse=True),
        "today": today,
    }
    return render(request, "partnerships/matrix.html", context)


def _year(text: str, now: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 1990 <= int(text) <= now + 1 else now


def _table(found: Matrix, year: int) -> HttpResponse:
    pack = found.pack
    assert pack is not None  # noqa: S101 - the page refuses without one
    heads = [pack.facet_of or _("类别"), _("做到"), *(one.name for one in found.units)]
    lines = ((row.name, f"{row.progress}%", *(_cell(one) for one in row.cells)) for row in found.rows)
    name = _("{title} {year}").format(title=pack.title, year=year)
    return rows_as_xlsx(name, heads, lines, note=_("牵头、配合和做到百分之几"))


def _cell(one: Cell | None) -> str:
    if one is None:
        return ""
    return f"{_('牵头') if one.owns else _('配合')} {one.line.progress}%"


@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """Which categories of venues are short, which were filled and by how much."""
    actor, today = staff(request), clock.local_date(clock.now())
    pack = kinds_in_force(today).get(GAPS, (None, ""))[0]
    rows = together.gaps(actor, pack) if pack else []
    if request.GET.get("as") == "xlsx":
        heads = [_("缺口类别"), _("条数"), _("没补上的"), _("已有几间"), _("平方米")]
        lines = (
            (one.name, len(one.lines), sum(line.progress < 100 for line in one.lines), one.places, one.area)
            for one in rows
        )
        return rows_as_xlsx(_("场地缺口"), heads, lines, note=f"{today:%Y-%m-%d}")
    context = {
        "rows": [{"gap": one, "area": shown.area(one.area)} for one in rows],
        "open": sum(one.open for one in rows),
        "pack": pack,
    }
    return render(request, "partnerships/gaps.html", context)


@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Everything that agreements in force lend, with its total."""
    actor, today = staff(request), clock.local_date(clock.now())
    found = list(together.lent_assets(actor)[: together.MOST])
    names = {one.code: one.name for pack, _ref in kinds_in_force(today).values() for one in pack.assets}
    pieces, area = rules.totals(rules.Lent(one.kind, one.pieces, one.area) for one in found)
    rows: list[dict[str, Any]] = [
        {"asset": one, "kind": names.get(one.kind, one.kind), "area": shown.area(one.area)} for one in found
    ]
    if request.GET.get("as") == "xlsx":
        heads = [_("协议"), _("场地"), _("哪一种"), _("几间"), _("平方米"), _("做什么用"), _("无偿用到")]
        lines = (
            (one.agreement.number, one.name, names.get(one.kind, one.kind), one.pieces, one.area, one.purpose,
             one.free_until)
            for one in found
        )  # fmt: skip
        total = _("合计 {pieces} 间，{area}").format(pieces=pieces, area=shown.area(area))
        return rows_as_xlsx(_("借来的场地"), heads, lines, note=total)
    return render(request, "partnerships/assets.html", {"rows": rows, "pieces": pieces, "area": shown.area(area)})
