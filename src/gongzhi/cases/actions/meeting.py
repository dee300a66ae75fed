"""约见: a lawyer, an officer of the law or a counsellor proposes a time, the resident says yes, the record is sealed.

法律服务 (notes.legal) and 心理咨询 (notes.counselling); what is arranged is on the timeline, what was said is not.
"""

import datetime as dt

from django.db import transaction

from gongzhi.cases import timing, words
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.queries.meeting import check_is_private, meeting_of
from gongzhi.cases.rules import meeting as rules
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_, tidy
from gongzhi.people import vault

SERVED = N_("一对一谈过了。谈的内容只有您和接待的人知道。")


def _private(case: Case) -> str:
    audience = check_is_private(case)
    case.privacy = "confidential"
    return audience


@transaction.atomic
def propose_time(
    *, by: Actor, at: dt.datetime, number: str, starts_at: dt.datetime, minutes: int, where: str
) -> Case:
    """A time and a public place; the resident is told and answers."""
    case = begin(by=by, number=number, move="propose_time")
    _private(case)
    rules.check_time(starts_at, minutes, where, at)
    order = WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").order_by("-id").first()
    if order is not None:
        order.accepted_at, order.handler_id = order.accepted_at or at, by.person_id
        order.save(update_fields=["accepted_at", "handler"])
    facts = {"starts_at": starts_at.isoformat(), "minutes": minutes}
    # The place is somebody's words: sealed with the case, never in the trail.
    finish(case, by=by, at=at, move="propose_time", note=tidy(where)[:80], facts=facts)
    return case


@transaction.atomic
def answer_time(
    *, by: Actor, at: dt.datetime, number: str, suits: bool, note: str = "", track_code: str = ""
) -> Case:
    """The resident's yes, or no with a word on when it would suit."""
    move = "accept_time" if suits else "decline_time"
    case = begin(by=by, number=number, move=move, given={"note": note.strip()}, track_code=track_code)
    check_is_private(case)
    rules.check_asked(meeting_of(case))
    finish(case, by=by, at=at, move=move, note="" if suits else note)
    return case


@transaction.atomic
def record_meeting(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """What was said, sealed under its own key for those who serve."""
    case = begin(by=by, number=number, move="meet", given={"note": note.strip()})
    finish(case, by=by, at=at, move="meet", note=note, audience=_private(case))
    return case


@transaction.atomic
def finish_meetings(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """Served: the resident is asked, as after any work; nobody else checks what was private."""
    case = begin(by=by, number=number, move="served")
    _private(case)
    if not meeting_of(case).met:
        raise Conflict("not_met", N_("还没有见过面的记录。见过、记下以后，再请本人确认。"))
    meet_clocks(case, at, "resolve", "first_contact")
    start_clock(case, timing.plan_for(case.priority, "confirm", at))
    case.outcome, case.answered_at = "served", at
    case.result = words.seal_part(vault.open_key(case.key), case.key_id, "result", SERVED)
    finish(case, by=by, at=at, move="served")
    return case
