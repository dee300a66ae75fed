"""A page shows so many rows and knows what the next begins behind; no cursor breaks it."""

import pytest

from gongzhi.common.errors import Refused
from gongzhi.common.paging import decode_cursor, encode_cursor, page_of


@pytest.mark.parametrize(("rows", "shown", "more"), [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)])
def test_one_row_more_tells_that_something_follows(rows: int, shown: int, more: bool) -> None:
    page = page_of(range(rows), 3, lambda row: (row, str(row)))
    assert page.items == list(range(shown)) and bool(page.next_cursor) == more
    assert not more or decode_cursor(page.next_cursor, 2) == [2, "2"], "the last row shown, not the first that follows"


@pytest.mark.parametrize("cursor", ["x", "!!", "e30", encode_cursor(1, 2), "∞"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="bad_cursor"):
        decode_cursor(cursor, 1)
