"""What the responsible unit does: start, record, answer with evidence, return once, ask for more time."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.cases import rules, timing, words
from gongzhi.cases.actions.dispatching import _reason
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, meet_first_contact, open_order, start_clock
from gongzhi.cases.actions.pausing import end_pause
from gongzhi.cases.actions.reporting import add_photos, add_sound
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.queries.joint import unsigned
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload
from gongzhi.documents.queries import evidence_of
from gongzhi.packs import queries as packs
from gongzhi.people import vault


@transaction.atomic
def start_work(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """接单: the unit takes the order; after a rework it takes the same order up again."""
    case = begin(by=by, number=number, move="start")
    order = open_order(case)
    order.accepted_at, order.handler_id = order.accepted_at or at, by.person_id
    order.save(update_fields=["accepted_at", "handler"])
    meet_first_contact(case, at)  # what came at night nobody else has met
    finish(case, by=by, at=at, move="start", note=note)
    return case


@transaction.atomic
def record_work(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    note: str,
    photos: Sequence[Upload] = (),
    stage: str = "work",
    sound: Upload | None = None,
) -> Case:
    """处理: one visit or step, on the timeline the reporter reads; a voice note stands beside the words.

    `stage` of the photos is work, before, signature or document.
    """
    case = begin(by=by, number=number, move="record", given={"note": note})
    purpose = stage if stage in ("before", "signature", "document") else "work"
    add_photos(by=by, at=at, case=case, photos=photos, purpose=purpose)
    add_sound(by=by, at=at, case=case, sound=sound, purpose="work")
    finish(case, by=by, at=at, move="record", note=note)
    return case


# What is struck off a list or a finding is shown to be done, whatever its category asks for.
STRUCK = ("listitem", "rectify")


def _check_evidence(case: Case) -> None:
    category = packs.find_category(case.category)
    wanted = set(category.evidence if category else ()) - {"note"}
    given = {evidence.purpose for evidence in evidence_of([case.reference])}
    if case.channel in STRUCK and "after" not in given:
        raise Refused("missing_proof", N_("销号要有凭证。请附一张完成后的照片，或材料的照片。"), field="photos")
    missing = rules.missing_evidence(wanted, given)
    if missing and case.channel not in packs.active_model().issued:
        raise rules.evidence_refused(missing)


@transaction.atomic
def submit_result(
    *, by: Actor, at: dt.datetime, number: str, note: str, photos: Sequence[Upload] = ()
) -> Case:
    """反馈: the unit's answer with the evidence its category asks for; `photos` show it done.

    Raises Refused `missing_photo`.
    """
    case = begin(by=by, number=number, move="answer", given={"note": note})
    add_photos(by=by, at=at, case=case, photos=photos, purpose="after")
    _check_evidence(case)
    rules.check_signed(unsigned(case))
    end_pause(case, at)
    order = open_order(case)
    order.answered_at, order.handler_id = at, by.person_id
    order.save(update_fields=["answered_at", "handler"])
    case.answered_at = at
    case.result = words.seal_part(vault.open_key(case.key), case.key_id, "result", tidy(note))
    finish(case, by=by, at=at, move="answer", note=note)
    return case


@transaction.atomic
def return_case(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str) -> Case:
    """退单, once, with the clause it rests on; the resolve clock runs on."""
    case = begin(by=by, number=number, move="return", given={"reason": reason, "note": note})
    rules.check_return(case.returns)
    facts = {"reason": _reason("return", reason)}
    end_pause(case, at)
    order = open_order(case)
    order.returned_at, order.ended_at, order.return_reason = at, at, reason
    order.save(update_fields=["returned_at", "ended_at", "return_reason"])
    case.returns += 1
    finish(case, by=by, at=at, move="return", note=note, facts=facts)
    return case


@transaction.atomic
def ask_extension(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str) -> Case:
    """申请延期; who dispatched decides. While a ruling waits, the unit that works on it first may ask as well.

    Raises Refused `extended_before` past the model's limit.
    """
    case = begin(by=by, number=number, move="ask_extension", given={"reason": reason, "note": note})
    if not rules.may_ask_extension(case.pending):
        rules.check_nothing_asked(case.pending)
    limit = packs.active_model().clocks_for(case.priority).extensions_max
    if case.extensions >= limit:
        raise Refused("extended_before", N_("已经延期 {limit} 次，不能再延。办不了的，请申请挂账。"), limit=limit)
    asked = {"kind": "extension", "reason": _reason("extension", reason), "by": by.reference}
    case.pending = {**case.pending, "extension": asked} if case.pending else asked
    finish(case, by=by, at=at, move="ask_extension", note=note, facts={"reason": reason})
    return case


@transaction.atomic
def decide_extension(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str = "") -> Case:
    """Grant the extension asked for (the resolve clock gets a new date), or refuse it with a reason."""
    move = "grant_extension" if granted else "refuse_extension"
    case = begin(by=by, number=number, move=move, given={"note": note})
    asked = rules.asked_for(case.pending, "extension")
    if asked is None:
        raise Conflict("nothing_asked", N_("没有等您批的延期。"))
    rules.check_second_person(asked_by=asked["by"], approver=by.reference)
    facts = {}
    if granted:
        planned = timing.plan_for(case.priority, "extension", max(case.due_at or at, at))
        meet_clocks(case, at, "resolve")
        period = {**planned.period, "from": planned.started_at.isoformat()}
        start_clock(case, timing.Planned("resolve", at, planned.due_at, planned.certain, period))
        case.due_at, case.due_certain, case.extensions = planned.due_at, planned.certain, case.extensions + 1
        WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").update(due_at=case.due_at)
        facts = {"due_at": planned.due_at.isoformat()}
    waiting = {name: value for name, value in case.pending.items() if name != "extension"}
    case.pending = waiting if waiting.get("kind") == "ruling" else {}
    finish(case, by=by, at=at, move=move, note=note, facts=facts)
    return case


@transaction.atomic
def tell_reporter(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """首接负责: who received the case first writes to the reporter to its end, and takes nothing over."""
    case = begin(by=by, number=number, move="tell", given={"note": note})
    finish(case, by=by, at=at, move="tell", note=note, unit_id=case.first_unit_id)
    return case
