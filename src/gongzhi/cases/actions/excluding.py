"""不合理诉求: two people say so, each by name; the case leaves the score, never the record; the reporter may object."""

import datetime as dt

from django.db import transaction

from gongzhi.cases import rules, timing
from gongzhi.cases.actions.dispatching import _reason
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Conflict, Forbidden
from gongzhi.common.text import N_

KIND = "exclusion"


@transaction.atomic
def propose_exclusion(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str) -> Case:
    """The first of two: by which reason of the pack, and why. Raises Conflict `out_already`, `asked_already`."""
    case = begin(by=by, number=number, move="propose_out", given={"reason": reason, "note": note})
    if case.uncounted:
        raise Conflict("out_already", N_("这件事已经不计分了。"))
    if case.pending:
        raise Conflict("asked_already", N_("这件事已经有一项在等批。批完再提。"))
    case.pending = {"kind": KIND, "reason": _reason("unreasonable", reason), "by": by.reference}
    finish(case, by=by, at=at, move="propose_out", note=note, facts={"reason": reason}, public=False)
    return case


@transaction.atomic
def decide_exclusion(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str = "") -> Case:
    """The second person agrees, and the reporter is told plainly; or does not, and nothing changes.

    Raises Conflict `nothing_asked`, Refused `own_request`.
    """
    move = "exclude" if granted else "refuse_out"
    case = begin(by=by, number=number, move=move, given={"note": note})
    asked = case.pending
    if asked.get("kind") != KIND:
        raise Conflict("nothing_asked", N_("没有等您认定的。"))
    rules.check_second_person(asked_by=asked["by"], approver=by.reference)
    case.pending, facts = {}, {"reason": asked["reason"]}
    if granted:
        case.uncounted = asked["reason"]
    finish(case, by=by, at=at, move=move, note=note, facts=facts, public=granted)
    return case


@transaction.atomic
def object_to_exclusion(*, by: Actor, at: dt.datetime, number: str, note: str, track_code: str = "") -> Case:
    """The reporter does not agree: a review with a clock of its own. Raises Conflict `not_out`."""
    case = begin(by=by, number=number, move="object", given={"note": note}, track_code=track_code)
    if not case.uncounted or case.pending.get("kind") == "objection":
        raise Conflict("not_out", N_("这件事没有被认定为不合理，或者已经在复核。"))
    planned = timing.plan_for(case.priority, "resolve", at)
    start_clock(case, timing.Planned("review", at, planned.due_at, planned.certain, planned.period))
    case.pending = {"kind": "objection", "reason": case.uncounted, "by": by.reference}
    finish(case, by=by, at=at, move="object", note=note)
    return case


@transaction.atomic
def put_back(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """Back into the score: by the second of the two, or by who reviews an objection. Raises Forbidden, Conflict."""
    case = begin(by=by, number=number, move="put_back", given={"note": note})
    if case.uncounted in ("", "issued"):
        raise Conflict("not_out", N_("这件事没有被认定为不合理，或者已经在复核。"))
    event = CaseEvent.objects.filter(case=case, move="exclude").order_by("-id").first()
    second = event is not None and event.actor == by.reference
    reviewer = case.pending.get("kind") == "objection" and allows(by, "cases.review", path=case.path)
    if not (second or reviewer):
        raise Forbidden("second_person_only", N_("要由当时认定的第二个人撤回，或者由上一级复核后撤回。"))
    facts = {"reason": case.uncounted}
    case.uncounted, case.pending = "", {}
    meet_clocks(case, at, "review")
    finish(case, by=by, at=at, move="put_back", note=note, facts=facts)
    return case


@transaction.atomic
def uphold(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """The review finds that it stays out of the score; not by either of the two. Raises Conflict, Refused."""
    case = begin(by=by, number=number, move="uphold", given={"note": note})
    if case.pending.get("kind") != "objection":
        raise Conflict("nothing_asked", N_("没有等您认定的。"))
    two = CaseEvent.objects.filter(case=case, move__in=["propose_out", "exclude"]).values_list("actor", flat=True)
    if by.reference in set(two):
        rules.check_second_person(asked_by=by.reference, approver=by.reference)
    case.pending = {}
    meet_clocks(case, at, "review")
    finish(case, by=by, at=at, move="uphold", note=note)
    return case
