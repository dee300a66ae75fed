"""我的住处: a resident's own pages. Everything here is about the person who is signed in."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.limits import count_use
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import get_place, root_path, search_places
from gongzhi.registers import actions
from gongzhi.registers.actions.declaring import Declaration
from gongzhi.registers.forms_tenure import DeclareForm, JoinForm, OutForm, RenewForm, TenantsForm
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import owners, tenures

FORM = ("GET", "HEAD", "POST")
FOUND = 12


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What one holds, where it stands, and what can be done about it."""
    actor, today = signed_in(request), local_date(clock.now())
    rows = [_row(row, actor, today) for row in tenures.own_tenures(actor)]
    running = [row for row in rows if row["row"].status in (Status.DECLARED, Status.APPROVED)]
    past = [row for row in rows if row["row"].status in (Status.REFUSED, Status.ENDED)]
    return render(request, "registers/home.html", {"rows": running, "past": past})


def _row(row: Tenure, actor: Actor, today: dt.date) -> dict[str, Any]:
    own = row.person_id == actor.person_id
    waiting, running = row.status == Status.DECLARED, row.status == Status.APPROVED
    counted = row.heads is not None
    members = tenures.household_of(row.dwelling, today) if own and running and row.lives_here else []
    names = owners.names_for(actor, members)
    return {
        "row": row,
        "own": own,
        "address": tenures.address_of(row.dwelling),
        "capacity": Capacity(row.capacity).label,
        "share": tenures.share_of(row),
        "proof": getattr(tenures.proofs(today).get(row.proof), "name", ""),
        "reason": tenures.reasons(today).get(row.reason, ""),
        "note": tenures.note_of(row) if row.status == Status.REFUSED else "",
        "code": tenures.join_code(row) if counted and not own and (waiting or running) else "",
        "waiting": waiting,
        "running": running,
        "over": bool(row.expires_on and row.expires_on <= today),
        "may_count": own and running and row.capacity == Capacity.OWNER,
        "may_renew": running and row.expires_on is not None and row.expires_on > today and _renews(row, actor),
        "may_leave": running and row.moved_out_on is None and (own or counted),
        "may_retract": waiting and (own or row.declared_by == actor.reference),
        "members": [
            {
                "row": one,
                "name": names.get(one.pk, ""),
                "capacity": Capacity(one.capacity).label,
                "me": one.pk == row.pk,
            }
            for one in members
        ],
    }


def _renews(row: Tenure, actor: Actor) -> bool:
    return row.declared_by == actor.reference


@never_cache
@require_http_methods(FORM)
def declare(request: HttpRequest) -> HttpResponse:
    """First the building, then the door, who one is, and the paper."""
    actor, now = signed_in(request), clock.now()
    code = request.GET.get("at", "").strip()
    if not code:
        return _buildings(request, actor)
    building = get_place(code, Kind.BUILDING)
    proofs = tenures.proofs(local_date(now))
    form = DeclareForm(request.POST or None, request.FILES or None, proofs=proofs)
    if request.method == "POST" and form.is_valid() and _declared(actor, now, building, form):
        messages.success(request, _("交上去了。审好会告诉您。"))
        return redirect("my-home")
    facts = {"form": form, "building": building, "lacking": [one for one in proofs.values() if not one.sufficient]}
    return render(request, "registers/declare.html", facts)


def _buildings(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = search_places(actor, text, under=root_path(), limit=FOUND * 4) if text else []
    rows = [place for place in found if place.kind == Kind.BUILDING][:FOUND]
    return render(request, "registers/declare_where.html", {"q": text, "rows": rows})


def _declared(actor: Actor, now: dt.datetime, building: Place, form: DeclareForm) -> bool:
    given = form.cleaned_data
    owner = given["capacity"] == Capacity.OWNER
    try:
        count_use(what="declare", who=actor.reference, limit=30, seconds=3600, at=now)
        said = Declaration(
            capacity=given["capacity"],
            proof=given["proof"],
            valid_from=given["since"],
            share=given["share"] if owner else None,
            lives_here=not (owner and given["away"]),
            expires_on=None if owner else given["until"],
            contract_number="" if owner else given["number"],
        )
        dwelling = tenures.find_dwelling(building, given["room"])
        actions.declare_tenure(by=actor, at=now, dwelling=dwelling, said=said, photos=given["photos"])
    except Refused as refused:
        put_back(form, refused)
        return False
    return True


@never_cache
@require_http_methods(FORM)
def tenants(request: HttpRequest, number: int) -> HttpResponse:
    """An owner says how many people rent."""
    actor, now = signed_in(request), clock.now()
    row = tenures.get_own_tenure(actor, number)
    form = TenantsForm(request.POST or None, initial={"since": local_date(now)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.declare_tenants(
                by=actor,
                at=now,
                dwelling=row.dwelling,
                heads=given["heads"],
                since=given["since"],
                expires_on=given["until"],
                contract_number=given["number"],
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记下了。租客想自己登记，把邀请码发给他。"))
            return redirect("my-home")
    return render(request, "registers/tenants.html", {"form": form, "address": tenures.address_of(row.dwelling)})


@never_cache
@require_http_methods(FORM)
def join(request: HttpRequest) -> HttpResponse:
    """A tenant says with the owner's code: I am one of them."""
    actor, now = signed_in(request), clock.now()
    form = JoinForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            count_use(what="join-tenants", who=actor.reference, limit=10, seconds=3600, at=now)
            actions.join_tenants(by=actor, at=now, code=form.cleaned_data["code"])
        except Refused as refused:
            refused.facts.setdefault("field", "code")
            put_back(form, refused)
        else:
            messages.success(request, _("交上去了。审好会告诉您。"))
            return redirect("my-home")
    return render(request, "registers/join.html", {"form": form})


@never_cache
@require_http_methods(FORM)
def out(request: HttpRequest, number: int) -> HttpResponse:
    """Moving out."""
    actor, now = signed_in(request), clock.now()
    row = tenures.get_own_tenure(actor, number)
    form = OutForm(request.POST or None, initial={"on": local_date(now)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_out(by=actor, at=now, tenure=row, on=form.cleaned_data["on"])
        except Refused as refused:
            refused.facts.setdefault("field", "on")
            put_back(form, refused)
        else:
            messages.success(request, _("记下了。"))
            return redirect("my-home")
    facts = {"form": form, "row": row, "address": tenures.address_of(row.dwelling)}
    return render(request, "registers/out.html", facts)


@never_cache
@require_http_methods(FORM)
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """A later end, with the new contract."""
    actor, now = signed_in(request), clock.now()
    row = tenures.get_own_tenure(actor, number)
    form = RenewForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.renew_tenure(by=actor, at=now, tenure=row, expires_on=given["until"], photos=given["photos"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("续上了。"))
            return redirect("my-home")
    return render(
        request, "registers/renew.html", {"form": form, "row": row, "address": tenures.address_of(row.dwelling)}
    )


@require_POST
def retract(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what nobody has decided."""
    actor = signed_in(request)
    actions.retract_tenure(by=actor, at=clock.now(), tenure=tenures.get_own_tenure(actor, number))
    messages.success(request, _("撤回了。"))
    return redirect("my-home")


@require_POST
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Say who shall speak for the household."""
    actor, now = signed_in(request), clock.now()
    own = tenures.get_own_tenure(actor, number)
    wanted = request.POST.get("choice", "")
    members = tenures.household_of(own.dwelling, local_date(now))
    choice = next((one for one in members if str(one.pk) == wanted), Tenure(pk=0))
    agreed = actions.choose_representative(by=actor, at=now, own=own, choice=choice)
    said = _("全家说的一样，定了。") if agreed else _("记下了。等住在这里的其他人也选同一位，才算定。")
    messages.success(request, said)
    return redirect("my-home")
