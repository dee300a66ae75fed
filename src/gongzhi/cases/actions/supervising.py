"""催办, 督办, 整改, 清单: what the office hands out from above, as cases of their own with the pack's words for states.

A supervise order supervises a case, a rectification item answers a finding, an item belongs to a list (its owner may
be a task force, an organization with an end). Each has an owner, co-owners, a day, a standard; it is closed out (销号)
with proof, looked at by somebody else.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.cases import queries, rules, timing, words
from gongzhi.cases.actions.counting import put_in
from gongzhi.cases.actions.dispatching import unit_for
from gongzhi.cases.actions.joining import add_order
from gongzhi.cases.actions.moving import begin, finish, give_order, start_clock
from gongzhi.cases.actions.reporting import new_number
from gongzhi.cases.models import Case, Clock
from gongzhi.cases.queries.issued import orders_about
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.packs import queries as packs
from gongzhi.people import vault


@dataclass(frozen=True, slots=True)
class Task:
    """What is handed out: the words, to what standard, to whom, until when."""

    text: str
    unit_id: int
    until: dt.date | None
    standard: str = ""
    co_units: Sequence[int] = ()


@transaction.atomic
def urge_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """催办 by hand: the unit is told to get on with it; the reporter sees that somebody did."""
    case = begin(by=by, number=number, move="urge")
    finish(case, by=by, at=at, move="urge", note=note)
    return case


@transaction.atomic
def supervise_case(
    *, by: Actor, at: dt.datetime, number: str, unit_id: int, note: str, until: dt.date | None
) -> Case:
    """督办单: an order of its own about a case: issued, acknowledged, reported, verified, closed or returned."""
    given = {"unit": unit_id, "note": note, "until": until}
    case = begin(by=by, number=number, move="supervise", given=given)
    where = Where(case.path, "code", case.place_id, case.grid_id, case.longitude, case.latitude)
    task = Task(text=note, unit_id=unit_id, until=until)
    order = _issue(task, by=by, at=at, channel="supervise", where=where, category=case.category)
    link(by=by, at=at, source=order.reference, relation="supervises", target=case.reference)
    finish(case, by=by, at=at, move="supervise", facts={"order": order.number}, public=False)
    return order


# The office's own words, kept with the order: nothing of what the resident wrote.
_LATE = N_("诉求 {number} 过了时限，还没办好。请抓紧办，并在这里报告办到哪一步、哪天能办完。")


@transaction.atomic
def supervise_late_case(
    *, by: Actor, at: dt.datetime, case: Case, unit_id: int, days: int, occasion: str, basis: dict[str, Any]
) -> Case:
    """督办单 by the ladder: once for an occasion (a step of a clock), to the unit that is late, resting on the rule.

    A unit that still has an open order about this case gets no second one. Of a private matter the order says the
    number alone. Returns the order that stands. Raises Refused as handing out by hand does.
    """
    require(by, "cases.issue", path=case.path)
    earlier = Case.objects.filter(channel="supervise", number__in=orders_about(case))
    if (known := earlier.filter(occasion=occasion).first()) is not None:
        return known
    standing = earlier.filter(unit_id=unit_id).exclude(status__in=rules.FINISHED).order_by("-id").first()
    if standing is not None:
        return standing
    until = local_date(packs.calendar().deadline(at, days, "working_days").at)
    private = case.privacy in PRIVATE
    where = Where(case.path, "code", *(() if private else (case.place_id, case.grid_id, case.longitude, case.latitude)))
    task = Task(text=_LATE.format(number=case.number), unit_id=unit_id, until=until)
    more: dict[str, Any] = {"category": "" if private else case.category, "occasion": occasion, "basis": basis}
    order = _issue(task, by=by, at=at, channel="supervise", where=where, **more)
    link(by=by, at=at, source=order.reference, relation="supervises", target=case.reference)
    return order


@transaction.atomic
def issue_rectification(*, by: Actor, at: dt.datetime, finding: str, place_code: str, task: Task) -> Case:
    """整改项 for a finding of an evaluation, an audit, a patrol; `finding` is its reference or document number."""
    if not (code := tidy(finding)[:60]):
        raise Refused("missing_finding", N_("还没写是哪一条发现的问题。请写编号或文号。"), field="finding")
    where = queries.locate(place_code=place_code)
    order = _issue(task, by=by, at=at, channel="rectify", where=where, occasion=f"finding:{code}")
    link(by=by, at=at, source=order.reference, relation="rectifies", target=f"finding:{code}")
    return order


@transaction.atomic
def issue_list(*, by: Actor, at: dt.datetime, place_code: str, task: Task) -> Case:
    """清单: its head, with the owner (a unit or a task force) and the day by which everything is struck off."""
    return _issue(task, by=by, at=at, channel="tasklist", where=queries.locate(place_code=place_code))


@transaction.atomic
def add_item(*, by: Actor, at: dt.datetime, number: str, task: Task) -> Case:
    """One more line of a list. Raises NotFound for what is no list, Refused `list_closed`."""
    head = queries.get_case_for(by, number)
    if head.channel != "tasklist":
        raise NotFound("list_not_found", N_("没有这张清单。请核对编号。"))
    if head.status in rules.FINISHED:
        raise Refused("list_closed", N_("这张清单已经收尾，不能再加。请另开一张。"))
    where = Where(head.path, "code", head.place_id, head.grid_id)
    item = _issue(task, by=by, at=at, channel="listitem", where=where, occasion=f"list:{head.number}")
    link(by=by, at=at, source=item.reference, relation="item_of", target=head.reference)
    return item


def _issue(
    task: Task,
    *,
    by: Actor,
    at: dt.datetime,
    channel: str,
    where: Where,
    category: str = "",
    occasion: str = "",
    basis: dict[str, Any] | None = None,
) -> Case:
    require(by, "cases.issue", path=where.path)
    rules.check_move("issue", "reported", [name for name in ("unit", "until") if getattr(task, _FIELDS[name])])
    if task.until is None or task.until < local_date(at):
        raise Refused("until_past", N_("办好的日期不能在今天以前。"), field="until")
    due = packs.calendar().end_of(task.until, "close")
    case = _new_case(task, by, at, channel, where, category, occasion)
    case.routing = {**case.routing, **(basis or {})}
    put_in(case.pk)
    case.due_at, case.due_certain = due, packs.calendar().known(task.until)
    case.unit = unit_for(case, task.unit_id)
    case.first_unit_id = case.unit.pk
    case.first_contact_at = at
    give_order(case, case.unit.pk, by=by, at=at)
    start_clock(case, timing.Planned("resolve", at, due, case.due_certain, {"until": task.until.isoformat()}))
    _start_reminders(case, at, due)
    finish(case, by=by, at=at, move="issue", facts={"unit": case.unit.pk, "due_at": due.isoformat()})
    for unit_id in dict.fromkeys(task.co_units):
        if unit_id != case.unit_id:
            add_order(case, unit_id, by=by, at=at, role="co", due_at=due)
    return case


_FIELDS = {"unit": "unit_id", "until": "until"}


def _new_case(
    task: Task, by: Actor, at: dt.datetime, channel: str, where: Where, category: str, occasion: str
) -> Case:
    """The row with its sealed words; nobody raised it, so it has no reporter."""
    way = packs.active_model().channel(channel)
    if way is None or way.entered_by != "issue":
        raise Refused("unknown_channel", N_("没有这个渠道。请从列表里选。"), field="channel")
    text = rules.check_text(tidy(task.text))
    row, key = vault.new_key("case", at)
    row.save(force_insert=True)
    return Case.objects.create(
        number=new_number(where.path, at),
        status="reported",
        channel=channel,
        category=category,
        category_source="staff",
        priority=queries.priority_of(category, channel, local_date(at)) if category else way.priority or "hard",
        privacy=way.privacy,
        place_id=where.place_id,
        grid_id=where.grid_id,
        path=where.path,
        location=where.found,
        longitude=where.longitude,
        latitude=where.latitude,
        key=row,
        words=words.seal_part(key, row.pk, "words", {"text": text, "detail": tidy(task.standard)}),
        routing={"code": "issued", "by": by.reference},
        received_at=at,
        occasion=occasion,
        uncounted="issued",  # nobody's demand: no rate counts it
    )


def _start_reminders(case: Case, at: dt.datetime, due: dt.datetime) -> None:
    """T−n: one look for each number of the pack that still lies ahead."""
    for minutes in packs.active_model().joint.reminders:
        moment = packs.calendar().working_minutes_before(due, minutes)
        if moment > at:
            Clock.objects.create(case=case, kind="remind", started_at=at, due_at=moment, period={"before": minutes})


@transaction.atomic
def strike_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """销号: shown to be done, looked at by somebody else, struck off by who may hand out.

    Raises Refused `not_issued` for a resident's case (only that resident ends it), `items_open` for a list.
    """
    case = begin(by=by, number=number, move="strike")
    if case.channel not in packs.active_model().issued:
        raise Refused("not_issued", N_("居民反映的事要等居民确认，不能销号。"))
    open_items = Case.objects.filter(occasion=f"list:{case.number}").exclude(status__in=rules.FINISHED).count()
    if open_items:
        raise Refused("items_open", N_("清单里还有 {n} 项没销号。"), n=open_items)
    case.closed_at, case.outcome = at, "struck"
    finish(case, by=by, at=at, move="strike", note=note)
    return case
