"""Endpoints of gatherings: those to come and held that the caller may see, one with its agenda, an answer to it."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, fingerprint, write_once
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.gatherings import actions, papers, queries
from gongzhi.gatherings.models import Gathering
from gongzhi.people.bearer import caller_of, signed_in

router = Router(tags=["gatherings"])
_PLAIN = r"^[^\x00]*$"
_PUBLIC: dict[str, Any] = {"security": [{}, {"token": []}]}
Number = Annotated[str, Field(max_length=30, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Kind = Annotated[str, Field(max_length=40, pattern=_PLAIN)]
Limit = Annotated[int, Field(ge=1, le=200)]
StatusName = Literal["planned", "noticed", "open", "closed", "cancelled"]


class GatheringRow(Schema):
    """One gathering of the list; `kind` and `platform` are codes of the model pack."""

    number: str
    kind: str
    title: str
    organization: str
    place: str
    where: str
    platform: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: StatusName
    public: bool = Field(description="residents see the notice and may come")
    calendar: str = Field(description="address of its calendar file (.ics)")


class GatheringPage(Schema):
    items: list[GatheringRow]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


class AgendaRow(Schema):
    """One item: why it stands there when it was worked out, how it was decided; never who spoke."""

    position: int
    kind: str
    title: str
    why: str
    decision: str
    words: str
    votes: dict[str, Any]


class PresenceOut(Schema):
    """Who is there by number; `needed` and `missing` are null where the kind asks for no quorum."""

    due: int
    came: int
    observers: int
    coming: int = Field(description="how many said that they come")
    needed: int | None
    missing: int | None


class GatheringOut(GatheringRow):
    agenda: list[AgendaRow]
    presence: PresenceOut
    ics: str = Field(description="the event as RFC 5545 text")


class AnswerIn(Schema):
    coming: bool


class AnswerOut(Schema):
    number: str
    answer: Literal["coming", "away"]
    capacity: Literal["chair", "member", "observer"]


def _row(row: Gathering) -> dict[str, Any]:
    plain = ("number", "kind", "title", "where", "platform", "starts_at", "ends_at", "status", "public")
    return {
        **{name: getattr(row, name) for name in plain},
        "organization": row.organization.name,
        "place": row.place.code,
        "calendar": f"{settings.HOST_URL}/gatherings/{row.number}/event.ics",
    }


@router.get(
    "/gatherings",
    response={200: GatheringPage, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="list_gatherings",
    auth=None,
)
def list_gatherings(
    request: HttpRequest,
    show: Literal["coming", "held"] = "coming",
    kind: Kind = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """Those to come, the next one first, or those held, the newest first: open ones for all, others by mandate."""
    actor = caller_of(request)
    if show == "coming":
        return {"items": [_row(row) for row in queries.upcoming(actor, clock.now(), kind)[:limit]], "next_cursor": None}
    found = queries.past(actor, _before(cursor) if cursor else None, limit + 1, kind)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.starts_at.isoformat(), str(last.pk)) if last else None
    return {"items": [_row(row) for row in found[:limit]], "next_cursor": following}


def _before(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    """Raises Refused `bad_cursor`."""
    moment, pk = decode_cursor(cursor, 2)
    try:
        return dt.datetime.fromisoformat(str(moment)), uuid.UUID(str(pk))
    except ValueError:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None


@router.get(
    "/gatherings/{number}",
    response={200: GatheringOut, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="read_gathering",
    auth=None,
)
def read_gathering(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One gathering with its agenda, who is there by number, and its entry for a calendar."""
    row = queries.get_gathering_for(caller_of(request), number)
    there = queries.presence_at(row)
    names = ("position", "kind", "title", "why", "decision", "words", "votes")
    return {
        **_row(row),
        "agenda": list(row.items.order_by("position").values(*names)),
        "presence": {
            **{name: getattr(there, name) for name in ("due", "came", "observers", "coming")},
            "needed": there.quorum.bound if there.quorum else None,
            "missing": there.quorum.missing if there.quorum else None,
        },
        "ics": papers.as_event(row, clock.now()).decode(),
    }


@router.post(
    "/gatherings/{number}/answer",
    response={200: AnswerOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="answer_gathering",
    auth=signed_in,
)
def answer_gathering(request: HttpRequest, number: Number, body: AnswerIn) -> HttpResponse:
    """Whether the bearer comes. Who is not on the list of an open gathering comes as an observer."""
    at, actor = clock.now(), signed_in(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))

    def write() -> dict[str, Any]:
        mine = actions.answer_invitation(by=actor, at=at, number=number, coming=body.coming)
        return {"number": number, "answer": mine.answer, "capacity": mine.capacity}

    answer, replayed = write_once(Request(actor.reference, key, fingerprint(request)), at=at, write=write)
    return answered(answer, status=200, replayed=replayed)
