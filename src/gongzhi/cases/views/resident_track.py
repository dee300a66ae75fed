"""进度: a case for the one who raised it, like a parcel; the answer to “解决了吗？”; one's own list."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.cases import queries
from gongzhi.cases.actions import answer_case_question, reopen_case
from gongzhi.cases.actions.excluding import object_to_exclusion
from gongzhi.cases.forms_resident import SOLVED_HINTS, ConfirmForm, ObjectForm, OpenForm, ReopenForm
from gongzhi.cases.models import Case
from gongzhi.cases.queries import CaseView
from gongzhi.cases.queries.agreed import clauses_about
from gongzhi.cases.queries.residents import opened_case, page_of_mine, promised
from gongzhi.cases.queries.together import as_seen, headcount, seen_row, seen_timeline
from gongzhi.cases.rules import MOVES
from gongzhi.cases.views import resident_telling as telling
from gongzhi.cases.views.joint_parts import answering
from gongzhi.cases.views.resident_opening import forget, open_with_code, opened
from gongzhi.cases.views.resident_private import advice_context
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.documents.models import EvidencePurpose
from gongzhi.documents.passes import pass_for
from gongzhi.documents.queries import evidence_of
from gongzhi.packs import queries as packs
from gongzhi.packs.model_channels import Outcome

PAGE, FIRST = 20, 5
THANKS = {
    "yes": N_("谢谢您。记下了：已解决。"),
    "partly": N_("记下了：部分解决。接着办，编号不变、时间接着算。"),
    "no": N_("记下了：未解决。重新办，编号不变、时间接着算。"),
    "disagree": N_("记下了：不同意说明。由上一级复核，复核完再告诉您。"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and code open a case; both leave the address at once. Below: one's own."""
    given = request.POST if request.method == "POST" else request.GET
    if "number" not in given:
        return _track_page(request, OpenForm())
    form = OpenForm(given)
    if not form.is_valid():
        return _track_page(request, form, status=422)
    try:
        number = open_with_code(request, form.cleaned_data["number"], form.cleaned_data["code"], clock.now())
    except NotFound as refused:
        form.add_error(None, said(refused))
        return _track_page(request, form, status=404)
    return redirect("track-case", number)


def _track_page(request: HttpRequest, form: Form, *, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    cases, cursor = page_of_mine(actor, limit=FIRST)
    context = {
        "form": form,
        "rows": mine_rows(actor, cases, at),
        "more": bool(cursor),
        "opened": sorted(opened(request, at), reverse=True) if actor.kind == "anonymous" else [],
    }
    return render(request, "cases/resident/track.html", context, status=status)


def mine_rows(actor: Actor, cases: list[Case], at: dt.datetime) -> list[dict[str, Any]]:
    """Rows of one's own cases: title, status, place, what comes next."""
    return [
        {
            "view": seen_row(actor, case, at),
            "place": telling.place_words(case),
            "next": telling.next_words(as_seen(case)),
            "url": reverse("track-case", args=[case.number]),
        }
        for case in cases
    ]


@require_POST
def track_forget(request: HttpRequest) -> HttpResponse:
    """Close on this device what was opened with codes: for a computer that others use too."""
    forget(request)
    messages.info(request, _("不再记住了。再看要凭编号和查询码。"))
    return redirect("track")


@require_safe
def track_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case. Whoever has not opened it is asked for the code, whether there is such a number or not."""
    if "code" in request.GET:
        return _opened_by_address(request, number)
    try:
        actor, case, view = _mine(request, number)
    except NotFound:
        return _track_page(request, OpenForm(initial={"number": number[:40]}), status=404)
    return _case_page(request, actor, case, view)


def _opened_by_address(request: HttpRequest, number: str) -> HttpResponse:
    """A link that carries its code: kept for this browser, then shown again without it."""
    try:
        number = open_with_code(request, number, request.GET["code"], clock.now())
    except NotFound as refused:
        form = OpenForm({"number": number[:40], "code": ""})
        form.full_clean()
        form.errors.clear()
        form.add_error(None, said(refused))
        return _track_page(request, form, status=404)
    return redirect("track-case", number)


def _mine(request: HttpRequest, number: str) -> tuple[Actor, Case, CaseView]:
    """Raises NotFound for whoever neither raised it nor opened it here; a reading by code is logged."""
    actor, at = actor_of(request), clock.now()
    by_code = number in opened(request, at)
    case = opened_case(actor, number, by_code=by_code)
    if by_code and actor.person_id is None:
        log_access(by=actor, at=at, subjects=[case.reference], fields="words", purpose="track")
    return actor, case, seen_row(actor, case, at)


def _case_page(
    request: HttpRequest, actor: Actor, case: Case, view: CaseView, bound: Form | None = None
) -> HttpResponse:
    entries, case = seen_timeline(case), as_seen(case)
    verified = case.status in MOVES["confirm"].sources
    context: dict[str, Any] = {
        "view": view,
        "case": case,
        "place": telling.place_words(case),
        "channel": _channel(case),
        "outcome": outcome_of(case),
        "decided": telling.decided(case),
        "since": telling.started_at(entries),
        "next": telling.next_words(case),
        "steps": telling.steps_of(entries, case),
        "shots": shots_of(case),
        "together": headcount(case.main or case),
        "helped": case.reporters.filter(assisted=True).exists(),
        "first_due": promised(case, "first_contact") if not case.first_contact_at else None,
        "confirm_due": promised(case, "confirm") if verified else None,
        "confirm": _form(bound, ConfirmForm) if verified else None,
        "confirm_hints": {value: _(str(words)) for value, words in SOLVED_HINTS.items()},
        "objection": _form(bound, ObjectForm) if case.uncounted and not case.pending else None,
        "reopen": _form(bound, ReopenForm) if case.status in MOVES["reopen"].sources else None,
        "clauses": clauses_about(case, clock.local_date(clock.now())),
        "by_code": actor.person_id is None,
        "bound": bound,
        **advice_context(case, view.text),
        **answering(case),
    }
    return render(request, "cases/resident/progress.html", context, status=422 if bound else 200)


def _form(bound: Form | None, kind: type[Form]) -> Form:
    """The form that came back with something missing, else a fresh one."""
    return bound if isinstance(bound, kind) else kind()


def _channel(case: Case) -> str:
    channel = packs.active_model().channel(case.channel)
    return channel.name if channel else ""


def outcome_of(case: Case) -> Outcome | None:
    """What came of it in the channel's own words; None while nothing has."""
    channel = packs.active_model().channel(case.channel)
    return channel.outcome(case.outcome) if channel and case.outcome else None


def shots_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Photos before and after, each with a pass that opens it for an hour: the page's reader may have no account."""
    words = {purpose.value: _(str(purpose.label)) for purpose in EvidencePurpose}
    shots: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
    done = case.main.reference if case.main else ""
    for row in evidence_of([case.reference, done] if done else [case.reference]):
        if row.media.erased_at is not None or (row.subject == done and row.purpose not in ("after", "verify")):
            continue
        side = "after" if row.purpose in ("after", "verify") else "before"
        query = urlencode({"pass": pass_for(row.media_id)})
        shots[side].append(
            {
                "url": f"{reverse('media', args=[row.media_id])}?{query}",
                "small": f"{reverse('media-small', args=[row.media_id])}?{query}",
                "caption": words[row.purpose],
                "at": row.media.taken_at or row.added_at,
            }
        )
    return shots


@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """居民确认: the reporter's word, by account or by code."""
    actor, case, view = _mine(request, number)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _case_page(request, actor, case, view, form)
    given = form.cleaned_data
    answer_case_question(
        by=actor,
        at=clock.now(),
        number=number,
        solved=given["solved"],
        heard=given["heard"],
        satisfied=given["satisfied"],
        note=given["note"],
        track_code=queries.track_code_for(number),
    )
    messages.success(request, _(THANKS[given["solved"]]))
    return redirect("track-case", number)


def _said(request: HttpRequest, number: str, form: Form, act: Callable[..., object], thanks: str) -> HttpResponse:
    """One sentence of the reporter's, by account or by code, and what comes of it."""
    actor, case, view = _mine(request, number)
    if not form.is_valid():
        return _case_page(request, actor, case, view, form)
    note = form.cleaned_data["note" if "note" in form.fields else "why"]
    act(by=actor, at=clock.now(), number=number, note=note, track_code=queries.track_code_for(number))
    messages.success(request, _(thanks))
    return redirect("track-case", number)


@require_POST
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """再打开 a finished case: the number stays."""
    return _said(request, number, ReopenForm(request.POST), reopen_case, N_("重新打开了。编号不变，接着办。"))


@require_POST
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """不同意 that the demand was found unreasonable."""
    thanks = N_("记下了。由上一级复核，复核完告诉您。")
    return _said(request, number, ObjectForm(request.POST), object_to_exclusion, thanks)


@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """Everything I raised or helped to raise, newest first."""
    actor, at = signed_in(request), clock.now()
    cases, cursor = page_of_mine(actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "rows": mine_rows(actor, cases, at),
        "next_url": f"{reverse('my-cases')}?{urlencode({'cursor': cursor})}" if cursor else "",
        "first_page": not request.GET.get("cursor"),
    }
    return render(request, "cases/resident/mine.html", context)
