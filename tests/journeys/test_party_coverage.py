"""Party coverage by place, a joint branch, a building taken on, and the model held against its source. 演示数据."""

import datetime as dt

import pytest

from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from tests import cast
from tests.cast import SETUP, World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    load_pack(by=SETUP, at=clock.now(), path=shipped.FOLDER / "laws/cn.party_branch.toml")
    people.add_organization(
        by=SETUP, at=clock.now(), code="branch", kind="grid_branch", name="柳园一网格党支部",
        place=made.places["PC-1-1-1"], valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    packs.forget()
    return made


@pytest.mark.req("B01", where="/people/party/form")
@pytest.mark.req("B02", "B12", where="/people/party/")
def test_a_grid_without_a_branch_is_found_advised_and_joined(street: Street) -> None:
    page = street.page_of("administrator", 390)
    page.goto(f"{street.url}/people/")
    page.get_by_role("link", name="党组织覆盖").click()
    assert "33.3%" in page.locator("main").inner_text()
    page.get_by_role("link", name="该设哪一种支部").click()
    page.get_by_label("这个小区有几名正式党员").fill("2")
    page.get_by_label("可以一起设的小区有几个").fill("2")
    page.get_by_role("button", name="看建议").click()
    assert "建议：联合建立党支部" in page.locator("main").inner_text()
    page.get_by_role("link", name="党组织覆盖").first.click()
    page.get_by_role("link", name="2 四级网格有党支部（党小组）").click()
    page.get_by_role("link", name="由联合支部管").filter(has_text="柳园二网格").click()
    page.get_by_label("由哪个支部一起管").select_option(label="柳园一网格党支部（现在管 1 处）")
    page.get_by_label("凭什么定的").fill("党工委第3次会议")
    page.get_by_role("button", name="保存").click()
    assert "66.7%" in page.locator("main").inner_text()


@pytest.mark.req("B06", where="/people/areas/")
def test_a_building_is_taken_on_and_let_go(street: Street) -> None:
    page = street.page_of("administrator", 1280)
    page.goto(f"{street.url}/people/areas/")
    page.get_by_role("link", name="登记一个人").filter(has_text="柳园小区5栋").click()
    choice = page.get_by_label("由哪个岗位上的人负责")
    choice.select_option(value=choice.locator("option", has_text="片长").first.get_attribute("value"))
    page.get_by_label("凭什么定的").fill("支部会议")
    page.get_by_role("button", name="保存").click()
    assert "没有这样的" in page.locator("main").inner_text()
    page.get_by_role("link", name="全部").click()
    page.get_by_role("button", name="不再负责").first.click()
    assert "柳园小区5栋" in page.locator("main").inner_text()


@pytest.mark.req("M10", where="/packs/models/")
def test_a_model_says_which_of_its_items_works(street: Street) -> None:
    page = street.page_of("administrator", 1280)
    page.goto(f"{street.url}/packs/")
    page.get_by_role("link", name="治理模式").click()
    page.get_by_role("link", name="1314 小区治理").click()
    text = page.locator("main").inner_text()
    assert "1-3-1-4" in text and "来源读不到" in text and "一小区一支部" in text
    page.locator("#r-B01 summary").click()
    assert "test_" in page.locator("#r-B01").inner_text()
