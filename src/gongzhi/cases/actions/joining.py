"""合办, 吹哨报到, 共建认领: orders beside the lead's, each with its own deadline, answer and record of who came."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.cases import queries, rules, timing
from gongzhi.cases.actions.dispatching import _reason, unit_for
from gongzhi.cases.actions.duties import helper_facts, ruled_facts
from gongzhi.cases.actions.moving import begin, finish, give_order, meet_first_contact, start_clock
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.cases.queries.joint import helping_orders, partner_units
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization

UNOFFERED = ("confidential", "protected")


def add_order(
    case: Case,
    unit_id: int,
    *,
    by: Actor,
    at: dt.datetime,
    role: str,
    due_at: dt.datetime | None = None,
    around: str = "",
) -> WorkOrder:
    """One order beside the lead's, with a clock of its own.

    Raises Refused `unit_leads` for the responsible unit itself, `asked_before`, and as a dispatch does.
    """
    unit = unit_for(case, unit_id, around=around)
    if unit.pk == case.unit_id and case.status not in ("reported", "accepted"):
        raise Refused("unit_leads", N_("{unit}就是主办单位，不用再请它。"), unit=unit.name)
    if WorkOrder.objects.filter(case=case, unit=unit, role=role, ended_at__isnull=True).exists():
        raise Refused("asked_before", N_("已经请过{unit}了。"), unit=unit.name)
    facts = _basis(case, unit, at, ruled=bool(around)) if role == "co" else {}
    joint = packs.active_model().joint
    if role == "whistle":
        planned = timing.plan("whistle", joint.whistle, at)
    else:
        due = due_at or case.due_at or timing.plan_for(case.priority, "resolve", at).due_at
        planned = timing.Planned(role, at, due, case.due_certain, {})
    order = give_order(case, unit.pk, by=by, at=at, role=role, due_at=planned.due_at)
    if facts:
        order.facts = facts
        order.save(update_fields=["facts"])
    period = {**planned.period, "order": order.pk}
    start_clock(case, timing.Planned(planned.kind, at, planned.due_at, planned.certain, period))
    return order


def _basis(case: Case, unit: Organization, at: dt.datetime, *, ruled: bool) -> dict[str, Any]:
    """What a co-handler's order rests on; a community is asked only for what its list allows, or by a ruling."""
    return ruled_facts(case, unit, at) if ruled else helper_facts(case, unit, at)


def meet_order_clock(order: WorkOrder, at: dt.datetime) -> None:
    Clock.objects.filter(case=order.case, met_at__isnull=True, period__order=order.pk).update(met_at=at)


@transaction.atomic
def join_case(
    *, by: Actor, at: dt.datetime, number: str, units: Sequence[int], note: str = "", until: dt.date | None = None
) -> Case:
    """合办: the lead keeps the case; each co-handler gets its own order, due with the case or by `until`."""
    case = begin(by=by, number=number, move="join", given={"units": units})
    due = _end_of(until, at)
    for unit_id in dict.fromkeys(units):
        add_order(case, unit_id, by=by, at=at, role="co", due_at=due)
    finish(case, by=by, at=at, move="join", note=note, facts={"units": list(units)})
    return case


def _end_of(until: dt.date | None, at: dt.datetime) -> dt.datetime | None:
    if until is None:
        return None
    if until < local_date(at):
        raise Refused("until_past", N_("办好的日期不能在今天以前。"), field="until")
    return packs.calendar().end_of(until, "close")


@transaction.atomic
def whistle_case(*, by: Actor, at: dt.datetime, number: str, units: Sequence[int], note: str) -> Case:
    """吹哨: the community calls departments; each must answer within the pack's time."""
    case = begin(by=by, number=number, move="whistle", given={"units": units, "note": note})
    for unit_id in dict.fromkeys(units):
        add_order(case, unit_id, by=by, at=at, role="whistle")
    finish(case, by=by, at=at, move="whistle", note=note, facts={"units": list(units)})
    return case


def _own_order(by: Actor, case: Case, *, answered: bool | None = None) -> WorkOrder:
    """The order of the actor's unit; raises Conflict `no_order`."""
    orders = helping_orders(by, case)
    if answered is not None:
        orders = orders.filter(answered_at__isnull=not answered)
    order = orders.first()
    if order is None:
        raise Conflict("no_order", N_("没有等您单位办的。请刷新后再看。"))
    return order


@transaction.atomic
def respond_order(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """报到: we heard, we are coming; or: we take our part up."""
    case = begin(by=by, number=number, move="respond")
    order = helping_orders(by, case).filter(accepted_at__isnull=True).first()
    if order is None:
        raise Conflict("no_order", N_("已经应答过了。"))
    order.accepted_at, order.handler_id = at, by.person_id
    order.save(update_fields=["accepted_at", "handler"])
    if order.role == "whistle":
        meet_order_clock(order, at)
    finish(case, by=by, at=at, move="respond", note=note, facts={"role": order.role}, unit_id=order.unit_id)
    return case


@transaction.atomic
def sign_order(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """协办签字: what our part was and that it is done."""
    case = begin(by=by, number=number, move="sign", given={"note": note})
    order = _own_order(by, case, answered=False)
    order.accepted_at, order.answered_at, order.handler_id = order.accepted_at or at, at, by.person_id
    order.save(update_fields=["accepted_at", "answered_at", "handler"])
    meet_order_clock(order, at)
    finish(case, by=by, at=at, move="sign", note=note, facts={"role": order.role}, unit_id=order.unit_id)
    return case


def _order_of(case: Case, order_id: int, *roles: str) -> WorkOrder:
    order = WorkOrder.objects.filter(case=case, pk=order_id, role__in=roles, ended_at__isnull=True).first()
    if order is None:
        raise NotFound("order_not_found", N_("没有这张单子。请刷新后再选。"))
    order.case = case
    return order


@transaction.atomic
def record_arrival(*, by: Actor, at: dt.datetime, number: str, order: int, note: str = "") -> Case:
    """到场: the unit came, when."""
    case = begin(by=by, number=number, move="arrive", given={"order": order})
    found = _order_of(case, order, "whistle", "co")
    found.facts = {**found.facts, "arrived": at.isoformat()}
    found.facts.pop("absent", None)
    found.accepted_at = found.accepted_at or at
    found.save(update_fields=["facts", "accepted_at"])
    if found.role == "whistle":
        meet_order_clock(found, at)
    finish(case, by=by, at=at, move="arrive", note=note, facts={"role": found.role}, unit_id=found.unit_id)
    return case


@transaction.atomic
def record_absence(*, by: Actor, at: dt.datetime, number: str, order: int, reason: str, note: str) -> Case:
    """没到: who was called and did not come or sign, and why; the lead may then answer without them."""
    given = {"order": order, "reason": reason, "note": note}
    case = begin(by=by, number=number, move="absent", given=given)
    _reason("absence", reason)
    found = _order_of(case, order, "whistle", "co")
    if found.answered_at:
        raise Conflict("signed_already", N_("它已经签过了，不用记没到。"))
    found.facts = {**found.facts, "absent": reason}
    found.save(update_fields=["facts"])
    meet_order_clock(found, at)
    facts = {"role": found.role, "reason": reason}
    finish(case, by=by, at=at, move="absent", note=note, facts=facts, public=False, unit_id=found.unit_id)
    return case


@transaction.atomic
def rate_unit(*, by: Actor, at: dt.datetime, number: str, order: int, rating: int | None) -> Case:
    """双向评价: the community's word on the unit that was called, 1 to 5; shown as counts."""
    case = begin(by=by, number=number, move="rate_unit", given={"order": order, "rating": rating})
    found = _order_of(case, order, "whistle")
    found.facts = {**found.facts, "rating": rules.check_rating(rating)}
    found.save(update_fields=["facts"])
    finish(case, by=by, at=at, move="rate_unit", public=False, unit_id=found.unit_id)
    return case


@transaction.atomic
def rate_whistle(*, by: Actor, at: dt.datetime, number: str, rating: int | None) -> Case:
    """双向评价: the unit's word on how it was called: was it needed, was it prepared."""
    case = begin(by=by, number=number, move="rate_whistle", given={"rating": rating})
    found = helping_orders(by, case).filter(role="whistle").first()
    if found is None:
        raise Conflict("no_order", N_("没有等您单位办的。请刷新后再看。"))
    found.facts = {**found.facts, "whistler": rules.check_rating(rating)}
    found.save(update_fields=["facts"])
    finish(case, by=by, at=at, move="rate_whistle", public=False, unit_id=found.unit_id)
    return case


@transaction.atomic
def offer_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """拿出来共建: partner units may see it and claim it. Never what is kept confidential."""
    case = begin(by=by, number=number, move="offer")
    if case.privacy in UNOFFERED:
        raise Refused("not_for_partners", N_("这一件要保密，不能拿出来给共建单位认领。"))
    case.routing = {**case.routing, "offered": True}
    finish(case, by=by, at=at, move="offer", note=note)
    return case


@transaction.atomic
def claim_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """认领: a partner unit takes a part on; what comes of it is credited to it."""
    case = begin(by=by, number=number, move="claim")
    unit_id = next(iter(partner_units(by, case)), None)
    if unit_id is None:
        raise Conflict("not_offered", N_("这件事已经有人认领，或者没有拿出来共建。"))
    case.routing = {**case.routing, "offered": False}
    meet_first_contact(case, at)
    order = add_order(case, unit_id, by=by, at=at, role="partner")
    order.accepted_at, order.handler_id = at, by.person_id
    order.save(update_fields=["accepted_at", "handler"])
    finish(case, by=by, at=at, move="claim", note=note, facts={"unit": unit_id}, unit_id=unit_id)
    return case


def check_everyone_signed(case: Case) -> None:
    rules.check_signed(queries.unsigned(case))
