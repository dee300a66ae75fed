"""One case in front of those who work on it, and the small forms that move it on."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.cases import actions, forms, queries, rules
from gongzhi.cases.models import Case
from gongzhi.cases.queries.agreed import clauses_about
from gongzhi.cases.queries.desk import made_since
from gongzhi.cases.views.desk import queue_part
from gongzhi.cases.views.showing import READERS, case_context, contact_context, next_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.personal import asked_for
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.people.queries import name_on


@require_safe
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff_of(request, *READERS)
    case = queries.get_worked_case(actor, number)
    return _page(request, actor, case)


KEYS = {"accept": ("a", N_("受理")), "join": ("h", N_("合办")), "whistle": ("w", N_("吹哨"))}


def _keys(moves: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The letters that open a form here, for the steps that are offered."""
    offered = [offer["step"].move for offer in moves]
    return [(key, _(word)) for move, (key, word) in KEYS.items() if move in offered]


def _page(request: HttpRequest, actor: Actor, case: Case, status: int = 200, **more: Any) -> HttpResponse:
    context = case_context(actor, case, clock.now(), **more)
    context["unit_then"] = _unit_then(case)
    context["keys"] = _keys(context["moves"])
    context["clauses"] = clauses_about(case, local_date(clock.now()))
    return render(request, "cases/staff/case.html", context, status=status)


def _unit_then(case: Case) -> str:
    """What the unit was called when the case was closed, where it is called otherwise today."""
    if case.closed_at is None or case.unit is None:
        return ""
    name = name_on(case.unit.pk, local_date(case.closed_at))
    return name if name != case.unit.name else ""


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@require_POST
def make_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """One move of one case; what is missing comes back in its form, with everything that was typed."""
    actor, step = staff_of(request, *READERS), forms.STEPS.get(move)
    if step is None:
        raise Http404
    case = queries.get_worked_case(actor, number)
    if not queries.holds(actor, case, rules.MOVES[move]):
        raise Forbidden("forbidden", N_("您的岗位不办这件事。要办的话，请找街道管理员核对任职。"))
    form = forms.form_for(step, request.POST, request.FILES, case)
    try:
        if not form.is_valid():
            rules.check_move(move, case.status, rules.MOVES[move].needs)
            return _again(request, actor, case, step, form)
        case = _act(actor, step, case, form, request.POST.get("seen", ""))
    except Conflict as refused:
        refused.facts["steps"] = [{"url": reverse("case-page", args=[number]), "word": _("看这件事现在怎样")}]
        raise
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound):
            raise
        _put(form, refused)
        return _again(request, actor, case, step, form)
    return _done(request, actor, case, step)


def _act(actor: Actor, step: forms.Step, case: Case, form: Form, seen: str) -> Case:
    """Call the action; a second press of the same button finds the step already made and changes nothing."""
    with transaction.atomic():
        case = queries.get_case_for(actor, case.number, lock=True)
        if seen.isdecimal() and made_since(actor, case, step.move, int(seen)):
            return case
        return step.act(by=actor, at=clock.now(), number=case.number, **form.cleaned_data)


def _put(form: Form, refused: Refused) -> None:
    """The refusal beside the field it speaks of."""
    words = said(refused)
    field = refused.facts.get("field")
    form.add_error(field if field in form.fields else None, words)


def _again(request: HttpRequest, actor: Actor, case: Case, step: forms.Step, form: Form) -> HttpResponse:
    if _is_htmx(request):
        first = next(message for found in form.errors.values() for message in found)
        raise Refused("form", str(first))
    return _page(request, actor, case, 422, bound={step.move: form}, logged=True)


def _done(request: HttpRequest, actor: Actor, case: Case, step: forms.Step) -> HttpResponse:
    if _is_htmx(request):
        return queue_part(request, actor, clock.now())
    messages.success(request, _(step.said).format(unit=case.unit.name if case.unit else ""))
    return redirect(next_of(request, reverse("case-page", args=[case.number])))


@require_POST
def classify(request: HttpRequest, number: str) -> HttpResponse:
    """Correct the category that was guessed."""
    actor = staff_of(request, "cases.dispatch")
    form = forms.CategoryForm(request.POST)
    if not form.is_valid():
        words = next(message for found in form.errors.values() for message in found)
        raise Refused("unknown_category", str(words))
    queries.get_worked_case(actor, number)
    actions.classify_case(by=actor, at=clock.now(), number=number, category=form.cleaned_data["category"])
    messages.success(request, _("类别改好了。派单的建议也跟着变。"))
    return redirect(next_of(request, reverse("case-page", args=[number])))


@never_cache
@require_POST
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Names and numbers in the clear, for a purpose that is written down."""
    form, at = forms.ContactForm(request.POST), clock.now()
    purpose = form.cleaned_data["purpose"] if form.is_valid() else ""
    rows = None
    with asked_for(f"case:{number}", "contact"):
        actor = staff_of(request, *READERS)
        case = queries.get_worked_case(actor, number)
        if purpose:
            rows = actions.reveal_contact(by=actor, at=at, number=number, purpose=purpose)
    if _is_htmx(request):
        context = {"contact": {**contact_context(actor, case, rows), "form": form}, "case": case}
        return render(request, "cases/staff/contact.html", context, status=200 if purpose else 422)
    shown = _page(request, actor, case, 200 if purpose else 422, contacts=rows)
    return shown
