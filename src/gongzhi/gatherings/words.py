"""What was said at a gathering, why somebody wants a topic: sealed under its own key."""

import json
from collections.abc import Mapping
from typing import Any

from gongzhi.common import sealing
from gongzhi.gatherings.models import Gathering, Topic
from gongzhi.people import vault


def seal(row: Gathering | Topic, key: bytes, values: Mapping[str, str]) -> bytes:
    return sealing.seal(key, json.dumps(values, ensure_ascii=False).encode(), _bound(row))


def opened(row: Gathering | Topic) -> dict[str, Any]:
    """{said, reason} of a gathering, {why, reason} of a topic; nothing when its key was destroyed."""
    try:
        plain = sealing.unseal(vault.open_key(row.key), bytes(row.words), _bound(row))
    except sealing.Unreadable:
        return {}
    found: dict[str, Any] = json.loads(plain)
    return found


def reseal(row: Gathering | Topic, **changed: str) -> None:
    """Put words beside those that are there; the caller saves the row."""
    row.words = seal(row, vault.open_key(row.key), {**opened(row), **changed})


def _bound(row: Gathering | Topic) -> str:
    return f"gathering:{row.pk}:words" if isinstance(row, Gathering) else f"topic:{row.number}:words"
