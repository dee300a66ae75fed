"""A new holiday table moves deadlines: running clocks that cross its days are worked out again."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from gongzhi.audit.actions import record
from gongzhi.cases import timing
from gongzhi.cases.models import Clock, WorkOrder
from gongzhi.common.access import Actor
from gongzhi.engines.calendar import Deadline
from gongzhi.packs import queries as packs
from gongzhi.packs.events import PackChange


def replan_after(change: PackChange) -> None:
    """Listens to packs, in the transaction that changes the calendar."""
    if change.first_day is not None:
        replan_clocks(by=change.by, at=change.at, first_day=change.first_day)


@transaction.atomic
def replan_clocks(*, by: Actor, at: dt.datetime, first_day: dt.date | None = None) -> int:
    """Work out again running clocks that were uncertain or end on or after `first_day`; returns how many moved."""
    concerned = Q(certain=False)
    if first_day is not None:
        concerned |= Q(due_at__date__gte=first_day)
    packs.forget()
    running = Clock.objects.filter(concerned, met_at__isnull=True).order_by("id")
    moved = 0
    for clock in running.select_related("case").select_for_update(of=("self",)):
        moved += _replan(clock, by, at)
    return moved


def _replan(clock: Clock, by: Actor, at: dt.datetime) -> bool:
    period = clock.period
    if "unit" not in period:
        return False
    deadline = packs.calendar().deadline(_begun(clock), period["amount"], period["unit"])
    deadline = _with_pauses(clock, deadline)
    if (deadline.at, deadline.certain) == (clock.due_at, clock.certain):
        return False
    changes = {"clock": clock.kind, "due_at": [clock.due_at.isoformat(), deadline.at.isoformat()]}
    _move(clock, deadline.at, deadline.certain)
    record(by=by, at=at, action="cases.replan", subject=clock.case.reference, changes=changes)
    return True


def _begun(clock: Clock) -> dt.datetime:
    """From when the period counts: an extension counts from the deadline before it."""
    since = clock.period.get("from")
    return dt.datetime.fromisoformat(since) if since else clock.started_at


def _with_pauses(clock: Clock, deadline: Deadline) -> Deadline:
    """What stood still is added again; a pause that has not ended counts to the end it was given."""
    waiting = Clock.objects.filter(case_id=clock.case_id, kind="pause", met_at__isnull=True).first()
    for pause in clock.pauses:
        began = dt.datetime.fromisoformat(pause["from"])
        ended = dt.datetime.fromisoformat(pause["to"]) if pause["to"] else waiting.due_at if waiting else began
        pause["due_at"] = deadline.at.isoformat()
        deadline = timing.after_pause(clock, deadline.at, began, ended)
    return deadline


def _move(clock: Clock, due_at: dt.datetime, certain: bool) -> None:
    case = clock.case
    clock.due_at, clock.certain = due_at, certain
    clock.save(update_fields=["due_at", "certain", "pauses"])
    if clock.kind == "resolve":
        case.due_at, case.due_certain = due_at, certain
        WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").update(due_at=due_at)
    timing.refresh_next_clock(case)
    case.save()
