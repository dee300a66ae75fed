"""The first page, as a stranger's telephone and a desk see it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import cast


@pytest.fixture
def world(transactional_db: None) -> cast.World:
    return cast.build()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_first_page_fits_and_axe_finds_nothing(
    width: int, page_at: Callable[..., Any], live_server: Any, world: cast.World
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = page_at(width)
    page.goto(live_server.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "no side scroll"
    assert Axe().run(page).response["violations"] == []
