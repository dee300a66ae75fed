"""暂停计时: asked for with a reason and an end, approved by a second person; the deadline moves by what was paused."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.cases import rules, timing
from gongzhi.cases.actions.dispatching import _reason
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


@transaction.atomic
def ask_pause(
    *, by: Actor, at: dt.datetime, number: str, reason: str, note: str, until: dt.date | None
) -> Case:
    """申请暂停计时 until a day at most. Raises Refused `over_already`, `pause_too_long`."""
    case = begin(by=by, number=number, move="ask_pause", given={"reason": reason, "note": note, "until": until})
    if case.pending or _paused(case) is not None:
        raise Conflict("asked_already", N_("这件事已经有一项在等批，或者正在暂停。"))
    days = (until - local_date(at)).days if until else 0
    rules.check_pause(due_at=case.due_at, at=at, days=days, longest=packs.active_model().joint.pause_days_max)
    _reason("pause", reason)
    last = until.isoformat() if until else ""
    case.pending = {"kind": "pause", "reason": reason, "until": last, "by": by.reference}
    finish(case, by=by, at=at, move="ask_pause", note=note, facts={"reason": reason, "until": last})
    return case


@transaction.atomic
def decide_pause(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str = "") -> Case:
    """A second person lets the clock stand still, or refuses with a reason.

    While it stands, the deadline shown is the one that holds if the pause lasts to its end.
    """
    move = "grant_pause" if granted else "refuse_pause"
    case = begin(by=by, number=number, move=move, given={"note": note})
    asked = case.pending
    if asked.get("kind") != "pause":
        raise Conflict("nothing_asked", N_("没有等您批的暂停。"))
    rules.check_second_person(asked_by=asked["by"], approver=by.reference)
    case.pending = {}
    facts = {"reason": asked["reason"], "until": asked["until"]}
    if granted:
        facts["due_at"] = _stand_still(case, asked, by, at)
    finish(case, by=by, at=at, move=move, note=note, facts=facts)
    return case


def _stand_still(case: Case, asked: dict[str, Any], by: Actor, at: dt.datetime) -> str:
    end = packs.calendar().end_of(dt.date.fromisoformat(asked["until"]), "close")
    for clock in Clock.objects.select_for_update().filter(case=case, kind="resolve", met_at__isnull=True):
        rules.check_pause(due_at=clock.due_at, at=at, days=1, longest=1)
        entry = {"from": at.isoformat(), "to": None, "due_at": clock.due_at.isoformat(), "reason": asked["reason"]}
        clock.pauses = [*clock.pauses, {**entry, "by": asked["by"], "approved_by": by.reference}]
        clock.paused_at = at
        _move(case, clock, timing.after_pause(clock, clock.due_at, at, end))
    start_clock(case, timing.Planned("pause", at, end, True, {"until": asked["until"]}))
    return case.due_at.isoformat() if case.due_at else ""


def _move(case: Case, clock: Clock, deadline: Any) -> None:
    clock.due_at, clock.certain = deadline.at, deadline.certain
    clock.save(update_fields=["pauses", "paused_at", "due_at", "certain"])
    case.due_at, case.due_certain = clock.due_at, clock.certain
    WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").update(due_at=clock.due_at)


def _paused(case: Case) -> Clock | None:
    return Clock.objects.filter(case=case, met_at__isnull=True, paused_at__isnull=False).first()


def end_pause(case: Case, at: dt.datetime) -> bool:
    """The clock runs again; its deadline is later by exactly the working time it stood. False if it did not stand."""
    stood = False
    for clock in Clock.objects.select_for_update().filter(case=case, met_at__isnull=True, paused_at__isnull=False):
        last = clock.pauses[-1]
        began, before = dt.datetime.fromisoformat(last["from"]), dt.datetime.fromisoformat(last["due_at"])
        clock.pauses = [*clock.pauses[:-1], {**last, "to": at.isoformat()}]
        clock.paused_at = None
        _move(case, clock, timing.after_pause(clock, before, began, at))
        stood = True
    meet_clocks(case, at, "pause")
    return stood


@transaction.atomic
def unpause_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """恢复计时, on the day agreed or sooner."""
    case = begin(by=by, number=number, move="unpause")
    if not end_pause(case, at):
        raise Conflict("not_paused", N_("时间没有暂停。"))
    facts = {"due_at": case.due_at.isoformat()} if case.due_at else {}
    finish(case, by=by, at=at, move="unpause", note=note, facts=facts)
    return case
