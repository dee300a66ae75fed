"""The desk: what waits, one declaration beside what the register holds, a dwelling's areas."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.paging import encode_cursor
from gongzhi.common.personal import asked_for
from gongzhi.common.refusals import put_back, said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import get_place_for
from gongzhi.registers import actions
from gongzhi.registers.forms_tenure import AreasForm, RefuseForm
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import owners, tenures
from gongzhi.registers.rules import tenure as rules

PAGE = 50


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Declarations to decide, the oldest first; what runs out soon; how many rows of lists contradict."""
    actor, today = actor_of(request), local_date(clock.now())
    waiting = tenures.waiting_for(actor)
    proofs = tenures.proofs(today)
    if request.GET.get("export") == "xlsx":
        every = list(waiting)
        names = owners.names_for(actor, every)
        return _desk_file([_line(row, names, proofs) for row in every])
    shown = list(tenures.behind_waiting(waiting, request.GET.get("after", ""))[: PAGE + 1])
    more = encode_cursor(shown[PAGE - 1].declared_at.isoformat(), shown[PAGE - 1].pk) if len(shown) > PAGE else ""
    late = tenures.expiring_for(actor, today)
    expiring = list(late[:PAGE])
    names = owners.names_for(actor, [*shown, *expiring])
    facts = {
        "rows": [_line(row, names, proofs) for row in shown[:PAGE]],
        "next_url": f"?after={more}" if more else "",
        "count": waiting.count(),
        "late": late.count(),
        "expiring": [{**_line(row, names, proofs), "over": (row.expires_on or today) <= today} for row in expiring],
        "conflicts": tenures.conflicts_for(actor).count(),
        "places": _places(actor),
        "may_import": allows(actor, "registers.import"),
    }
    return render(request, "registers/desk.html", facts)


def _line(row: Tenure, names: dict[int, str], proofs: dict[str, rules.Proof]) -> dict[str, Any]:
    return {
        "row": row,
        "address": tenures.address_of(row.dwelling),
        "name": names.get(row.pk, ""),
        "capacity": Capacity(row.capacity).label,
        "proof": proofs[row.proof].name if row.proof in proofs else "",
        "share": tenures.share_of(row),
        "status": Status(row.status).label,
    }


def _desk_file(rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [_("地址"), _("谁"), _("身份"), _("人数"), _("证明"), _("登记日期")]
    lines = (
        (one["address"], one["name"], one["capacity"], one["row"].heads, one["proof"], one["row"].declared_at.date())
        for one in rows
    )
    return rows_as_xlsx(_("待审核的住户登记"), headers, lines, note=_("姓名只显示一部分。"))


def _places(actor: Actor) -> list[Place]:
    """The places that the actor's mandates for the registers name."""
    paths = actor.paths_for(tenures.READ)
    return list(Place.objects.current().filter(path__in=paths).order_by("path"))


def _one(request: HttpRequest, number: int, permission: str = tenures.DECIDE) -> tuple[Actor, Tenure]:
    actor = actor_of(request)
    require(actor, permission)
    row = tenures.get_tenure_for(actor, number, permission)
    require(actor, permission, path=row.dwelling.path)
    return actor, row


@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One declaration, its papers, and what the register holds of the dwelling."""
    return _page(request, number)


def _page(
    request: HttpRequest,
    number: int,
    form: RefuseForm | None = None,
    shown: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    actor, row = _one(request, number)
    today = local_date(clock.now())
    beside = _of_dwelling(actor, row.dwelling, today)
    others = [other for other in beside if other["row"].pk != row.pk]
    stated = [share for other in others if other["counts"] for share in [other["share"]]]
    facts = {
        **_line(row, owners.names_for(actor, [row]), tenures.proofs(today)),
        "proof_kind": tenures.proofs(today).get(row.proof),
        "papers": tenures.papers_of(row) if row.key_id else [],
        "others": others,
        "sellers": [other for other in others if other["counts"] and row.capacity == Capacity.OWNER],
        "over": row.capacity == Capacity.OWNER and rules.shares_state([*stated, tenures.share_of(row)]) == "over",
        "form": form or RefuseForm(reasons=tenures.reasons(today)),
        "reason": tenures.reasons(today).get(row.reason, ""),
        "note": tenures.note_of(row),
        "waiting": row.status == Status.DECLARED,
        "running": row.status == Status.APPROVED,
        "shown": shown,
        "refused": said(refused) if refused else "",
    }
    return render(request, "registers/tenure.html", facts, status=refused.status if refused else 200)


def _of_dwelling(actor: Actor, dwelling: Place, today: dt.date) -> list[dict[str, Any]]:
    """What the register holds of a dwelling: in force, waiting, the newest first."""
    rows = list(
        Tenure.objects.filter(dwelling=dwelling, status__in=(Status.DECLARED, Status.APPROVED)).order_by("-id")[:PAGE]
    )
    names, proofs = owners.names_for(actor, rows), tenures.proofs(today)
    held = set(Tenure.objects.filter(tenures.held(today), dwelling=dwelling).values_list("pk", flat=True))
    return [
        {**_line(row, names, proofs), "counts": row.capacity == Capacity.OWNER and row.pk in held} for row in rows
    ]


@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Let it count; where somebody sold, theirs ends."""
    actor, row = _one(request, number)
    replaces = request.POST.get("replaces", "")
    old = Tenure.objects.filter(pk=int(replaces)).first() if replaces.isdigit() else None
    try:
        actions.approve_tenure(by=actor, at=clock.now(), tenure=row, replaces=old)
    except Refused as refused:
        return _page(request, number, refused=refused)
    messages.success(request, _("认定了。已经告诉本人。"))
    return redirect("tenures")


@require_POST
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Say no, and why."""
    actor, row = _one(request, number)
    now = clock.now()
    form = RefuseForm(request.POST, reasons=tenures.reasons(local_date(now)))
    if form.is_valid():
        try:
            actions.refuse_tenure(by=actor, at=now, tenure=row, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("退回了。理由已经告诉本人。"))
            return redirect("tenures")
    return _page(request, number, form=form)


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End what is over."""
    actor, row = _one(request, number)
    actions.end_tenure(by=actor, at=clock.now(), tenure=row)
    messages.success(request, _("结束了。已经告诉本人。"))
    return redirect("tenures")


@never_cache
@require_POST
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Name and telephone in clear, once a purpose is written; the holder can see who looked."""
    with asked_for(f"tenure:{number}", "name,phone"):
        actor, row = _one(request, number)
    purpose = request.POST.get("purpose", "").strip()[:80]
    if not purpose:
        raise Refused("purpose_missing", N_("请写一句为什么要看。本人看得到这句话。"))
    if row.person_id is None:
        return redirect("tenure", number=number)
    found = vault.reveal(
        by=actor, at=clock.now(), person_ids=[row.person_id], fields=["name", "phone"], purpose=purpose
    )
    return _page(request, number, shown=found.get(row.person_id, {}))


@never_cache
@require_safe
def dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """One dwelling: its areas and which one counts, and everything the register holds of it."""
    return _dwelling_page(request, code)


def _dwelling_page(request: HttpRequest, code: str, form: AreasForm | None = None) -> HttpResponse:
    actor, place = _dwelling(request, code)
    today = local_date(clock.now())
    known = owners.areas_of(place)
    order = tenures.law(today).params("area")["order"]
    first = {source: rules.write_area(value) for source, value in known.items() if value is not None}
    facts = {
        "place": place,
        "address": tenures.address_of(place),
        "area": rules.counted_area(known, order),
        "area_words": owners.area_words(rules.counted_area(known, order)),
        "areas": _known_areas(place),
        "form": form or AreasForm(initial=first),
        "may_write": allows(actor, "places.change", path=place.path),
        "others": _of_dwelling(actor, place, today),
    }
    return render(request, "registers/dwelling.html", facts)


def _known_areas(place: Place) -> list[dict[str, str]]:
    """Every area that is known, with the paper that says so."""
    known = {source: value for source, value in owners.areas_of(place).items() if value is not None}
    return [
        {
            "word": owners.source_word(source),
            "area": rules.write_area(value),
            "on": place.features.get(f"area_{source}_on") or "",
            "said": place.features.get(f"area_{source}_from") or "",
        }
        for source, value in known.items()
    ]


def _dwelling(request: HttpRequest, code: str) -> tuple[Actor, Place]:
    actor = actor_of(request)
    require(actor, tenures.READ)
    place = get_place_for(actor, code)
    require(actor, tenures.READ, path=place.path)
    if place.kind != Kind.DWELLING:
        raise Refused("no_dwelling", N_("请选一处房屋，写到门牌。"), field="room")
    return actor, place


@require_POST
def areas(request: HttpRequest, code: str) -> HttpResponse:
    """Write the areas down."""
    actor, place = _dwelling(request, code)
    form = AreasForm(request.POST)
    if form.is_valid():
        actions.set_areas(by=actor, at=clock.now(), dwelling=place, **form.cleaned_data)
        messages.success(request, _("记下了。"))
        return redirect("dwelling-register", code=code)
    return _dwelling_page(request, code, form)
