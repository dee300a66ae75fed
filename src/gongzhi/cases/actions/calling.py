"""回访: a draw that anyone can repeat, calls by a unit that had nothing to do with it, and word of it a day later.

No step here writes to the timeline or tells the handling unit. Where the answer is that it is not solved, the case is
opened again on the next working morning, together with all others of the day: the hour says nothing about the call.
"""

import base64
import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import log_access, record, seal_entries
from gongzhi.audit.models import Entry
from gongzhi.cases import rules, timing, words
from gongzhi.cases.actions.confirming import open_again
from gongzhi.cases.actions.counting import put_in, take_out
from gongzhi.cases.actions.moving import give_order
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.queries import calling
from gongzhi.cases.queries.spans import day_span
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.engines.sampling import draw, population_digest, sample_size
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Scoring
from gongzhi.people import vault
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place


def _scoring() -> Scoring:
    scoring = packs.active_model().scoring
    if scoring is None:
        raise Refused("no_scoring", N_("模式包里没写回访抽多少。请在模式包的 scoring 里写上。"))
    return scoring


@transaction.atomic
def draw_callbacks(*, by: Actor, at: dt.datetime, place: str, week: str) -> dict[str, Any]:
    """Draw from what ended in a past week at a place (its code), once; returns what the trail keeps of it.

    Raises Forbidden, Refused `bad_week`, `week_not_over`, `nothing_to_draw`, Conflict `drawn_before`, `not_sealed`.
    """
    where = get_place(place)
    require(by, "cases.draw", path=where.path)
    rules.check_week_over(week, local_date(at))
    subject = rules.draw_subject(where.code, week)
    Place.objects.select_for_update().get(pk=where.pk)  # two who press at once do not both draw
    rules.check_drawn_once(Entry.objects.filter(action=calling.DRAW_ACTION, subject=subject).exists())
    facts = _drawn(subject, where.path, week, by=by, at=at)
    record(by=by, at=at, action=calling.DRAW_ACTION, subject=subject, changes=facts)
    return facts


def _drawn(subject: str, path: str, week: str, *, by: Actor, at: dt.datetime) -> dict[str, Any]:
    check_activity("callback")
    scoring, end = _scoring(), rules.week_span(week)[1]
    seal_entries(by=system_actor("seal"), at=at, everything=True)
    chain = calling.chain_hash_after(day_span(end)[0])
    if chain is None:
        raise Conflict("not_sealed", N_("这个星期过后还没有留痕可以作种子。请过一会儿再抽。"))
    found = calling.population_of(path, week)
    if not found.numbers:
        raise Refused("nothing_to_draw", N_("这个星期没有可以回访的：没有办结的，或者都没有同意回访。"))
    limits = {"percent": scoring.callback_percent, "least": scoring.callback_least, "most": scoring.callback_most}
    size = sample_size(len(found.numbers), **limits)
    seed = rules.draw_seed(subject, chain)
    drawn = draw(found.numbers, seed=seed, size=size)
    unassigned = _give_out(drawn, seed, subject, by=by, at=at)
    return {
        "seed": seed,
        "path": path,
        "week": week,
        "query": "closed, closed_silent; open or named; not merged, not imported, not called; agreed to be called",
        "pack": packs.in_use().model_reference,
        "population": list(found.numbers),
        "digest": population_digest(found.numbers),
        "not_agreed": found.not_agreed,
        "size": size,
        "drawn": drawn,
        "unassigned": unassigned,
    }


def _give_out(drawn: list[str], seed: str, subject: str, *, by: Actor, at: dt.datetime) -> list[str]:
    """An order for each to a unit by lot; returns the numbers for which no other unit can call."""
    due = timing.plan("callback", _scoring().callback_within, at).due_at
    unassigned = []
    for case in Case.objects.filter(number__in=drawn).order_by("number"):
        units = calling.calling_units(case.path, local_date(at))
        unit_id = rules.choose_caller(seed, case.number, units, calling.involved_units(case))
        if unit_id is None:
            unassigned.append(case.number)
            continue
        order = give_order(case, unit_id, by=by, at=at, role="callback", due_at=due)
        order.facts = {"draw": subject}
        order.save(update_fields=["facts"])
    return unassigned


@transaction.atomic
def reveal_caller_contact(*, by: Actor, at: dt.datetime, order_id: int) -> list[dict[str, str]]:
    """Names and numbers of those who agreed to be called, after writing who looked and why."""
    order = calling.get_call_for(by, order_id)
    check_activity("callback")
    rules.check_caller(caller=by.reference, handlers=calling.handlers_of(order.case))
    persons = calling.agreed_persons(order.case)
    if not persons:
        raise Refused("consent_withdrawn", N_("反映人收回了同意，不能再打。请记作没有打通。"))
    log_access(by=by, at=at, subjects=[order.case.reference], fields="contact", purpose="callback")
    found = vault.reveal(by=by, at=at, person_ids=persons, fields=["name", "phone"], purpose="callback")
    return [{"name": one.get("name", ""), "phone": one.get("phone", "")} for one in found.values()]


@transaction.atomic
def record_call(
    *,
    by: Actor,
    at: dt.datetime,
    order_id: int,
    reached: bool,
    solved: str = "",
    heard: bool | None = None,
    satisfied: int | None = None,
    note: str = "",
) -> WorkOrder:
    """What was said. Not reached as often as the pack says: the call ends without a word, and counts as none.

    Raises NotFound, Refused `own_work`, `missing_answer`, `bad_rating`, `missing_note`.
    """
    order = calling.get_call_for(by, order_id, lock=True)
    case = Case.objects.select_for_update(of=("self",)).select_related("key").get(pk=order.case_id)
    rules.check_caller(caller=by.reference, handlers=calling.handlers_of(case))
    rules.check_call(reached=reached, solved=solved, satisfied=satisfied, note=note)
    order.handler_id = by.person_id
    if not reached:
        return _not_reached(order, by=by, at=at)
    order.answered_at, order.ended_at = at, at
    order.facts = {**order.facts, "outcome": "reached"}
    if solved != "yes":
        sealed = words.seal_part(vault.open_key(case.key), case.key_id, "call", tidy(note))
        order.facts |= {"tell_from": _stamp(_next_morning(at)), "sealed": base64.b64encode(sealed).decode()}
    order.save()
    take_out(case.pk)
    case.solved, case.heard, case.satisfied = solved, heard, satisfied
    case.save(update_fields=["solved", "heard", "satisfied"])
    put_in(case.pk)
    changes = {"order": order.pk, "outcome": "reached", "solved": solved, "heard": heard, "satisfied": satisfied}
    record(by=by, at=at, action="cases.record_call", subject=case.reference, changes=changes)
    return order


def _not_reached(order: WorkOrder, *, by: Actor, at: dt.datetime) -> WorkOrder:
    attempts = int(order.facts.get("attempts", 0)) + 1
    order.facts = {**order.facts, "attempts": attempts, "outcome": "unreachable"}
    if attempts >= _scoring().callback_attempts:
        order.ended_at = at
    order.save()
    changes = {"order": order.pk, "outcome": "unreachable", "attempts": attempts}
    record(by=by, at=at, action="cases.record_call", subject=order.case.reference, changes=changes)
    return order


def _next_morning(at: dt.datetime) -> dt.datetime:
    """When the next working day opens: then the unit hears of all calls of the day together."""
    tomorrow = local_date(at) + dt.timedelta(days=1)
    return packs.calendar().add_working_minutes(day_span(tomorrow)[0], 1).at - dt.timedelta(minutes=1)


def _stamp(at: dt.datetime) -> str:
    """A moment in the one form in which the texts of two compare as the moments do."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def calls_to_tell(at: dt.datetime, limit: int) -> list[int]:
    """Orders whose answer is due to be told."""
    waiting = WorkOrder.objects.filter(role="callback", facts__tell_from__lte=_stamp(at))
    return list(waiting.order_by("id").values_list("pk", flat=True)[:limit])


@transaction.atomic
def tell_of_call(*, by: Actor, at: dt.datetime, order_id: int) -> bool:
    """Open the case again for what a call said; whether it was opened. The unit learns that and why, nothing else."""
    order = WorkOrder.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=order_id).first()
    if order is None or "tell_from" not in order.facts or order.facts["tell_from"] > _stamp(at):
        return False
    case = Case.objects.select_for_update(of=("self",)).select_related("key", "unit").get(pk=order.case_id)
    sealed = base64.b64decode(order.facts["sealed"])
    order.facts = {name: value for name, value in order.facts.items() if name not in ("tell_from", "sealed")}
    order.save(update_fields=["facts"])
    if case.status not in rules.MOVES["reopen"].sources:
        return False
    note = words.open_part(case.key, "call", sealed) or ""
    open_again(case, by=by, at=at, note=note)
    return True
