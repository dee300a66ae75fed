"""Keyset pages: a cursor is the sort key of the last row, never an offset."""

import base64
import json
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MAX_LIMIT = 200


def encode_cursor(*key: Any) -> str:
    """Sort-key values (JSON scalars) as one opaque URL-safe word."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> list[Any]:
    """The `size` values of a cursor; raises Refused `bad_cursor` for anything else."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeError):
        key = None
    if not isinstance(key, list) or len(key) != size:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return key


def text_behind(cursor: str) -> str:
    """The one text (a path, a code) behind which a page begins; "" for the first. Raises Refused `bad_cursor`."""
    text = decode_cursor(cursor, 1)[0] if cursor else ""
    if not isinstance(text, str) or "\0" in text:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return text


def clamp_limit(limit: int | None, default: int = 50) -> int:
    return max(1, min(limit or default, MAX_LIMIT))
