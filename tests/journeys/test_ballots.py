"""An owners' vote raising maintenance funds (3/4), in a browser: three taps, two people who count, a sealed result."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.conftest import build
from gongzhi.common import clock
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import World
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
OWNERS = ("resident", "neighbour", "outsider")


@pytest.fixture
def world(transactional_db: None) -> World:
    world = build()
    load_law()
    for name, door in zip(OWNERS, homes(world).values(), strict=True):
        approve(world, declare(world, name, door))
    return world


def visitor(world: World, role: str, width: int, page_at: Callable[..., Any], url: str) -> Any:
    page, client = page_at(width), Client()
    client.force_login(world.people[role])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def draw_up(page: Any, url: str) -> str:
    """The secretary's part; the address of the vote."""
    page.goto(f"{url}/votes/")
    page.get_by_role("link", name="办一次表决").click()
    sound(page)
    page.get_by_label("哪个小区、哪栋楼").fill("柳园小区5栋")
    page.get_by_label("谁来办").select_option(label="柳园社区居委会")
    page.get_by_label("属于哪一项").select_option("matter.6")
    page.get_by_label("要表决什么").fill("每平方米筹集 5 元维修资金，好不好？")
    page.get_by_label("同意是什么意思").fill("每平方米 5 元")
    closes = clock.now().astimezone(clock.CHINA) + dt.timedelta(days=3)
    page.get_by_label("什么时候截止").fill(f"{closes:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="定名册，写好表决").click()
    page.get_by_role("button", name="公布名册").click()
    page.get_by_role("button", name="开始表决").click()
    page.get_by_text("开始表决了").wait_for()
    sound(page)
    address: str = page.url
    return address


def enter(page: Any, address: str, papers: str) -> None:
    """One teller's part at the desk."""
    page.goto(f"{address}/desk")
    page.get_by_role("link", name="1 号箱").click()
    for label, number in (("印了几张", 3), ("发出几张", 2), ("没发的几张", 1), ("作废的几张", 0), ("收回几张", 2)):
        page.get_by_label(label).fill(str(number))
    page.get_by_label("一行一张票").fill(papers)
    page.get_by_role("button", name="我录完了").click()


@pytest.mark.req("H03", where="/votes/")
def test_owners_raise_maintenance_funds(
    world: World, page_at: Callable[..., Any], live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = live_server.url
    office, other = (visitor(world, name, 1280, page_at, url) for name in ("secretary", "grid_member"))
    address = draw_up(office, url)

    resident = visitor(world, "resident", 390, page_at, url)
    resident.goto(f"{url}/votes/")
    resident.get_by_role("link", name="每平方米筹集 5 元维修资金").click()
    assert resident.get_by_role("radio", checked=True).count() == 0
    resident.get_by_text("还差 2 户").wait_for()
    sound(resident)
    resident.get_by_role("button", name="投出我的一票").click()
    resident.get_by_text("还没有选").first.wait_for()
    sound(resident)
    resident.get_by_label("同意").check()
    resident.get_by_role("button", name="投出我的一票").click()
    resident.get_by_text("回执码").wait_for()
    sound(resident)
    receipt = resident.locator(".gz-receipt code").inner_text()

    for page, path in ((resident, "/votes/"), (resident, f"{address.removeprefix(url)}/roll")):
        page.goto(f"{url}{path}")
        sound(page)
    office.goto(f"{address}/papers")
    sound(office)
    office.goto(f"{address}/desk")
    sound(office)
    office.get_by_label("票箱叫什么").fill("1 号箱")
    office.get_by_role("button", name="加上").click()
    enter(office, address, "2 1\n3 1")
    enter(other, address, "2 1\n3 2")
    other.get_by_text("不一样的地方").wait_for()
    sound(other)
    enter(other, address, "2 1\n3 1")
    other.get_by_text("收下了").first.wait_for()

    after = Vote.objects.get().closes_at + dt.timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: after)
    office.goto(address)
    office.get_by_role("button", name="截止，开始计票").click()
    office.get_by_role("button", name="算出结果，公布").click()
    office.get_by_text("按 3/4 要 3 户，同意的 3 户").wait_for()
    sound(office)

    resident.goto(address)
    resident.get_by_label("凭回执查自己的一票").fill(receipt)
    resident.get_by_role("button", name="查一查").click()
    resident.get_by_text("算进去了").wait_for()
    sound(resident)
    with resident.expect_download() as download:
        resident.get_by_role("link", name="下载记录").click()
    assert download.value.suggested_filename.endswith(".json")
