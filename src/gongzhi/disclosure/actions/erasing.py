"""A person's rights over what they wrote, reported, appealed, and where they are named."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import system_actor
from gongzhi.disclosure import rules, words
from gongzhi.disclosure.actions.naming import clear_name
from gongzhi.disclosure.actions.posting import destroy_words, end
from gongzhi.disclosure.models import Alert, Appeal, Message, State

_BY = system_actor("erase")


def export_messages(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person wrote, with its words and what became of it; reports, appeals, names."""
    written = Message.objects.filter(author_id=person_id).select_related("key", "place").order_by("id")
    alerts = Alert.objects.filter(by_id=person_id).select_related("message__key").order_by("id")
    appeals = Appeal.objects.filter(by_id=person_id).select_related("decision__message__key").order_by("id")
    named = Message.objects.filter(named_id=person_id).select_related("key").order_by("id")
    return {
        "messages": [_written(one) for one in written],
        "alerts": [
            {"of": one.message.number, "reason": one.reason, "note": words.alert_note(one), "at": one.at}
            for one in alerts
        ],
        "appeals": [
            {"of": one.decision.message.number, "words": words.appeal_words(one), "at": one.at} for one in appeals
        ],
        "named_in": [{"number": one.number, "name": words.name_of(one), "at": one.named_at} for one in named],
    }


def _written(row: Message) -> dict[str, Any]:
    text = words.text_of(row)
    given = {"number": row.number, "kind": row.kind, "place": row.place.name, "state": row.state, "at": row.posted_at}
    return {**given, "title": text.title, "body": text.body, "called": text.byline}


@transaction.atomic
def erase_messages(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Every word the person wrote is destroyed; decisions stay without their words, reports without who made them."""
    take_off_name(person_id, rules.NAMING, at)
    rows = Message.objects.select_for_update(of=("self",)).filter(author_id=person_id).select_related("key")
    for row in rows:
        destroy_words(row, by=_BY, at=at)
        row.author = None
        row.save(update_fields=["author"])
        clear_name(row)
        end(row, State.WITHDRAWN, row.ended_at or at)
        record(by=_BY, at=at, action="disclosure.erase", subject=row.reference, changes={})
    Alert.objects.filter(by_id=person_id).update(by=None, note=b"")
    Appeal.objects.filter(by_id=person_id).update(by=None)


def take_off_name(person_id: uuid.UUID, purpose: str, at: dt.datetime) -> int:
    """The consent to be named ended: the name goes from every message."""
    if purpose != rules.NAMING:
        return 0
    rows = list(Message.objects.select_for_update().filter(named_id=person_id))
    for row in rows:
        clear_name(row)
        record(by=_BY, at=at, action="disclosure.drop_name", subject=row.reference, changes={"why": "person"})
    return len(rows)
