"""What the room holds about a person; what goes along when places or bodies merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.partnerships.models import Agreement, Asset, LineEvent, Party, State

OPEN = (State.DRAFT, State.SIGNED, State.RUNNING)


def export_partnerships(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person drafted, signed for a body, and recorded on lines."""
    drafted = Agreement.objects.filter(drafted_by=person_id).order_by("pk")
    signed = Party.objects.filter(signed_by=person_id).order_by("pk")
    recorded = LineEvent.objects.filter(by=person_id).order_by("at")
    return {
        "drafted": list(drafted.values("number", "title", "drafted_at")),
        "signed": list(signed.values("agreement__number", "organization__name", "signed_on")),
        "recorded": list(recorded.values("on", "note", "at")),
    }


def erase_partnerships(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Agreements are kept as papers of bodies; the account of who wrote or signed has no name any more."""


def hand_on_parties(organization_id: int, heir_id: int, at: dt.datetime) -> int:
    """A body went up in another: the heir stands in its agreements, except where it stands already."""
    rows = Party.objects.filter(organization=organization_id, agreement__state__in=OPEN)
    there = Party.objects.filter(organization=heir_id).values("agreement")
    moved = rows.exclude(agreement__in=there).update(organization=heir_id)
    Asset.objects.filter(used_by=organization_id, agreement__state__in=OPEN).update(used_by=heir_id)
    return moved
