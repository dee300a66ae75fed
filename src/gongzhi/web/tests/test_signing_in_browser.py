"""Signing in by keyboard alone, at both widths and sizes, with nothing for axe to find."""

from typing import Any

import pytest
from django.db import transaction

from gongzhi.people.models import Person
from gongzhi.web.tests.test_browser import wrong_on
from gongzhi.web.views.demo import demo_token
from tests import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINE = ("/me", "/me/contact", "/me/second-factor", "/me/password", "/me/export", "/me/erase", "/my/readings/")
STAFF = ("/people/", "/people/posts/", "/people/posts/post-grid_member/", "/people/organizations/command/")
INSTANCE = ("/health", "/setup")


@pytest.fixture
def site(settings: Any, live_server: Any) -> str:
    settings.DEMO = True
    settings.RATE_LIMIT = "off"
    with transaction.atomic():
        cast.build()
        Person.objects.update(is_demo=True)
    return live_server.url


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_for_axe_to_find(page_at: Any, site: str, width: int) -> None:
    for level in ("", "max"):
        for role, addresses in (("resident", MINE), ("administrator", (*STAFF, *INSTANCE))):
            page = page_at(width)
            page.context.add_cookies([{"name": "gz_text", "value": level, "url": site}])
            for address in ("/sign-in", "/sign-in/password"):
                page.goto(site + address)
                assert not wrong_on(page), (address, level)
            page.goto(f"{site}/demo/sign-in/{role}?token={demo_token(role)}")
            for address in addresses:
                page.goto(site + address)
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, level)
                assert not wrong_on(page), (address, level)


def test_by_keyboard_alone_from_the_code_to_leaving(page_at: Any, site: str) -> None:
    page = page_at(390)
    page.goto(f"{site}/sign-in?next=/me")
    page.get_by_label("手机号或邮箱").focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gz-errsum")
    assert not wrong_on(page)
    page.get_by_label("手机号或邮箱").fill("13800001111")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code*")
    code = _code_on_screen(page, site)
    page.get_by_label("6 位验证码").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    assert page.get_by_text("138****1111").count() == 1
    page.get_by_role("button", name="显示").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=13800001111")
    page.goto(f"{site}/me/erase")
    page.get_by_label("请写“注销”两个字").focus()
    page.keyboard.type("注销")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=账号注销了")
    page.goto(f"{site}/me")
    assert "/sign-in" in page.url


def _code_on_screen(page: Any, site: str) -> str:
    """Where the demo shows what would have gone out."""
    other = page.context.new_page()
    other.goto(f"{site}/demo/messages")
    words = other.locator("main").inner_text()
    other.close()
    return words.split("登录验证码 ")[1][:6]
