"""The shell in a real browser: accessible at both widths and sizes, and the switch works without a reload."""

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("/", "/no-such-page")


def wrong_on(page: "Page") -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_accessible_and_without_side_scroll(page_at: "Callable[..., Page]", live_server, width: int) -> None:
    for scheme, level in product(("light", "dark"), ("", "large", "max")):
        page = page_at(width, color_scheme=scheme)
        page.context.add_cookies([{"name": "gz_text", "value": level, "url": live_server.url}])
        for address in PAGES:
            page.goto(live_server.url + address)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (scheme, level)
            assert not wrong_on(page), (address, scheme, level)


def test_large_type_without_a_reload_and_remembered(page_at: "Callable[..., Page]", live_server) -> None:
    page = page_at(390)
    page.goto(live_server.url)
    page.evaluate("window.stayed = true")
    button = page.get_by_role("button", name="大字")
    with page.expect_response("**/preferences/text-size"):
        button.click()
    page.wait_for_selector('html[data-elder=""]')
    assert button.get_attribute("aria-pressed") == "true"
    with page.expect_response("**/preferences/text-size"):
        page.get_by_role("button", name="特大").click()
    page.wait_for_selector('html[data-elder="max"]')
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "30px"
    page.reload()
    assert page.locator('html[data-elder="max"]').count() == 1


def test_large_type_without_script(page_at: "Callable[..., Page]", live_server) -> None:
    page = page_at(390, java_script_enabled=False)
    page.goto(live_server.url)
    page.get_by_role("button", name="大字").click()
    assert page.locator('html[data-elder=""]').count() == 1
    page.get_by_role("button", name="大字").click()
    assert page.locator("html[data-elder]").count() == 0


def test_the_first_tab_stop_leads_past_the_bar(page_at: "Callable[..., Page]", live_server) -> None:
    page = page_at(1280)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
