"""批量办: tick, see what would become of each, then do it. Every case is a step of its own, with its own entry."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.audit.limits import Request
from gongzhi.audit.once import check_key, write_once
from gongzhi.cases import forms, queries
from gongzhi.cases.actions.foreseeing import foresee
from gongzhi.cases.forms_resident import new_key
from gongzhi.cases.models import Case
from gongzhi.cases.queries.listing import ticked
from gongzhi.cases.queries.suggesting import first_choice
from gongzhi.cases.views.bulk_words import BULK, CHOICES, DONE, MOST, WILL, bulk_choices
from gongzhi.cases.views.showing import next_of, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for: the step, the cases in the order of the list, where the list is."""

    move: str
    numbers: tuple[str, ...]
    back: str


@dataclass(slots=True)
class Line:
    """One case on the page: whether it goes, in words, and to which unit."""

    number: str
    title: str
    ok: bool
    words: str
    unit: int | None = None


def _asked(request: HttpRequest, actor: Actor) -> Asked:
    """Raises Forbidden for a step that the actor does not make; Refused `nothing_ticked`, `too_many_ticked`."""
    move = request.POST.get("move", "")
    if not move:
        raise Refused("no_bulk_move", N_("还没选要做什么。请选一样。"))
    if move not in dict(bulk_choices(actor)):
        raise Forbidden("forbidden", N_("您的岗位不办这件事。要办的话，请找街道管理员核对任职。"))
    numbers = tuple(dict.fromkeys(number.strip()[:40] for number in request.POST.getlist("number") if number.strip()))
    if not numbers:
        raise Refused("nothing_ticked", N_("还没勾选。请在要办的那几件前面打勾。"))
    if len(numbers) > MOST:
        message = N_("一次最多 {most} 件，现在勾了 {count} 件。请分几次办。")
        raise Refused("too_many_ticked", message, most=MOST, count=len(numbers))
    return Asked(move, numbers, next_of(request, reverse("case-list")))


def _said(refused: Refused) -> str:
    return said(refused)


def _asked_or_back(request: HttpRequest, actor: Actor) -> Asked | HttpResponse:
    """What is asked for; or back to the list with what is missing."""
    try:
        return _asked(request, actor)
    except Forbidden:
        raise
    except Refused as refused:
        messages.error(request, _said(refused))
        return redirect(next_of(request, reverse("case-list")))


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What would become of each, or why it is refused. Nothing is changed."""
    actor, at = staff_of(request, BULK), clock.now()
    asked = _asked_or_back(request, actor)
    if isinstance(asked, HttpResponse):
        return asked
    form = forms.form_for(forms.STEPS[asked.move]) if asked.move == "ask_deferral" else None
    return _preview(request, actor, asked, at, form)


def _preview(
    request: HttpRequest, actor: Actor, asked: Asked, at: dt.datetime, form: Any, status: int = 200
) -> HttpResponse:
    cases = ticked(actor, asked.numbers)
    given = _placeholders(at) if asked.move == "ask_deferral" else {}
    lines = [_foreseen(actor, asked.move, number, cases.get(number), at, given) for number in asked.numbers]
    _entitle(lines, actor, cases, at)
    context = {
        "asked": asked,
        "word": _(CHOICES[asked.move]),
        "lines": lines,
        "good": sum(line.ok for line in lines),
        "bad": sum(not line.ok for line in lines),
        "form": form,
        "key": new_key(),
    }
    return render(request, "cases/staff/bulk.html", context, status=status)


def _entitle(lines: list[Line], actor: Actor, cases: dict[str, Case], at: dt.datetime) -> None:
    titles = {row.case.number: row.title for row in rows_of(actor, list(cases.values()), at)}
    for line in lines:
        line.title = titles.get(line.number, line.number)


def _placeholders(at: dt.datetime) -> dict[str, Any]:
    """What the form will ask: a step that is only looked at needs something in its place."""
    reason = next((one.code for one in packs.active_model().reasons if one.kind == "defer"), "")
    return {"reason": reason, "note": "—", "until": clock.local_date(at) + dt.timedelta(days=1)}


def _foreseen(
    actor: Actor, move: str, number: str, case: Case | None, at: dt.datetime, given: dict[str, Any]
) -> Line:
    try:
        more, name, unit_id = given, "", None
        if case is None:
            raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
        if move == "dispatch":
            unit = first_choice(case, at)
            if unit is None:
                raise Refused("no_suggestion", N_("没有可建议的单位。请打开这一件，自己选。"))
            more, name, unit_id = {"unit_id": unit.id}, unit.name, unit.id
        foresee(by=actor, at=at, number=number, act=forms.STEPS[move].act, given=more)
    except Refused as refused:
        elsewhere = case if refused.code == "wrong_state" else None
        return Line(number, "", False, _not_now(actor, elsewhere, at) if elsewhere else _said(refused))
    return Line(number, "", True, _(WILL[move]).format(unit=name), unit_id)


def _not_now(actor: Actor, case: Case, at: dt.datetime) -> str:
    """Nothing has gone wrong: the case just stands somewhere else."""
    return _("现在是“{state}”，这一步办不了。").format(state=queries.row_of(actor, case, at).status)


@require_POST
def carry_out(request: HttpRequest) -> HttpResponse:
    """Do it, case by case; a second press of the button, or a reload, finds each done and changes nothing."""
    actor, at = staff_of(request, BULK), clock.now()
    asked = _asked_or_back(request, actor)
    if isinstance(asked, HttpResponse):
        return asked
    form = forms.form_for(forms.STEPS[asked.move], request.POST) if asked.move == "ask_deferral" else None
    if form is not None and not form.is_valid():
        return _preview(request, actor, asked, at, form, 422)
    given = form.cleaned_data if form is not None else {}
    key = request.POST.get("key", "") or new_key()
    lines = [_carried(request, actor, asked.move, number, at, given, key) for number in asked.numbers]
    _entitle(lines, actor, ticked(actor, asked.numbers), at)
    good = sum(line.ok for line in lines)
    context = {"asked": asked, "word": _(CHOICES[asked.move]), "lines": lines, "good": good, "bad": len(lines) - good}
    return render(request, "cases/staff/bulk_done.html", context)


def _carried(
    request: HttpRequest, actor: Actor, move: str, number: str, at: dt.datetime, given: dict[str, Any], key: str
) -> Line:
    """One case in a transaction of its own; what came of it is kept under the page's key and its number."""
    try:
        more = {**given, **_unit(request, number)} if move == "dispatch" else given
        print_of = json.dumps([move, number, more], sort_keys=True, default=str).encode()
        once = Request(actor.reference, check_key(f"{key}:{number}"), hashlib.sha256(print_of).digest())
        answer, _replayed = write_once(once, at=at, write=_writing(actor, move, number, at, more))
    except Refused as refused:
        return Line(number, "", False, _said(refused))
    return Line(number, "", True, _(DONE[move]).format(unit=answer["unit"]))


def _unit(request: HttpRequest, number: str) -> dict[str, int]:
    given = request.POST.get(f"unit-{number}", "")
    if not given.isdecimal() or len(given) > 18:
        raise Refused("missing_unit", N_("还没选派给谁。请选一个承办单位。"), field="unit")
    return {"unit_id": int(given)}


def _writing(
    actor: Actor, move: str, number: str, at: dt.datetime, given: dict[str, Any]
) -> Callable[[], dict[str, Any]]:
    def write() -> dict[str, Any]:
        case = forms.STEPS[move].act(by=actor, at=at, number=number, **given)
        return {"case": case.number, "unit": case.unit.name if case.unit else ""}

    return write
