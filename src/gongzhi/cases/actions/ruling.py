"""裁决: a second wish to give a case away, a case that nobody or two units answer for, a disputed boundary.

The state stays and the work clock runs on (先办后议). The common superior of the units concerned decides on a clock of
its own; what it decides is the precedent that the next dispatch shows.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.cases import queries, rules, timing
from gongzhi.cases.actions.dispatching import _reason, unit_for
from gongzhi.cases.actions.duties import ruled_facts
from gongzhi.cases.actions.joining import add_order
from gongzhi.cases.actions.moving import begin, finish, give_order, meet_clocks, meet_first_contact, start_clock
from gongzhi.cases.models import Case
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization


@transaction.atomic
def dispute_case(
    *, by: Actor, at: dt.datetime, number: str, reason: str, note: str, unit_id: int | None = None
) -> Case:
    """提请裁决 by the unit that has the case; `unit_id` is whose matter it believes this to be.

    Raises Refused `return_first` before the one return, `no_superior`; Conflict `asked_already`.
    """
    case = begin(by=by, number=number, move="dispute", given={"reason": reason, "note": note})
    rules.check_dispute(returns=case.returns, reason=reason)
    _ask(case, by=by, at=at, move="dispute", reason=reason, note=note, others=[unit_id])
    return case


@transaction.atomic
def ask_ruling(
    *, by: Actor, at: dt.datetime, number: str, reason: str, note: str, units: Sequence[int] = ()
) -> Case:
    """提请裁决 by the dispatcher, for what nobody or more than one unit answers for; `units` are those concerned."""
    case = begin(by=by, number=number, move="ask_ruling", given={"reason": reason, "note": note})
    _ask(case, by=by, at=at, move="ask_ruling", reason=reason, note=note, others=units)
    return case


def _ask(
    case: Case, *, by: Actor, at: dt.datetime, move: str, reason: str, note: str, others: Sequence[int | None]
) -> None:
    rules.check_nothing_asked(case.pending)
    _reason("dispute", reason)
    known = {unit.id: unit for unit in queries.units()}
    here = [case.unit_id] if move == "dispute" else []
    concerned = list(dict.fromkeys(one for one in [*here, *others] if one is not None and one in known))
    superior = rules.common_superior(concerned, known, case.path)
    if superior is None:
        raise Refused("no_superior", N_("找不到这几家共同的上级。请管理员在“组织和任职”里写明上级。"))
    boundary = reason == rules.BOUNDARY
    case.pending = {
        "kind": "ruling",
        "reason": reason,
        "by": by.reference,
        "concerned": concerned,
        "superior": superior.name,
        "superior_id": superior.id,
        "superior_path": superior.path,
        "boundary": boundary,
    }
    planned = timing.plan("ruling", packs.active_model().joint.ruling, at)
    start_clock(case, planned)
    facts = {"reason": reason, "concerned": concerned, "superior": superior.name, "boundary": boundary}
    finish(case, by=by, at=at, move=move, note=note, facts={**facts, "due_at": planned.due_at.isoformat()})


@transaction.atomic
def rule_case(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    unit_id: int,
    clause: str,
    note: str,
    co_units: Sequence[int] = (),
) -> Case:
    """裁决: who is responsible, by which clause, who helps, and why. The order passes to that unit at once.

    Raises Forbidden `not_the_superior`; Conflict `nothing_asked`; Refused as a dispatch does.
    """
    given = {"unit": unit_id, "clause": clause, "note": note}
    case = begin(by=by, number=number, move="rule", given=given)
    rules.check_ruling_asked(case.pending)
    asked, case.pending = case.pending, {}
    around = asked.get("superior_path", "")
    unit = unit_for(case, unit_id, around=around)
    meet_clocks(case, at, "ruling")
    meet_first_contact(case, at)
    moved = case.status in _UNDECIDED or (case.unit_id != unit.pk and case.status not in _DONE)
    if moved:
        order = give_order(case, unit.pk, by=by, at=at)
        order.facts = ruled_facts(case, unit, at)
        order.save(update_fields=["facts"])
        case.unit = unit
    if case.status not in _DONE:
        case.first_unit_id = unit.pk  # 首接负责 holds until the ruling: from here on this unit answers to the reporter
    helpers = [one for one in dict.fromkeys(co_units) if one != unit.pk and case.status not in _DONE]
    for helper in helpers:
        add_order(case, helper, by=by, at=at, role="co", around=around)
    facts = _precedent(case, unit, asked, clause, helpers)
    if not moved and (extension := asked.get("extension")):
        case.pending = extension  # the unit keeps the work, and what it asked for still waits
    finish(case, by=by, at=at, move="rule", note=note, facts=facts, target="dispatched" if moved else "")
    return case


# Nobody has it yet; or the work is done, and the ruling only says whose it was.
_UNDECIDED = ("reported", "accepted", "returned")
_DONE = ("answered", "verified")


def _precedent(
    case: Case, unit: Organization, asked: dict[str, Any], clause: str, helpers: list[int]
) -> dict[str, Any]:
    """What the next dispatch of the same kind near the same place will read: codes and names of bodies only."""
    return {
        "reason": asked["reason"],
        "category": case.category,
        "path": case.path,
        "unit": unit.pk,
        "unit_name": unit.name,
        "clause": tidy(clause)[:200],
        "co": helpers,
        "superior": asked.get("superior", ""),
        "boundary": bool(asked.get("boundary")),
    }
