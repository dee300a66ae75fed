"""工程清单: one defect after another is listed, looked at, budgeted, ordered, mended, accepted, paid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.documents.actions import Upload
from gongzhi.documents.queries import count_evidence, evidence_of
from gongzhi.duties.actions import show_evidence
from gongzhi.ledger.models import LedgerEntry
from gongzhi.ledger.rules import amount_text
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.proposing import check_not_over
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.actions.working import add_files
from gongzhi.projects.models import Project, WorksLine
from gongzhi.projects.queries import works as reads
from gongzhi.projects.rules import works as works_rules


@dataclass(frozen=True, slots=True)
class Spot:
    """One defect as somebody enters it: at which part of which building or compound, how many households."""

    place: Place
    part: str
    defect: str
    homes: int = 0
    found: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a step of a line takes along; each step uses what it needs."""

    urgency: str = ""
    budget: int | None = None
    contractor: Organization | None = None
    amount: int | None = None
    entry: str = ""
    reason: str = ""
    uploads: Sequence[Upload] = ()


def _project(by: Actor, number: str) -> Project:
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    if not reads.defects_of(row):
        raise Conflict("no_works_lines", N_("这种项目没有工程清单。"))
    return row


@transaction.atomic
def add_works_lines(*, by: Actor, at: dt.datetime, number: str, spots: Sequence[Spot]) -> list[WorksLine]:
    """Behind the last one of the list; one event for all of them.

    Raises Forbidden, Conflict `no_works_lines`, `project_over`, `listed_already`, `too_many_lines`, Refused
    `defect_unknown`, `place_outside`, `part_missing`, `part_names_a_home`, `homes_wrong`.
    """
    row = _project(by, number)
    check_not_over(row)
    last = row.works.aggregate(last=Max("position"))["last"] or 0
    if last + len(spots) > works_rules.MOST_LINES:
        raise Conflict("too_many_lines", N_("一份清单最多 {most} 处。请另立一个项目。"), most=works_rules.MOST_LINES)
    drafts = [_draft(row, spot, last + n, by=by, at=at) for n, spot in enumerate(spots, start=1)]
    open_ones = row.works.exclude(state__in=("accepted", "dropped")).values_list("place_id", "part", "defect")
    known = set(open_ones)
    for one in drafts:
        if (one.place_id, one.part, one.defect) in known:
            message = N_("“{part}”的这种毛病已经在清单里，还没修好。")
            raise Conflict("listed_already", message, part=one.part, field="part")
        known.add((one.place_id, one.part, one.defect))
    made = WorksLine.objects.bulk_create(drafts, batch_size=500)
    if made:
        happened(row, "works", by=by, at=at, code="add", facts={"lines": len(made), "first": last + 1})
    return made


def _draft(row: Project, spot: Spot, position: int, *, by: Actor, at: dt.datetime) -> WorksLine:
    if spot.defect not in reads.defects_of(row):
        raise Refused("defect_unknown", N_("没有这种毛病。请从列表里选。"), field="defect")
    if spot.place.kind not in reads.PLACES or not spot.place.path.startswith(row.path):
        raise Refused("place_outside", N_("请选项目范围里的楼栋或小区，不写到哪一户。"), field="place")
    line = WorksLine(project=row, position=position, place=spot.place, path=spot.place.path, defect=spot.defect)
    line.part, line.homes = works_rules.check_part(spot.part), works_rules.check_homes(spot.homes)
    line.found = mask_personal_numbers(" ".join(spot.found.split()))[: works_rules.LONGEST_FOUND]
    line.added_by, line.added_at = by.reference, at
    return line


@transaction.atomic
def step_line(*, by: Actor, at: dt.datetime, number: str, position: int, verb: str, given: Given) -> WorksLine:
    """One step of the table in rules/works.py, with what it needs.

    Raises Forbidden, NotFound `works_line_unknown`, Conflict `step_not_possible`, `not_running`, Refused
    `urgency_unknown`, `amount_wrong`, `contractor_missing`, `evidence_missing`, `own_work`, `reason_missing`,
    `entry_unknown`, `entry_too_small`, `paper_missing`.
    """
    row = _project(by, number)
    line = reads.get_line(row, position, lock=True)
    step = works_rules.get_step(line.state, verb)
    if verb in ("triage", "budget", "drop"):
        check_not_over(row)
    elif row.state not in rules.RUNNING:
        raise Conflict("not_running", N_("项目立项以后、办结以前才能记这一步。"))
    note = _STEPS[verb](row, line, given, by, at)
    line.state = step.target or line.state
    line.save()
    facts = {"state": line.state, "budget": line.budget, "paid": line.paid}
    happened(row, "works", by=by, at=at, code=f"{verb}.{position}", reference=line.reference, note=note, facts=facts)
    return line


def _triage(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    if given.urgency not in works_rules.URGENCIES:
        raise Refused("urgency_unknown", N_("请选轻重缓急。"), field="urgency")
    line.urgency = given.urgency
    if given.uploads:
        add_files(row, line.reference, given.uploads, "before", by=by, at=at)
    return ""


def _money(amount: int | None, field: str) -> int:
    if amount is None or not 0 < amount <= rules.LARGEST:
        raise Refused("amount_wrong", N_("金额要大于 0。"), field=field)
    return amount


def _budget(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    line.budget = _money(given.budget, "budget")
    return ""


def _order(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    chosen = given.contractor
    if chosen is None or not reads.possible_contractors(row, local_date(at)).filter(pk=chosen.pk).exists():
        raise Refused("contractor_missing", N_("请从列表里选施工单位。没有的，先在“单位”里登记。"), field="contractor")
    line.contractor = chosen
    return chosen.name


def _done(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    if given.uploads:
        add_files(row, line.reference, given.uploads, "after", by=by, at=at)
    if not count_evidence(line.reference, "after"):
        raise Refused("evidence_missing", N_("请传修好以后的照片。"), field="files")
    line.done_on, line.done_by = local_date(at), by.reference
    return ""


def _redo(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    if line.paid:
        raise Conflict("line_settled", N_("这一处已经付了款，不能返工。请走保修。"))
    line.done_on, line.done_by = None, ""
    return rules.check_reason(given.reason)


def _accept(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    """By another one than who said that it is done; the warranty runs from this day."""
    if line.done_by == by.reference:
        raise Refused("own_work", N_("说修好的人自己不验收。请另一个人来。"))
    line.accepted_on = local_date(at)
    months = reads.defects_of(row)[line.defect].warranty_months
    line.warranty_until = works_rules.warranty_until(line.accepted_on, months)
    return ""


def _pay(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    """Money of books here is shown by an entry about the project; money from elsewhere by a paper."""
    amount = _money(given.amount, "amount")
    if given.uploads:
        add_files(row, line.reference, given.uploads, "document", by=by, at=at)
    line.entry = _entry(row, line, given.entry.strip(), amount)
    if line.entry is None and not evidence_of([line.reference]).filter(purpose="document").exists():
        raise Refused("paper_missing", N_("这笔钱不走这里的账，请传收据或者发票。"), field="files")
    line.paid = amount
    return line.entry.number if line.entry else ""


def _entry(row: Project, line: WorksLine, number: str, amount: int) -> LedgerEntry | None:
    if not number:
        if reads.books_pay(row):
            message = N_("这个项目的钱走这里的账。请先记账、批准，再填那一笔的编号。")
            raise Refused("entry_missing", message, field="entry")
        return None
    found: LedgerEntry | None = queries.entries_about(row).filter(number=number, reverses=None).first()
    if found is None or found.reversals.exists():
        message = N_("没有 {number} 这一笔，或者它没批、冲掉了、不是为这个项目付的（“用在哪件事上”写 {about}）。")
        raise NotFound("entry_unknown", message, number=number, about=row.reference, field="entry")
    if reads.paid_by_entry(found.pk, but=line.pk) + amount > found.amount:
        message = N_("{number} 这一笔一共 {most} 元，不够付清单里写的数。")
        raise Refused("entry_too_small", message, number=number, most=amount_text(found.amount, "fen"), field="entry")
    return found


def _drop(row: Project, line: WorksLine, given: Given, by: Actor, at: dt.datetime) -> str:
    return rules.check_reason(given.reason)


_STEPS = {
    "triage": _triage,
    "budget": _budget,
    "order": _order,
    "done": _done,
    "redo": _redo,
    "accept": _accept,
    "pay": _pay,
    "drop": _drop,
}


@transaction.atomic
def inspect_warranty(
    *, by: Actor, at: dt.datetime, number: str, position: int, found: str, uploads: Sequence[Upload]
) -> WorksLine:
    """Before the warranty ends somebody looks once more; the duty of that is done by it.

    Raises Forbidden, NotFound `works_line_unknown`, Conflict `no_warranty`, Refused `line_missing`, `evidence_missing`.
    """
    row = _project(by, number)
    line = reads.get_line(row, position, lock=True)
    today = local_date(at)
    if line.warranty_until is None or line.warranty_until < today:
        raise Conflict("no_warranty", N_("这一处没有保修，或者保修已经到期。"))
    note = rules.check_line(mask_personal_numbers(found), rules.LONGEST_NOTE, "found")
    if not uploads:
        raise Refused("evidence_missing", N_("请传现场照片。"), field="files")
    add_files(row, line.reference, uploads, "work", by=by, at=at)
    happened(row, "works", by=by, at=at, code=f"inspect.{position}", reference=line.reference, note=note)
    show_evidence(by=by, at=at, subject=line.reference, evidence=line.reference, on=today)
    return line
