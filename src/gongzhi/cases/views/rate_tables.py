"""三率 on the page of statistics and as a workbook: each with its denominator, what is left out, and its rows."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.cases.queries import parts, rates
from gongzhi.cases.queries.listing import Filters
from gongzhi.cases.queries.rates import Rate, Rates
from gongzhi.cases.views.listing import address_of, rows_url
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_

GROUP_WORDS = {
    "unit": N_("按单位"),
    "place": N_("按地点"),
    "category": N_("按类别"),
    "channel": N_("按渠道"),
    "month": N_("按月"),
}
# The columns of the comparison: narrow enough for a page.
COMPARED = ("response", "resolution", "satisfaction", "on_time", "closed", "overdue_open", "rework")
NAMELESS = {"unit": N_("还没派单位"), "place": N_("就在这一级"), "category": N_("还不知道类别")}


def group_of(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in rates.GROUPS else rates.GROUPS[0]


def context(request: HttpRequest, actor: Actor, filters: Filters, at: dt.datetime) -> dict[str, Any]:
    """What rates.html shows."""
    group, whole = group_of(request), rates.rates(actor, filters, at)
    compared = rates.rates_by(actor, filters, at, group=group)
    address = reverse("statistics")
    given = address_of(filters)
    return {
        "rates": [_rate(rate) for rate in whole.rates.values()],
        "composite": _percent(whole.composite),
        "groups": [
            {"word": _(word), "url": f"{address}?{urlencode({**given, 'by': code})}#compare", "current": code == group}
            for code, word in GROUP_WORDS.items()
        ],
        "compared_heads": [_(parts.DEFINITIONS[code].name) for code in COMPARED],
        "compared": [_group(group, one, whole) for one in compared],
        "by": group,
        "rates_xlsx": f"{address}?{urlencode({**given, 'by': group, 'format': 'xlsx'})}",
    }


def _percent(share: Any) -> float | None:
    return None if share is None else float(100 * share)


def _rate(rate: Rate) -> dict[str, Any]:
    definition = parts.DEFINITIONS[rate.code]
    return {
        "code": rate.code,
        "word": _(definition.name),
        "basis": _(definition.basis),
        "of": _(definition.of),
        "count": rate.numerator,
        "out_of": rate.denominator,
        "percent": rate.percent,
        "interval": rate.interval,
        "url": rows_url(rate.rows("top")),
        "of_url": rows_url(rate.rows("all")),
        "definition_url": _definition_url(rate),
        "left_out": [
            {"words": _(parts.LEFT_OUT[reason]).format(n=count), "url": rows_url(rate.rows(reason))}
            for reason, count in rate.left_out.items()
        ],
    }


def _definition_url(rate: Rate) -> str:
    """The same figure as an indicator: its definition, with the days that were asked for."""
    days = {"since": rate.filters.since, "until": rate.filters.until}
    given = urlencode({name: day.isoformat() for name, day in days.items() if day})
    return reverse("indicator", args=[f"cases.{rate.code}"]) + (f"?{given}" if given else "")


def _group(group: str, one: Rates, whole: Rates) -> dict[str, Any]:
    filed, all_filed = one.rates["filed"].numerator, whole.rates["filed"].numerator
    return {
        "name": one.name or _(NAMELESS.get(group, N_("没写"))),
        "url": rows_url(one.filters),
        "received": one.received,
        "filed": filed,
        "filed_share": 100 * filed / all_filed if all_filed else None,
        "cells": [_rate(one.rates[code]) for code in COMPARED],
        "composite": _percent(one.composite),
    }


def as_xlsx(actor: Actor, filters: Filters, at: dt.datetime, *, group: str) -> HttpResponse:
    """A line for each group and rate: numerator, denominator, per cent, bounds, and what is left out."""
    headers = [_("范围"), _("指标"), _("分子"), _("分母"), _("百分之"), _("区间下限"), _("区间上限"), _("不在内")]
    found = [(_("全部"), rates.rates(actor, filters, at))]
    found += [
        (one.name or _(NAMELESS.get(group, N_("没写"))), one)
        for one in rates.rates_by(actor, filters, at, group=group)
    ]
    rows = [[name, *_line(rate)] for name, one in found for rate in one.rates.values()]
    note = _("数据到 {at}；每项的口径见 docs/howto/statistics.md").format(at=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}")
    return rows_as_xlsx(_("统计"), headers, rows, title=_(GROUP_WORDS[group]), note=note)


def _line(rate: Rate) -> list[object]:
    low, high = rate.interval or (None, None)
    left_out = "，".join(_(parts.LEFT_OUT[reason]).format(n=count) for reason, count in rate.left_out.items())
    name = _(parts.DEFINITIONS[rate.code].name)
    return [name, rate.numerator, rate.denominator, _two(rate.percent), _two(low), _two(high), left_out]


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
