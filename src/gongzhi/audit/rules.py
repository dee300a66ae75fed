"""The chain's arithmetic, pure: what an entry's digest covers and how hashes follow each other."""

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

GENESIS = bytes(32)


def entry_digest(
    *,
    at: dt.datetime,
    actor: str,
    mandate_id: int | None,
    action: str,
    subject: str,
    purpose: str,
    changes: dict[str, Any],
) -> bytes:
    """SHA-256 over a canonical JSON list (UTC time with microseconds, sorted keys, UTF-8)."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = json.dumps(
        [moment, actor, mandate_id, action, subject, purpose, changes],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(body.encode()).digest()


def next_hash(previous: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(bytes(previous) + bytes(digest)).digest()


def seal_mac(key: bytes, position: int, chain_hash: bytes) -> bytes:
    return hmac.new(key, position.to_bytes(8, "big") + chain_hash, hashlib.sha256).digest()


def told(changes: dict[str, Any]) -> list[str]:
    """Changes as lines to read: `status: reported → accepted`; a single value stands for itself."""
    lines = []
    for name, value in changes.items():
        if isinstance(value, list) and len(value) == 2:
            before, after = ("—" if part is None else part for part in value)
            lines.append(f"{name}: {before} → {after}")
        else:
            lines.append(f"{name}: {value}")
    return lines
