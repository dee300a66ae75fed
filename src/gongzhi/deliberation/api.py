"""Endpoints of procedures: courses, where they stand and what comes next; resolutions with their law and figures."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.deliberation import queries
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.people.bearer import caller_of

router = Router(tags=["deliberation"])
_PLAIN = r"^[^\x00]*$"
_PUBLIC: dict[str, Any] = {"security": [{}, {"token": []}]}
Number = Annotated[str, Field(max_length=30, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Limit = Annotated[int, Field(ge=1, le=200)]
StatusName = Literal["running", "ended", "aborted", "expired"]


class CourseRow(Schema):
    """One course of the list; `step` is the one at hand, `ending` the one it reached, by their codes."""

    number: str
    procedure: str = Field(description="the pack: pack:procedure/four_deliberations/1.0")
    about: str
    matter: str
    place: str
    organization: str
    status: StatusName
    step: str
    ending: str
    opened_on: dt.date
    next_on: dt.date | None = Field(description="when somebody can or time will move it next")


class CoursePage(Schema):
    items: list[CourseRow]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


class StepOut(Schema):
    """One step. `phase`: locked, to_notice, noticed, to_record, to_sign, to_publish, public, done or left_out."""

    code: str
    title: str
    body: str
    phase: str
    since: dt.date | None
    until: dt.date | None = Field(description="the last day of what runs, such as a posting")
    meets_on: dt.date | None
    outcome: str
    open_objections: int
    unsigned: list[str] = Field(description="bodies whose signature is missing")


class MoveOut(Schema):
    """What may be entered next: by whom, from which day, until when, with which documents and figures."""

    kind: str
    step: str
    by: list[str]
    earliest: dt.date
    latest: dt.date | None
    documents: list[str]
    figures: list[str]
    outcomes: list[str]


class DecisionOut(Schema):
    """What was decided, with the figures and every requirement as it was worked out."""

    step: str
    on: dt.date
    outcome: str
    title: str
    figures: dict[str, int]
    worked: list[dict[str, Any]]


class CourseOut(CourseRow):
    region: str = Field(description="whose local texts apply")
    texts: list[Any] = Field(description="the texts in force on the day it was opened")
    steps: list[StepOut]
    moves: list[MoveOut]
    decision: DecisionOut | None
    resolution: str | None


class ResolutionRow(Schema):
    number: str
    course: str
    about: str
    place: str
    organization: str
    outcome: str
    decided_on: dt.date
    effect: str = Field(description="what it still has to bring about, or had to")
    done_on: dt.date | None


class ResolutionPage(Schema):
    items: list[ResolutionRow]
    next_cursor: str | None


class ResolutionOut(ResolutionRow):
    record: dict[str, Any] = Field(description="pack, texts, step, article, inputs, computed: works the outcome out")


def _row(course: Course) -> dict[str, Any]:
    plain = ("number", "about", "matter", "status", "ending", "opened_on", "next_on")
    return {
        **{name: getattr(course, name) for name in plain},
        "procedure": course.reference,
        "place": course.place.code,
        "organization": course.organization.name,
        "step": course.current,
    }


@router.get(
    "/courses", response={200: CoursePage, **PROBLEMS}, openapi_extra=_PUBLIC, operation_id="list_courses", auth=None
)
def list_courses(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = "", status: Literal["", StatusName] = ""
) -> dict[str, Any]:
    """Courses, the newest first: public ones for everybody, all of its places for a token that may read them."""
    before = _opened_before(cursor) if cursor else None
    found = queries.page_of_courses(caller_of(request), status=status, before=before, size=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.opened_at.isoformat(), str(last.pk)) if last else None
    return {"items": [_row(course) for course in found[:limit]], "next_cursor": following}


def _opened_before(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    moment, last = decode_cursor(cursor, 2)
    try:
        at = dt.datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError
        return at, uuid.UUID(last)
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error


@router.get(
    "/courses/{number}",
    response={200: CourseOut, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="read_course",
    auth=None,
)
def read_course(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One course as it stands today: its steps, what may come next and who may enter it, what was decided."""
    course = queries.followed(caller_of(request), number, clock.local_date(clock.now()))
    made = queries.resolution_from(course.course)
    return {
        **_row(course.course),
        "region": course.course.region,
        "texts": course.course.texts,
        "steps": _steps(course),
        "moves": [
            {
                **{name: getattr(move, name) for name in ("kind", "step", "earliest", "latest")},
                **{name: list(getattr(move, name)) for name in ("by", "documents", "figures", "outcomes")},
            }
            for move in course.moves
        ],
        "decision": _decision(course),
        "resolution": made.number if made else None,
    }


def _steps(course: Followed) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(state, name) for name in ("phase", "since", "until", "outcome")},
            "code": step.code,
            "title": step.title,
            "body": step.body,
            "meets_on": state.for_day,
            "open_objections": len(state.objections),
            "unsigned": list(state.unsigned),
        }
        for step, state in zip(course.procedure.definition.steps, course.standing.steps, strict=True)
    ]


def _decision(course: Followed) -> dict[str, Any] | None:
    found = course.decision
    if found is None:
        return None
    plain = {name: getattr(found, name) for name in ("step", "on", "outcome", "title")}
    return {**plain, "figures": dict(found.figures), "worked": [dict(one) for one in found.worked]}


def _resolution(made: Resolution) -> dict[str, Any]:
    return {
        **{name: getattr(made, name) for name in ("number", "about", "outcome", "decided_on", "effect")},
        "course": made.course.number,
        "place": made.course.place.code,
        "organization": made.course.organization.name,
        "done_on": clock.local_date(made.done_at) if made.done_at else None,
    }


@router.get(
    "/resolutions",
    response={200: ResolutionPage, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="list_resolutions",
    auth=None,
)
def list_resolutions(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> dict[str, Any]:
    """Resolutions, those decided last first; whose courses the caller may see."""
    before = _decided_before(cursor) if cursor else None
    found = queries.page_of_resolutions(caller_of(request), before=before, size=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.decided_on.isoformat(), last.pk) if last else None
    return {"items": [_resolution(made) for made in found[:limit]], "next_cursor": following}


def _decided_before(cursor: str) -> tuple[dt.date, int]:
    day, last = decode_cursor(cursor, 2)
    try:
        if not isinstance(last, int) or not 0 <= last < 2**63:
            raise ValueError
        return dt.date.fromisoformat(day), last
    except (TypeError, ValueError) as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error


@router.get(
    "/resolutions/{number}",
    response={200: ResolutionOut, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="read_resolution",
    auth=None,
)
def read_resolution(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One resolution with the law it rests on, the figures that were given and how they were worked out."""
    made = queries.get_resolution_for(caller_of(request), number)
    return {**_resolution(made), "record": made.record}
