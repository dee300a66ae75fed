"""Every page that somebody may open, in a real browser, at both widths: axe finds nothing, nothing scrolls sideways.

The addresses come from the permission matrix, and that one fails on any address it does not know: a page that is not
looked at here cannot exist.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gongzhi.web.shell import TEXT_COOKIE
from tests.architecture import street as streets
from tests.architecture import visits
from tests.architecture.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
# The order in which somebody is sought who may open a page; the visitor first, since that is how most arrive.
OPENERS = (
    *("anonymous", "resident", "dispatcher", "department", "grid_member", "secretary", "supervisor", "auditor"),
    *("administrator", *visits.BESIDE),
)


@pytest.fixture
def street(transactional_db: None) -> Street:
    return streets.build()


def opener_of(row: visits.Row) -> str | None:
    return next((role for role in OPENERS if row.expected.get(role) == "allowed"), None)


def _page_of(role: str, width: int, page_at: Callable[..., Any], url: str, street: Street) -> Any:
    page = page_at(width)
    if role != "anonymous":
        client = Client()
        street.sign_in(client, role)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def _sideways(page: Any, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    return ["scrolls sideways"] if wide else []


def _wrong_with(page: Any, width: int) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    return found + _sideways(page, width)


def _walk(
    open_as: Callable[[str], Any], url: str, street: Street, look: Callable[[Any], list[str]]
) -> tuple[list[str], int]:
    """What `look` says of every page, each opened once by somebody who may; and how many there were."""
    pages: dict[str, Any] = {}
    wrong, looked_at = [], 0
    for row in visits.rows():
        role = opener_of(row)
        if row.method != "GET" or role is None:
            continue
        if role not in pages:
            pages[role] = open_as(role)
        address = reverse(row.name, kwargs=visits.filled(row.args, street))
        query = urlencode(visits.filled(row.data, street))
        answer = pages[role].request.get(f"{url}{address}?{query}")
        if not answer.headers.get("content-type", "").startswith("text/html") or "<html" not in answer.text():
            continue  # files, pictures, programs' answers, and parts of pages
        pages[role].goto(f"{url}{address}?{query}")
        looked_at += 1
        wrong += [f"{row.name} as {role}: {what}" for what in look(pages[role])]
    return wrong, looked_at


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page(
    width: int, page_at: Callable[..., Any], live_server: Any, street: Street
) -> None:
    url = live_server.url
    wrong, looked_at = _walk(
        lambda role: _page_of(role, width, page_at, url, street), url, street, lambda page: _wrong_with(page, width)
    )
    assert looked_at > 20
    assert not wrong, "\n".join(wrong)


def test_the_largest_type_fits_on_a_telephone(page_at: Callable[..., Any], live_server: Any, street: Street) -> None:
    """大字: with letters of 30 px no page of 390 px scrolls sideways."""
    url = live_server.url

    def open_as(role: str) -> Any:
        page = _page_of(role, 390, page_at, url, street)
        page.context.add_cookies([{"name": TEXT_COOKIE, "value": "max", "url": url}])
        return page

    def look(page: Any) -> list[str]:
        large = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 28
        return _sideways(page, 390) + ([] if large else ["small type"])

    wrong, looked_at = _walk(open_as, url, street, look)
    assert looked_at > 20
    assert not wrong, "\n".join(wrong)
