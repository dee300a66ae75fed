"""Statistics: each figure with its denominator, the time of the data, what it leaves out, and its rows."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.queries import listing
from gongzhi.cases.queries.listing import Filters
from gongzhi.cases.queries.statistics import Figure, Statistics, statistics
from gongzhi.cases.views import rate_tables
from gongzhi.cases.views.listing import filters_of, rows_url
from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

_EXCLUDED = {
    "not_answered": N_("还没答复 {n} 件"),
    "no_due_date": N_("没有应办结时间 {n} 件"),
}


@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """The filters stand in the address; the same filters make the rows behind every number."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    given = filters_of(request.GET)
    filters = Filters(
        place=given.place,
        unit=given.unit,
        since=given.since,
        until=given.until,
        channel=given.channel,
        category=given.category,
    )
    if request.GET.get("format") == "xlsx":
        return rate_tables.as_xlsx(actor, filters, at, group=rate_tables.group_of(request))
    found = statistics(actor, filters, at)
    context: dict[str, Any] = {
        "now": at,
        "filters": filters,
        "narrowed": filters != Filters(),
        "places": listing.places_to_filter(actor),
        "channels": [(channel.code, channel.name) for channel in packs.active_model().channels],
        "days": _days_of(found),
        "figures": _figures_of(found),
        **rate_tables.context(request, actor, filters, at),
    }
    return render(request, "cases/staff/statistics.html", context)


def _days_of(found: Statistics) -> list[dict[str, Any]]:
    delay = found.delay
    values = (
        (_("一半的答复不超过（中位数）"), delay.median),
        (_("四分之三的答复不超过"), delay.p75),
        (_("平均"), delay.mean),
        (_("最长"), delay.longest),
    )
    shared = {"of": found.answered.numerator, "left_out": _left_out(found.answered.excluded)}
    url = rows_url(found.answered.rows)
    return [{"word": word, "value": value, "url": url, **shared} for word, value in values]


def _figures_of(found: Statistics) -> list[dict[str, Any]]:
    rows = (
        (_("有答复"), found.answered, _("收到的")),
        (_("按期答复"), found.in_time, _("有答复的")),
        (_("超期答复"), found.late, _("有答复的")),
        (_("还没办完"), found.open, _("收到的")),
        (_("超期没办完"), found.overdue, _("还没办完的")),
    )
    return [_figure(word, figure, of) for word, figure, of in rows]


def _figure(word: str, figure: Figure, of: str) -> dict[str, Any]:
    return {
        "word": word,
        "count": figure.numerator,
        "of": of,
        "out_of": figure.denominator,
        "percent": figure.percent,
        "left_out": _left_out(figure.excluded),
        "url": rows_url(figure.rows),
    }


def _left_out(excluded: Mapping[str, int]) -> str:
    return "，".join(_(_EXCLUDED[code]).format(n=count) for code, count in excluded.items() if count)
