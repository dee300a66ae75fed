"""并案 on the desk: two cases side by side, joined, taken apart; and one with several demands split."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.audit.actions import log_access
from gongzhi.cases import queries
from gongzhi.cases.actions.merging import merge_case, unmerge_case
from gongzhi.cases.actions.splitting import Part, split_case
from gongzhi.cases.forms_merging import MergeForm, SplitForm
from gongzhi.cases.models import Case
from gongzhi.cases.queries.neighbours import score_of
from gongzhi.cases.queries.together import headcount
from gongzhi.cases.views import telling
from gongzhi.cases.views.desk import queue_part
from gongzhi.cases.views.neighbouring import reasons
from gongzhi.cases.views.showing import next_of, shots_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.refusals import said


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Two cases side by side; posted, one joins the other. `with` may be a number typed in."""
    actor = staff_of(request, "cases.merge")
    case = queries.get_worked_case(actor, number)
    if request.method == "POST":
        return _merge(request, actor, case)
    other = request.GET.get("with", "").strip().upper()
    form = MergeForm(initial={"into": other})
    return _side_by_side(request, actor, case, form, other)


def _side_by_side(
    request: HttpRequest, actor: Actor, case: Case, form: MergeForm, other: str, status: int = 200
) -> HttpResponse:
    found = queries.get_worked_case(actor, other) if other and other != case.number else None
    context: dict[str, Any] = {"case": case, "form": form}
    if found is not None:
        score = score_of(case, found)
        older, newer = sorted((case, found), key=lambda one: (one.received_at, one.pk))
        context |= {
            "other": found,
            "reasons": reasons(score, case, found),
            "percent": round(score.total * 100),
            "main": older.number,
            "joins": newer.number,
        }
    context["sides"] = [_side(actor, one) for one in (case, found) if one is not None]
    return render(request, "cases/staff/merge.html", context, status=status)


def _side(actor: Actor, case: Case) -> dict[str, Any]:
    at = clock.now()
    view = queries.row_of(actor, case, at)
    if not view.hidden:
        log_access(by=actor, at=at, subjects=[case.reference], fields="words", purpose="merge")
    return {
        "view": view,
        "case": case,
        "place": telling.place_words(case),
        "channel": telling.channel_words(case),
        "heads": headcount(case),
        "shots": [] if view.hidden else [shot for shots in shots_of(case).values() for shot in shots],
    }


def _merge(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _side_by_side(request, actor, case, form, "", 422)
    into = form.cleaned_data["into"]
    try:
        main = merge_case(by=actor, at=clock.now(), number=case.number, into=into)
    except Conflict:
        raise
    except Refused as refused:
        if request.headers.get("HX-Request") == "true" or refused.status != 422:
            raise
        form.add_error("into", said(refused))
        return _side_by_side(request, actor, case, form, into, 422)
    if request.headers.get("HX-Request") == "true":
        return queue_part(request, actor, clock.now())
    done = _("{number} 已并入 {main}，一起办。并错了，在下面按“拆开”，一样不少地还原。")
    messages.success(request, done.format(number=case.number, main=main.number))
    return redirect("case-page", main.number)


@require_POST
def unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """Take a merged case out again."""
    actor = staff_of(request, "cases.merge")
    queries.get_worked_case(actor, number)
    case = unmerge_case(by=actor, at=clock.now(), number=number)
    if request.headers.get("HX-Request") == "true":
        return queue_part(request, actor, clock.now())
    messages.success(request, _("{number} 拆开了，单独办。原来的日子和进度都在。").format(number=case.number))
    return redirect(next_of(request, reverse("case-page", args=[case.number])))


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, number: str) -> HttpResponse:
    """One case with several demands: each part becomes a case of its own, the first one goes on."""
    actor = staff_of(request, "cases.merge")
    case, at = queries.get_worked_case(actor, number), clock.now()
    form = SplitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        parts = [Part(text, category) for text, category in form.parts()]
        made = split_case(by=actor, at=at, number=number, parts=parts)
        done = _("分出 {n} 件：{numbers}。原来这一件没有动，接着办。")
        messages.success(request, done.format(n=len(made), numbers="、".join(made)))
        return redirect("case-page", number)
    context = {"side": _side(actor, case), "case": case, "form": form}
    return render(request, "cases/staff/split.html", context, status=422 if form.errors else 200)
