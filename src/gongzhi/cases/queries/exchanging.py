"""来件 that wait for a person, and demands in another system's format."""

import datetime as dt
from typing import Any

from django.db.models import Q

from gongzhi.cases.models import Case
from gongzhi.cases.queries.seeing import visible_to
from gongzhi.cases.rules.events import Event, write_event_as
from gongzhi.common.access import Actor, require
from gongzhi.packs.field_contents import EventsPack
from gongzhi.registers.models import IncomingEvent

MOST = 200


def waiting_events(actor: Actor, limit: int = MOST) -> list[IncomingEvent]:
    """What came in and waits, in the actor's places, the oldest first."""
    require(actor, "cases.report_for")
    reach = Q(pk__in=[])
    for path in actor.paths_for("cases.report_for"):
        reach |= Q(path__startswith=path)
    rows = IncomingEvent.objects.filter(reach, state=IncomingEvent.State.WAITING).select_related("key")
    return list(rows.order_by("received_at", "id")[:limit])


def events_since(actor: Actor, pack: EventsPack, since: dt.datetime, limit: int = MOST) -> list[dict[str, Any]]:
    """Where the demands stand that came from a source, in its format; words are not sent back.

    By the last change of the demand, the oldest first.
    """
    require(actor, "cases.read")
    prefix = f"{pack.name}:"
    cases = Case.objects.filter(pk__in=visible_to(actor).values("pk"), external_id__startswith=prefix)
    changed = cases.filter(Q(received_at__gte=since) | Q(events__at__gte=since)).distinct()
    return [_as_event(pack, case) for case in changed.select_related("place").order_by("id")[:limit]]


def _as_event(pack: EventsPack, case: Case) -> dict[str, Any]:
    event = Event(
        id=case.external_id.partition(":")[2],
        text=case.number,
        place=case.place.code if case.place else "",
        category=case.category,
        received=case.received_at.isoformat(timespec="seconds"),
        state=case.status,
    )
    return write_event_as(pack, event)
