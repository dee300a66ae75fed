"""The whole loop as its people live it: a lamp is reported, dispatched, repaired, checked and confirmed."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from gongzhi.cases.models import Case
from tests import cast
from tests.cast import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
WORDS = "5栋门口路灯不亮，晚上看不见台阶。"


@pytest.fixture
def world(transactional_db: None) -> World:
    return cast.build()


def photo() -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 180, 120)).save(file, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Street:
    """Pages of signed-in people on one server."""

    def __init__(self, page_at: Callable[..., Any], url: str, world: World) -> None:
        self.page_at, self.url, self.world = page_at, url, world

    def page_of(self, name: str, width: int = 1280) -> Any:
        page = self.page_at(width)
        if name != "visitor":
            client = Client()
            client.force_login(self.world.people[name])
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
        return page

    def report(self, page: Any, words: str = WORDS) -> str:
        page.goto(f"{self.url}/r/LY-5")
        page.get_by_label("怎么了").fill(words)
        page.get_by_role("button", name="送出").click()
        page.wait_for_url("**/report/sent/**")
        return re.search(r"sent/([A-Z0-9-]+)", page.url)[1]  # type: ignore[index]

    def look(self, page: Any, number: str, note: str) -> None:
        """The unit goes there, and keeps a photo of how it was before the work."""
        self.move(page, number, "record", note=note, shot=True, stage="before")

    def move(
        self, page: Any, number: str, move: str, note: str = "", shot: bool = False, reason: str = "", stage: str = ""
    ) -> None:
        """Open the case's page and take one step with its form."""
        page.goto(f"{self.url}/desk/{number}")
        form = page.locator(f'form[action$="/{number}/{move}"]').first
        form.evaluate("form => { const box = form.closest('details'); if (box) box.open = true; }")
        if note:
            form.locator("textarea").first.fill(note)
        if reason:
            form.locator("select[name=reason]").select_option(reason)
        if stage:
            form.locator("select[name=stage]").select_option(stage)
        if shot:
            form.locator("input[name=photos]").set_input_files(photo())
        with page.expect_navigation(timeout=30_000):
            form.locator("button[type=submit]").first.click()


@pytest.fixture
def street(page_at: Callable[..., Any], live_server: Any, world: World) -> Street:
    return Street(page_at, live_server.url, world)


def status_of(number: str) -> str:
    return Case.objects.get(number=number).status


@pytest.mark.req("D01", where="/r/CODE")
@pytest.mark.req("D02", where="/desk/NUMBER")
@pytest.mark.req("N06", where="/track/NUMBER")
def test_a_lamp_from_report_to_confirmation(street: Street) -> None:
    resident = street.page_of("resident", 390)
    number = street.report(resident)
    street.move(street.page_of("grid_member", 390), number, "accept")
    street.move(street.page_of("dispatcher"), number, "dispatch")
    assert status_of(number) == "dispatched"
    department = street.page_of("department", 390)
    street.move(department, number, "start")
    street.look(department, number, "去看了，是灯头坏了")
    street.move(department, number, "answer", note="换了灯头，夜里试过能亮", shot=True)
    assert status_of(number) == "answered"
    street.move(street.page_of("grid_member", 390), number, "verify")
    resident.goto(f"{street.url}/track/{number}")
    assert "换了灯头" in resident.content()
    form = resident.locator(f'form[action$="/track/{number}/answer"]')
    assert form.locator("input[type=radio]:checked").count() == 0, "nothing is chosen beforehand"
    form.get_by_text("已解决", exact=True).click()
    with resident.expect_navigation():
        form.locator("button[type=submit]").click()
    assert status_of(number) == "confirmed"
    street.move(street.page_of("dispatcher"), number, "close")
    assert status_of(number) == "closed"


def test_answer_without_a_photo_is_refused_and_nothing_is_lost(street: Street) -> None:
    number = street.report(street.page_of("resident", 390))
    street.move(street.page_of("dispatcher"), number, "dispatch")
    department = street.page_of("department", 390)
    street.move(department, number, "start")
    street.move(department, number, "answer", note="修好了，灯亮了")
    assert "照片" in department.content()
    assert "修好了，灯亮了" in department.content(), "what was written is still there"
    assert status_of(number) == "in_progress"


def test_not_solved_comes_back_with_the_same_number(street: Street) -> None:
    resident = street.page_of("resident", 390)
    number = street.report(resident, "井盖松了，车一过就响。")
    street.move(street.page_of("dispatcher"), number, "dispatch")
    department = street.page_of("department", 390)
    street.move(department, number, "start")
    street.look(department, number, "去看了，盖子磨薄了")
    street.move(department, number, "answer", note="换了井盖", shot=True)
    street.move(street.page_of("secretary"), number, "verify")
    resident.goto(f"{street.url}/track/{number}")
    form = resident.locator(f'form[action$="/track/{number}/answer"]')
    form.get_by_text("未解决", exact=True).click()
    form.locator("textarea").first.fill("还是响")
    with resident.expect_navigation():
        form.locator("button[type=submit]").click()
    assert status_of(number) == "rework"
    assert number in resident.content()


def test_a_stranger_sees_neither_desk_nor_case(street: Street) -> None:
    number = street.report(street.page_of("resident", 390))
    outsider = street.page_of("outsider", 390)
    assert outsider.goto(f"{street.url}/desk/{number}").status in (403, 404)
    assert outsider.goto(f"{street.url}/track/{number}").status in (200, 403, 404)
    assert "看不见台阶" not in outsider.content()
    visitor = street.page_of("visitor", 390)
    visitor.goto(f"{street.url}/desk/{number}")
    assert "看不见台阶" not in visitor.content()


@pytest.mark.req("D09", where="/track")
def test_a_visitor_follows_with_number_and_code(street: Street) -> None:
    visitor = street.page_of("visitor", 390)
    number = street.report(visitor)
    code = re.search(r"\b([2-9A-HJKMNPQRSTWXYZ]{8})\b", visitor.locator("main").inner_text())[1]  # type: ignore[index]
    other = street.page_of("visitor", 390)
    other.goto(f"{street.url}/track")
    other.locator("input[name=number]").fill(number)
    other.locator("input[name=code]").fill(code)
    with other.expect_navigation():
        other.locator("main form button[type=submit]").first.click()
    assert number in other.content()
    assert code not in other.url, "the code stays out of addresses and logs"


def test_reporting_with_the_keyboard_alone(street: Street) -> None:
    page = street.page_of("resident", 1280)
    page.goto(f"{street.url}/r/LY-5")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "text":
            break
    page.keyboard.type(WORDS)
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.type, document.activeElement.textContent.trim()]")
        if focused[0] == "submit" and "送出" in focused[1]:
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/sent/**")
    assert Case.objects.count() == 1


def test_reporting_without_script(street: Street, browser: Any) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    street.report(page)
    context.close()
    assert Case.objects.count() == 1
