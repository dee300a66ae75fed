"""A case's words: sealed under the case's own key, opened for those who may see the case."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.people import vault
from gongzhi.people.models import VaultKey

ERASED = {"text": "", "erased": True}


def _context(key_id: uuid.UUID, part: str) -> str:
    return f"case:{key_id}:{part}"


def seal_part(key: bytes, key_id: uuid.UUID, part: str, value: Any) -> bytes:
    """Seal a JSON value as one part ("words", "result", "note", "contact") of a case."""
    return sealing.seal(key, json.dumps(value, ensure_ascii=False).encode(), _context(key_id, part))


def open_part(row: VaultKey, part: str, sealed: "bytes | memoryview[int] | None") -> Any:
    """The JSON value, or None when there is none or its key was destroyed."""
    if not sealed:
        return None
    try:
        return json.loads(sealing.unseal(vault.open_key(row), bytes(sealed), _context(row.pk, part)))
    except Unreadable:
        return None


def to_keep(text: str, detail: str, answers: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """What is sealed as a case's words; answers to a form keep the words of their question."""
    kept: dict[str, Any] = {"text": text, "detail": detail}
    if answers:
        kept["answers"] = [{name: one[name] for name in ("code", "label", "value")} for one in answers]
    return kept


def open_words(row: VaultKey, sealed: "bytes | memoryview[int] | None") -> dict[str, Any]:
    """{text, detail}; `erased` is set when the words can no longer be read."""
    words = open_part(row, "words", sealed)
    return words if words is not None else dict(ERASED)
