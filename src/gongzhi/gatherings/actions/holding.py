"""The meeting itself: opened when enough are there, decided item by item, closed with what was said."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.cases.actions.supervising import Task, issue_list
from gongzhi.cases.actions.supervising import add_item as add_task
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.duties.actions import show_evidence
from gongzhi.gatherings import queries, rules, words
from gongzhi.gatherings.actions.agenda import get_item
from gongzhi.gatherings.actions.steps import locked
from gongzhi.gatherings.actions.topics import tell_proposer
from gongzhi.gatherings.matters import check_matter
from gongzhi.gatherings.models import AgendaItem, Gathering, Outcome, Topic
from gongzhi.notifications.actions import emit

LONGEST_WORDS, LONGEST_MINUTES = 300, 20_000


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on an item: which way, in words, who does it until when."""

    decision: str
    words: str = ""
    unit: int | None = None
    until: dt.date | None = None


@transaction.atomic
def open_gathering(*, by: Actor, at: dt.datetime, number: str) -> Gathering:
    """It begins: the number of members due is fixed now. Raises Refused `not_yet` before its day."""
    row = locked(by, number, "open")
    if at < row.starts_at - rules.BEFORE:
        raise Refused("not_yet", N_("还没到开会的时间。"))
    row.due = queries.presence_at(row).due
    row.status, row.opened_at = "open", at
    row.save(update_fields=["status", "opened_at", "due"])
    record(by=by, at=at, action="gatherings.open", subject=row.reference, changes={"due": row.due})
    return row


@transaction.atomic
def decide_item(*, by: Actor, at: dt.datetime, number: str, position: int, decided: Decided) -> AgendaItem:
    """An item that is no motion: handed to somebody with a day, taken higher, put off, closed.

    What is handed out is a task of the meeting's own list (kernel: outcomes are cases); the next meeting of the
    series opens with it. Raises Refused `no_quorum`, `bad_decision`, `decision_needs_words`,
    `decision_needs_unit`, `motion_needs_hands`, Conflict `item_decided`, and what handing out raises.
    """
    row, item = _undecided(by, number, position)
    said = " ".join(tidy(decided.words).split())[:LONGEST_WORDS]
    rules.check_decision(decided.decision, item.kind, words=said, unit=decided.unit, until=decided.until)
    if item.kind == "motion":
        raise Refused("motion_needs_hands", N_("这一项要举手表决，请填同意、反对、弃权的人数。"))
    _check_quorum(row)
    if decided.decision in ("assign", "escalate"):
        _hand_out(row, item, said, decided, by, at)
    return _finish(row, item, decided.decision, said, by, at)


@transaction.atomic
def count_motion(
    *, by: Actor, at: dt.datetime, number: str, position: int, hands: Mapping[str, int], matter: str = ""
) -> AgendaItem:
    """A show of hands on a motion, by the kind's majority of those present; `matter` where it was not said before.

    Raises Refused `no_quorum`, `votes_over`, `no_majority_rule`, `not_a_motion`, Conflict `item_decided`, and
    `matter_missing`, `bad_matter`, `reserved_matter` where the law of today has another body decide it.
    """
    row, item = _undecided(by, number, position)
    majority = queries.majority_of(queries.kind_of(row))
    if item.kind != "motion":
        raise Refused("not_a_motion", N_("这一项不是要表决的。"))
    if not majority.share:
        raise Refused("no_majority_rule", N_("这种会没有写表决规则，不能在这里表决。"))
    item.matter = item.matter or matter
    check_matter(item.matter, row.organization, row.path, local_date(at))
    _check_quorum(row)
    item.votes = rules.count_hands(hands, queries.presence_at(row).came, majority)
    return _finish(row, item, "pass" if item.votes["passed"] else "fail", item.words, by, at)


def _undecided(by: Actor, number: str, position: int) -> tuple[Gathering, AgendaItem]:
    row = locked(by, number, "decide")
    item = get_item(row, position)
    if item.decision:
        raise Conflict("item_decided", N_("这一项已经定了，不能再改。要改，请在下次会上再议。"))
    return row, item


def _check_quorum(row: Gathering) -> None:
    there = queries.presence_at(row)
    rules.check_quorum(queries.quorum_of(row), there.due, there.came)


def _hand_out(row: Gathering, item: AgendaItem, said: str, decided: Decided, by: Actor, at: dt.datetime) -> None:
    assert decided.unit is not None  # noqa: S101 - checked by the rule
    task = Task(text=f"{item.title}：{said}", unit_id=decided.unit, until=decided.until)
    if not row.tasks:
        row.tasks = issue_list(by=by, at=at, place_code=row.place.code, task=_head(row, task)).number
        row.save(update_fields=["tasks"])
        link(by=by, at=at, source=row.reference, relation="led_to", target=f"case:{row.tasks}")
    made = add_task(by=by, at=at, number=row.tasks, task=task)
    relation = "tasked" if decided.decision == "assign" else "escalated"
    Outcome.objects.create(item=item, target=made.reference, relation=relation, made_at=at)
    link(by=by, at=at, source=row.reference, relation=relation, target=made.reference)
    if item.source.startswith("case:"):
        link(by=by, at=at, source=made.reference, relation="follows", target=item.source)


def _head(row: Gathering, task: Task) -> Task:
    """The list is the body's own: it answers for all of it."""
    return Task(text=f"{row.title}（{row.number}）交办的事", unit_id=row.organization_id, until=task.until)


def _finish(row: Gathering, item: AgendaItem, decision: str, said: str, by: Actor, at: dt.datetime) -> AgendaItem:
    item.decision, item.words, item.decided_at = decision, said, at
    item.save(update_fields=["decision", "words", "votes", "matter", "decided_at"])
    changes = {"position": item.position, "decision": decision, "votes": item.votes}
    record(by=by, at=at, action="gatherings.decide", subject=row.reference, changes=changes)
    return item


@transaction.atomic
def close_gathering(*, by: Actor, at: dt.datetime, number: str, said: str) -> Gathering:
    """It is over: what was said is sealed, open items stay for the next one, proposers of topics are told.

    It meets the duty of its body to hold such meetings. Raises Refused `missing_minutes`.
    """
    row = locked(by, number, "close")
    said = tidy(said)
    if not said:
        raise Refused("missing_minutes", N_("请写议了什么。写意见，不写谁说的。"), field="said")
    if len(said) > LONGEST_MINUTES:
        raise Refused("too_long", N_("太长了，最多 {most} 个字。"), most=LONGEST_MINUTES, field="said")
    words.reseal(row, said=said)
    row.items.filter(decision="").update(decision="defer", decided_at=at)
    row.status, row.closed_at = "closed", at
    row.save(update_fields=["status", "closed_at", "words"])
    record(by=by, at=at, action="gatherings.close", subject=row.reference, changes={})
    for topic in Topic.objects.filter(item__gathering=row).order_by("id"):
        tell_proposer(topic, "decided", at)
    subject = f"organization:{row.organization_id}"
    show_evidence(by=by, at=at, subject=subject, evidence=row.reference, on=local_date(row.starts_at), session=row.kind)
    emit("gathering.held", {"number": row.number}, at=at)
    return row
