"""What was said in an objection to a roll and why it was decided so, sealed under the objection's own key."""

import json
from collections.abc import Mapping
from typing import Any

from gongzhi.ballots.models import RollObjection
from gongzhi.common import sealing
from gongzhi.people import vault


def seal(row: RollObjection, key: bytes, values: Mapping[str, str]) -> bytes:
    return sealing.seal(key, json.dumps(values, ensure_ascii=False).encode(), _bound(row))


def opened(row: RollObjection) -> dict[str, Any]:
    """{words, reason}; nothing where the key is gone."""
    if not row.words:
        return {}
    try:
        plain = sealing.unseal(vault.open_key(row.key), bytes(row.words), _bound(row))
    except sealing.Unreadable:
        return {}
    found: dict[str, Any] = json.loads(plain)
    return found


def _bound(row: RollObjection) -> str:
    return f"objection:{row.key_id}"
