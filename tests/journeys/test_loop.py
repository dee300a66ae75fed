"""The whole loop as its people live it: a lamp is reported, dispatched, repaired, checked and confirmed."""

import re
from typing import Any

import pytest

from gongzhi.cases.models import Case
from tests import cast
from tests.cast import World
from tests.journeys.street import WORDS, Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return cast.build()


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
