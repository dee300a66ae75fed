"""The staff's pages in a real browser: the desk by keyboard alone, the countdown, both widths, large type."""

import datetime as dt
import time
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from tests.cast import World
from tests.support.widths import fits

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def cases(transactional_db: Any, world: World, report: Callable[..., Case]) -> list[Case]:
    """Three to dispatch, the oldest first, and one in hand."""
    now = clock.now()
    found = [report(at=now - (4 - n) * HOUR, text=f"第{n + 1}盏路灯不亮") for n in range(3)]
    sent = report(at=now - HOUR, text="路灯杆歪了")
    unit = world.units["utility"].pk
    actions.dispatch_case(by=world.actor("dispatcher", now), at=now, number=sent.number, unit_id=unit)
    clear_units()
    packs.forget()
    return [*found, sent]


@pytest.fixture
def open_as(page_at: "Callable[..., Page]", live_server: Any, world: World) -> "Callable[..., Page]":
    def _open(who: str, address: str, width: int = 1280, **context: Any) -> "Page":
        client = Client()
        client.force_login(world.people[who])
        page = page_at(width, **context)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return _open


Open = Any


def wrong_on(page: "Page") -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def status_of(case: Case) -> str:
    return Case.objects.values_list("status", flat=True).get(pk=case.pk)


def wait_for_status(case: Case, status: str) -> None:
    for _ in range(100):
        if status_of(case) == status:
            return
        time.sleep(0.1)
    raise AssertionError(f"{case.number} is still {status_of(case)}")


def wait_for_title(page: "Page", words: str) -> None:
    page.locator("#case-title", has_text=words).wait_for()


def hurry(page: "Page", seconds: str) -> None:
    """Shorten the countdown of the forms now open."""
    script = "s => document.querySelectorAll('form[data-delay]').forEach(f => { f.dataset.delay = s; })"
    page.evaluate(script, seconds)


def test_the_desk_by_keyboard_alone(open_as: Open, cases: list[Case]) -> None:
    first, second, third, _ = cases
    page = open_as("dispatcher", "/desk/")
    assert page.locator("#case-title").text_content() == "第1盏路灯不亮"
    page.keyboard.press("j")
    wait_for_title(page, "第2盏路灯不亮")
    assert f"case={second.number}" in page.url, "a reload shows the same case"
    page.keyboard.press("k")
    wait_for_title(page, "第1盏路灯不亮")
    # Dispatched, thought better of it: nothing has happened.
    page.keyboard.press("d")
    page.wait_for_selector("[data-delay-toast]")
    assert page.locator(f"#q-{first.number}.is-leaving").count() == 1
    page.keyboard.press("u")
    page.wait_for_selector("[data-delay-toast]", state="detached")
    assert status_of(first) == "reported"
    wait_for_title(page, "第1盏路灯不亮")
    # Dispatched for good; the next case is open already.
    hurry(page, "1")
    page.keyboard.press("d")
    wait_for_title(page, "第2盏路灯不亮")
    page.wait_for_selector(f"#q-{first.number}", state="detached")
    wait_for_status(first, "dispatched")
    assert page.locator(f"#q-{second.number}").get_attribute("aria-current") == "true"
    # A second dispatch sends the first at once; leaving the page sends what is waiting.
    page.keyboard.press("d")
    wait_for_title(page, "第3盏路灯不亮")
    page.keyboard.press("2")
    wait_for_status(second, "dispatched")
    page.goto(page.url.split("/desk")[0] + "/cases/")
    wait_for_status(third, "dispatched")


def test_single_letters_can_be_switched_off(open_as: Open, cases: list[Case]) -> None:
    page = open_as("dispatcher", "/desk/")
    page.keyboard.press("?")
    page.wait_for_selector("#gz-keys-help[open]")
    page.get_by_label("用单个字母的快捷键").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.wait_for_timeout(300)
    assert page.locator("[data-delay-toast]").count() == 0
    page.reload()
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert page.locator("#case-title").text_content() == "第1盏路灯不亮", "remembered on this machine"


def test_a_refusal_is_read_out_at_the_top(open_as: Open, cases: list[Case], world: World) -> None:
    page = open_as("dispatcher", "/desk/")
    by, now = world.actor("dispatcher", clock.now()), clock.now()
    actions.refer_case(by=by, at=now, number=cases[0].number, reason="refer.petition", note="已转信访局")
    hurry(page, "1")
    page.keyboard.press("d")
    page.wait_for_selector("#gz-refusal .alert")
    assert "状态已经变了" in (page.locator("#gz-refusal").text_content() or "")
    assert page.evaluate("document.activeElement.id") == "gz-refusal"


def test_the_desk_without_script(open_as: Open, cases: list[Case]) -> None:
    page = open_as("dispatcher", "/desk/", java_script_enabled=False)
    page.locator(f'#gz-desk-queue a[data-number="{cases[1].number}"]').click()
    assert page.locator("#case-title").text_content() == "第2盏路灯不亮"
    page.get_by_role("button", name="派单").first.click()
    wait_for_status(cases[1], "dispatched")
    assert "已派给路灯管理所" in (page.locator(".gz-message").text_content() or "")


def test_the_desk_on_a_phone(open_as: Open, cases: list[Case]) -> None:
    page = open_as("dispatcher", "/desk/", 390)
    assert not page.locator("#case-title").is_visible()
    page.get_by_role("link", name="第1盏路灯不亮").click()
    page.wait_for_url("**case=**")
    assert page.locator("#case-title").is_visible() and not page.locator("#gz-desk-queue").is_visible()
    hurry(page, "1")
    page.get_by_role("button", name="派单").first.click()
    page.wait_for_url("**/desk/?tab=todo")
    wait_for_status(cases[0], "dispatched")


def test_the_number_in_place(open_as: Open, cases: list[Case]) -> None:
    page = open_as("department", f"/desk/{cases[3].number}")
    page.get_by_text("看全号").click()
    page.get_by_label("为什么要看").select_option("上门前联系")
    page.get_by_role("button", name="看号码").click()
    page.wait_for_selector("a[href='tel:13900000000']")


PAGES = [
    ("dispatcher", "/desk/"),
    ("dispatcher", "/desk/{sent}"),
    ("department", "/desk/{sent}"),
    ("department", "/inbox/"),
    ("grid_member", "/grid/"),
    ("grid_member", "/verify/"),
    ("secretary", "/morning/"),
    ("auditor", "/cases/"),
]


SIZES = [(320, "max", "light"), (390, "", "dark"), (1280, "", "light"), (1280, "max", "dark")]


def test_accessible_and_without_side_scroll(open_as: Open, live_server: Any, cases: list[Case]) -> None:
    for (who, address), (width, level, scheme) in product(PAGES, SIZES):
        page = open_as(who, "/healthz", width, color_scheme=scheme)
        page.context.add_cookies([{"name": "gz_text", "value": level, "url": live_server.url}])
        page.goto(live_server.url + address.format(sent=cases[3].number))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (who, address, width, level)
        assert not wrong_on(page), (who, address, width, level)
        page.context.close()


def test_joint_work_opens_by_its_letters(open_as: Open, cases: list[Case]) -> None:
    """h opens 合办, w opens 吹哨, on the case's page and in the desk's pane; nothing is sent by a letter alone."""
    for address in (f"/desk/{cases[3].number}", f"/desk/?case={cases[3].number}"):
        page = open_as("dispatcher", address)
        for letter, move in (("h", "join"), ("w", "whistle")):
            box = page.locator(f'form[action$="/{move}"]').first
            assert not box.is_visible()
            page.keyboard.press(letter)
            box.wait_for(state="visible")
        page.close()
    assert status_of(cases[3]) == "dispatched"


def test_many_at_once_by_keyboard_without_script(open_as: Open, cases: list[Case]) -> None:
    page = open_as("dispatcher", "/cases/?status=reported", java_script_enabled=False)
    for case in cases[:2]:
        page.locator(f"#tick-{case.number}").focus()
        page.keyboard.press("Space")
    page.get_by_label("勾选的这些，一起").select_option("dispatch")
    page.get_by_role("button", name="先看会怎样").press("Enter")
    assert "能办 2 件" in (page.locator("main").text_content() or "")
    assert status_of(cases[0]) == "reported"
    page.get_by_role("button", name="照这样办").press("Enter")
    assert "办了 2 件" in (page.locator("main").text_content() or "")
    assert [status_of(case) for case in cases[:3]] == ["dispatched", "dispatched", "reported"]


def test_filters_and_many_at_once_at_both_widths(open_as: Open, cases: list[Case]) -> None:
    for width, scheme in ((390, "dark"), (1280, "light")):
        page = open_as("dispatcher", "/cases/?status=reported&tick=all", width, color_scheme=scheme)
        page.get_by_text("存下这个筛选").click()
        page.get_by_label("给它起个名字").fill(f"还没受理的 {width}")
        _go(page, page.get_by_role("button", name="存下来"))
        _go(page, page.get_by_role("link", name="勾选这一页全部"))
        page.get_by_text("改以前存的").click()
        assert _fits(page), (width, "list")
        page.get_by_label("勾选的这些，一起").select_option("ask_deferral")
        _go(page, page.get_by_role("button", name="先看会怎样"))
        assert "办不了 3 件" in (page.locator("main").text_content() or "")
        assert _fits(page), (width, "refused")
        page.go_back()
        page.get_by_label("勾选的这些，一起").select_option("accept" if width == 390 else "close")
        _go(page, page.get_by_role("button", name="先看会怎样"))
        assert _fits(page), (width, "preview")
        page.context.close()


def _go(page: "Page", pressed: "Locator") -> None:
    """Press, and be on the page that it leads to: what is measured next is never half of the one before."""
    with page.expect_navigation():
        pressed.click()


def _fits(page: "Page") -> bool:
    return fits(page) and not wrong_on(page)
