"""来件: events of other systems become demands, once each; a change adds a note; alarms wait for a person.

Nothing here knows a particular system: an `events` pack says where in the JSON its keys stand and which channel it is.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases import queries, rules
from gongzhi.cases.actions.moving import write_event
from gongzhi.cases.actions.reporting import report_case
from gongzhi.cases.actions.sourcing import name_source
from gongzhi.cases.models import Case
from gongzhi.cases.rules.events import Event, read_event
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.text import N_
from gongzhi.engines.coordinates import to_wgs84
from gongzhi.packs import queries as packs
from gongzhi.packs.field_contents import EventsPack
from gongzhi.registers.actions import receiving
from gongzhi.registers.models import IncomingEvent


def format_of(source: str, on: dt.date) -> EventsPack:
    """The event format of a source. Raises NotFound `unknown_source`."""
    try:
        found = packs.pack_in_force("events", source, on)
    except NotFound:
        message = N_("没有叫“{source}”的来件格式。请管理员先装它的模式包。")
        raise NotFound("unknown_source", message, source=source) from None
    assert isinstance(found, EventsPack)  # noqa: S101 - the row's kind says so
    return found


def _where(event: Event, pack: EventsPack) -> rules.Where:
    if event.longitude is None or event.latitude is None:
        return queries.locate(place_code=event.place)
    longitude, latitude = to_wgs84(event.longitude, event.latitude, pack.crs)
    return queries.locate(place_code=event.place, longitude=longitude, latitude=latitude)


@transaction.atomic
def take_event(*, by: Actor, at: dt.datetime, source: str, content: dict[str, Any]) -> dict[str, Any]:
    """One event of another system: {source, id, news, state, case}. The same one again is the same demand.

    Raises NotFound `unknown_source`, Refused `event_incomplete`, `text_length`, `unknown_place`, Forbidden.
    """
    pack = format_of(source, local_date(at))
    event = read_event(content, pack)
    where = _where(event, pack)
    require(by, "cases.report_for", path=where.path)
    received = receiving.receive_event(
        by=by, at=at, source=source, external_id=event.id, content=content, path=where.path
    )
    row = received.event
    if received.news == "new" and not pack.confirm:
        row = _open(row, event, pack, where, by=by, at=at)
    elif received.news == "changed" and row.case:
        _note(row, event, by=by, at=at)
    return {"source": source, "id": event.id, "news": received.news, "state": row.state, "case": row.case or None}


def _open(
    row: IncomingEvent, event: Event, pack: EventsPack, where: rules.Where, *, by: Actor, at: dt.datetime
) -> IncomingEvent:
    """The demand; no person is its reporter, the number of the other system is on it."""
    answer = report_case(
        by=system_actor(f"events-{row.source}"),
        at=at,
        text=event.text,
        where=where,
        channel=pack.channel,
        category=event.category,
        detail=event.received,
    )
    number = str(answer["number"])
    name_source(by=by, at=at, number=number, external_id=f"{row.source}:{event.id}"[:80])
    return receiving.settle_event(by=by, at=at, event=row, case=number)


def _note(row: IncomingEvent, event: Event, *, by: Actor, at: dt.datetime) -> None:
    """What the other system says now, on the timeline for whoever handles it."""
    case = Case.objects.select_for_update(of=("self",)).select_related("key").get(number=row.case)
    facts = {"source": row.source, "state": event.state, "update": row.updates}
    write_event(case, by=by, at=at, move="source_news", note=event.text, facts=facts, public=False)
    record(by=by, at=at, action="cases.source_news", subject=case.reference, changes=facts)


@transaction.atomic
def confirm_event(*, by: Actor, at: dt.datetime, event_id: int) -> str:
    """A person looked at an alarm and it is to be dealt with; returns the number of the demand.

    Raises NotFound `event_not_found`, Forbidden, Conflict `event_decided`.
    """
    row = receiving.get_waiting(by, event_id, lock=True)
    require(by, "cases.report_for", path=row.path)
    if row.state != IncomingEvent.State.WAITING:
        raise Conflict("event_decided", N_("这件来件已经有人处理了。"))
    pack = format_of(row.source, local_date(at))
    event = read_event(receiving.content_of(row), pack)
    return _open(row, event, pack, _where(event, pack), by=by, at=at).case
