"""A figure is read down to its rows; a survey's figures are brought in, checked and averaged. 演示数据."""

from pathlib import Path

import pytest

from gongzhi.audit.imports import import_workbook
from gongzhi.cases import actions, queries
from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.sheets.tests.conftest import load_indicators
from gongzhi.sheets.tests.survey import figures_file
from tests import cast
from tests.cast import SETUP, World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    load_indicators()
    clear_units()
    packs.forget()
    return made


@pytest.mark.req("M09", where="/sheets/")
def test_from_the_statistics_page_down_to_the_rows(street: Street, world: World) -> None:
    now = clock.now()
    for text in ("5栋门口路灯不亮，晚上看不见台阶。", "楼道里堆了杂物，走路要侧身。"):
        where = queries.locate(place_code="LY-5")
        actions.report_case(by=world.actor("resident", now), at=now, text=text, where=where)
    page = street.page_of("secretary", 1280)
    page.goto(f"{street.url}/statistics/")
    page.get_by_role("link", name="立案率", exact=True).click()
    assert "0 ÷ 2" in page.locator("main").inner_text()
    assert "受理了、没转走的" in page.locator("main").inner_text()
    page.get_by_role("link", name="收到的", exact=True).click()
    assert page.locator("tbody tr").count() == 2
    with page.expect_download() as file:
        page.get_by_role("link", name="导出").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{street.url}/sheets/")
    page.get_by_label("名称或公式里的字").fill("打了分的")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="满意率").click()
    assert "分母是 0" in page.locator("main").inner_text()


@pytest.mark.req("N05", where="/sheets/regions/")
@pytest.mark.req("L02", where="/sheets/figures/")
def test_figures_with_their_source_are_checked_and_averaged(street: Street, world: World, tmp_path: Path) -> None:
    rows = [
        ["voters.registered", "PC", 2021, "37.84万", "", "演示年鉴", "是", ""],
        ["voters.voted", "PC", 2021, "33.78万", "", "演示年鉴", "是", ""],
        ["voters.turnout", "PC", 2021, "89.3", "", "演示年鉴", "是", ""],
        ["safety.alarms", "PC", 2021, "1000", "", "演示年鉴", "是", ""],
        ["safety.alarms", "PC", 2022, "788", "", "演示年鉴", "是", ""],
        ["safety.alarms", "PC", 2023, "620.944", "", "演示年鉴", "是", ""],
    ]
    file = figures_file(tmp_path, rows)
    import_workbook([file], kind="figures", by=SETUP, at=clock.now(), folder=tmp_path)
    page = street.page_of("supervisor", 390)
    page.goto(f"{street.url}/sheets/regions/?region=PC")
    turnout = page.locator("#check-turnout").inner_text()
    assert "89.3%" in turnout and "对得上" in turnout and "推算" in turnout and "演示年鉴" in turnout
    page.goto(f"{street.url}/sheets/figures/safety.alarms/PC/")
    assert page.locator("#average-figure").inner_text() == "-21.20%"
    assert page.locator("svg.gz-bars polyline").count() == 1
    page.get_by_label("从", exact=True).select_option("2023")
    page.get_by_role("button", name="算一算").click()
    assert "至少要隔 1 年" in page.locator("main").inner_text()
