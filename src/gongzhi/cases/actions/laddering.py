"""催办, 督办, 通报: the steps of the ladder. Who is above is told; a 督办 step is an order to the late unit too."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases import timing
from gongzhi.cases.actions.moving import write_event
from gongzhi.cases.actions.supervising import supervise_late_case
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.errors import Refused
from gongzhi.notifications.actions import emit
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import EscalationStep


def tell_step(case: Case, by: Actor, at: dt.datetime, move: str, facts: dict[str, Any]) -> None:
    """A step that changes no state: timeline, trail and outbox."""
    timing.refresh_next_clock(case)
    case.save()
    write_event(case, by=by, at=at, move=move, facts=facts, public=False)
    record(by=by, at=at, action=f"cases.{move}", subject=case.reference, changes=facts)
    emit(f"case.{move}", {"case": case.number, "status": case.status, **facts}, at=at)


def climb(case: Case, by: Actor, at: dt.datetime) -> None:
    """One step up the ladder of the clock that has come."""
    steps = timing.ladder(case.priority, case.next_clock)
    running = Clock.objects.filter(case=case, met_at__isnull=True, kind=case.next_clock, level__lt=len(steps))
    clock = min(running, key=lambda one: (timing.step_at(one, steps), one.pk), default=None)
    if clock is None:
        timing.refresh_next_clock(case)
        case.save()
        return
    step = steps[clock.level]
    clock.level += 1
    clock.save(update_fields=["level"])
    unit_id = _late_unit(case, clock.kind, clock.period.get("order"))
    call_higher(case, step, clock.kind, by=by, at=at, unit_id=unit_id, occasion=f"ladder:{clock.pk}:{clock.level}")


# Promises that the unit made; a review or a ruling is late by somebody else.
_THE_UNITS = ("first_contact", "resolve", "reopen")


def _late_unit(case: Case, clock: str, order: int | None = None) -> int | None:
    """Whose promise it is: the unit that was called to help, else the one that has the case; nobody before dispatch."""
    orders = WorkOrder.objects.filter(case=case, ended_at__isnull=True)
    if order is None and clock not in _THE_UNITS:
        return None
    orders = orders.filter(role="lead") if order is None else orders.filter(pk=order)
    return orders.order_by("-id").values_list("unit_id", flat=True).first()


def call_higher(
    case: Case, step: EscalationStep, clock: str, *, by: Actor, at: dt.datetime, unit_id: int | None, occasion: str
) -> None:
    """The step's role, so many levels above, is told; where the pack says so, the late unit is given an order."""
    case.escalation += 1
    facts = {"clock": clock, "step": step.name, "role": step.role, "levels_up": step.levels_up}
    if step.order_days and unit_id is not None and case.channel not in packs.active_model().issued:
        facts |= _order(case, step, clock, at=at, unit_id=unit_id, occasion=occasion)
    tell_step(case, by, at, "escalate", facts)


def _order(
    case: Case, step: EscalationStep, clock: str, *, at: dt.datetime, unit_id: int, occasion: str
) -> dict[str, Any]:
    """The number of the order that now stands; or why none could be given (the unit has been dissolved, …)."""
    rule = {"step": step.name, "clock": clock, "after_minutes": step.after_minutes}
    basis = {"code": "ladder", "of": case.number, **rule, "pack": packs.in_use().model_reference}
    try:
        with transaction.atomic():
            order = supervise_late_case(
                by=system_actor("ladder"),
                at=at,
                case=case,
                unit_id=unit_id,
                days=step.order_days,
                occasion=occasion,
                basis=basis,
            )
    except Refused as refused:
        return {"no_order": refused.code}
    return {"order": order.number}


def call_after_reopening(case: Case, *, by: Actor, at: dt.datetime) -> None:
    """The second time a case is opened again (the pack's number), and every time after, a step of the ladder is taken.

    It does not wait for a clock: the higher the count, the higher it goes.
    """
    often, steps = packs.active_model().joint.reopens_escalate, timing.ladder(case.priority)
    if case.reopens >= often and steps:
        step = steps[min(case.reopens - often + 1, len(steps) - 1)]
        occasion = f"ladder:{case.pk}:reopen{case.reopens}"
        call_higher(case, step, "reopen", by=by, at=at, unit_id=_late_unit(case, "reopen"), occasion=occasion)
