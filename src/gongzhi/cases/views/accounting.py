"""What communities are given, how units use reasons, what the named services received: figures that open their rows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.queries import burden as counting
from gongzhi.cases.queries import discretion as judging
from gongzhi.cases.queries.burden import Burden
from gongzhi.cases.queries.discretion import Reason
from gongzhi.cases.queries.services import service_rows
from gongzhi.cases.queries.spans import Span
from gongzhi.cases.views.exporting import MOST
from gongzhi.cases.views.listing import USED_WORDS, reason_address
from gongzhi.cases.views.listing import _date as date_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import duty_contents
from gongzhi.packs import queries as packs
from gongzhi.places import queries as places

ROWS = 50
FUNCTION_WORDS = {**duty_contents.FUNCTION_WORDS, "": N_("没有清单时派的")}
ORIGIN_WORDS = {"above": N_("上面交办"), "residents": N_("居民反映"), "own": N_("自己发现")}
VERDICTS = {
    "few": N_("件数太少，不比较"),
    "same": N_("和总体差别不明显"),
    "above": N_("明显高于总体"),
    "below": N_("明显低于总体"),
}


def span_of(given: QueryDict) -> Span:
    return Span(date_of(given.get("since", "")), date_of(given.get("until", "")))


def _kept(span: Span) -> dict[str, str]:
    days = {"since": span.since, "until": span.until}
    return {name: day.isoformat() for name, day in days.items() if day}


def _asked_for_xlsx(request: HttpRequest) -> bool:
    return request.GET.get("format") == "xlsx"


@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    """Orders of each community by the six functions and outside the list, and from whom they come."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    span = span_of(request.GET)
    rows = counting.burden(actor, span)
    codes = counting.function_codes(rows)
    if _asked_for_xlsx(request):
        return _burden_sheet(rows, codes)
    kept = _kept(span)
    context = {
        "now": at,
        "span": span,
        "duties": packs.duties(clock.local_date(at)),
        "heads": [_(FUNCTION_WORDS[code]) for code in codes],
        "origins": [_(word) for word in ORIGIN_WORDS.values()],
        "rows": [_burden_row(row, codes, kept) for row in rows],
        "xlsx": f"{reverse('burden')}?{urlencode({**kept, 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/burden.html", context)


def _burden_row(row: Burden, codes: list[str], kept: Mapping[str, str]) -> dict[str, Any]:
    def cell(n: int, word: str, **given: Any) -> dict[str, Any]:
        url = f"{reverse('burden-rows')}?{urlencode({**kept, 'unit': row.unit_id, **given})}"
        return {"n": n, "word": _(word), "url": url if n else ""}

    return {
        "row": row,
        "all": cell(row.total, N_("合计")),
        "functions": [cell(row.functions[code], FUNCTION_WORDS[code], function=code) for code in codes],
        "origins": [cell(row.origins[code], word, origin=code) for code, word in ORIGIN_WORDS.items()],
    }


def _burden_sheet(rows: list[Burden], codes: list[str]) -> HttpResponse:
    heads = [_("社区"), _("合计"), *(_(FUNCTION_WORDS[code]) for code in codes)]
    heads += [*(_(word) for word in ORIGIN_WORDS.values()), _("办过准入"), _("写明经费"), _("经费例外")]
    lines = (
        [
            row.unit,
            row.total,
            *(row.functions[code] for code in codes),
            *(row.origins[code] for code in ORIGIN_WORDS),
            row.admitted,
            row.funded,
            row.excepted,
        ]
        for row in rows
    )
    note = _("派给社区的单，按派单时的职责清单归类。")
    return rows_as_xlsx(_("社区负担"), heads, lines, title=_("社区负担"), note=note)


@require_safe
def burden_rows(request: HttpRequest) -> HttpResponse:
    """The orders behind a number of the burden report: no words, no persons."""
    actor, given = staff_of(request, "statistics.read"), request.GET
    unit = given.get("unit", "")
    orders = counting.burden_orders(
        actor,
        span_of(given),
        unit=int(unit) if unit.isdecimal() and len(unit) < 18 else None,
        function=given["function"] if given.get("function") in FUNCTION_WORDS else None,
        origin=given.get("origin", "") if given.get("origin") in ORIGIN_WORDS else "",
    )
    if _asked_for_xlsx(request):
        rows = [_order_row(order) for order in orders[:MOST]]
        heads = [_("编号"), _("社区"), _("类别"), _("职能"), _("依据"), _("职责清单"), _("经费"), _("派单时间")]
        names = ("number", "unit", "category", "function", "clause", "pack", "funding", "at")
        return rows_as_xlsx(_("社区负担明细"), heads, ([row[name] for name in names] for row in rows))
    query = {name: given[name] for name in ("unit", "function", "origin", "since", "until") if name in given}
    here = reverse("burden-rows")
    page, cursor = counting.burden_page(orders, cursor=given.get("cursor", ""), size=ROWS)
    context = {
        "rows": [_order_row(order) for order in page],
        "total": orders.count(),
        "xlsx": f"{here}?{urlencode({**query, 'format': 'xlsx'})}",
        "next_url": f"{here}?{urlencode({**query, 'cursor': cursor})}" if cursor else "",
        "first_page": "cursor" not in given,
    }
    return render(request, "cases/staff/burden_rows.html", context)


def _order_row(order: Any) -> dict[str, Any]:
    facts, case = order.facts, order.case
    category = packs.find_category(case.category)
    funding = facts.get("funding", {})
    return {
        "number": case.number,
        "unit": order.unit.name,
        "category": category.name if category else "",
        "function": _(FUNCTION_WORDS[counting.function_of(facts)]),
        "clause": facts.get("clause", ""),
        "pack": str(facts.get("pack", "")).removeprefix("pack:duties/"),
        "funding": funding.get("line") or (_("例外：{why}").format(why=funding["exception"]) if funding else ""),
        "admission": "admission" in facts,
        "at": order.assigned_at,
    }


@require_safe
def discretion(request: HttpRequest) -> HttpResponse:
    """自由裁量: which reasons were used, and how far units differ; units, never persons."""
    actor, given = staff_of(request, "statistics.read"), request.GET
    kind = given["kind"] if given.get("kind") in USED_WORDS else "return"
    span = span_of(given)
    known = _reasons_of(kind)
    code = given["reason"] if given.get("reason") in known else ""
    found = judging.discretion(actor, kind, span, code)
    names = {reason.code: reason.name for reason in packs.active_model().reasons}
    if _asked_for_xlsx(request):
        return _discretion_sheet(found, kind)
    kept = {**_kept(span), "kind": kind, **({"reason": code} if code else {})}
    context = {
        "now": clock.now(),
        "span": span,
        "kind": kind,
        "kinds": [(code, _(word)) for code, word in USED_WORDS.items()],
        "reason": code,
        "choices": list(known.items()),
        "found": found,
        "percent": 100 * found.share if found.share is not None else None,
        "reasons": [(names.get(one, one), n, _used_url(Reason(kind, one, None, span))) for one, n in found.reasons],
        "units": [
            {
                "one": one,
                "verdict": _(VERDICTS[one.verdict]),
                "url": _used_url(Reason(kind, code, one.unit_id, span)) if one.used else "",
                **_percents(one),
            }
            for one in found.units
        ],
        "xlsx": f"{reverse('discretion')}?{urlencode({**kept, 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/discretion.html", context)


def _reasons_of(kind: str) -> dict[str, str]:
    """The pack's reasons of a kind; a dispute is a return that was not allowed any more."""
    kinds = (kind, "dispute") if kind == "return" else (kind,)
    return {reason.code: reason.name for reason in packs.active_model().reasons if reason.kind in kinds}


def _used_url(reason: Reason) -> str:
    """The list of exactly the cases that the figure counts."""
    return f"{reverse('case-list')}?{urlencode(reason_address(reason))}"


def _discretion_sheet(found: Any, kind: str) -> HttpResponse:
    heads = [_("单位"), _("用了几件"), _("共几件"), _("占比"), _("区间下限"), _("区间上限"), _("怎么看")]
    lines = ([o.unit, o.used, o.out_of, *_shares(o), _(VERDICTS[o.verdict])] for o in found.units)
    return rows_as_xlsx(_("自由裁量：{kind}").format(kind=_(USED_WORDS[kind])), heads, lines)


def _shares(one: Any) -> list[float]:
    return [round(value, 4) for value in (one.share, one.low, one.high)]


def _percents(one: Any) -> dict[str, float]:
    return {"share": 100 * one.share, "low": 100 * one.low, "high": 100 * one.high}


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """码上办 by region: every count opens its list; private services too small to tell stay untold."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    span, levels = span_of(request.GET), places.levels()
    level = request.GET.get("level", "")
    if level not in dict(levels):
        level = _first_level(actor, [code for code, _name in levels])
    heads, rows = service_rows(actor, level, span, at)
    if _asked_for_xlsx(request):
        lines = ([row.place, *(_("不显示") if n is None else n for _code, n in row.counts), row.total] for row in rows)
        return rows_as_xlsx(_("码上办统计"), [_("地方"), *(name for _code, name in heads), _("合计")], lines)
    kept = {**_kept(span), "level": level}
    context = {
        "now": at,
        "span": span,
        "level": level,
        "levels": levels,
        "smallest": packs.small_cell(local_date(at)),
        "heads": heads,
        "rows": [_service_row(row, span) for row in rows],
        "xlsx": f"{reverse('services')}?{urlencode({**kept, 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/services.html", context)


def _first_level(actor: Actor, codes: list[str]) -> str:
    """The topmost level with more than one place within reach."""
    path = next(iter(actor.paths_for("statistics.read")), "/")
    counts = places.levels_under(path, actor)
    return next((row.level for row in counts if row.places > 1), codes[0] if codes else "")


def _service_row(row: Any, span: Span) -> dict[str, Any]:
    private = {way.code for way in packs.active_model().channels if way.privacy == "confidential"}
    cells = []
    for code, n in row.counts:
        query = urlencode({**_kept(span), "channel": code, "place": row.path})
        url = f"{reverse('case-list')}?{query}" if n and code not in private else ""
        cells.append({"n": n, "url": url, "word": code})
    return {"place": row.place, "cells": cells, "total": row.total}
