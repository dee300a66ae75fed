"""Who may see the papers of an agreement and of what was done: whoever may see the agreement."""

import uuid

from gongzhi.common.access import Actor
from gongzhi.partnerships import queries
from gongzhi.partnerships.models import Agreement, LineEvent


def may_see_agreement(actor: Actor, number: str) -> bool:
    return queries.visible(actor).filter(number=number).exists()


def may_see_event(actor: Actor, identifier: str) -> bool:
    event = _event(identifier)
    return event is not None and queries.visible(actor).filter(pk=agreement_of(event).pk).exists()


def may_cover(actor: Actor, identifier: str) -> bool:
    """Faces and numbers in a picture: whoever keeps the agreement."""
    event = _event(identifier)
    return event is not None and queries.may_keep(actor, agreement_of(event))


def agreement_of(event: LineEvent) -> Agreement:
    one = event.line or event.asset
    assert one is not None  # noqa: S101 - the database holds that it is of one
    return one.agreement


def _event(identifier: str) -> LineEvent | None:
    try:
        key = uuid.UUID(identifier)
    except ValueError:
        return None
    return LineEvent.objects.select_related("line__agreement", "asset__agreement").filter(pk=key).first()
