"""来件: alarms that wait for a person, opened as a demand or put aside with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.cases.actions.exchanging import confirm_event, format_of
from gongzhi.cases.queries.exchanging import waiting_events
from gongzhi.cases.rules.events import read_event
from gongzhi.cases.views.exporting import watermark
from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.registers.actions.receiving import content_of, dismiss_event
from gongzhi.registers.models import IncomingEvent


@never_cache
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first."""
    actor, at = staff_of(request, "cases.report_for"), clock.now()
    rows = [_row(one, at) for one in waiting_events(actor)]
    log_access(by=actor, at=at, subjects=[str(row["event"]) for row in rows], fields="words", purpose="events")
    if request.GET.get("format") == "xlsx":
        heads = [_("编号"), _("哪里来的"), _("内容"), _("地点"), _("收到")]
        lines = [(r["event"].external_id, r["title"], r["text"], r["place"], r["event"].received_at) for r in rows]
        return rows_as_xlsx(_("来件"), heads, lines, title=_("来件"), note=watermark(actor, at, len(lines)))
    return render(request, "cases/staff/events.html", {"rows": rows})


def _row(event: IncomingEvent, at: Any) -> dict[str, Any]:
    content = content_of(event)
    try:
        pack = format_of(event.source, local_date(at))
        read = read_event(content, pack)
    except Refused:
        return {"event": event, "title": event.source, "text": "", "place": ""}
    return {"event": event, "title": pack.title, "text": read.text, "place": read.place, "state": read.state}


@never_cache
@require_POST
def decide(request: HttpRequest, event: int, act: str) -> HttpResponse:
    """Open it as a demand, or put it aside."""
    actor, at = staff_of(request, "cases.report_for"), clock.now()
    try:
        if act == "open":
            number = confirm_event(by=actor, at=at, event_id=event)
            messages.success(request, _("立了 {number}，照常分拨。").format(number=number))
        elif act == "dismiss":
            dismiss_event(by=actor, at=at, event_id=event, reason=request.POST.get("reason", ""))
            messages.success(request, _("不办，内容已经删除，编号和理由留着。"))
        else:
            raise NotFound("unknown_act", N_("没有这一步。"))
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound):
            raise
        messages.error(request, said(refused))
    return redirect("incoming-events")
