"""Who hears of an alarm: the holder, the secretary, the supervisor, each once a step."""

import datetime as dt
import uuid
from collections.abc import Iterator

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.duties.models import Duty
from gongzhi.duties.queries import rows_of
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.models import Mandate
from gongzhi.people.queries import holders_of, in_force

# Nobody's duty is never nobody's news: the first of these whose post is held anywhere above.
_OFFICE = ("secretary", "supervisor", "administrator")


@receive("duty.alarm")
def tell_of_duty(event: Event) -> None:
    """Nothing is told of what was done meanwhile. For a vacant post whoever leads there is told, see `_leading`."""
    duty = Duty.objects.select_related("holder").filter(pk=event.payload["duty"]).first()
    if duty is None or not duty.is_open:
        return
    row = rows_of([duty], local_date(event.now))[0]
    params = {
        "duty": str(duty.pk),
        "title": row.title,
        "about": row.subject,
        "period": duty.period,
        "due_at": duty.due_on.isoformat(),
        "over": row.state in ("overdue", "dormant"),
        "missed": row.missed,
    }
    step = event.payload["step"]
    for person_id in dict.fromkeys(_told(duty, event.payload["to"], local_date(event.now))):
        notify_person(
            by=system_actor("duties"),
            at=event.now,
            person_id=person_id,
            kind="duty_alarm",
            params=params,
            subject=str(duty),
            dedupe_key=f"duty-{duty.pk}-{step}",
        )


def _told(duty: Duty, to: list[str], on: dt.date) -> Iterator[uuid.UUID]:
    for who in to:
        if who != "holder":
            yield from holders_of(who, duty.path, on)
        elif duty.holder is None:
            yield from _leading(duty.path, on)
        else:
            standing_in = Mandate.objects.filter(in_force(on), substitute_for=duty.holder)
            yield from standing_in.values_list("person_id", flat=True)
            yield duty.holder.person_id


def _leading(path: str, on: dt.date) -> list[uuid.UUID]:
    """Who answers for a post that nobody holds: the secretary there or above; without one the street's office."""
    return next(filter(None, (holders_of(role, path, on) for role in _OFFICE)), [])
