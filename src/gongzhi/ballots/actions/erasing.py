"""What the room holds about a person; what goes with an account; how running votes move when places merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.ballots import words
from gongzhi.ballots.models import Ballot, CastMark, Elector, Proxy, RollObjection, Vote

RUNNING = ("nominating", "draft", "open", "counting")


def export_ballots(person_id: uuid.UUID) -> dict[str, Any]:
    """The rolls the person is on, their recorded ballots, that they cast secret ones, what they hold for others."""
    mine = Elector.objects.filter(person_id=person_id)
    entries = list(mine.values_list("entry", flat=True))
    rolls = mine.order_by("entry__roll__frozen_at").values("entry__roll__number", "entry__position", "entry__group")
    ballots = Ballot.objects.filter(entry__in=entries).order_by("at")
    secret = CastMark.objects.filter(entry__in=entries).order_by("vote__number")
    objected = RollObjection.objects.filter(person_id=person_id).select_related("key", "roll").order_by("made_at")
    stood = Vote.objects.filter(options__contains=[{"person": str(person_id)}]).order_by("made_at")
    held = Proxy.objects.filter(person_id=person_id).order_by("entered_at")
    return {
        "rolls": list(rolls),
        "ballots": list(ballots.values("vote__number", "vote__title", "marks", "origin", "at", "voided_at")),
        "cast": list(secret.values("vote__number", "vote__title", "origin")),
        "stood_in": list(stood.values("number", "title")),
        "objections": [
            {
                "roll": row.roll.number,
                "kind": row.kind,
                "made_at": row.made_at,
                "outcome": row.outcome,
                **words.opened(row),
            }
            for row in objected
        ],
        "proxies_held": list(held.values("vote__number", "signed_on", "withdrawn_at")),
    }


def erase_ballots(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Nothing says any more whose an entry is; what was decided, and its record, stay countable."""
    Elector.objects.filter(person_id=person_id).delete()
    Proxy.objects.filter(person_id=person_id).update(person=None)
    RollObjection.objects.filter(person_id=person_id).update(person=None, words=b"")
