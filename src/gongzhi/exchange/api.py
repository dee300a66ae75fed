"""Endpoints of the room: what is offered near a place with its free times; taking one; the wishes that wait."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint, write_once
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.exchange import actions, queries
from gongzhi.exchange.actions import Wanted
from gongzhi.exchange.models import Claim, Offer
from gongzhi.exchange.queries import Filters, claims, needs
from gongzhi.exchange.rules.times import Span
from gongzhi.people.bearer import caller_of, signed_in

router = Router(tags=["exchange"], auth=signed_in)
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(max_length=24, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Word = Annotated[str, Field(max_length=64, pattern=_PLAIN)]
Limit = Annotated[int, Field(ge=1, le=200)]
Minutes = Annotated[int, Field(ge=5, le=1440)]
ClaimState = Literal[
    "asked", "waiting", "held", "running", "delivered", "done", "refused", "cancelled", "missed", "lapsed"
]


class OfferOut(Schema):
    number: str
    kind: str = Field(description="name of the pack of kind offer")
    title: str
    provider: str = Field(description="the body; empty: a neighbour")
    place: str = Field(description="code of the place whose residents it is for")
    mode: str = Field(description="one of the six ways of serving")
    fee: str = Field(description="paid, low or free; nothing is paid here")
    price: str
    stock: int | None = Field(description="how many are left to give; none: no end")


class OfferPage(Schema):
    items: list[OfferOut]
    next_cursor: str | None


class TimeOut(Schema):
    starts_at: dt.datetime
    ends_at: dt.datetime
    free: bool


class DayOut(Schema):
    """Every time of so many minutes on a day, in the order of the day."""

    number: str
    day: dt.date
    times: list[TimeOut]


class ClaimIn(Schema):
    """A time where the offer is booked by time, else how many; `wait`: join the line if the time is taken."""

    starts_at: dt.datetime | None = None
    minutes: Minutes | None = None
    weeks: Annotated[int, Field(ge=1, le=53)] = 1
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    wait: bool = False
    note: Annotated[str, Field(max_length=500, pattern=_PLAIN, description="sealed: the provider reads it")] = ""


class ClaimOut(Schema):
    number: str
    offer: str
    state: ClaimState
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    quantity: int


class ClaimsOut(Schema):
    items: list[ClaimOut]


class NeedOut(Schema):
    """A wish as everybody may read it: what, never who."""

    number: str
    kind: str
    category: str
    title: str
    about: str
    place: str
    minutes: int | None
    until: dt.date | None


class NeedPage(Schema):
    items: list[NeedOut]
    next_cursor: str | None


@router.get("/offers", response={200: OfferPage, **PROBLEMS}, operation_id="list_offers")
def list_offers(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = "", kind: Word = "", place: Word = "", q: Word = ""
) -> dict[str, Any]:
    """What can be taken now, the newest first; for a place: of it, below it and around it."""
    today = clock.local_date(clock.now())
    path = queries.near_place(place).path if place else ""
    given = Filters(kinds=(kind,) if kind else (), path=path, text=q.strip()[:40])
    found = queries.page_of_offers(queries.narrowed(queries.takeable(today), given), cursor, limit)
    return {"items": [_offer(one) for one in found.items], "next_cursor": found.next_cursor or None}


def _offer(row: Offer) -> dict[str, Any]:
    names = ("number", "kind", "title", "mode", "fee", "price", "stock")
    return {
        **{name: getattr(row, name) for name in names},
        "provider": row.organization.name if row.organization else "",
        "place": row.place.code,
    }


@router.get("/offers/{number}/times", response={200: DayOut, **PROBLEMS}, operation_id="list_times")
def list_times(request: HttpRequest, number: Number, day: dt.date, minutes: Minutes = 60) -> dict[str, Any]:
    """When an offer is open on a day, and which times are free. Offers without times have none."""
    at = clock.now()
    row = queries.get_offer_for(caller_of(request), number, clock.local_date(at))
    booking = queries.kind_of(row).booking
    found = queries.times_on(row, booking, day, minutes, at) if booking else []
    times = [{"starts_at": span.start, "ends_at": span.end, "free": free} for span, free in found]
    return {"number": row.number, "day": day, "times": times}


@router.post(
    "/offers/{number}/claims",
    response={201: ClaimsOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="claim_offer",
)
def claim_offer(request: HttpRequest, number: Number, body: ClaimIn) -> HttpResponse:
    """Take an offer for the bearer: everything or nothing; a time that is taken is 409 `slot_taken`."""
    at, actor = clock.now(), caller_of(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))
    wanted = Wanted(_span(body), body.weeks, body.quantity, body.wait, body.note, None, _request(actor.reference, key))

    def write() -> dict[str, Any]:
        made = actions.claim_offer(by=actor, at=at, number=number, wanted=wanted)
        return {"items": [_plain(_claim(one)) for one in made]}

    answer, replayed = write_once(Request(actor.reference, key, fingerprint(request)), at=at, write=write)
    return answered(answer, status=201, replayed=replayed)


def _span(body: ClaimIn) -> Span | None:
    if body.starts_at is None:
        return None
    if body.starts_at.tzinfo is None or body.minutes is None:
        raise Refused("time_missing", N_("时间要带时区，还要写多少分钟。"), field="starts_at")
    return Span(body.starts_at, body.starts_at + dt.timedelta(minutes=body.minutes))


def _request(caller: str, key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{caller}:{key}")


def _claim(row: Claim) -> dict[str, Any]:
    names = ("number", "state", "starts_at", "ends_at", "quantity")
    return {**{name: getattr(row, name) for name in names}, "offer": row.offer.number if row.offer else ""}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: one.isoformat() if isinstance(one, dt.datetime) else one for name, one in row.items()}


@router.get("/claims", response={200: ClaimsOut, **PROBLEMS}, operation_id="list_claims")
def list_claims(request: HttpRequest) -> dict[str, Any]:
    """What the bearer has taken and is not over yet, the newest first; at most 200."""
    found = claims.page_of_own(caller_of(request), over=False, limit=200)
    return {"items": [_claim(one) for one in found.items if one.offer is not None]}


@router.get("/needs", response={200: NeedPage, **PROBLEMS}, operation_id="list_needs")
def list_needs(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = "", kind: Word = "", place: Word = ""
) -> dict[str, Any]:
    """Wishes that wait for somebody to help, the newest first; nobody's name."""
    path = queries.near_place(place).path if place else ""
    found = needs.page_of_needs(needs.wall(path, kind=kind), cursor, limit)
    names = ("number", "kind", "category", "title", "about", "minutes", "until")
    items = [{**{name: getattr(one, name) for name in names}, "place": one.place.code} for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor or None}
