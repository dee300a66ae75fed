"""Rolls: drawing one up, registering on it, publishing it, objecting to it, deciding on that."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.ballots import actions, electorates, queries, roll_queries, rules, shown, words
from gongzhi.ballots.composing import Composed, composition_basis
from gongzhi.ballots.forms_rolls import ConsentForm, DecideForm, EnterForm, NewRollForm, ObjectionForm, RegisterForm
from gongzhi.ballots.models import Roll, RollObjection
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.refusals import put_back, said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_

Forms = dict[str, Form]


def _holder(request: HttpRequest) -> Actor:
    return staff_of(request, rules.HOLD, otherwise=N_("名册由办选举、办表决的人来定。您可以登记，公布以后可以提异议。"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Rolls on which one may register or to which one may object, and one's own."""
    actor = signed_in(request)
    rows = [_row(roll) for roll in roll_queries.newest_rolls(actor)]
    if request.GET.get("as") == "xlsx":
        heads = [_("编号"), _("名册"), _("哪里"), _("第几版"), _("公布"), _("选举日"), _("摘要")]
        lines = [
            [one["roll"].number, one["kind"], one["roll"].place.name, one["roll"].edition, one["roll"].published_at,
             one["roll"].polls_on, one["roll"].digest] for one in rows
        ]  # fmt: skip
        return rows_as_xlsx(_("名册"), heads, lines)
    context = {"rows": rows, "holds": bool(actor.paths_for(rules.HOLD)), "staff": bool(actor.roles)}
    return render(request, "ballots/rolls.html", context)


def _row(roll: Roll) -> dict[str, Any]:
    if roll.published_at is not None:
        tone, icon, word = "done", "check", _("已公布")
    elif roll.kind in rules.REGISTERED:
        tone, icon, word = "now", "pencil", _("正在登记")
    else:
        tone, icon, word = "wait", "pencil", _("还没公布")
    kind = _(rules.ROLL_WORDS.get(roll.kind, roll.kind))
    return {"roll": roll, "kind": kind, "tone": tone, "icon": icon, "word": word}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A roll, from the register or to be registered for."""
    actor, at = _holder(request), clock.now()
    form = NewRollForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            roll = _draw_up(actor, at, form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("名册定好了。核对以后公布。"))
            return redirect("roll", roll.number)
    return render(request, "ballots/roll_new.html", {"form": form}, status=422 if form.errors else 200)


def _draw_up(actor: Actor, at: dt.datetime, given: dict[str, Any]) -> Roll:
    kind, law, _words = electorates.PURPOSES[given["purpose"]]
    place, on = given["place"], clock.local_date(at)
    entries = electorates.entries_for(kind, place, given["body"], on)
    basis = electorates.basis_of(law, place.path, on)
    if kind == "delegates":
        composed = Composed(len(entries), given["committee"] or 0, given["women"])
        basis["composition"] = composition_basis(composed, given["body"], place.path, on)
        sent = composed.representatives
        basis["delegates"] = electorates.delegates_basis(sent, given["households"] or 0, place.path, on)
    return actions.freeze_roll(
        by=actor,
        at=at,
        place=place,
        kind=kind,
        measures=("heads", "area") if kind == "owners" else ("heads",),
        entries=entries,
        full_names=law == electorates.VILLAGE,
        law=law,
        polls_on=given["polls_on"] if law else None,
        basis=basis,
    )


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, number)


def page_of(request: HttpRequest, number: str, **forms: Form) -> HttpResponse:
    """A roll as this reader sees it; `forms` come back with what was wrong in them."""
    actor, at = signed_in(request), clock.now()
    roll = roll_queries.get_roll_for(actor, number)
    holds, groups = roll_queries.may_hold(actor, roll), queries.groups_of(roll)
    group = request.GET.get("group", "") or (groups[0][0] if groups else "")
    listed = roll.published_at is not None or holds
    window = roll_queries.window_of(roll)
    context = {
        **_row(roll),
        "holds": holds,
        "listed": listed,
        "groups": groups if listed else [],
        "group": group,
        "rows": _listed(actor, roll, group) if listed else [],
        "total": sum(n for _name, n in groups),
        "classes": {one["code"]: one for one in roll.basis.get("classes", ())},
        "mine": roll_queries.entry_of(roll, actor),
        "registering": roll.published_at is None and roll.kind in rules.REGISTERED,
        "window": window,
        "objecting": bool(window) and _may_object(roll, window, at),
        "earliest": roll_queries.earliest_polls(roll),
        "editions": roll_queries.editions_of(roll),
        "newest": roll_queries.newest_of(roll),
        "votes": list(roll.votes.order_by("-id")) if holds else [],
        "delegates": roll.basis.get("delegates"),
        "composition": roll.basis.get("composition"),
        "objections": _objections(actor, roll, at, forms),
        **_forms(roll, forms),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "ballots/roll_page.html", context, status=422 if wrong else 200)


def _listed(actor: Actor, roll: Roll, group: str) -> list[dict[str, Any]]:
    found = shown.named_on(actor, roll, queries.entries_in(roll, group), clock.now())
    return [{"entry": entry, "names": names} for entry, names in found]


def _may_object(roll: Roll, window: roll_queries.Window | None, at: dt.datetime) -> bool:
    late = window is None or clock.local_date(at) > window.until
    return not late and not roll_queries.in_use(roll) and roll_queries.newest_of(roll) == roll


def _forms(roll: Roll, forms: Forms) -> dict[str, Form]:
    return {
        "register_form": forms.get("register") or RegisterForm(roll=roll, auto_id="register-%s"),
        "enter_form": forms.get("enter") or EnterForm(roll=roll, auto_id="enter-%s"),
        "consent_form": forms.get("consent") or ConsentForm(auto_id="consent-%s"),
        "objection_form": forms.get("objection") or ObjectionForm(auto_id="objection-%s"),
    }


def _objections(actor: Actor, roll: Roll, at: dt.datetime, forms: Forms) -> list[dict[str, Any]]:
    """Everybody sees which there are and how they were decided; what was said, the board and whoever said it."""
    holds = roll_queries.may_hold(actor, roll)
    found = []
    for row in roll.objections.select_related("key", "corrected").order_by("number"):
        own = row.person_id is not None and row.person_id == actor.person_id
        found.append(
            {
                "row": row,
                "kind": _(rules.OBJECTION_WORDS[row.kind]),
                "outcome": _(rules.DECISION_WORDS[row.outcome]) if row.outcome else "",
                "said": words.opened(row) if holds or own else {},
                "own": own,
                "late": row.decided_at is None and clock.local_date(at) > row.decide_by,
                "form": _decide_form(row, forms) if holds and not own and row.decided_at is None else None,
            }
        )
    return found


def _decide_form(row: RollObjection, forms: Forms) -> Form:
    name = f"decide{row.number}"
    return forms.get(name) or DecideForm(objection=row, auto_id=f"{name}-%s")


def _put_back(request: HttpRequest, form: Form, refused: Refused) -> None:
    """What time or another has overtaken stands above the page: its form is not there any more."""
    put_back(form, refused)
    if isinstance(refused, Conflict):
        messages.error(request, said(refused))


@require_POST
def register(request: HttpRequest, number: str) -> HttpResponse:
    """Oneself."""
    actor = signed_in(request)
    roll = roll_queries.get_roll_for(actor, number)
    form = RegisterForm(request.POST, roll=roll, auto_id="register-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.register_myself(
                by=actor, at=clock.now(), number=number, group=given["group"],
                capacity=given.get("capacity", ""), adult=given["adult"],
            )  # fmt: skip
        except Refused as refused:
            _put_back(request, form, refused)
        else:
            messages.success(request, _("登记好了。公布以后请看一看有没有写错。"))
            return redirect("roll", number)
    return page_of(request, number, register=form)


@require_POST
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """Others, by the board."""
    actor = _holder(request)
    roll = roll_queries.get_roll_for(actor, number)
    form = EnterForm(request.POST, roll=roll, auto_id="enter-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            people = rules.read_registered(given["lines"])
            common: dict[str, Any] = {"by": actor, "at": clock.now(), "number": number}
            made = actions.enter_voters(**common, people=people, capacity=given.get("capacity", ""))
        except Refused as refused:
            _put_back(request, form, refused)
        else:
            messages.success(request, _("登记了 {n} 位。").format(n=len(made)))
            return redirect("roll", number)
    return page_of(request, number, enter=form)


@require_POST
def strike(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """Somebody off it, before it is published."""
    actor = signed_in(request)
    actions.strike_entry(by=actor, at=clock.now(), number=number, position=position)
    messages.success(request, _("移出了。"))
    return redirect("roll", number)


@require_POST
def consent(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = _holder(request), ConsentForm(request.POST, auto_id="consent-%s")
    if form.is_valid():
        try:
            actions.record_consent(by=actor, at=clock.now(), number=number, **form.cleaned_data)
        except Refused as refused:
            _put_back(request, form, refused)
        else:
            messages.success(request, _("记下了。"))
            return redirect("roll", number)
    return page_of(request, number, consent=form)


@require_POST
def publish(request: HttpRequest, number: str) -> HttpResponse:
    actions.publish_roll(by=_holder(request), at=clock.now(), number=number)
    messages.success(request, _("名册公布了，不再改动。"))
    return redirect("roll", number)


@require_POST
def objection(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = signed_in(request), ObjectionForm(request.POST, auto_id="objection-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.object_to_roll(
                by=actor, at=clock.now(), number=number, kind=given["kind"], said=given["words"],
                position=given["position"],
            )  # fmt: skip
        except Refused as refused:
            _put_back(request, form, refused)
        else:
            messages.success(request, _("异议记下了，{day} 前答复。答复以前不会开始投票。").format(day=made.decide_by))
            return redirect("roll", number)
    return page_of(request, number, objection=form)


@require_POST
def decide(request: HttpRequest, number: str, objection: int) -> HttpResponse:
    """The board's decision; the page of the edition that stands then."""
    actor = _holder(request)
    roll = roll_queries.get_roll_for(actor, number)
    row = roll.objections.filter(number=objection).first() or RollObjection(roll=roll, number=objection)
    form = DecideForm(request.POST, objection=row, auto_id=f"decide{objection}-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            decided = actions.decide_objection(
                by=actor, at=clock.now(), number=number, objection=objection, outcome=given["outcome"],
                reason=given["reason"], group=given.get("group", ""),
            )  # fmt: skip
        except Refused as refused:
            _put_back(request, form, refused)
        else:
            messages.success(request, _("答复了。名册改正的，已经公布新的一版。"))
            return redirect("roll", decided.roll.number)
    return page_of(request, number, **{f"decide{objection}": form})
