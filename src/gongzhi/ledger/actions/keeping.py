"""What the room holds about a person; what goes along when places or bodies merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.ledger.models import Approval, BookPeriod, Fund, LedgerEntry


def export_ledger(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person wrote, decided and closed; who was paid is no account here and is answered by the office."""
    written = LedgerEntry.objects.filter(proposer=person_id).order_by("at")
    decided = Approval.objects.filter(by=person_id).order_by("at")
    added = BookPeriod.objects.filter(proposed_by=person_id).order_by("proposed_at")
    closed = BookPeriod.objects.filter(closed_by=person_id).order_by("closed_at")
    return {
        "written": list(written.values("number", "on", "narration", "at")),
        "decided": list(decided.values("entry__number", "verdict", "note", "at")),
        "added_up": list(added.values("fund__number", "span", "proposed_at")),
        "closed": list(closed.values("fund__number", "span", "closed_at")),
    }


def erase_ledger(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Accounts are kept as the law of accounts asks; the account of who wrote them has no name any more."""


def hand_on_funds(organization_id: int, heir_id: int, at: dt.datetime) -> int:
    """A body went up in another: its running funds are held by the heir."""
    return Fund.objects.filter(organization=organization_id, closed_on=None).update(organization=heir_id)
