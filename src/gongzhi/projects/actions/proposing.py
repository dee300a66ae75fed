"""A problem is named, one project is proposed for it, and what the guide asks is shown, point by point."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.numbering import next_number
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, mask_personal_numbers, tidy
from gongzhi.duties.registry import resolve
from gongzhi.packs.project_contents import Consultation, GuideItem, ProjectPack
from gongzhi.people import vault
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Problem, Project, ProjectEvent


@transaction.atomic
def open_problem(
    *, by: Actor, at: dt.datetime, place: Place, name: str, told: str = "", source: str = ""
) -> Problem:
    """One named problem at a place; from the same source the same problem. Names no person.

    Raises Forbidden, Refused `line_missing`, `line_too_long`, `source_unknown`.
    """
    require(by, rules.PROPOSE, path=place.path)
    check_activity("projects")
    if source and (known := Problem.objects.filter(source=source).first()) is not None:
        return known
    plain = rules.check_line(mask_personal_numbers(name), rules.LONGEST_NAME, "name")
    queries.check_source(by, source)
    number = next_number("projects_problem", "W", 5)
    row = Problem(number=number, name=plain, place=place, path=place.path, source=source)
    row.told = mask_personal_numbers(tidy(told))[: rules.LONGEST_TOLD]
    row.stated_by, row.stated_at = by.reference, at
    row.save(force_insert=True)
    record(by=by, at=at, action="projects.open_problem", subject=row.reference, changes={"source": source})
    if source:
        link(by=by, at=at, source=source, relation="led_to", target=row.reference)
    return row


@transaction.atomic
def propose(
    *,
    by: Actor,
    at: dt.datetime,
    problem: Problem,
    kind: str,
    title: str,
    owner: Organization,
    variety: str = "",
    facts: Mapping[str, str] | None = None,
    illustrative: bool = False,
    request: uuid.UUID | None = None,
) -> Project:
    """One project for one problem, under the kind in force; what the pack asks for at the beginning is given.

    Sent twice with one `request` it is made once. Raises Forbidden, NotFound `unknown_project_kind`, Refused
    `line_missing`, `line_too_long`, `variety_unknown`, `number_wrong`; Conflict `problem_has_a_project`.
    """
    require(by, rules.PROPOSE, path=problem.path)
    check_activity("projects")
    if request is not None and (made := Project.objects.filter(request=request).first()) is not None:
        return made
    pack, reference = queries.get_kind(kind, local_date(at))
    row = Project(problem=problem, kind=kind, pack=reference, place=problem.place, path=problem.path, owner=owner)
    row.title = rules.check_line(mask_personal_numbers(title), rules.LONGEST_NAME, "title")
    row.variety, row.request, row.illustrative = _variety(pack, variety), request, illustrative
    row.facts = numbers(pack, "proposed", facts or {})
    row.proposed_by, row.proposed_at, row.moved_at = by.reference, at, at
    row.key, _plain = vault.new_key("project", at)
    row.key.save(force_insert=True)
    row.number = next_number("projects_project", "P", 5)
    _save_once(row, problem)
    changes = {"kind": kind, "problem": problem.number}
    happened(row, "proposed", by=by, at=at, reference=problem.reference, facts={**changes, **row.facts})
    link(by=by, at=at, source=problem.reference, relation="solved_by", target=row.reference)
    link(by=by, at=at, source=f"organization:{owner.pk}", relation="owns", target=row.reference)
    _show_source(row, pack, by=by, at=at)
    return row


@dataclass(frozen=True, slots=True)
class Stated:
    """A problem as somebody states it, not yet written."""

    place: Place
    name: str
    told: str = ""
    source: str = ""


@transaction.atomic
def propose_for(
    *, by: Actor, at: dt.datetime, stated: Stated, request: uuid.UUID | None = None, **more: Any
) -> Project:
    """The problem and its project in one step, both or neither; `more` as for `propose`. Raises as both do."""
    if request is not None and (made := Project.objects.filter(request=request).first()) is not None:
        return made
    place, name, told, source = stated.place, stated.name, stated.told, stated.source
    problem = open_problem(by=by, at=at, place=place, name=name, told=told, source=source)
    return propose(by=by, at=at, problem=problem, request=request, **more)


def _save_once(row: Project, problem: Problem) -> None:
    """One problem, one project: the database says so."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "problem" not in str(error):
            raise
        known = Project.objects.get(problem=problem)
        message = N_("这个问题已经有项目 {number} 了。一个问题只立一个项目。")
        raise Conflict("problem_has_a_project", message, number=known.number, field="problem") from error


def _variety(pack: ProjectPack, code: str) -> str:
    if code not in {one.code for one in pack.varieties} | ({""} if not pack.varieties else set()):
        raise Refused("variety_unknown", N_("请选是哪一种。"), field="variety")
    return code


def numbers(pack: ProjectPack, point: str, given: Mapping[str, str]) -> dict[str, int]:
    """Every number that is asked at a point. Raises Refused `number_wrong`."""
    return {
        one.code: rules.read_number(given.get(one.code, ""), one.name, f"fact-{one.code}")
        for one in pack.facts_at(point)
    }


def _show_source(row: Project, pack: ProjectPack, *, by: Actor, at: dt.datetime) -> None:
    """Where the problem came from shows the first point of the guide that takes such a reference."""
    source = row.problem.source
    point = next((one for one in pack.guide if source.partition(":")[0] in one.accepts), None)
    if source and point is not None:
        _note(row, f"guide.{point.code}", source, "", by=by, at=at)


@transaction.atomic
def show_point(
    *, by: Actor, at: dt.datetime, number: str, key: str, reference: str = "", words: str = ""
) -> ProjectEvent:
    """What shows a point of the guide ("guide.need") or a gate ("gate.before_start"); a later one takes over.

    Raises Forbidden, Conflict `project_over`, Refused `shown_missing`, `shown_of_another_kind`, `no_such_point`,
    `evidence_unknown`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.PROPOSE, path=row.path)
    check_not_over(row)
    accepts = _accepts(queries.kind_of(row), key)
    reference, words = reference.strip(), mask_personal_numbers(" ".join(words.split()))[: rules.LONGEST_NOTE]
    rules.check_shown(accepts, reference, "" if key.startswith("gate.") else words)
    if reference and resolve(by, reference) is None:
        message = N_("没有找到 {reference}。请核对编号。")
        raise Refused("evidence_unknown", message, reference=reference, field="reference")
    return _note(row, key, reference, words, by=by, at=at)


def _accepts(pack: ProjectPack, key: str) -> tuple[str, ...]:
    part, _, code = key.partition(".")
    rows: Sequence[GuideItem | Consultation] = ()
    if part in ("guide", "gate"):
        rows = pack.guide if part == "guide" else pack.consultations
    found = next((one for one in rows if one.code == code), None)
    if found is None:
        raise Refused("no_such_point", N_("没有这一项。请刷新再选。"), field="key")
    return found.accepts


def _note(row: Project, key: str, reference: str, words: str, *, by: Actor, at: dt.datetime) -> ProjectEvent:
    row.shown = {**row.shown, key: {"reference": reference, "words": words}}
    row.save(update_fields=["shown"])
    if reference:
        link(by=by, at=at, source=row.reference, relation="shown_by", target=reference)
    return happened(row, "shown", by=by, at=at, code=key, reference=reference, note=words)


def check_not_over(row: Project) -> None:
    """Raises Conflict `project_over`."""
    if row.state in rules.OVER:
        raise Conflict("project_over", N_("项目已经结束了，不能再改。"))


def check_second(row: Project, by: Actor) -> None:
    """Whoever proposed it decides nothing about it. Raises Refused `second_person`."""
    if by.reference == row.proposed_by:
        raise Refused("second_person", N_("自己申报的项目自己不审、不批。请另一位来。"))


@transaction.atomic
def log_meeting(*, by: Actor, at: dt.datetime, number: str, reference: str, words: str = "") -> ProjectEvent:
    """居民会议: one more meeting about it, as often as they meet; a held gathering shows it.

    Raises Forbidden, Conflict `project_over`, Refused `shown_of_another_kind`, `evidence_unknown`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    check_not_over(row)
    rules.check_shown(("gathering",), reference.strip(), "")
    if resolve(by, reference.strip()) is None:
        message = N_("没有找到 {reference}，或者会还没开完。请核对编号。")
        raise Refused("evidence_unknown", message, reference=reference, field="reference")
    link(by=by, at=at, source=row.reference, relation="met_at", target=reference.strip())
    return happened(row, "meeting", by=by, at=at, reference=reference.strip(), note=" ".join(words.split()))


@transaction.atomic
def give_facts(*, by: Actor, at: dt.datetime, number: str, point: str, facts: Mapping[str, str]) -> Project:
    """The numbers that the pack asks for when it closes, or when somebody looks again; shown to everybody.

    Raises Forbidden, Refused `number_wrong`, `no_numbers_asked`, Conflict `project_over`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    found = numbers(queries.kind_of(row), point, facts)
    if not found:
        raise Refused("no_numbers_asked", N_("这一步不用填数。"))
    if row.state in rules.OVER and not (point == "revisited" and row.state == "closed"):
        raise Conflict("project_over", N_("项目已经结束了，不能再改。"))
    row.facts = {**row.facts, **found}
    row.save(update_fields=["facts"])
    happened(row, "facts", by=by, at=at, code=point, facts=found)
    return row
