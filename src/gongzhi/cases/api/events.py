"""Events in and out in another system's own format, which an `events` pack describes."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.once import KEY_HEADER
from gongzhi.cases.actions import exchanging
from gongzhi.cases.api import PROBLEMS
from gongzhi.cases.api.joint import Code, _once
from gongzhi.cases.queries.exchanging import events_since
from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.people.bearer import signed_in

router = Router(tags=["events"], auth=signed_in)
LARGEST = 64 * 1024


class EventTaken(Schema):
    """What became of an event. `news`: new, same (nothing changed) or changed (a note was added)."""

    source: str
    id: str
    news: str
    state: str = Field(description="waiting (for a person), opened or dismissed")
    case: str | None = Field(description="number of the demand, once there is one")


class EventsPage(Schema):
    """Demands that came from the source, each in the source's own format; our number stands where its words stood."""

    source: str
    since: dt.datetime
    items: list[dict[str, Any]]


_BODY: dict[str, Any] = {
    **KEY_HEADER,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "description": "as the pack of the source says"}}
        },
    },
}


@router.post("/events/{source}", response={200: EventTaken, **PROBLEMS}, openapi_extra=_BODY, operation_id="take_event")
def take_event(request: HttpRequest, source: Code) -> HttpResponse:
    """One event of another system. The same number again is the same demand; a change adds a note to it."""
    actor = signed_in(request)
    content = _content(request)
    return _once(
        request, actor, 200, lambda: exchanging.take_event(by=actor, at=clock.now(), source=source, content=content)
    )


def _content(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LARGEST:
        raise Refused("event_too_large", N_("一件来件最多 64 KB。图像和声音不收。"))
    try:
        found = msgspec.json.decode(request.body)
    except ValueError as error:
        raise Refused("invalid_json", N_("送来的内容不是完整的 JSON。请检查后再送。")) from error
    if not isinstance(found, dict):
        raise Refused("invalid_json", N_("送来的内容不是完整的 JSON。请检查后再送。"))
    return found


def _moment(since: dt.datetime) -> dt.datetime:
    """In UTC: the database knows no displacement of twenty hours. Raises Refused `bad_time`."""
    try:
        return (since if since.tzinfo else since.replace(tzinfo=clock.CHINA)).astimezone(dt.UTC)
    except OverflowError as error:
        raise Refused("bad_time", N_("这个时间太早或太晚。请写实际的日期和时间。"), field="since") from error


@router.get("/events", response={200: EventsPage, **PROBLEMS}, operation_id="list_events")
def list_events(request: HttpRequest, source: Code, since: Annotated[dt.datetime, Field()]) -> dict[str, Any]:
    """Where the demands of a source stand that changed since a moment, the oldest first, at most 200."""
    actor, at = signed_in(request), clock.now()
    pack = exchanging.format_of(source, local_date(at))
    moment = _moment(since)
    return {"source": source, "since": moment, "items": events_since(actor, pack, moment)}
