"""Opening and sealing who was paid, under the entry's own key."""

import json
import uuid

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.ledger.models import LedgerEntry
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
