"""Reads: kinds of projects, which projects somebody may see, their lines, steps, voices, and the entries about them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet, Sum

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.duties.registry import resolve
from gongzhi.gatherings.queries import topics
from gongzhi.ledger.models import LedgerEntry, Posting, Verdict
from gongzhi.packs import kinds
from gongzhi.packs.project_contents import ProjectPack
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place
from gongzhi.projects import rules
from gongzhi.projects.models import Acceptance, FundingLine, Milestone, Problem, Project, ProjectEvent
from gongzhi.projects.rules import Money, Voices
from gongzhi.sheets.models import Sheet
from gongzhi.sheets.queries.definitions import library
from gongzhi.sheets.queries.filled import Filled, filled_about

PAGE = 50
# What a problem may come from.
SOURCES = ("case", "topic", "course", "resolution", "gathering", "vote", "campaign")
JOINED = ("problem", "place", "owner", "key", "sponsor__post__organization", "sponsor__post__place")
_SEEN_BY = (rules.READ, rules.PROPOSE, rules.REVIEW, rules.APPROVE, rules.RUN)
# Who may look after a project: whoever leads or works somewhere, never a volunteer or an administrator.
SPONSORS = ("supervisor", "secretary", "department", "dispatcher", "patch_lead")


# --- kinds ---------------------------------------------------------------------------------------------------------


def kinds_in_force(on: dt.date) -> dict[str, tuple[ProjectPack, str]]:
    """Every kind of project on a day, with the reference of its version; by name."""
    return kinds.kinds_in_force("project", ProjectPack, on)


def get_kind(name: str, on: dt.date) -> tuple[ProjectPack, str]:
    """Raises NotFound `unknown_project_kind`."""
    found = kinds_in_force(on).get(name)
    if found is None:
        raise NotFound("unknown_project_kind", N_("没有这种项目。请从列表里选。"), field="kind")
    return found


def kind_of(project: Project) -> ProjectPack:
    """The rules under which it was proposed."""
    return kinds.kind_by_reference(project.pack, ProjectPack)


# --- who sees what -------------------------------------------------------------------------------------------------


def _reach(actor: Actor, field: str = "path", permissions: Iterable[str] = _SEEN_BY) -> Q:
    if actor.kind == "system":
        return Q()
    found = Q(pk__in=[])
    for path in {path for permission in permissions for path in actor.paths_for(permission)}:
        found |= Q(**{f"{field}__startswith": path})
    return found


def _mandates(actor: Actor) -> list[int]:
    return [scope.mandate_id for scope in actor.scopes if scope.mandate_id is not None]


def worked_by(actor: Actor) -> QuerySet[Project]:
    """Projects of the actor's places, and those that the actor looks after."""
    reach = _reach(actor) | Q(sponsor__in=_mandates(actor)) if actor.kind != "system" else Q()
    return Project.objects.filter(reach).select_related(*JOINED).defer("place__polygon")


def visible_to(actor: Actor) -> QuerySet[Project]:
    """Also what everybody may follow: from the approval on."""
    if actor.kind == "system":
        return worked_by(actor)
    reach = _reach(actor) | Q(sponsor__in=_mandates(actor)) | Q(state__in=rules.OPEN_TO_ALL)
    return Project.objects.filter(reach).select_related(*JOINED).defer("place__polygon")


def get_project_for(actor: Actor, number: str, *, lock: bool = False) -> Project:
    """For the desk. Raises NotFound `project_not_found`."""
    rows = worked_by(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise _none()
    return found


def get_work_for(actor: Actor, number: str, *, lock: bool = False) -> Project:
    """For everybody. Raises NotFound `project_not_found`."""
    rows = visible_to(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise _none()
    return found


def _none() -> NotFound:
    return NotFound("project_not_found", N_("没有这个项目，或者它不给您看。请核对编号。"))


def problems_for(actor: Actor) -> QuerySet[Problem]:
    return Problem.objects.filter(_reach(actor)).select_related("place", "project")


def get_problem_for(actor: Actor, number: str) -> Problem:
    """Raises NotFound `problem_not_found`."""
    found = problems_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("problem_not_found", N_("没有这个问题，或者它不给您看。请核对编号。"))
    return found


def may(actor: Actor, permission: str, project: Project) -> bool:
    return allows(actor, permission, path=project.path)


def sponsors(actor: Actor, project: Project) -> bool:
    """Whether the actor is the one who looks after it."""
    return project.sponsor_id is not None and project.sponsor_id in _mandates(actor)


def possible_sponsors(project: Project, on: dt.date) -> QuerySet[Mandate]:
    """Posts in force over the place of the project: those further up first."""
    above = [project.path[: i + 1] for i, letter in enumerate(project.path) if letter == "/"]
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__place__path__in=above)
    rows = rows.filter(post__role__in=SPONSORS, substitute_for__isnull=True, person__kind="person")
    return rows.select_related("post__place", "post__organization").order_by("post__place__path", "post__title", "id")


def check_source(by: Actor, reference: str) -> None:
    """Raises Refused `source_unknown`: of another kind, not there, or not the actor's to see."""
    if not reference:
        return
    if reference.partition(":")[0] not in SOURCES or (by.kind != "system" and resolve(by, reference) is None):
        message = N_("没有找到 {reference}。请核对编号，或者空着，直接写问题。")
        raise Refused("source_unknown", message, reference=reference, field="source")


def moves_for(actor: Actor, row: Project) -> list[rules.Move]:
    """The moves that the actor may make now, whatever they still lack."""
    found = []
    for move in rules.moves_from(row.state):
        own = move.own and row.proposed_by == actor.reference
        if own or allows(actor, move.permission, path=row.path):
            found.append(move)
    return found


# --- lists ---------------------------------------------------------------------------------------------------------


def projects_page(
    rows: QuerySet[Project], *, kind: str = "", state: str = "", place: str = "", cursor: str = "", limit: int = PAGE
) -> Page[Project]:
    """The newest first; a cursor is the last row's."""
    given = {"kind": kind, "state": state, "place__code": place}
    rows = rows.filter(**{field: value for field, value in given.items() if value})
    if cursor:
        (number,) = decode_cursor(cursor, 1)
        rows = rows.filter(number__lt=number if isinstance(number, str) and "\0" not in number else "")
    return page_of(rows.order_by("-number")[: limit + 1], limit, lambda row: (row.number,))


def works_at(place: Place) -> QuerySet[Project]:
    """What everybody may follow, at a place and in it."""
    rows = Project.objects.filter(path__startswith=place.path, state__in=rules.OPEN_TO_ALL)
    return rows.select_related("problem", "place", "owner")


def counts_by_state(actor: Actor) -> dict[str, int]:
    rows = Project.objects.filter(pk__in=worked_by(actor).values("pk"))
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def steps_by_project(projects: Sequence[Project]) -> dict[object, tuple[int, int]]:
    """By project: how many steps are done, of how many; one statement."""
    rows = Milestone.objects.filter(project__in=projects).values_list("project")
    counted = rows.annotate(done=Count("pk", filter=Q(done_at__isnull=False)), total=Count("pk"))
    return {project: (done, total) for project, done, total in counted}


def last_visits(projects: Sequence[Project]) -> dict[object, dt.date]:
    """By project: the day of the newest visit; one statement."""
    rows = ProjectEvent.objects.filter(project__in=projects, kind="visit").order_by("on").values_list("project", "on")
    return dict(rows)


# --- one project ---------------------------------------------------------------------------------------------------


def lines_of(project: Project, *, dropped: bool = False) -> list[FundingLine]:
    rows = project.lines.select_related("account__fund", "body").order_by("position")
    return list(rows if dropped else rows.filter(dropped_at=None))


def money_of(lines: Iterable[FundingLine]) -> list[Money]:
    """The lines of money, as the rules read them."""
    return [
        Money(
            kind=one.kind,
            amount=one.amount or 0,
            paid=one.paid,
            fund=one.account.fund.number if one.account else "",
            body=one.body_id,
            name=one.name,
        )
        for one in lines
        if one.kind != rules.NO_MONEY
    ]


def entries_about(project: Project) -> QuerySet[LedgerEntry]:
    """What was written into the books about it and counts; undone ones with what undid them."""
    rows = LedgerEntry.objects.filter(about=project.reference, approval__verdict=Verdict.APPROVED)
    return rows.select_related("fund").order_by("on", "number")


def spent_by_fund(project: Project) -> dict[str, int]:
    """By number of the fund: what its entries about the project come to as expenses, in fen; undone ones count out."""
    counted = Q(entry__about=project.reference, entry__approval__verdict=Verdict.APPROVED, account__kind="expenses")
    rows = Posting.objects.filter(counted).values_list("entry__fund__number").annotate(sum=Sum("amount"))
    return {number: int(found) for number, found in rows}


def differences_of(project: Project) -> list[rules.Difference]:
    return rules.differences(money_of(lines_of(project)), spent_by_fund(project))


def voices_of(project: Project) -> Voices:
    """What residents said in the round that runs, as two numbers."""
    rows = Acceptance.objects.filter(project=project, round=project.round)
    found = rows.aggregate(yes=Count("pk", filter=Q(satisfied=True)), no=Count("pk", filter=Q(satisfied=False)))
    return Voices(found["yes"], found["no"])


def voice_of(actor: Actor, project: Project) -> Acceptance | None:
    """What the actor said in this round."""
    if actor.person_id is None:
        return None
    return Acceptance.objects.filter(project=project, round=project.round, person=actor.person_id).first()


def lives_there(actor: Actor, project: Project, on: dt.date) -> bool:
    """Verified residents and owners of the place, and members of its bodies."""
    return topics.may_speak(actor, project.path, on)


def needed(pack: ProjectPack, state: str) -> list[tuple[str, str]]:
    """(key, name) of the gates before a state, and of the guide before the review."""
    gates = [(f"gate.{one.code}", one.name) for one in pack.gates_before(state)]
    guide = [(f"guide.{one.code}", one.name) for one in pack.guide if one.required] if state == "reviewed" else []
    return guide + gates


def share_of(pack: ProjectPack) -> Fraction | None:
    found = pack.acceptance.satisfied
    return Fraction(found) if found else None


def events_of(project: Project) -> list[ProjectEvent]:
    return list(project.events.order_by("sequence"))


# --- the closing evaluation ----------------------------------------------------------------------------------------


def newest_sheet(code: str) -> Sheet | None:
    """As somebody took it; None while nobody has."""
    return Sheet.objects.filter(code=code).order_by("-version").first()


def evaluation_of(project: Project) -> Filled | None:
    """The newest filled sheet about the project."""
    return filled_about(project.reference)


def get_judged_step(project: Project, position: int) -> Milestone:
    """A step for which the sheet is filled. Raises NotFound `step_unknown`."""
    found = project.milestones.filter(position=position, judged=True).first()
    if found is None:
        raise NotFound("step_unknown", N_("没有这一步，或者它不用评价。请刷新再看。"))
    return found


def looks_after_any(actor: Actor) -> bool:
    """Whether some project has the actor as its sponsor."""
    mandates = _mandates(actor)
    return bool(mandates) and Project.objects.filter(sponsor__in=mandates).exists()


def sheet_content(code: str) -> dict[str, Any] | None:
    """The items of a sheet as it would be filled now: as taken, else as the pack brings it; nothing is made."""
    if not code:
        return None
    if (sheet := newest_sheet(code)) is not None:
        return dict(sheet.content)
    found = library().sheets.get(code)
    return dict(msgspec.to_builtins(found[0])) if found else None
