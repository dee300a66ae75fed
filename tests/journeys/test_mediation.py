"""A quarrel about a leak, as its people live it: asked for, willing, talked over, agreed, printed; and three others."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document

from gongzhi.audit.models import Access
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cases.rules import Where
from gongzhi.cases.tests.confidants import hire
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from tests import cast
from tests.cast import World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SECRET = "一方说漏了三年，另一方说是暖气管。"


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    hire(made)
    clear_units()
    packs.forget()
    return made


def report(world: World, text: str, category: str, unit: str) -> Case:
    """Raised by the resident and given to a body by the dispatcher."""
    now, place = clock.now(), world.places["LY-5"]
    where = Where(path=place.path, found="code", place_id=place.pk, grid_id=world.places["PC-1-1-1"].pk)
    by = world.actor("resident", now)
    answer = actions.report_case(by=by, at=now, text=text, where=where, category=category)
    by = world.actor("dispatcher", now)
    return actions.dispatch_case(by=by, at=now, number=answer["number"], unit_id=world.units[unit].pk)


def press(page: Any, move: str, fill: Callable[[Any], None] = lambda form: None) -> None:
    """Open one step of the page, fill it in, send it."""
    form = page.locator(f'form[action$="/{move}"]').first
    form.evaluate("form => { const box = form.closest('details'); if (box) box.open = true; }")
    fill(form)
    with page.expect_navigation(timeout=30_000):
        form.locator("button[type=submit]").first.click()


@pytest.mark.req("L01", where="/mediation/NUMBER")
def test_both_willing_talked_agreed_and_on_paper(street: Street, world: World) -> None:
    case = report(world, "和楼上因为漏水吵了几次，想请人调解。", "dispute.neighbour", "mediation")
    today = clock.local_date(clock.now()).isoformat()
    page = street.page_of("mediator", 390)
    page.goto(f"{street.url}/mediation/")
    page.get_by_role("link", name="打开").first.click()
    assert page.get_by_text("开始谈以前要有").is_visible()
    press(page, "mediate")
    assert page.get_by_text("请先声明").first.is_visible()
    press(page, "mediate", lambda form: form.get_by_label("我声明").check())
    for side in ("asking", "other"):
        press(page, "consent", lambda form, s=side: (form.locator("[name=side]").select_option(s),
                                                     form.locator("[name=way]").select_option("signed")))  # fmt: skip

    def talk(form: Any) -> None:
        form.locator("[name=held_on]").fill(today)
        form.get_by_label("申请的一方").check()
        form.get_by_label("另一方").check()
        form.locator("[name=note]").fill(SECRET)

    press(page, "session", talk)
    assert page.get_by_role("heading", name="谈了 1 次").is_visible() and SECRET not in page.content()

    def agreed(form: Any) -> None:
        form.locator("[name=form]").select_option("written")
        form.locator("[name=agreed_on]").fill(today)
        for name in ("parties", "facts", "content"):
            form.locator(f"[name={name}]").fill(f"演示{name}")
        form.locator("[name=mediators]").fill("演示调解员")
        for name in ("parties_signed", "mediator_signed", "sealed"):
            form.locator(f"[name={name}]").check()

    press(page, "agree", agreed)
    assert page.get_by_text("达成协议", exact=True).first.is_visible()
    assert page.get_by_text("一起向法院申请").is_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载协议书").click()
    with open(waiting.value.path(), "rb") as file:
        paper = Document(io.BytesIO(file.read()))
    assert paper.paragraphs[0].text == "人民调解协议书"
    page.locator("#notes-purpose").select_option("回访")
    page.get_by_role("button", name="打开记录").click()
    assert page.get_by_text(SECRET).is_visible()
    read = Access.objects.filter(fields="notes.mediation").values_list("purpose", flat=True)
    assert {"回访", "下载协议书"} <= set(read)
    mine = street.page_of("resident", 390)
    mine.goto(f"{street.url}/track/{case.number}")
    assert mine.get_by_text("一起到法院申请司法确认").first.is_visible() and SECRET not in mine.content()
    desk = street.page_of("dispatcher")
    desk.goto(f"{street.url}/desk/{case.number}")
    assert SECRET not in desk.content() and desk.get_by_text("内容不给您看").is_visible()


@pytest.mark.req("L01", where="/track/NUMBER")
def test_the_one_who_asked_ends_it_with_one_press(street: Street, world: World) -> None:
    case = report(world, "想请人调解停车的事。", "dispute.neighbour", "mediation")
    page = street.page_of("resident", 390)
    page.goto(f"{street.url}/track/{case.number}")
    page.get_by_role("button", name="我不想调解了").click()
    assert page.get_by_text("一方不愿意").first.is_visible() and page.get_by_text("向人民法院起诉").first.is_visible()
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("closed", "refused")


@pytest.mark.req("C08", where="/legal")
@pytest.mark.req("K09", where="/meetings/NUMBER")
def test_a_resident_meets_a_judge(street: Street, world: World) -> None:
    page = street.page_of("resident", 390)
    page.goto(f"{street.url}/legal")
    assert page.get_by_text("演示judge").is_visible()
    case = report(world, "想问遗产怎么分。", "referral.legal", "legal-room")
    judge = street.page_of("judge", 390)
    judge.goto(f"{street.url}/meetings/{case.number}")
    day = (clock.local_date(clock.now()) + dt.timedelta(days=2)).isoformat()

    def ask(form: Any) -> None:
        form.locator("[name=day]").fill(day)
        form.locator("[name=time]").fill("14:30")
        form.locator("[name=where]").fill("社区法律服务室")

    press(judge, "propose_time", ask)
    page.goto(f"{street.url}/track/{case.number}")
    page.get_by_role("button", name="可以，就这个时间").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="加到手机日历").click()
    with open(waiting.value.path(), encoding="utf-8") as file:
        text = file.read()
    assert "社区法律服务室" in text and "遗产" not in text
    judge.reload()
    press(judge, "meet", lambda form: form.locator("[name=note]").fill("说了继承的顺序。"))
    press(judge, "served")
    page.goto(f"{street.url}/track/{case.number}")
    assert page.get_by_role("heading", name="解决了吗？").is_visible() and "继承的顺序" not in page.content()
