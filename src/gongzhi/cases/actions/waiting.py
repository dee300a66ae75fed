"""What time does: deferral with a date and two people, escalation up the grid, silence."""

import datetime as dt

from django.db import transaction

from gongzhi.cases import rules, timing
from gongzhi.cases.actions.after_hours import hand_back
from gongzhi.cases.actions.dispatching import _reason
from gongzhi.cases.actions.laddering import climb, tell_step
from gongzhi.cases.actions.mediating import remind_of_court
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.actions.pausing import end_pause
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


@transaction.atomic
def ask_deferral(
    *, by: Actor, at: dt.datetime, number: str, reason: str, note: str, until: dt.date | None
) -> Case:
    """提出挂账: cannot be done now, why, and when it will be looked at again."""
    given = {"reason": reason, "note": note, "until": until}
    case = begin(by=by, number=number, move="ask_deferral", given=given)
    if until is None or until <= local_date(at):
        raise Refused("until_past", N_("下次办理的日期要在今天以后。"), field="until")
    _reason("defer", reason)
    rules.check_nothing_asked(case.pending)
    case.pending = {"kind": "deferral", "reason": reason, "until": until.isoformat(), "by": by.reference}
    facts = {"reason": reason, "until": until.isoformat()}
    finish(case, by=by, at=at, move="ask_deferral", note=note, facts=facts, public=False)
    return case


@transaction.atomic
def decide_deferral(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str = "") -> Case:
    """A second person approves or refuses; an approved case stays countable and comes back on its date."""
    move = "defer" if granted else "refuse_deferral"
    case = begin(by=by, number=number, move=move, given={"note": note})
    asked = case.pending
    if asked.get("kind") != "deferral":
        raise Conflict("nothing_asked", N_("没有等您批的挂账。"))
    rules.check_deferral_approver(asked_by=asked["by"], approver=by.reference)
    case.pending, facts = {}, {"reason": asked["reason"], "until": asked["until"]}
    if granted:
        case.deferred_until = dt.date.fromisoformat(asked["until"])
        meet_clocks(case, at)
        WorkOrder.objects.filter(case=case, ended_at__isnull=True).exclude(role="callback").update(ended_at=at)
        due = packs.calendar().end_of(case.deferred_until, "close")
        start_clock(case, timing.Planned("defer", at, due, True, {"until": asked["until"]}))
    finish(case, by=by, at=at, move=move, note=note, facts=facts)
    return case


@transaction.atomic
def resume_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """The date has come, or sooner: back to accepted, with a fresh resolve clock."""
    case = begin(by=by, number=number, move="resume")
    meet_clocks(case, at)
    planned = timing.plan_for(case.priority, "resolve", at)
    start_clock(case, planned)
    case.due_at, case.due_certain, case.deferred_until = planned.due_at, planned.certain, None
    finish(case, by=by, at=at, move="resume", note=note)
    return case


@transaction.atomic
def escalate_case(*, by: Actor, at: dt.datetime, case_id: int) -> str:
    """Act on a case whose next clock has come; returns what was done: escalated, silent, resumed, reminded,
    over (a reminder's last day), handed_back (by who was on duty), begun (by them) or nothing.

    Another worker may have been faster: the row is locked and looked at again.
    """
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).select_related("key").first()
    if case is None or case.next_clock_at is None or case.next_clock_at > at:
        return "nothing"
    if (act := _ON_TIME.get(case.next_clock)) is not None:
        return act(case, by, at)
    climb(case, by, at)
    return "escalated"


def _fall_silent(case: Case, by: Actor, at: dt.datetime) -> str:
    case.closed_at = at
    finish(case, by=by, at=at, move="fall_silent")
    return "silent"


def _come_back(case: Case, by: Actor, at: dt.datetime) -> str:
    resume_case(by=by, at=at, number=case.number)
    return "resumed"


def _run_again(case: Case, by: Actor, at: dt.datetime) -> str:
    """The pause has come to its end."""
    end_pause(case, at)
    tell_step(case, by, at, "unpause", {})
    return "resumed"


def _remind(case: Case, by: Actor, at: dt.datetime) -> str:
    """So much time is left: the unit is told before it is late."""
    Clock.objects.filter(case=case, kind="remind", met_at__isnull=True, due_at__lte=at).update(met_at=at)
    tell_step(case, by, at, "remind_due", {"due_at": case.due_at.isoformat()} if case.due_at else {})
    return "reminded"


def _court(case: Case, by: Actor, at: dt.datetime) -> str:
    return remind_of_court(case, by=by, at=at)


# What a clock does itself when its moment comes; every other clock calls somebody higher.
_ON_TIME = {
    "confirm": _fall_silent,
    "defer": _come_back,
    "pause": _run_again,
    "remind": _remind,
    "judicial_tell": _court,
    "judicial": _court,
    "duty": hand_back,
}
