"""A person's rights over what was published with their name or written by them."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.audit.actions import record
from gongzhi.common.access import system_actor
from gongzhi.notifications.actions import emit
from gongzhi.publications import rules, words
from gongzhi.publications.actions.writing import erase_words
from gongzhi.publications.models import WAS_PUBLIC, Publication, Reply, State

_BY = system_actor("erase")


def export_publications(person_id: uuid.UUID) -> dict[str, Any]:
    """Where the person is named with their text, and what they answered; what they wrote in post is the post's."""
    named = Publication.objects.filter(named_id=person_id).select_related("key").order_by("created_at")
    replies = Reply.objects.filter(by_id=person_id).select_related("publication__key").order_by("filed_at")
    written = Publication.objects.filter(author_id=person_id).order_by("created_at")
    return {
        "named_in": [
            {"number": one.number, "state": one.state, "title": words.working(one).title, "at": one.released_at}
            for one in named
        ],
        "replies": [
            {"number": one.publication.number, "words": words.reply_words(one), "at": one.filed_at} for one in replies
        ],
        "written_in_post": [{"number": one.number, "state": one.state, "at": one.created_at} for one in written],
    }


def erase_publications(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Take down what names the person, and unlink their replies; the words of a body concerned stay the body's."""
    take_down_named(person_id, rules.NAMING, at)
    Reply.objects.filter(by_id=person_id).update(by=None)


def take_down_named(person_id: uuid.UUID, purpose: str, at: dt.datetime) -> int:
    """The consent to be named ended: every item naming the person comes down, and its words are destroyed.

    The page says 已按本人要求撤下; number, hash and trail stay, so that nobody can say it never was.
    """
    if purpose != rules.NAMING:
        return 0
    rows = Publication.objects.select_for_update(of=("self",)).filter(named_id=person_id).select_related("key")
    items = list(rows)
    for publication in items:
        _take_down(publication, at)
    return len(items)


def _take_down(publication: Publication, at: dt.datetime) -> None:
    was = publication.state
    publication.state = State.WITHDRAWN if was in WAS_PUBLIC else State.DROPPED
    publication.named, publication.pinned_until = None, None
    publication.ended_at = publication.ended_at or at
    publication.changed_at = at
    publication.save(update_fields=["state", "named", "pinned_until", "ended_at", "changed_at"])
    erase_words(publication, by=_BY, at=at)
    changes = {"state": [was, str(publication.state)], "why": "person"}
    record(by=_BY, at=at, action="publications.take_down", subject=publication.reference, changes=changes)
    if was in WAS_PUBLIC:
        emit("publication.end", {"publication": publication.number, "state": "withdrawn"}, at=at)
