"""This time it need not be done: one asks with a reason, another decides. The row stays and says so."""

import datetime as dt
import uuid

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Forbidden
from gongzhi.common.text import N_, mask_personal_numbers, tidy
from gongzhi.duties import queries, rules
from gongzhi.duties.actions.fulfilling import _check_open, _locked
from gongzhi.duties.models import Duty


@transaction.atomic
def ask_excuse(*, by: Actor, at: dt.datetime, duty_id: uuid.UUID, reason: str) -> Duty:
    """Ask that one duty need not be done. Raises Forbidden `not_your_duty`, Refused `reason_missing`, Conflict."""
    duty = _locked(by, duty_id)
    if not (queries.may_fulfil(by, duty) or queries.may_decide(by, duty)):
        raise Forbidden("not_your_duty", N_("这一项由在这个岗位上的人做，您可以看，不能代做。"))
    _check_open(duty)
    rules.check_reason(reason)
    duty.excuse, duty.excuse_asked_at, duty.excuse_asked_by = (
        mask_personal_numbers(tidy(reason))[:300],
        at,
        by.reference,
    )
    duty.save(update_fields=["excuse", "excuse_asked_at", "excuse_asked_by"])
    record(by=by, at=at, action="duties.ask_excuse", subject=str(duty))
    return duty


@transaction.atomic
def decide_excuse(*, by: Actor, at: dt.datetime, duty_id: uuid.UUID, granted: bool) -> Duty:
    """Grant or decline what another asked for. Raises Forbidden `needs_second_person`, Conflict `nothing_asked`."""
    duty = _locked(by, duty_id)
    if not queries.may_decide(by, duty) or duty.excuse_asked_by == by.reference:
        raise Forbidden("needs_second_person", N_("不用做，要由管这里的另一个人同意；自己提的自己不能批。"))
    _check_open(duty)
    if duty.excuse_asked_at is None:
        raise Conflict("nothing_asked", N_("没有人提过这一项不用做。"))
    if granted:
        duty.excused_at, duty.excused_by, duty.next_alarm_on = at, by.reference, None
    else:
        duty.excuse, duty.excuse_asked_at, duty.excuse_asked_by = "", None, ""
    fields = ["excused_at", "excused_by", "next_alarm_on", "excuse", "excuse_asked_at", "excuse_asked_by"]
    duty.save(update_fields=fields)
    record(by=by, at=at, action="duties.decide_excuse", subject=str(duty), changes={"granted": granted})
    return duty
