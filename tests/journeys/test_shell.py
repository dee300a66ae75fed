"""The first page, as a stranger's telephone and a desk see it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import cast
from tests.journeys.street import Street
from tests.support.widths import fits


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


@pytest.mark.browser
def test_a_telephone_reaches_every_page_of_the_menu(
    page_at: Callable[..., Any], live_server: Any, world: cast.World
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = Street(page_at, live_server.url, world).page_of("secretary", 390)
    page.goto(f"{live_server.url}/ledger/")
    bottom = page.get_by_role("navigation", name="底部导航")
    assert bottom.get_by_role("link", name="协议").count() == 0, "behind the last tab"
    bottom.get_by_text("全部").click()
    assert fits(page) and Axe().run(page).response["violations"] == []
    with page.expect_navigation():
        bottom.get_by_role("link", name="协议").click()
    assert page.url.endswith("/agreements/")
