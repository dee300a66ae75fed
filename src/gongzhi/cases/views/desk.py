"""The dispatcher's desk: queue, case, to whom. Three panes that also work one after the other, without script."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries import desk as waiting
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.saved import saved_of
from gongzhi.cases.views.showing import PAGE, case_context, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_

TAB_WORDS = {
    "todo": N_("待分拨"),
    "returned": N_("退回"),
    "soon": N_("快到时"),
    "asked": N_("等批"),
}
TAB_TONES = {"returned": "over", "soon": "soon"}
EMPTY = {
    "todo": (N_("没有等您分拨的"), N_("新来的会排在这里，最急的在最上面。")),
    "returned": (N_("没有退回来的"), N_("承办单位退单，会写明条款，排在这里等您裁定。")),
    "soon": (N_("没有快到时的"), N_("时限剩最后五分之一，或者过了，会排在这里。")),
    "asked": (N_("没有等批的"), N_("承办单位申请延期、提出挂账，会排在这里。")),
    "imported": (N_("没有导入的等分拨"), N_("从别的系统导入、还没人接手的，排在这里，不占待分拨的队。")),
}


def keys() -> list[tuple[str, str]]:
    return [
        ("j k", _("下一条、上一条")),
        ("d", _("派给首选")),
        ("2 3", _("派给另一家")),
        ("a", _("受理")),
        ("h", _("合办")),
        ("w", _("吹哨")),
        ("m", _("和像的那件并案")),
        ("u", _("撤销")),
        ("o", _("打开整页")),
        ("/", _("搜索")),
        ("?", _("看全部快捷键")),
    ]


def _tab_of(request: HttpRequest) -> str:
    asked = request.POST.get("tab") or request.GET.get("tab", "")
    return asked if asked in waiting.TABS else waiting.TABS[0]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The whole desk, or for HTMX (`part=queue`) its left pane."""
    actor, at = staff_of(request, "cases.dispatch"), clock.now()
    if request.GET.get("part") == "queue":
        return queue_part(request, actor, at)
    if request.GET.get("format") == "xlsx":
        return _export(request, actor, at)
    tab, number = _tab_of(request), request.GET.get("case", "")
    cases, cursor = waiting.queue(actor, at, tab=tab, cursor=request.GET.get("cursor", ""), limit=PAGE)
    case = _chosen(actor, cases, number)
    context = _queue_context(actor, at, tab, cases, cursor, case)
    if case is not None:
        context |= case_context(actor, case, at, logged=case in cases, seen=frozenset(one.reference for one in cases))
    context["saved"] = saved_of(request)
    context |= {"keys": keys(), "explicit": bool(number), "nav_counts": {"desk": context["tabs"][0]["count"]}}
    return render(request, "cases/staff/desk.html", context)


def _export(request: HttpRequest, actor: Actor, at: dt.datetime) -> HttpResponse:
    """The whole tab as a workbook, in the order of the queue."""
    tab = _tab_of(request)
    cases = waiting.whole_queue(actor, at, tab=tab, limit=exporting.MOST)
    words = _(TAB_WORDS.get(tab, N_("导入的")))
    return exporting.cases_as_xlsx(actor, cases, at, name=_("分拨台：{tab}").format(tab=words))


def _chosen(actor: Actor, cases: list[Case], number: str) -> Case | None:
    if not number:
        return cases[0] if cases else None
    return next((case for case in cases if case.number == number), None) or queries.get_worked_case(actor, number)


def _queue_context(
    actor: Actor, at: dt.datetime, tab: str, cases: list[Case], cursor: str, case: Case | None
) -> dict[str, Any]:
    counts = waiting.tab_counts(actor, at)
    tabs = [
        {"code": code, "word": _(word), "count": counts[code], "tone": TAB_TONES.get(code, "") if counts[code] else ""}
        for code, word in TAB_WORDS.items()
    ]
    rows = [{"view": row, "channel": telling.channel_words(row.case)} for row in rows_of(actor, cases, at)]
    more = f"{reverse('desk')}?{urlencode({'tab': tab, 'cursor': cursor})}" if cursor else ""
    title, words = EMPTY[tab]
    return {
        "tab": tab,
        "tabs": tabs,
        "imported": counts["imported"],
        "rows": rows,
        "open": case.number if case else "",
        "next_url": more,
        "empty": {"title": _(title), "words": _(words)},
    }


def queue_part(request: HttpRequest, actor: Actor, at: dt.datetime) -> HttpResponse:
    """The left pane alone, with the case that is open marked."""
    tab = _tab_of(request)
    cases, cursor = waiting.queue(actor, at, tab=tab, limit=PAGE)
    opened = request.POST.get("open") or request.GET.get("open", "")
    context = _queue_context(actor, at, tab, cases, cursor, next((c for c in cases if c.number == opened), None))
    return render(request, "cases/staff/desk_queue.html", context)


@require_safe
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """Case and suggestions, as a part of the desk already open."""
    actor = staff_of(request, "cases.dispatch")
    case = queries.get_worked_case(actor, number)
    context = case_context(actor, case, clock.now())
    return render(request, "cases/staff/desk_open.html", {**context, "tab": _tab_of(request)})
