"""The secretary's morning: what asks for a decision, then the numbers, each open onto its rows."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.queries import CaseView, listing
from gongzhi.cases.queries.listing import Morning
from gongzhi.cases.views import telling
from gongzhi.cases.views.showing import rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of

# The chart in its own units: seven days, two bars a day.
WIDTH, HEIGHT, BASE, BAR, STEP = 560, 190, 150, 26, 80


@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    actor, at = staff_of(request, "cases.approve_deferral"), clock.now()
    numbers = listing.morning_numbers(actor, at)
    rows = rows_of(actor, listing.to_decide(actor, at), at)
    todos = [_todo(row, at) for row in rows] + _batches(actor, numbers)
    context = {
        "now": at,
        "todos": todos,
        "facts": facts_of(numbers),
        "bars": bars_of(numbers),
        "numbers": numbers,
        "list_url": reverse("case-list"),
    }
    return render(request, "cases/staff/morning.html", context)


def _todo(view: CaseView, at: dt.datetime) -> dict[str, Any]:
    """One thing to decide. A deferral asked for comes before a disagreement, that before being late."""
    case: Any = view.case
    url = reverse("case-page", args=[case.number])
    asked = telling.asked_of(case)
    unit = case.unit.name if case.unit else _("还没派给谁")
    if asked and asked["kind"] == "deferral":
        note = _("{unit} · {reason}").format(unit=unit, reason=asked["reason"])
        title = _("批一件挂账：{title}").format(title=view.title)
        more = {"until": asked["until"], "icon": "player-pause", "action": _("去批")}
        return {**more, "title": title, "note": note, "url": url}
    if asked and asked["kind"] == "objection":
        title = _("复核：{title}").format(title=view.title)
        note = _("反映人不同意“要求不合理”的认定 · {reason}").format(reason=asked["reason"])
        return {**_clocked(case), "title": title, "note": note, "icon": "messages", "url": url, "action": _("去复核")}
    if case.reviewed:
        title = _("复核：{title}").format(title=view.title)
        note = _("反映人不同意{unit}的说明").format(unit=unit)
        return {**_clocked(case), "title": title, "note": note, "icon": "messages", "url": url, "action": _("去复核")}
    note = _("{unit} · {state}").format(unit=unit, state=view.status)
    more = {"due": case.due_at, "since": case.received_at, "tone": "over", "icon": "alert-triangle"}
    return {**more, "title": view.title, "note": note, "url": url, "action": _("去督办")}


def _clocked(case: Any) -> dict[str, Any]:
    return {"due": case.clock_at, "since": case.clock_since}


def _batches(actor: Actor, numbers: Morning) -> list[dict[str, Any]]:
    """Work that comes in numbers, one line each."""
    found = []
    if numbers.verifiable and allows(actor, "cases.verify"):
        title = _("核查 {n} 件已办的").format(n=numbers.verifiable)
        note = _("看照片和说明，办好了请反映人确认，没办好退回去")
        url = reverse("verify")
        found.append({"title": title, "note": note, "icon": "checkbox", "url": url, "action": _("去核查")})
    if numbers.confirmed and allows(actor, "cases.close"):
        url = _rows_url(status="confirmed")
        title = _("办结 {n} 件反映人已确认的").format(n=numbers.confirmed)
        note = _("反映人说解决了，可以收尾")
        found.append({"title": title, "note": note, "icon": "circle-check", "url": url, "action": _("去办结")})
    return found


def _rows_url(**filters: str) -> str:
    return f"{reverse('case-list')}?{urlencode({**filters, 'raised': '1'})}"


def facts_of(numbers: Morning) -> list[dict[str, Any]]:
    """Each number with what it is counted out of, and the address of its rows."""
    yesterday = numbers.days[-1].isoformat()
    return [
        {
            "word": _("昨天收到"),
            "value": numbers.received_yesterday,
            "note": _("已派出 {n} 件").format(n=numbers.dispatched_yesterday),
            "url": _rows_url(received=yesterday),
        },
        {
            "word": _("超期没办完"),
            "value": numbers.over,
            "note": _("在办 {n} 件").format(n=numbers.open),
            "url": _rows_url(over="1"),
            "tone": "over" if numbers.over else "",
        },
        {
            "word": _("等反映人确认"),
            "value": numbers.waiting,
            "note": _("在办 {n} 件").format(n=numbers.open),
            "url": _rows_url(status="verified"),
        },
    ]


def bars_of(numbers: Morning) -> dict[str, Any]:
    """Plain rectangles: received and closed on each of the last seven days, from zero."""
    top = max(*numbers.received, *numbers.closed, 1)
    days = []
    for n, day in enumerate(numbers.days):
        left = n * STEP + (STEP - 2 * BAR) // 2
        pair = []
        for k, (css, count) in enumerate((("is-in", numbers.received[n]), ("is-out", numbers.closed[n]))):
            height = round(count / top * (BASE - 24))
            x = left + k * BAR
            pair.append({"css": css, "count": count, "x": x, "y": BASE - height, "height": height, "mid": x + BAR // 2})
        iso = day.isoformat()
        urls = {"received": _rows_url(received=iso), "closed": _rows_url(closed=iso)}
        days.append({"date": day, "bars": pair, "mid": left + BAR, "label": f"{day.month}/{day.day}", **urls})
    return {"days": days, "width": WIDTH, "height": HEIGHT, "base": BASE, "bar": BAR - 4}
