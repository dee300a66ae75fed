"""When a post, a body or a place changes, what is open goes along; what was done stays with who did it."""

import datetime as dt

from django.db.models import QuerySet

from gongzhi.audit.actions import record
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.duties.models import OPEN, Duty


def hand_over_duties(from_mandate: int, to_mandate: int | None, at: dt.datetime) -> int:
    """Open duties go to the successor (or lie vacant, for the secretary to see); those to come are made anew."""
    held = Duty.objects.filter(OPEN, holder=from_mandate)
    ahead = held.filter(opens_on__gt=local_date(at), subject=f"mandate:{from_mandate}")
    forgotten, _ = ahead.delete()
    moved = held.update(holder=to_mandate)
    if moved or forgotten:
        to = f"mandate:{to_mandate}" if to_mandate else None
        changes = {"holder": [f"mandate:{from_mandate}", to], "moved": moved, "not_begun": forgotten}
        record(by=system_actor("handover"), at=at, action="duties.hand_over", subject="duty:*", changes=changes)
    return moved


def drop_open(rows: QuerySet[Duty]) -> None:
    """A change of places is undone: what the clock asked at a place that is then no more is asked of nobody."""
    rows.filter(OPEN).delete()


def hand_on_duties(organization: int, heir: int, at: dt.datetime) -> int:
    """A body's open duties end with it where its heir has the same, else they are the heir's now."""
    old, new = f"organization:{organization}", f"organization:{heir}"
    there = set(Duty.objects.filter(subject=new).values_list("rule", "period"))
    moved = 0
    for duty in Duty.objects.select_for_update().filter(OPEN, subject=old):
        if (duty.rule, duty.period) in there:
            duty.delete()
        else:
            duty.subject = new
            duty.save(update_fields=["subject"])
            moved += 1
    return moved
