"""研判: the month's hot, hard and important matters, and the agenda as a workbook."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import queries
from gongzhi.cases.queries import triage
from gongzhi.cases.queries.triage import Flagged, Topic
from gongzhi.cases.views import telling
from gongzhi.cases.views.listing import rows_url
from gongzhi.cases.views.showing import rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

REASONS = {
    "overdue": N_("超期很久"),
    "reopened": N_("一再打开"),
    "disputed": N_("在等裁决"),
    "deferred": N_("挂账"),
    "urgent": N_("急"),
    "wide": N_("反映的人多"),
}


@require_safe
def triage_page(request: HttpRequest) -> HttpResponse:
    """`month` is YYYY-MM; hot matters are of that month, hard and important ones as they stand now."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    month = _month(request.GET.get("month", ""), local_date(at))
    hot = triage.hot_topics(actor, month, at)
    lists = {"hard": triage.hard_cases(actor, at), "important": triage.important_cases(actor, at)}
    shown = {name: _rows(actor, flagged, at) for name, flagged in lists.items()}
    if request.GET.get("format") == "xlsx":
        return _agenda(month, hot, shown)
    context: dict[str, Any] = {
        "now": at,
        "month": month.strftime("%Y-%m"),
        "hot": [{"topic": topic, "word": _category(topic.category), "url": rows_url(topic.rows)} for topic in hot],
        "numbers": packs.active_model().triage,
        "xlsx": f"{reverse('triage')}?{urlencode({'month': month.strftime('%Y-%m'), 'format': 'xlsx'})}",
        **shown,
    }
    return render(request, "cases/staff/triage.html", context)


def _month(asked: str, today: dt.date) -> dt.date:
    """The first day of the month asked for; this month where it is not understood."""
    try:
        return dt.date.fromisoformat(f"{asked}-01")
    except ValueError:
        return today.replace(day=1)


def _category(code: str) -> str:
    return queries.category_name(code) or _("还不知道类别")


def _rows(actor: Actor, flagged: list[Flagged], at: dt.datetime) -> list[dict[str, Any]]:
    views = rows_of(actor, [one.case for one in flagged], at)
    return [
        {
            "view": view,
            "place": telling.place_words(view.case),
            "people": getattr(view.case, "people", None),
            "reasons": [_(REASONS[code]) for code in one.reasons],
        }
        for view, one in zip(views, flagged, strict=True)
    ]


def _agenda(month: dt.date, hot: list[Topic], shown: dict[str, list[dict[str, Any]]]) -> HttpResponse:
    """The three lists under each other: what the coordination meeting goes through, with room for what it decides."""
    headers = [_("类"), _("事项"), _("地点"), _("件数"), _("人数"), _("为什么"), _("编号"), _("会上怎么定")]
    return rows_as_xlsx(
        _("研判 {month}").format(month=month.strftime("%Y-%m")), headers, _lines(hot, shown), title=_("研判")
    )


def _lines(hot: list[Topic], shown: dict[str, list[dict[str, Any]]]) -> Iterator[list[object]]:
    for topic in hot:
        why = _("上月 {n} 件").format(n=topic.before)
        yield [_("热点"), _category(topic.category), topic.place, topic.cases, topic.reporters, why, "", ""]
    for word, rows in ((_("难点"), shown["hard"]), (_("重点"), shown["important"])):
        for row in rows:
            view, why = row["view"], "、".join(row["reasons"])
            category = _category(view.case.category)
            yield [word, category, row["place"], 1, row["people"], why, view.case.number, ""]
