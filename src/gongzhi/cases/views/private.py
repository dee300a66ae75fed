"""What mediators, lawyers and counsellors share: a page of one private matter, its steps, its sealed notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.cases import queries, rules
from gongzhi.cases.actions.confiding import read_notes
from gongzhi.cases.forms_private import PrivateStep, PurposeForm
from gongzhi.cases.models import Case
from gongzhi.cases.queries.confidential import OpenedNote
from gongzhi.cases.views import telling
from gongzhi.cases.views.showing import contact_context
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back


@dataclass(frozen=True, slots=True)
class Desk:
    """One kind of private work: who, which cases, which steps, whose notes, how its page adds to the common part."""

    page: str
    permission: str
    template: str
    steps: dict[str, PrivateStep]
    find: Callable[[Actor, str], Case]
    audience: Callable[[Case], str]
    more: Callable[[Actor, Case], dict[str, Any]]
    offered: Callable[[Actor, Case, str], bool]


@dataclass(frozen=True, slots=True)
class Pages:
    """The three pages of one kind of private work, ready for addresses."""

    page: Callable[..., HttpResponse]
    step: Callable[..., HttpResponse]
    notes: Callable[..., HttpResponse]


def pages_of(desk: Desk) -> Pages:
    """One matter, its steps, its sealed notes (kept by no browser)."""
    return Pages(
        page=require_safe(partial(show, desk)),
        step=require_POST(partial(take_step, desk)),
        notes=never_cache(require_POST(partial(open_notes, desk))),
    )


def show(
    desk: Desk, request: HttpRequest, number: str, *, bound: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one matter."""
    actor, at = staff_of(request, desk.permission), clock.now()
    case = desk.find(actor, number)
    return _page(desk, request, actor, case, at, bound=bound or {}, status=status)


def _page(
    desk: Desk, request: HttpRequest, actor: Actor, case: Case, at: dt.datetime, *, status: int = 200, **more: Any
) -> HttpResponse:
    bound: dict[str, Form] = more.get("bound", {})
    view = queries.row_of(actor, case, at)
    case = view.case
    if not view.hidden:
        log_access(by=actor, at=at, subjects=[case.reference], fields="words")
    entries = queries.timeline_of(case, public_only=False, with_notes=not view.hidden, reader=actor)
    context = {
        "view": view,
        "case": case,
        "place": telling.place_words(case),
        "channel": telling.channel_words(case),
        "priority": telling.priority_words(case),
        "parcel": telling.steps_of(entries, open_case=view.open),
        "steps": _offers(desk, actor, case, bound),
        "sealed": [entry for entry in entries if entry.confidential],
        "notes": more.get("notes"),
        "purpose_form": bound.get("purpose") or PurposeForm(auto_id="notes-%s"),
        "contact": contact_context(actor, case),
        "step_url": f"{desk.page}-step",
        **desk.more(actor, case),
    }
    return render(request, desk.template, context, status=status)


def _offers(desk: Desk, actor: Actor, case: Case, bound: dict[str, Form]) -> list[dict[str, Any]]:
    """The steps that state, mandate and story allow now, the next one first and open."""
    found: list[dict[str, Any]] = []
    for name, step in desk.steps.items():
        move = rules.MOVES[name]
        allowed = case.status in move.sources and queries.holds(actor, case, move) and desk.offered(actor, case, name)
        if allowed or name in bound:
            form = bound.get(name) or step.form(auto_id=f"{name}-%s")
            found.append({"step": step, "form": form, "open": name in bound or not found})
    return found


def take_step(desk: Desk, request: HttpRequest, number: str, move: str) -> HttpResponse:
    """One step; what is missing comes back in its form with everything that was typed."""
    step = desk.steps.get(move)
    if step is None:
        raise Http404
    actor = staff_of(request, desk.permission)
    desk.find(actor, number)
    form = step.form(request.POST, request.FILES, auto_id=f"{move}-%s")
    if form.is_valid():
        try:
            step.act(by=actor, at=clock.now(), number=number, **step.given(form))
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _(step.said))
            return redirect(f"{desk.page}-page", number)
    return show(desk, request, number, bound={move: form}, status=422)


def open_notes(desk: Desk, request: HttpRequest, number: str) -> HttpResponse:
    """The sealed notes for a purpose; the page is not kept by any browser."""
    form = PurposeForm(request.POST, auto_id="notes-%s")
    if not form.is_valid():
        return show(desk, request, number, bound={"purpose": form}, status=422)
    actor, at = staff_of(request, desk.permission), clock.now()
    case = desk.find(actor, number)
    notes = notes_for(desk, actor, case, at, form.cleaned_data["purpose"])
    told = [{"note": note, "title": _(telling.MOVES.get(note.move, note.move))} for note in notes]
    return _page(desk, request, actor, case, at, notes=told)


def notes_for(desk: Desk, actor: Actor, case: Case, at: dt.datetime, purpose: str) -> list[OpenedNote]:
    return read_notes(by=actor, at=at, number=case.number, audience=desk.audience(case), purpose=purpose)
