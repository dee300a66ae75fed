"""导出审批: a list with clear names and numbers leaves only with a reason, a second person, a watermark and an end."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.cases.actions import report_case
from gongzhi.cases.actions.voicing import note_step, reply_letter
from gongzhi.cases.models import Case
from gongzhi.cases.queries import contacts_of, locate, may_see_contact
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.privacy import queries, rules
from gongzhi.privacy.queries import exports, rights

CHANNEL = "export_request"


@transaction.atomic
def ask_export(*, by: Actor, at: dt.datetime, reason: str, scope: str) -> dict[str, Any]:
    """Ask to take names and numbers of the cases that `scope` (filters of the list, as in its address) leaves.

    Raises Forbidden, Refused `missing_reason`, `nothing_to_export`, `too_many_to_export`, Conflict `activity_off`.
    """
    require(by, "cases.reveal_contact")
    check_activity("export")
    reason = rules.check_reason(reason)
    count = exports.check_size(len(exports.cases_in(by, scope, at)))
    answers = [
        {"code": "scope", "label": "scope", "value": scope[:180]},
        {"code": "count", "label": "count", "value": str(count)},
    ]
    return report_case(by=by, at=at, text=reason, where=locate(), channel=CHANNEL, answers=answers)


@transaction.atomic
def decide_export(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str) -> Case:
    """A second person says yes, for some hours, or no with a reason. Raises Refused `own_request`, `missing_note`."""
    case = rights.get_request_for(by, number, CHANNEL)
    require(by, "privacy.approve_export", path=case.path)
    asked_by = f"person:{rights.requester_of(case)}"
    rules.check_other_person(asked_by=asked_by, approver=by.reference)
    check_activity("export")
    hours = queries.number("export_valid", "hours", local_date(at))
    until = (at + dt.timedelta(hours=hours)).isoformat()
    facts = {"step": "approved", "until": until} if granted else {"step": "refused"}
    note_step(by=by, at=at, number=number, note=note, facts=facts)
    return reply_letter(by=by, at=at, number=number, note=note)


@transaction.atomic
def take_export(*, by: Actor, at: dt.datetime, number: str) -> exports.Taken:
    """The rows in clear, for who asked, while the approval lasts; every case that is read is written down.

    Raises NotFound, Conflict `not_approved`, `approval_over`.
    """
    case = rights.get_own_request(by, number, CHANNEL)
    until = exports.approved_until(case)
    if until is None:
        raise Conflict("not_approved", N_("还没有批准。批准了会通知您。"))
    if at >= until:
        raise Conflict("approval_over", N_("批准的时间过了，取不了了。还要用的话，请重新申请。"))
    check_activity("export")
    chosen = [one for one in exports.cases_in(by, rights.answers_of(case)["scope"], at) if may_see_contact(by, one)]
    if not chosen:
        raise Refused("nothing_to_export", N_("这个范围里没有您能看联系方式的。请换一个范围。"))
    purpose = f"export {number}"
    log_access(by=by, at=at, subjects=[one.reference for one in chosen], fields="contact", purpose=purpose)
    rows = [(one, contacts_of(one, by=by, at=at, purpose=purpose)) for one in chosen]
    record(by=by, at=at, action="privacy.take_export", subject=case.reference, changes={"count": len(rows)})
    return exports.Taken(case, rights.text_of(case), rows, until)
