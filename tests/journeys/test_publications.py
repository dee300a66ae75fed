"""A disclosure corrected in public: written, covered, released by another, checked, corrected, answered, over."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.publications import actions
from gongzhi.publications.actions import Subject
from gongzhi.publications.jobs import expire_due
from gongzhi.publications.rules.records import Words
from gongzhi.publications.tests.conftest import photo
from tests import cast
from tests.cast import World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    packs.forget()
    Client().get("/c/PC-1/")  # a slow machine reads all addresses at the first page
    return made


def send(page: Any, button: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=button).first.click()


@pytest.mark.req("O05", where="/publications/")
def test_a_notice_is_covered_released_by_another_and_corrected(street: Street, world: World) -> None:
    writer = street.page_of("secretary")
    writer.goto(f"{street.url}/publications/new")
    writer.get_by_label("发什么").select_option("notice")
    writer.get_by_label("发给哪里").select_option("PC-1")
    send(writer, "下一步")
    number = writer.url.split("/")[-2]
    writer.get_by_label("标题").fill("周四停水")
    writer.get_by_label("具体是哪里").fill("主水管")
    writer.get_by_label("正文").fill("5月20日上午停水，找5栋2单元301室的王师傅，13812345678。")
    writer.get_by_label("有问题找谁").fill("居委会")
    writer.get_by_text("已存草稿").wait_for()  # saved while typing
    send(writer, "存好，看样子")
    assert writer.get_by_text("手机号：13812345678").is_visible()
    send(writer, "全都遮住")
    assert not writer.get_by_text("这些不该公开").is_visible()
    send(writer, "送审")
    assert writer.get_by_text("您写的，要另一位有发布权的人来发").is_visible()
    second = street.page_of("supervisor")
    second.goto(f"{street.url}/publications/{number}")
    send(second, "看过了，发布")
    reader = street.page_of("visitor", 390)
    reader.goto(f"{street.url}/c/PC-1/")
    reader.get_by_role("link", name="周四停水").click()
    assert reader.get_by_text("找▇▇▇").is_visible() and "13812345678" not in reader.content()
    reader.get_by_role("link", name="自己核一遍").click()
    assert reader.get_by_text("三处一样").is_visible()
    _correct(writer, second, f"{street.url}/publications/{number}")
    reader.goto(f"{street.url}/n/{number}")
    assert reader.get_by_text("日期写错了").is_visible() and reader.get_by_text("5月21日上午停水").first.is_visible()
    original = reader.locator("details p", has_text="5月20日上午停水")
    assert not original.is_visible()
    reader.get_by_text("看更正前的原文").click()
    assert original.is_visible()
    reader.get_by_text("看改了哪里").click()
    assert reader.locator("ins", has_text="5月21日上午停水").is_visible()
    reader.get_by_role("link", name="自己核一遍").click()
    assert reader.get_by_text("三处一样").count() == 2  # of the release and of the correction


def _correct(writer: Any, second: Any, desk: str) -> None:
    writer.goto(f"{desk}/correct")
    writer.get_by_label("更正后的正文").fill("5月21日上午停水。")
    for label, words in (("错在哪", "日期写错了"), ("对的是什么", "是5月21日"), ("为什么会错", "抄错了")):
        writer.get_by_label(label).fill(words)
    send(writer, "送出更正")
    second.goto(desk)
    send(second, "更正公开")


@pytest.mark.req("O01", where="/n/NUMBER")
def test_a_criticism_is_answered_beside_it_and_leaves_when_its_time_is_over(street: Street, world: World) -> None:
    number = _exposed(world)
    party = street.page_of("property", 390)
    party.goto(f"{street.url}/n/{number}")
    party.get_by_role("link", name="写回应").click()
    party.get_by_label("你们的说法").fill("已经约车清理。")
    send(party, "送出回应")
    second = street.page_of("supervisor")
    second.goto(f"{street.url}/publications/")
    second.get_by_role("link", name="去看").first.click()
    send(second, "登在旁边")
    reader = street.page_of("visitor", 390)
    reader.goto(f"{street.url}/n/{number}")
    assert reader.get_by_text("已经约车清理。").is_visible()
    assert reader.get_by_text("柳园物业").first.is_visible()
    expire_due(clock.now() + dt.timedelta(days=31))
    reader.reload()
    assert reader.get_by_text("这一条已经到期").is_visible() and "消防通道堆着" not in reader.content()


def _exposed(world: World) -> str:
    """Told to the body concerned six days ago, released since."""
    at = clock.now() - dt.timedelta(days=6)
    by, facts = world.actor("secretary", at), {"checked": "去看过两次", "rectify_by": "2026-12-31"}
    text = Words(title="东门通道堵了", body="东门消防通道堆着杂物。", about="东门", facts=facts)
    subject = Subject("facility", party=world.units["property-1"])
    common = {"kind": "exposure", "place": world.places["PC-1"], "text": text, "subject": subject}
    number = actions.begin_publication(by=by, at=at, **common).number
    actions.add_pictures(by=by, at=at, number=number, uploads=[photo()], evidence=True)
    actions.notify_party(by=by, at=at, number=number)
    over = at + dt.timedelta(days=5)
    actions.submit_publication(by=by, at=over, number=number)
    actions.release_publication(by=world.actor("supervisor", over), at=over, number=number)
    return number
