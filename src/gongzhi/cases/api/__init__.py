"""Endpoints about cases: report, track, list, read. The shapes are the public contract."""

import datetime as dt
import json
from functools import partial
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.actions import log_access
from gongzhi.audit.limits import Request, address_of, count_use, limited, visitor
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint
from gongzhi.cases import queries
from gongzhi.cases.actions import Contact, report_case
from gongzhi.cases.actions.following import follow_case
from gongzhi.cases.forms_channel import checked_answers, priority_of_answers, questions_of
from gongzhi.cases.models import Status
from gongzhi.cases.queries.neighbours import public_neighbours
from gongzhi.cases.submitting import caller_name, submit_once
from gongzhi.common import clock, problems
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.coordinates import to_wgs84
from gongzhi.packs import queries as packs
from gongzhi.people.bearer import caller_of, signed_in

router = Router(tags=["cases"])
# Looks for neighbours from one address in ten minutes.
LOOKS, WINDOW = 120, 600
# PostgreSQL's text holds every character but this one.
_NO_NUL = r"^[^\x00]*$"
Word = Annotated[str, Field(pattern=_NO_NUL)]
StatusName = Annotated[str, Field(json_schema_extra={"enum": list(Status.values)})]


class Point(Schema):
    """A pin on a map; `crs` says in which system its numbers are: `gcj02` for most Chinese phone maps."""

    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    crs: str = Field("wgs84", pattern="^(wgs84|cgcs2000|gcj02|bd09)$")


class Person(Schema):
    """How to reach somebody; kept sealed, shown to the handlers only."""

    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)


class Report(Schema):
    """A demand."""

    text: str = Field(
        description="what is wrong, in the reporter's words",
        examples=["5栋2单元门口路灯不亮，晚上看不见台阶。"],
        json_schema_extra={"minLength": 2, "maxLength": 4000},
    )
    channel: str = Field("web", max_length=40, description="a channel of the model pack; some want a token")
    category: str = Field("", max_length=64, description="a category code of the model pack; empty: guessed")
    place_code: str = Field("", max_length=64, pattern=_NO_NUL, description="code of a building, grid, venue or region")
    point: Point | None = None
    contact: Person | None = None
    on_behalf_of: Person | None = Field(None, description="for whom the token's holder reports")
    answers: dict[str, str | int | bool] | None = Field(
        None,
        description="answers to the channel's form, by its fields' codes; checked against that form, kept sealed",
        examples=[{"now": "no"}],
    )
    follow: str = Field(
        "", max_length=40, pattern=_NO_NUL, description="number of a public case that is the same thing (see similar)"
    )


class Sketch(Schema):
    """As much of a demand as tells whether somebody raised it already."""

    text: str = Field(min_length=2, max_length=4000, pattern=_NO_NUL)
    category: str = Field("", max_length=64, pattern=_NO_NUL)
    place_code: str = Field("", max_length=64, pattern=_NO_NUL)
    point: Point | None = None


class Neighbour(Schema):
    """An open public case that is likely the same thing: nobody's words."""

    number: str
    category: str | None
    place: str | None = Field(description="grid or community, never a building")
    status: StatusName
    received_at: dt.datetime
    reporters: int


class Neighbours(Schema):
    items: list[Neighbour]


class Receipt(Schema):
    """What the reporter keeps."""

    number: str
    track_code: str = Field(description="opens the public progress; shown only here")
    status: StatusName
    category: str | None
    unit: str | None
    due_at: dt.datetime | None


class TimelineStep(Schema):
    at: dt.datetime
    status: StatusName
    unit: str | None
    note: str | None


class Progress(Schema):
    """Public progress of one case."""

    number: str
    status: StatusName
    category: str | None
    unit: str | None
    received_at: dt.datetime
    due_at: dt.datetime | None
    result: str | None
    timeline: list[TimelineStep]


class CaseItem(Schema):
    """One row of a list: no words, no persons."""

    number: str
    status: StatusName
    channel: str
    category: str | None
    priority: str
    place: str | None
    unit: str | None
    received_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    main: str | None = Field(description="number of the case that it was merged into, where its work goes on")


class CasePage(Schema):
    items: list[CaseItem]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


class CaseDetail(CaseItem):
    """One case with its words, as the token's mandates allow."""

    text: str
    result: str | None
    timeline: list[TimelineStep]


PROBLEMS = {**problems.PROBLEMS, 413: problems.Problem, 507: problems.Problem}

_REPORT = Report.model_json_schema(ref_template="#/components/schemas/{model}")
# The body is read by hand (two media types), so its schemas are named by hand too.
BODY_SCHEMAS = {**_REPORT.pop("$defs"), "Report": _REPORT}
_JSON = {"schema": {"$ref": "#/components/schemas/Report"}}
_MULTIPART = {
    "schema": {
        "type": "object",
        "required": ["text"],
        "properties": {
            "text": {"type": "string", "minLength": 2, "maxLength": 4000},
            "channel": {"type": "string"},
            "category": {"type": "string"},
            "place_code": {"type": "string"},
            "point": {"type": "string", "description": "JSON, as in the other form"},
            "contact": {"type": "string", "description": "JSON, as in the other form"},
            "on_behalf_of": {"type": "string", "description": "JSON, as in the other form"},
            "answers": {"type": "string", "description": "JSON, as in the other form"},
            "follow": {"type": "string"},
            "photos[]": {"type": "array", "items": {"type": "string", "format": "binary"}},
        },
    }
}
_REPORT_EXTRA = {
    "requestBody": {
        "required": True,
        "content": {"application/json": _JSON, "multipart/form-data": _MULTIPART},
    },
    **KEY_HEADER,
    "security": [{}, {"token": []}],
}
_PUBLIC: dict[str, Any] = {"security": []}


def _report_fields(request: HttpRequest) -> dict[str, Any]:
    """The body as a dict, from JSON or from a form; raises Refused `invalid_json`."""
    try:
        if request.content_type == "multipart/form-data":
            fields: dict[str, Any] = {name: value for name, value in request.POST.items() if value}
            for name in ("point", "contact", "on_behalf_of", "answers"):
                if name in fields:
                    fields[name] = json.loads(fields[name])
            return fields
        found = msgspec.json.decode(request.body)
    except (ValueError, UnicodeDecodeError) as error:
        raise Refused("invalid_json", N_("送来的内容不是完整的 JSON。请检查后再送。")) from error
    if not isinstance(found, dict):
        raise Refused("invalid_json", N_("送来的内容不是完整的 JSON。请检查后再送。"))
    return found


def request_of(request: HttpRequest, actor: Actor, key: str) -> Request:
    """A public write as its caller names it."""
    return Request(caller_name(request, actor), check_key(key), fingerprint(request))


@router.post(
    "/cases", response={201: Receipt, **PROBLEMS}, openapi_extra=_REPORT_EXTRA, operation_id="report_case", auth=None
)
def report(request: HttpRequest) -> HttpResponse:
    """Report a demand. Anonymous where the channel allows it."""
    at, actor = clock.now(), caller_of(request)
    asked = request_of(request, actor, request.headers.get("Idempotency-Key", ""))

    def write() -> dict[str, Any]:
        body = Report.model_validate(_report_fields(request))
        return _take(body, request, actor, asked, at)

    answer, replayed = submit_once(asked, who=asked.caller, address=address_of(request.META), at=at, write=write)
    return answered(answer, status=201, replayed=replayed)


def _coordinates(point: Point | None) -> tuple[float, float] | tuple[None, None]:
    return to_wgs84(point.lng, point.lat, point.crs) if point else (None, None)


def _take(body: Report, request: HttpRequest, actor: Actor, asked: Request, at: dt.datetime) -> dict[str, Any]:
    longitude, latitude = _coordinates(body.point)
    take = partial(follow_case, main=body.follow) if body.follow else report_case
    answers, stands_for, priority = _answers(body, at)
    return take(
        by=actor,
        at=at,
        text=body.text,
        where=queries.locate(place_code=body.place_code, longitude=longitude, latitude=latitude),
        channel=body.channel,
        category=body.category or stands_for,
        answers=answers,
        priority=priority,
        contact=Contact(body.contact.name, body.contact.phone) if body.contact else None,
        on_behalf_of=Contact(body.on_behalf_of.name, body.on_behalf_of.phone) if body.on_behalf_of else None,
        photos=request.FILES.getlist("photos[]") or request.FILES.getlist("photos"),
        request=asked,
    )


def _answers(body: Report, at: dt.datetime) -> tuple[list[dict[str, str]], str, str]:
    """(answers, category, priority) checked by the form of the channel; who sends none is asked nothing, as ever."""
    if body.answers is None:
        return [], "", ""
    given = {code: _said(value) for code, value in body.answers.items()}
    pack = questions_of(packs.active_model().channel(body.channel), at)
    answers, category = checked_answers(given, pack)
    return answers, category, priority_of_answers(answers, pack)


def _said(value: str | int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@router.post(
    "/cases/similar",
    response={200: Neighbours, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="similar_cases",
    auth=None,
)
def similar(request: HttpRequest, body: Sketch) -> dict[str, Any]:
    """Open public cases that are likely the same thing; `follow` one of them when reporting. Nothing is written."""
    at, address = clock.now(), address_of(request.META)
    if limited(address):
        count_use(what="similar", who=visitor(address), limit=LOOKS, seconds=WINDOW, at=at)
    longitude, latitude = _coordinates(body.point)
    where = queries.locate(place_code=body.place_code, longitude=longitude, latitude=latitude)
    return {"items": public_neighbours(text=body.text, detail="", where=where, category=body.category, at=at)}


@router.get(
    "/track/{number}",
    response={200: Progress, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="track_case",
    auth=None,
)
def track(request: HttpRequest, number: Word, code: Annotated[str, Field(max_length=20)] = "") -> dict[str, Any]:
    """Public progress with the code from the receipt; a wrong code and an unknown number are the same 404."""
    return queries.track(number, code)


@router.get("/cases", response={200: CasePage, **PROBLEMS}, operation_id="list_cases")
def list_cases(
    request: HttpRequest,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Annotated[str, Field(max_length=200)] = "",
    status: Annotated[str, Field(pattern=f"^(|open|{'|'.join(Status.values)})$")] = "",
    region: Annotated[str, Field(max_length=64, pattern=_NO_NUL)] = "",
    q: Annotated[str, Field(max_length=60, pattern=_NO_NUL)] = "",
    purpose: Annotated[str, Field(max_length=80, pattern=_NO_NUL)] = "",
) -> HttpResponse:
    """Cases the token may see, newest first; `region` is a place code.

    `q` is a number or its beginning, words of two characters and more, or a telephone number with the `purpose`
    of looking it up, which is written down.
    """
    actor, at = signed_in(request), clock.now()
    asked = {"status": status, "region": region, "q": q, "purpose": purpose}
    body = queries.page_json(actor, **asked, cursor=cursor, limit=limit, at=at)
    return HttpResponse(body, content_type="application/json")


@router.get("/cases/{number}", response={200: CaseDetail, **PROBLEMS}, operation_id="read_case")
def read_case(request: HttpRequest, number: Word) -> dict[str, Any]:
    """One case with its words; the reading is logged."""
    actor, at = signed_in(request), clock.now()
    case = queries.get_case_for(actor, number)
    log_access(by=actor, at=at, subjects=[case.reference], fields="words", purpose="api")
    row = queries.row_of(actor, case, at)
    shown = queries.may_read_words(actor, case)
    return {
        **{name: getattr(row.case, name) for name in ("number", "status", "channel", "priority", "received_at")},
        "category": case.category or None,
        "place": case.place.name if case.place else None,
        "unit": case.unit.name if case.unit else None,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "main": case.main.number if case.main else None,
        "text": row.text,
        "result": row.result or None,
        "timeline": [
            {"at": entry.at, "status": entry.status, "unit": entry.unit or None, "note": entry.note or None}
            for entry in queries.timeline_of(case, public_only=False, with_notes=shown, reader=actor)
        ],
    }
