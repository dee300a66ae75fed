"""A gift is written by one, approved by another, closed by two, published, and read by everybody. 演示数据."""

import datetime as dt
from pathlib import Path

import pytest

from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.ledger.tests.conftest import build, open_fund, photo
from gongzhi.packs import queries as packs
from tests.cast import World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    clear_units()
    packs.forget()
    return made


@pytest.mark.req("I09", where="/ledger/")
def test_a_gift_needs_two_and_a_closed_month_too(street: Street, world: World, tmp_path: Path) -> None:
    month = clock.local_date(clock.now()).replace(day=1) - dt.timedelta(days=1)
    open_fund(world, opened_on=month.replace(day=1))
    receipt = tmp_path / "receipt.jpg"
    receipt.write_bytes(photo().read())
    office = street.page_of("secretary", 390)
    office.goto(f"{street.url}/ledger/F001")
    office.get_by_role("link", name="记一笔账").click()
    office.get_by_role("link", name="收到捐赠").click()
    office.get_by_label("到哪里去").select_option(label="帮扶困难群体")
    office.get_by_label("多少", exact=True).fill("5,000.01")
    office.get_by_label("哪天收付的").fill(month.isoformat())
    office.get_by_label("做了什么").fill("爱心企业捐赠（演示）")
    office.get_by_label("收款或付款的是谁").fill("演示公司")
    office.get_by_label("捐赠协议或捐赠票据").check()
    office.get_by_label("单据", exact=True).set_input_files(receipt)
    office.get_by_role("button", name="记下这一笔").click()
    assert "等另一个有审批权的人" in office.locator("main").inner_text()
    second = street.page_of("supervisor", 1280)
    second.goto(f"{street.url}/ledger/approvals")
    second.get_by_role("link", name="爱心企业捐赠（演示）").click()
    second.get_by_role("button", name="同意，记入").click()
    assert "已记入" in second.locator("main").inner_text()
    office.goto(f"{street.url}/ledger/F001")
    assert "5,000.01 元" in office.locator("main").inner_text()
    office.get_by_role("button", name="请人结账").click()
    second.goto(f"{street.url}/ledger/F001")
    second.get_by_role("button", name="核对过，结账").click()
    assert "结账了，不能再记" in second.locator("body").inner_text()
