"""Endpoints of the room: agreements the bearer may see with their lines and assets; recording progress on a line."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint, write_once
from gongzhi.common import clock
from gongzhi.common.problems import PROBLEMS
from gongzhi.partnerships import actions, queries, rules
from gongzhi.partnerships.actions import Done
from gongzhi.partnerships.models import Agreement, AgreementLine
from gongzhi.partnerships.queries import Filters
from gongzhi.people.bearer import caller_of, signed_in

router = Router(tags=["partnerships"], auth=signed_in)
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(max_length=10, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Word = Annotated[str, Field(max_length=64, pattern=_PLAIN)]
Position = Annotated[int, Field(ge=1, le=1000)]
State = Literal["draft", "signed", "running", "renewed", "ended", "expired"]


class PartyOut(Schema):
    organization: str
    role: str = Field(description="code of the role in the pack of its kind")
    signed_on: dt.date | None


class AgreementOut(Schema):
    number: str
    kind: str = Field(description="name of the pack of kind agreement")
    title: str
    place: str
    state: State
    starts_on: dt.date
    ends_on: dt.date | None = Field(description="the last day on which it holds")
    parties: list[PartyOut]


class AgreementPage(Schema):
    items: list[AgreementOut]
    next_cursor: str | None


class PromiseOut(Schema):
    position: int
    what: str
    owner: str
    partners: list[str]
    facet: str
    counted: str
    target: int | None
    total: int
    progress: int = Field(description="per cent")
    due_on: dt.date | None
    state: Literal["done", "late", "soon", "open"]


class AssetOut(Schema):
    """`area` in square metres, exact, as text."""

    position: int
    kind: str
    name: str
    pieces: int
    area: str
    purpose: str
    facet: str
    free_until: dt.date | None


class AgreementWhole(AgreementOut):
    about: str
    lines: list[PromiseOut]
    assets: list[AssetOut]
    area: str = Field(description="square metres of all assets together, exact")
    outcome: str


class ProgressIn(Schema):
    """A line that counts takes `amount`, any other `progress`."""

    on: dt.date
    note: Annotated[str, Field(max_length=rules.LONGEST_NOTE, pattern=_PLAIN, description="for everybody; no person")]
    amount: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    progress: Annotated[int, Field(ge=0, le=100)] | None = None
    shows: Annotated[str, Field(max_length=60, pattern=_PLAIN, description='what shows it: "gathering:HY-…"')]


@router.get("/agreements", response={200: AgreementPage, **PROBLEMS}, operation_id="list_agreements")
def list_agreements(
    request: HttpRequest,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Cursor = "",
    kind: Word = "",
    state: State | None = None,
    late: bool = False,
) -> dict[str, Any]:
    """Agreements of the bearer's places and bodies, the newest first; `late`: with a line that is overdue."""
    today = clock.local_date(clock.now())
    given = Filters(kind=kind, state=state or "", late=late)
    found = queries.listed(caller_of(request), given, today, cursor=cursor, limit=limit)
    return {"items": [_agreement(one) for one in found.items], "next_cursor": found.next_cursor or None}


def _agreement(row: Agreement) -> dict[str, Any]:
    names = ("number", "kind", "title", "state", "starts_on", "ends_on")
    parties = sorted(row.parties.all(), key=lambda one: one.position)
    return {
        **{name: getattr(row, name) for name in names},
        "place": row.place.code,
        "parties": [
            {"organization": one.organization.name, "role": one.role, "signed_on": one.signed_on} for one in parties
        ],
    }


@router.get("/agreements/{number}", response={200: AgreementWhole, **PROBLEMS}, operation_id="read_agreement")
def read_agreement(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One agreement with its lines and what it lends."""
    row = queries.get_for(caller_of(request), number)
    assets = list(row.assets.order_by("position"))
    columns = ("position", "kind", "name", "pieces", "purpose", "facet", "free_until")
    _pieces, area = rules.totals(rules.Lent(one.kind, one.pieces, one.area) for one in assets)
    return {
        **_agreement(row),
        "about": row.about,
        "outcome": row.outcome,
        "lines": [_line(one) for one in queries.lines_of(row)],
        "assets": [{**{name: getattr(one, name) for name in columns}, "area": _exact(one.area)} for one in assets],
        "area": _exact(area),
    }


def _exact(area: Decimal) -> str:
    return f"{area:.2f}"


def _line(line: AgreementLine) -> dict[str, Any]:
    names = ("position", "what", "facet", "counted", "target", "total", "progress", "due_on")
    return {
        **{name: getattr(line, name) for name in names},
        "owner": line.owner.organization.name,
        "partners": [one.organization.name for one in line.partners.all()],
        "state": rules.line_state(line.progress, line.due_on, clock.local_date(clock.now())),
    }


@router.post(
    "/agreements/{number}/lines/{position}",
    response={200: PromiseOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="record_progress",
)
def record_progress(request: HttpRequest, number: Number, position: Position, body: ProgressIn) -> HttpResponse:
    """What the bearer's body did on a line; the answer is the line as it is now."""
    at, actor = clock.now(), caller_of(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))

    def write() -> dict[str, Any]:
        done = Done(body.on, body.note, body.amount, body.progress, body.shows)
        actions.record_progress(by=actor, at=at, number=number, position=position, done=done)
        found = _line(queries.get_line_for(actor, number, position))
        return {**found, "due_on": found["due_on"].isoformat() if found["due_on"] else None}

    answer, replayed = write_once(Request(actor.reference, key, fingerprint(request)), at=at, write=write)
    return answered(answer, status=200, replayed=replayed)
