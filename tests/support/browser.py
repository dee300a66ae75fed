"""A real browser for journeys, started once for the whole run."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from gongzhi.cli.journeys import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEIGHTS = {390: 844, 1280: 800}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave out the tests that need Chromium")


def pytest_configure(config: pytest.Config) -> None:
    # Finding, leaving out and listing is done by gongzhi.cli.journeys, which `./gongzhi test` uses as well.
    if config.getoption("no_browser"):
        os.environ["GONGZHI_JOURNEYS"] = "skip"


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface keeps a loop running in this thread, which Django would refuse.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page_at(browser: "Browser") -> "Iterator[Callable[..., Page]]":
    """`page_at(390)` or `page_at(1280)`: a fresh visitor's page, who shares nothing with the others.

    Script errors and content that the security policy refused fail the test at its end.
    """
    contexts, errors = [], []

    def open_page(width: int, **context: Any) -> "Page":
        size = {"width": width, "height": HEIGHTS.get(width, 800)}
        contexts.append(browser.new_context(viewport=size, locale="zh-CN", **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if _is_refusal(line) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, "The browser reported script or policy errors:\n" + "\n".join(errors)


def _is_refusal(line: Any) -> bool:
    return line.type == "error" and "Content Security Policy" in line.text
