"""What the one who asked does about a private matter: answer a time, keep it, end a mediation; petitions' receipt."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.cases import queries
from gongzhi.cases.actions.mediating import withdraw_from_mediation
from gongzhi.cases.actions.meeting import answer_time
from gongzhi.cases.calendar_file import MEDIA_TYPE, appointment_file
from gongzhi.cases.forms_private import AcceptedForm, DeclineTimeForm
from gongzhi.cases.models import OPEN, Case
from gongzhi.cases.queries.advising import calls_for, is_petition, later_of, promises_of, right_for
from gongzhi.cases.queries.mediating import OUTCOMES, court_until, is_mediation, mediation_of, signed_papers
from gongzhi.cases.queries.meeting import audience_of, meeting_of
from gongzhi.cases.queries.residents import opened_case
from gongzhi.cases.views.resident_opening import opened
from gongzhi.cases.views.telling import receipt_words
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents.passes import pass_for
from gongzhi.packs import queries as packs


def _mine(request: HttpRequest, number: str) -> tuple[Actor, Case]:
    actor = actor_of(request)
    return actor, opened_case(actor, number, by_code=number in opened(request, clock.now()))


def advice_context(case: Case, text: str) -> dict[str, Any]:
    """What the progress page says beside the work: whom to call first, which rights, and a private matter's next."""
    on = clock.local_date(case.received_at)
    context: dict[str, Any] = {
        "calls": calls_for(text, on) if case.status in OPEN else [],
        "right": right_for(case, on),
        "petition_receipt": is_petition(case),
    }
    if is_mediation(case) and case.status not in ("reported", "accepted"):
        stage = mediation_of(case)
        context["mediation"] = {
            "stage": stage,
            "sides": len(stage.consents),
            "outcome": _(OUTCOMES[case.outcome]) if case.outcome in OUTCOMES else "",
            "until": court_until(case) if stage.ended == "agreed" else None,
            "papers": _papers(case) if stage.ended == "agreed" else [],
            "may_end": case.status in ("dispatched", "in_progress"),
        }
    if audience_of(case) and (meeting := meeting_of(case)).answer:
        context["meeting"] = meeting
        context["decline_form"] = DeclineTimeForm(auto_id="decline-%s")
    return context


def _papers(case: Case) -> list[dict[str, Any]]:
    """Scans of the signed agreement, each with a pass: who asked may have no account."""
    return [
        {"row": row, "url": f"{reverse('media', args=[row.media_id])}?{urlencode({'pass': pass_for(row.media_id)})}"}
        for row in signed_papers(case)
    ]


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """可以 or 换个时间, by account or by code."""
    actor, case = _mine(request, number)
    suits = request.POST.get("suits") == "yes"
    form = DeclineTimeForm(request.POST)
    note = form.cleaned_data["note"] if not suits and form.is_valid() else ""
    code = queries.track_code_for(case.number)
    answer_time(by=actor, at=clock.now(), number=number, suits=suits, note=note, track_code=code)
    messages.success(request, _("记下了，就这个时间。") if suits else _("记下了。会再跟您约。"))
    return redirect("track-case", number)


@require_safe
def appointment(request: HttpRequest, number: str) -> HttpResponse:
    """The time as a file for the telephone's calendar; it does not say what for."""
    _actor, case = _mine(request, number)
    meeting = meeting_of(case)
    if meeting.starts is None or meeting.answer == "declined" or not audience_of(case):
        raise NotFound("no_appointment", N_("还没有约好的时间。"))
    body = appointment_file(meeting, uid=f"{number}@{request.get_host()}", title=_("约见"), at=clock.now())
    reply = HttpResponse(body, content_type=MEDIA_TYPE)
    reply.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(number)}.ics"
    return reply


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """End the mediation: no reason, one press (人民调解法 17)."""
    actor, case = _mine(request, number)
    code = queries.track_code_for(case.number)
    withdraw_from_mediation(by=actor, at=clock.now(), number=number, track_code=code)
    messages.success(request, _("调解结束了。还能走哪些途径，写在下面。"))
    return redirect("track-case", number)




@require_safe
def petition(request: HttpRequest, number: str) -> HttpResponse:
    """信访转送回执: where it went, and the law's clocks as information; `accepted` is the day the office told."""
    _actor, case = _mine(request, number)
    if not is_petition(case):
        raise NotFound("not_a_petition", N_("这件事不是信访事项，没有转送回执。"))
    form = AcceptedForm(request.GET if "accepted" in request.GET else None)
    accepted = form.cleaned_data["accepted"] if form.is_bound and form.is_valid() else None
    channel = packs.active_model().channel(case.channel)
    category = packs.find_category(case.category)
    entries = queries.timeline_of(case, public_only=True)
    told = [entry for entry in entries if entry.move == "refer"]
    context = {
        "case": case,
        "office": (channel.refer_to if channel else "") or (category.refer_to if category else ""),
        "told": told[-1] if told else None,
        "receipts": [receipt_words(entry.facts) for entry in entries if entry.move == "receipt"],
        "promises": [
            {"promise": promise, "title": title, "article": article, "longer": promise.code == "decide_extended"}
            for promise, title, article in promises_of(case, accepted)
        ],
        "later": later_of(case),
        "form": form,
        "accepted": accepted,
    }
    return render(request, "cases/resident/petition.html", context)
