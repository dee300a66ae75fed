"""Endpoints of the staff's steps: the same table of moves as the pages, and what is handed out from above."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint, write_once
from gongzhi.cases import actions, forms, queries, rules
from gongzhi.cases.actions import Task
from gongzhi.cases.api import PROBLEMS, StatusName
from gongzhi.cases.models import Case
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.people.bearer import signed_in

router = Router(tags=["moves"], auth=signed_in)
_NO_NUL = r"^[^\x00]*$"
Code = Annotated[str, Field(max_length=64, pattern=_NO_NUL)]
Words = Annotated[str, Field(max_length=2000, pattern=_NO_NUL)]
Id = Annotated[int, Field(gt=0, lt=2**63)]


class Step(Schema):
    """What a move asks for; each move names in its refusal what is missing. Units are ids of organizations."""

    note: Words = ""
    reason: Code = Field("", description="a reason code of the model pack, of the move's kind")
    clause: Annotated[str, Field(max_length=200, pattern=_NO_NUL)] = Field(
        "", description="of a ruling: the clause it rests on"
    )
    unit_id: Id | None = None
    units: list[Id] = Field([], max_length=20)
    co_units: list[Id] = Field([], max_length=20)
    until: dt.date | None = None
    order: Id | None = Field(None, description="of a record of arrival, absence or rating: the order")
    rating: int | None = Field(None, ge=1, le=5)
    stage: Annotated[str, Field(pattern="^(work|before)$")] = "work"


class Handout(Schema):
    """One thing handed out: a list, a line of it, a rectification item."""

    text: str = Field(min_length=2, max_length=200, pattern=_NO_NUL)
    standard: Words = Field("", description="when it counts as done")
    unit_id: Id
    co_units: list[Id] = Field([], max_length=20)
    until: dt.date


class ListHead(Handout):
    place_code: Code


class Finding(ListHead):
    finding: Annotated[str, Field(min_length=1, max_length=60, pattern=_NO_NUL)]


class Moved(Schema):
    """Where the case stands after the step."""

    number: str
    status: StatusName
    unit: str | None
    due_at: dt.datetime | None


def _moved(case: Case) -> dict[str, Any]:
    due = case.due_at.isoformat() if case.due_at else None
    return {"number": case.number, "status": case.status, "unit": case.unit.name if case.unit else None, "due_at": due}


def _once(request: HttpRequest, actor: Actor, status: int, write: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The write under its key: a second try gets the first one's answer."""
    key = check_key(request.headers.get("Idempotency-Key", ""))
    body = hashlib.sha256(request.path.encode() + fingerprint(request)).digest()
    answer, replayed = write_once(Request(actor.reference, key, body), at=clock.now(), write=write)
    return answered(answer, status=status, replayed=replayed)


def _form_data(body: Step) -> QueryDict:
    """The body as the page's form would send it, so that both are checked by the same fields."""
    found = QueryDict(mutable=True)
    for name, value in body.model_dump(mode="json", exclude_none=True).items():
        found.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return found


@router.post(
    "/cases/{number}/moves/{move}",
    response={200: Moved, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="move_case",
)
def move_case(request: HttpRequest, number: Code, move: Code, body: Step) -> HttpResponse:
    """One step of a case by who may take it: dispatch, return, dispute, rule, join, whistle, sign, pause, urge…"""
    actor, step = signed_in(request), forms.STEPS.get(move)
    if step is None:
        raise NotFound("unknown_move", N_("没有这一步。"))

    def write() -> dict[str, Any]:
        case = queries.get_case_for(actor, number)
        form = forms.form_for(step, _form_data(body), None, case)
        if not form.is_valid():
            rules.check_move(move, case.status, rules.MOVES[move].needs)
            field, found = next(iter(form.errors.items()))
            raise Refused(f"missing_{field}", str(found[0]), field=field)
        return _moved(step.act(by=actor, at=clock.now(), number=number, **form.cleaned_data))

    return _once(request, actor, 200, write)


def _task(body: Handout) -> Task:
    return Task(body.text, body.unit_id, body.until, body.standard, tuple(body.co_units))


@router.post("/lists", response={201: Moved, **PROBLEMS}, openapi_extra=KEY_HEADER, operation_id="issue_list")
def issue_list(request: HttpRequest, body: ListHead) -> HttpResponse:
    """清单: a list with its owner and its day."""
    actor = signed_in(request)

    def write() -> dict[str, Any]:
        return _moved(
            actions.issue_list(by=actor, at=clock.now(), place_code=body.place_code, task=_task(body))
        )

    return _once(request, actor, 201, write)


@router.post(
    "/lists/{number}/items", response={201: Moved, **PROBLEMS}, openapi_extra=KEY_HEADER, operation_id="add_item"
)
def add_item(request: HttpRequest, number: Code, body: Handout) -> HttpResponse:
    """One more line of a list."""
    actor = signed_in(request)

    def write() -> dict[str, Any]:
        return _moved(
            actions.add_item(by=actor, at=clock.now(), number=number, task=_task(body))
        )

    return _once(request, actor, 201, write)


@router.post(
    "/rectifications", response={201: Moved, **PROBLEMS}, openapi_extra=KEY_HEADER, operation_id="issue_rectification"
)
def issue_rectification(request: HttpRequest, body: Finding) -> HttpResponse:
    """整改项 for a finding."""
    actor = signed_in(request)

    def write() -> dict[str, Any]:
        return _moved(
            actions.issue_rectification(
                by=actor, at=clock.now(), finding=body.finding, place_code=body.place_code, task=_task(body)
            )
        )

    return _once(request, actor, 201, write)
