"""Shops are lent for twenty years: signed, used, a line done, renewal asked by the clock, seen by all. 演示数据."""

import datetime as dt
from pathlib import Path

import pytest

from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.duties import jobs
from gongzhi.packs import queries as packs
from gongzhi.partnerships.tests.conftest import build, photo
from tests.cast import World
from tests.journeys.street import Street
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    clear_units()
    packs.forget()
    return made


@pytest.mark.req("B13", where="/agreements/")
@pytest.mark.req("B15", where="/partners/")
def test_shops_are_lent_signed_used_and_shown(street: Street, world: World, tmp_path: Path) -> None:
    shot = tmp_path / "shot.jpg"
    shot.write_bytes(photo().read())
    today = clock.local_date(clock.now())
    office = street.page_of("secretary", 390)
    office.goto(f"{street.url}/agreements/")
    sound(office)
    office.get_by_role("link", name="起草协议").click()
    office.get_by_role("link", name="场地无偿使用协议").click()
    office.get_by_label("协议叫什么").fill("底层商铺无偿使用（演示）")
    office.get_by_label("到哪天为止").fill((today + dt.timedelta(days=60)).isoformat())
    office.get_by_label("使用方").select_option(label="柳园社区居委会")
    office.get_by_label("提供方").select_option(label="基础设施建设中心")
    sound(office)
    office.get_by_role("button", name="起草", exact=True).click()
    for pieces, area in (("18", "2,515.74"), ("1", "203.53")):
        office.get_by_text("加一处场地").click()
        office.get_by_label("哪一种").select_option(label="商铺")
        office.get_by_label("在哪里、叫什么").fill("底层商铺")
        office.get_by_label("几间").fill(pieces)
        office.get_by_label("一共多少平方米").fill(area)
        office.get_by_label("做什么用").fill("党群服务")
        office.get_by_role("button", name="加上这处场地").click()
    assert "合计 19 间，2,719.27 ㎡" in office.locator("main").inner_text()
    sound(office)
    unit = street.page_of("unit_clerk", 1280)
    unit.goto(office.url)
    unit.get_by_role("button", name="登记签字").click()
    office.goto(office.url)
    office.get_by_role("button", name="登记签字").click()
    assert "生效中" in office.locator("main").inner_text()
    office.get_by_role("link", name="底层商铺").first.click()
    office.get_by_label("来了多少人次").fill("35")
    office.get_by_label("做了什么").fill("老人活动")
    office.get_by_role("button", name="记下").click()
    assert "老人活动" in office.locator("main").inner_text()
    sound(office)
    unit.goto(f"{street.url}/agreements/XY0001")
    unit.get_by_role("link", name="移交场地").click()
    unit.get_by_label("做到百分之几").fill("100")
    unit.get_by_label("做了什么").fill("钥匙和清单都交了")
    unit.get_by_label("凭据").set_input_files(shot)
    unit.get_by_role("button", name="记下").click()
    assert "做完了" in unit.locator("main").inner_text()
    sound(unit)
    jobs.make_due(clock.now())
    office.goto(f"{street.url}/duties/")
    assert "协议快到期" in office.locator("main").inner_text()
    visitor = street.page_of("visitor", 390)
    visitor.goto(f"{street.url}/partners/PC-1")
    seen = visitor.locator("main").inner_text()
    for there in ("基础设施建设中心", "移交场地", "2,719.27 ㎡"):
        assert there in seen, there
    sound(visitor)
