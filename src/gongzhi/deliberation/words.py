"""Words of an event that may speak of people, sealed under the course's own key."""

import json
from collections.abc import Mapping
from typing import Any

from gongzhi.common import sealing
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.people import vault


def seal(course: Course, key: bytes, sequence: int, values: Mapping[str, Any]) -> bytes:
    """Nothing to seal stays empty."""
    if not any(values.values()):
        return b""
    return sealing.seal(key, json.dumps(values, ensure_ascii=False).encode(), _bound(course, sequence))


def opened(event: ProcedureEvent, key: bytes) -> dict[str, Any]:
    """{note, filed}; `filed` says where each paper document lies."""
    if not event.words:
        return {}
    plain = sealing.unseal(key, bytes(event.words), _bound(event.course, event.sequence))
    found: dict[str, Any] = json.loads(plain)
    return found


def key_of(course: Course) -> bytes:
    """Raises sealing.Unreadable when it was destroyed."""
    return vault.open_key(course.key)


def _bound(course: Course, sequence: int) -> str:
    return f"course:{course.pk}:{sequence}"
