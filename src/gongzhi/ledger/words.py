"""Opening and sealing who was paid, and what somebody objects to, each under a key of its own."""

import json
import uuid

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.ledger.models import LedgerEntry, Objection
from gongzhi.people import vault
from gongzhi.people.models import VaultKey

ORGANIZATION, PERSON = "organization", "person"


def _context(entry_id: uuid.UUID) -> str:
    return f"entry:{entry_id}:words"


def seal_party(key: VaultKey, entry_id: uuid.UUID, party: str) -> bytes:
    said = json.dumps({"party": party}, ensure_ascii=False).encode()
    return sealing.seal(vault.open_key(key), said, _context(entry_id))


def party_of(entry: LedgerEntry) -> str:
    """Who it was with; "" where nobody is named, or the key was destroyed."""
    if not entry.words:
        return ""
    try:
        opened = sealing.unseal(vault.open_key(entry.key), bytes(entry.words), _context(entry.pk))
    except Unreadable:
        if entry.key.destroyed_at is None:
            raise
        return ""
    return str(json.loads(opened)["party"])


def seal_objection(key: VaultKey, objection_id: uuid.UUID, reason: str, answer: str = "") -> bytes:
    said = json.dumps({"reason": reason, "answer": answer}, ensure_ascii=False).encode()
    return sealing.seal(vault.open_key(key), said, f"objection:{objection_id}:words")


def objection_of(row: Objection) -> dict[str, str]:
    """{"reason", "answer"}; both "" where the key was destroyed."""
    try:
        opened = sealing.unseal(vault.open_key(row.key), bytes(row.words), f"objection:{row.pk}:words")
    except Unreadable:
        if row.key.destroyed_at is None:
            raise
        return {"reason": "", "answer": ""}
    found: dict[str, str] = json.loads(opened)
    return found
