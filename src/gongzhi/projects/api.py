"""Endpoints of projects: read those that the bearer may follow, propose one, move one on."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint, write_once
from gongzhi.common import clock
from gongzhi.common.errors import NotFound
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.people.bearer import caller_of, signed_in
from gongzhi.people.models import Organization
from gongzhi.places.queries import get_place
from gongzhi.projects import actions, queries
from gongzhi.projects.models import Project

router = Router(tags=["projects"], auth=signed_in)
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(max_length=12, pattern=_PLAIN)]
Code = Annotated[str, Field(max_length=64, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Limit = Annotated[int, Field(ge=1, le=200)]
Line = Annotated[str, Field(min_length=1, max_length=60, pattern=_PLAIN)]
StateName = Literal[
    "proposed", "reviewed", "approved", "implementing", "acceptance", "closing", "closed", "revisited",
    "rejected", "withdrawn", "abandoned",
]  # fmt: skip
Verb = Literal[
    "review", "approve", "start", "finish", "rework", "accept", "close", "revisit", "reject", "withdraw", "abandon"
]


class ProjectRow(Schema):
    """One project of the list; nothing in it names a person."""

    number: str
    title: str
    problem: str = Field(description="the one problem that it is about, in a line")
    kind: str = Field(description="name of the pack of kind project")
    variety: str
    place: str
    owner: str
    state: StateName
    illustrative: bool
    proposed_at: dt.datetime


class ProjectPage(Schema):
    items: list[ProjectRow]
    next_cursor: str | None


class FundingOut(Schema):
    kind: str
    name: str
    amount: int | None = Field(description="in fen; null for a thing or work")
    thing: str
    account: str | None
    state: Literal["promised", "committed", "paid"]
    paid: int = Field(description="in fen")


class MilestoneOut(Schema):
    name: str
    due_on: dt.date
    done_at: dt.datetime | None


class ProjectOut(ProjectRow):
    pack: str = Field(description="the version whose rules hold for it")
    facts: dict[str, int] = Field(description="numbers that the kind asks for, by code")
    revisit_on: dt.date | None
    funding: list[FundingOut]
    milestones: list[MilestoneOut]
    satisfied: int = Field(description="residents who said so in this round")
    unsatisfied: int


class ProposeIn(Schema):
    place_code: Code
    problem: Line
    told: Annotated[str, Field(max_length=500, pattern=_PLAIN)] = ""
    source: Annotated[str, Field(max_length=80, pattern=_PLAIN, description='"case:…", "topic:…", "resolution:…"')] = ""
    kind: Code
    title: Line
    owner: Annotated[str, Field(max_length=64, pattern=_PLAIN, description="code of the organization")]
    variety: Code = ""
    facts: dict[str, int] = {}


class MoveIn(Schema):
    reason: Annotated[str, Field(max_length=300, pattern=_PLAIN)] = ""


class MovedOut(Schema):
    number: str
    state: StateName


def _row(project: Project) -> dict[str, Any]:
    plain = ("number", "title", "kind", "variety", "state", "illustrative", "proposed_at")
    return {
        **{name: getattr(project, name) for name in plain},
        "problem": project.problem.name,
        "place": project.place.code,
        "owner": project.owner.name,
    }


@router.get("/projects", response={200: ProjectPage, **PROBLEMS}, operation_id="list_projects")
def list_projects(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    kind: Code = "",
    state: Literal["", StateName] = "",
    place: Code = "",
) -> dict[str, Any]:
    """The newest first: what everybody may follow, and all of the bearer's places."""
    rows = queries.visible_to(caller_of(request))
    found = queries.projects_page(rows, kind=kind, state=state, place=place, cursor=cursor, limit=limit)
    return {"items": [_row(one) for one in found.items], "next_cursor": found.next_cursor or None}


@router.get("/projects/{number}", response={200: ProjectOut, **PROBLEMS}, operation_id="read_project")
def read_project(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One project with its money and steps, and how many residents are satisfied."""
    project = queries.get_work_for(caller_of(request), number)
    voices = queries.voices_of(project)
    lines = [
        {
            **{name: getattr(one, name) for name in ("kind", "name", "amount", "thing", "state", "paid")},
            "account": one.account.code if one.account else None,
        }
        for one in queries.lines_of(project)
    ]
    return {
        **_row(project),
        **{name: getattr(project, name) for name in ("pack", "facts", "revisit_on")},
        "funding": lines,
        "milestones": list(project.milestones.order_by("position").values("name", "due_on", "done_at")),
        "satisfied": voices.satisfied,
        "unsatisfied": voices.unsatisfied,
    }


@router.post(
    "/projects", response={201: MovedOut, **PROBLEMS}, openapi_extra=KEY_HEADER, operation_id="propose_project"
)
def propose_project(request: HttpRequest, body: ProposeIn) -> HttpResponse:
    """One problem and the one project for it; who may propose at the place proposes here too."""
    at, actor = clock.now(), signed_in(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))

    def write() -> dict[str, Any]:
        made = actions.propose_for(
            by=actor,
            at=at,
            stated=actions.Stated(get_place(body.place_code), body.problem, body.told, body.source),
            kind=body.kind,
            title=body.title,
            owner=_owner(body.owner),
            variety=body.variety,
            facts={code: str(value) for code, value in body.facts.items()},
        )
        return {"number": made.number, "state": made.state}

    answer, replayed = write_once(Request(actor.reference, key, fingerprint(request)), at=at, write=write)
    return answered(answer, status=201, replayed=replayed)


def _owner(code: str) -> Organization:
    found = Organization.objects.filter(code=code, valid_to=None).first()
    if found is None:
        raise NotFound("no_such_organization", N_("没有这个组织。请核对编号。"), field="owner")
    return found


@router.post(
    "/projects/{number}/moves/{verb}",
    response={200: MovedOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="move_project",
)
def move_project(request: HttpRequest, number: Number, verb: Verb, body: MoveIn) -> HttpResponse:
    """One move of the table; what is still missing is refused with its code and named."""
    at, actor = clock.now(), signed_in(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))

    def write() -> dict[str, Any]:
        moved = actions.move_project(by=actor, at=at, number=number, verb=verb, reason=body.reason)
        return {"number": moved.number, "state": moved.state}

    answer, replayed = write_once(Request(actor.reference, key, fingerprint(request)), at=at, write=write)
    return answered(answer, status=200, replayed=replayed)
