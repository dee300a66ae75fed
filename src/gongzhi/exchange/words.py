"""What was written with a need or a claim: sealed under its own key."""

import json
from collections.abc import Mapping
from typing import Any

from gongzhi.common import sealing
from gongzhi.exchange.models import Claim, Need
from gongzhi.people import vault


def seal(row: Need | Claim, key: bytes, values: Mapping[str, str]) -> bytes:
    return sealing.seal(key, json.dumps(values, ensure_ascii=False).encode(), _bound(row))


def opened(row: Need | Claim) -> dict[str, Any]:
    """{name, phone, where, more, guardian} of a need, {note, appeal} of a claim; nothing without its key."""
    if row.key is None or not row.words:
        return {}
    try:
        plain = sealing.unseal(vault.open_key(row.key), bytes(row.words), _bound(row))
    except sealing.Unreadable:
        return {}
    found: dict[str, Any] = json.loads(plain)
    return found


def _bound(row: Need | Claim) -> str:
    return f"{row.reference}:words"
