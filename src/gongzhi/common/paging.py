"""Keyset pages: a cursor is the sort key of the last row, never an offset."""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MAX_LIMIT = 200
Row = TypeVar("Row")


class Page(NamedTuple, Generic[Row]):
    """Rows, and the cursor of the next page; "" where nothing follows."""

    items: list[Row]
    next_cursor: str


def page_of(found: Iterable[Row], limit: int, key: Callable[[Row], tuple[Any, ...]]) -> Page[Row]:
    """A page out of one row more than it shows, where there is one; `key`: what the next page begins behind."""
    items = list(found)
    after = encode_cursor(*key(items[limit - 1])) if len(items) > limit else ""
    return Page(items[:limit], after)


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
