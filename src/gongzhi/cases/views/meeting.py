"""约见: requests for legal service and counselling, one request with its times and sealed records, the roster."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.forms_private import MEETING
from gongzhi.cases.models import Case
from gongzhi.cases.queries import meeting as found
from gongzhi.cases.queries.mediating import steps_by_case
from gongzhi.cases.rules.meeting import read_meeting
from gongzhi.cases.views import exporting, private
from gongzhi.cases.views.resident_places import scanned_place
from gongzhi.cases.views.showing import rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

ANSWERS = {
    "": N_("还没约时间"),
    "asked": N_("等本人回答"),
    "accepted": N_("约好了"),
    "declined": N_("本人说不行，要再约"),
}


def _more(actor: Actor, case: Case) -> dict[str, Any]:
    meeting = found.meeting_of(case)
    return {"meeting": meeting, "answer": _(ANSWERS[meeting.answer])}


def _offered(actor: Actor, case: Case, move: str) -> bool:
    meeting = found.meeting_of(case)
    return {"meet": meeting.answer == "accepted", "served": meeting.met > 0}.get(move, True)


DESK = private.Desk(
    page="meeting",
    permission="cases.meet",
    template="cases/staff/meeting.html",
    steps=MEETING,
    find=found.get_request_for,
    audience=found.audience_of,
    more=_more,
    offered=_offered,
)


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """Requests that wait for a time, for an answer or for the meeting."""
    actor, at = staff_of(request, "cases.meet"), clock.now()
    cases, rows = found.open_meetings(actor), []
    steps = steps_by_case(cases)
    for view in rows_of(actor, cases, at):
        meeting = read_meeting(steps[view.case.pk])
        rows.append({"view": view, "meeting": meeting, "answer": _(ANSWERS[meeting.answer])})
    if request.GET.get("format") == "xlsx":
        return _meetings_file(actor, rows, at)
    return render(request, "cases/staff/meetings.html", {"rows": rows})


def _meetings_file(actor: Actor, rows: list[dict[str, Any]], at: dt.datetime) -> HttpResponse:
    """Who waits for a time, by number: what it is about stays on the page."""
    heads = [_("编号"), _("类别"), _("收到"), _("状态"), _("约时间"), _("约的时间")]
    lines = [
        (
            row["view"].case.number,
            row["view"].category,
            row["view"].case.received_at,
            row["view"].status,
            row["answer"],
            row["meeting"].starts,
        )
        for row in rows
    ]
    return rows_as_xlsx(_("约见"), heads, lines, title=_("约见"), note=exporting.watermark(actor, at, len(lines)))


PAGES = private.pages_of(DESK)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """三官一律: who serves which grid, by post; from here one asks for an appointment."""
    code, place = request.GET.get("place", ""), None
    if code:
        try:
            place = scanned_place(code)
        except NotFound:
            place = None
    channels = [way for way in packs.active_model().channels if way.code in found.KINDS]
    context = {"rows": found.roster(clock.local_date(clock.now()), place), "place": place, "channels": channels}
    return render(request, "cases/resident/roster.html", context)
