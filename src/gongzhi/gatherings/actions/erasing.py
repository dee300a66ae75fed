"""What the room holds about a person; what goes with an account; how rows move when places merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.gatherings.models import Attendance, Topic, TopicSecond
from gongzhi.people.actions.accounts import destroy_key


def export_gatherings(person_id: uuid.UUID) -> dict[str, Any]:
    """Where the person was expected, and came; topics proposed and joined."""
    fields = ("gathering__number", "gathering__title", "gathering__starts_at", "capacity", "state", "came_at")
    rows = Attendance.objects.filter(person_id=person_id).order_by("gathering__starts_at").values(*fields)
    proposed = Topic.objects.filter(proposer_id=person_id).order_by("id")
    joined = TopicSecond.objects.filter(person_id=person_id).order_by("id").values("topic__number", "at")
    return {
        "gatherings": list(rows),
        "topics": list(proposed.values("number", "title", "status")),
        "seconds": list(joined),
    }


def erase_gatherings(person_id: uuid.UUID, at: dt.datetime) -> None:
    """The person is on no list of what is still to come; that a member came to what was held stays, without a name.

    A topic that stands on no agenda goes; one that the body took stays its own, without the proposer and their words.
    """
    Attendance.objects.filter(person_id=person_id, gathering__status__in=("planned", "noticed")).delete()
    TopicSecond.objects.filter(person_id=person_id).delete()
    for row in Topic.objects.select_for_update().filter(proposer_id=person_id).order_by("id"):
        row.proposer = None
        row.save(update_fields=["proposer"])
        if row.item_id is None:
            row.delete()
        destroy_key(row.key_id, at)
