"""回访: the supervisor draws and shows how; a unit that had nothing to do with the case calls."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.audit.models import Entry
from gongzhi.cases import queries
from gongzhi.cases.actions.calling import draw_callbacks, record_call, reveal_caller_contact
from gongzhi.cases.forms_calling import CallForm, DrawForm
from gongzhi.cases.models import WorkOrder
from gongzhi.cases.queries import calling
from gongzhi.cases.queries.routing import units
from gongzhi.cases.views import exporting, telling
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_


@require_http_methods(["GET", "HEAD", "POST"])
def draws(request: HttpRequest) -> HttpResponse:
    """What was drawn, and the form to draw once more."""
    actor, at = staff_of(request, "cases.draw"), clock.now()
    places = calling.places_to_draw(actor)
    form = DrawForm(request.POST or None, places=places, initial={"week": calling.last_week(at)})
    if request.method == "POST" and form.is_valid():
        try:
            facts = draw_callbacks(by=actor, at=at, **form.cleaned_data)
            messages.success(request, _("抽了 {n} 件，已交给没经手的单位回访。").format(n=len(facts["drawn"])))
            return redirect("callback-draws")
        except Refused as refused:
            put_back(form, refused)
    names = dict(places)
    rows = [_draw_row(entry, names) for entry in calling.draws_of(actor)]
    if request.GET.get("format") == "xlsx":
        return _draws_file(rows)
    status = 422 if form.errors else 200
    return render(request, "cases/staff/draws.html", {"form": form, "rows": rows}, status=status)


def _draw_row(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    _word, place, week = entry.subject.split(":")
    facts = entry.changes
    return {
        "entry": entry.pk,
        "place": names.get(place, place),
        "week": week,
        "at": entry.at,
        "drawn": len(facts["drawn"]),
        "of": len(facts["population"]),
        "not_agreed": facts["not_agreed"],
    }


def _draws_file(rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [_("哪里"), _("哪个星期"), _("抽了"), _("从多少件里"), _("没同意回访"), _("什么时候抽的")]
    lines = ([row[name] for name in ("place", "week", "drawn", "of", "not_agreed", "at")] for row in rows)
    return rows_as_xlsx(_("回访抽样"), heads, lines, title=_("回访抽样"))


@require_safe
def draw_page(request: HttpRequest, entry: int) -> HttpResponse:
    """One draw: seed, what it was drawn from, and whether drawing again gives the same."""
    actor = staff_of(request, "cases.draw")
    found = next((one for one in calling.draws_of(actor) if one.pk == entry), None)
    if found is None:
        raise NotFound("draw_not_found", N_("没有这次抽样。"))
    again, facts = calling.redrawn(found), found.changes
    orders = WorkOrder.objects.filter(role="callback", facts__draw=found.subject).select_related("case", "unit")
    done = {order.case.number: order for order in orders}
    rows = [{"number": number, "order": done.get(number)} for number in facts["drawn"]]
    if request.GET.get("format") == "xlsx":
        return _draw_file(found, rows)
    context = {
        "row": _draw_row(found, dict(calling.places_to_draw(actor))),
        "facts": facts,
        "holds": again["holds"],
        "rows": rows,
        "ended": sum(order.ended_at is not None for order in orders),
    }
    return render(request, "cases/staff/draw.html", context)


OUTCOMES = {"reached": N_("打通了"), "ended": N_("没打通"), "open": N_("还没打完")}


def _draw_file(draw: Entry, rows: list[dict[str, Any]]) -> HttpResponse:
    """What was drawn and who calls; the seed and the list's digest stand above, so that anybody draws it again."""
    heads, lines = [_("编号"), _("谁来打"), _("打到什么时候"), _("打了吗")], []
    for row in rows:
        order = row["order"]
        outcome = "" if order is None else "reached" if order.facts.get("outcome") == "reached" else "open"
        if outcome == "open" and order.ended_at:
            outcome = "ended"
        told = (order.unit.name, order.due_at, _(OUTCOMES[outcome])) if order else ("", None, "")
        lines.append((row["number"], *told))
    note = _("种子 {seed}；名单的 SHA-256 {digest}").format(seed=draw.changes["seed"], digest=draw.changes["digest"])
    return rows_as_xlsx(_("回访抽样"), heads, lines, title=_("抽中的"), note=note)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """What my unit has to call."""
    actor, at = staff_of(request, "cases.callback"), clock.now()
    orders = list(calling.calls_of(actor)[:100])
    rows = [_call_row(actor, order) for order in orders]
    log_access(by=actor, at=at, subjects=[order.case.reference for order in orders], fields="words", purpose="callback")
    if request.GET.get("format") == "xlsx":
        return _calls_file(actor, rows, at)
    return render(request, "cases/staff/calls.html", {"rows": rows, "has_unit": bool(_calling_units(actor))})


def _calls_file(actor: Actor, rows: list[dict[str, Any]], at: dt.datetime) -> HttpResponse:
    """What the page shows: no name and no number of anybody."""
    heads = [_("编号"), _("什么事"), _("地点"), _("承办单位"), _("打到什么时候"), _("没打通几次")]
    lines = [
        (row["order"].case.number, row["view"].title, row["place"], row["unit"], row["order"].due_at, row["attempts"])
        for row in rows
    ]
    note = exporting.watermark(actor, at, len(lines))
    return rows_as_xlsx(_("回访"), heads, lines, title=_("要打的电话"), note=note)


def _calling_units(actor: Actor) -> tuple[int, ...]:
    return actor.organizations_for("cases.callback")


def _call_row(actor: Actor, order: WorkOrder) -> dict[str, Any]:
    """What a caller has to know: what it was about, where, and who did it; the view is a caller's, not a handler's."""
    view = queries.row_of(actor, order.case, clock.now())
    names = {unit.id: unit.name for unit in units()}
    return {
        "order": order,
        "view": view,
        "place": telling.place_words(order.case),
        "unit": names.get(order.case.unit_id or 0, ""),
        "attempts": order.facts.get("attempts", 0),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, order: int) -> HttpResponse:
    """One call: what it was about, and the form for what is said."""
    actor = staff_of(request, "cases.callback")
    found = calling.get_call_for(actor, order)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            record_call(
                by=actor, at=clock.now(), order_id=order, **{**given, "reached": given["reached"] == "yes"}
            )
            messages.success(request, _("记下了。办的单位看不到这次回访。"))
            return redirect("callbacks")
        except Refused as refused:
            put_back(form, refused)
    return _call_page(request, actor, found, form, status=422 if form.errors else 200)


@never_cache
@require_POST
def call_contact(request: HttpRequest, order: int) -> HttpResponse:
    """Names and numbers of who agreed to be called; the reading is written down."""
    actor = staff_of(request, "cases.callback")
    found = calling.get_call_for(actor, order)
    rows = reveal_caller_contact(by=actor, at=clock.now(), order_id=order)
    return _call_page(request, actor, found, CallForm(), contacts=rows)


def _call_page(
    request: HttpRequest,
    actor: Actor,
    order: WorkOrder,
    form: CallForm,
    *,
    contacts: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    case = order.case
    log_access(by=actor, at=clock.now(), subjects=[case.reference], fields="words", purpose="callback")
    context = {**_call_row(actor, order), "form": form, "case": case, "contacts": contacts}
    return render(request, "cases/staff/call.html", context, status=status)
