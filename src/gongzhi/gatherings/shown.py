"""What this room answers for others: a held meeting shows that a duty was done."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.duties.registry import Shown, evidence
from gongzhi.gatherings.queries import get_gathering_for
from gongzhi.gatherings.queries.topics import get_topic_for


@evidence("topic")
def shown_topic(actor: Actor, identifier: str) -> Shown | None:
    """One that the actor may read."""
    try:
        row = get_topic_for(actor, identifier)
    except NotFound:
        return None
    return Shown(row.title, reverse("topic", args=[row.number]))


@evidence("gathering")
def shown_gathering(actor: Actor, identifier: str) -> Shown | None:
    """Only one that was held shows anything."""
    try:
        row = get_gathering_for(actor, identifier)
    except NotFound:
        return None
    return Shown(row.title, reverse("gathering", args=[row.number])) if row.status == "closed" else None
