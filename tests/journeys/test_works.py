"""Leaks are imported as a list, one is mended, accepted by another, warranted; everybody sees the sums. 演示数据."""

from pathlib import Path

import pytest

from gongzhi.cases.queries.routing import clear_units
from gongzhi.ledger.tests.conftest import photo
from gongzhi.packs import queries as packs
from gongzhi.projects.tests.conftest import build
from gongzhi.projects.tests.test_works import book, pool
from tests.cast import World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    clear_units()
    packs.forget()
    return made


@pytest.mark.req("H07", where="/projects/P00001/lines")
def test_a_list_of_leaks_becomes_warranted_work(street: Street, world: World, tmp_path: Path) -> None:
    project, _ = pool(world, books=False)
    number = project.number
    sheet = book(tmp_path, *((number, "LY-5", f"{n} 单元屋面", "屋面渗漏", 14, "") for n in range(1, 4)))
    shot = tmp_path / "after.jpg"
    shot.write_bytes(photo().read())
    office = street.page_of("secretary", 390)
    office.goto(f"{street.url}/projects/{number}/lines")
    office.get_by_role("link", name="从表格导入").click()
    office.get_by_label("填好的表").set_input_files(sheet)
    office.get_by_role("button", name="先核对").click()
    office.get_by_role("button", name="导入").first.click()
    office.goto(f"{street.url}/projects/{number}/lines")
    assert "42" in office.locator("main").inner_text()
    office.get_by_role("link", name="2 单元屋面").click()
    office.get_by_label("轻重缓急").select_option(label="马上修")
    office.get_by_role("button", name="定轻重").click()
    office.get_by_label("预算多少元").fill("1,200")
    office.get_by_role("button", name="定预算").click()
    office.get_by_label("施工单位").select_option(label="柳园物业")
    office.get_by_role("button", name="定施工单位").click()
    office.get_by_label("照片或单据").set_input_files(shot)
    office.get_by_role("button", name="修好了").click()
    assert "修好，等验收" in office.locator("main").inner_text()
    second = street.page_of("supervisor", 1280)
    second.goto(f"{street.url}/projects/{number}/lines/2")
    second.get_by_role("button", name="验收通过").click()
    assert "保修到" in second.locator("main").inner_text()
    second.goto(f"{street.url}/projects/warranties")
    assert "2 单元屋面" in second.locator("main").inner_text()
    resident = street.page_of("resident", 390)
    resident.goto(f"{street.url}/works/{number}/totals")
    told = resident.locator("main").inner_text()
    assert "42 户里的 14 户" in told and "单元屋面" not in told
