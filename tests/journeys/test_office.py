"""A made-up office is set up in a morning from the templates, through the pages; then the first demand finds its unit.

演示数据: places, bodies, names and numbers are invented.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.queries import head_file
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cli.load_model import load_model
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Organization, Person
from gongzhi.people.queries import duty
from gongzhi.places import locating
from gongzhi.places.models import Place
from gongzhi.privacy.actions import register
from gongzhi.privacy.queries import waiting
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PHONE = "13811110000"
GRIDS = [
    {"代码": "YS-1", "名称": "演示一片", "层级": "三级网格（片区）", "上级代码": "PC"},
    {"代码": "YS-1-1", "名称": "演示一网格", "层级": "四级网格（楼栋）", "上级代码": "YS-1", "户数": 152},
    {"代码": "YS-1-2", "名称": "演示二网格", "层级": "四级网格（楼栋）", "上级代码": "YS-1", "户数": 260},
    {"代码": "YS-1-3", "名称": "演示三网格", "层级": "五级网格", "上级代码": "YS-1"},
]
BODIES = [
    {"代码": "ys-office", "名称": "演示管理处（演示数据）", "类别": "公共服务单位", "上级代码": "", "地点代码": "YS-1"},
    {"代码": "ys-lamp", "名称": "演示路灯站（演示数据）", "类别": "公共服务单位", "上级代码": "ys-office",
     "地点代码": "YS-1", "责任单位类型": "水电气与市政养护"},
]  # fmt: skip
BUILDINGS = [{"代码": "YS-B1", "名称": "演示小区1栋", "上级代码": "YS-1-1"}]
HOMES = [{"楼栋代码": "YS-B1", "单元": stair, "房号": f"{floor}01"} for stair in (1, 2) for floor in (1, 2, 3)]
STAFF = [
    {"岗位代码": "ys-fb", "岗位名称": "分拨员", "角色": "指挥中心分拨员", "地点代码": "YS-1", "姓名": "演示甲",
     "待遇": "每月 3000 元", "手机号": "13811110001", "任职依据": "演示文1号", "从哪天起": "2026-01-01",
     "用工类型": "专职"},
    {"岗位代码": "ys-wgy", "岗位名称": "网格员", "角色": "网格员", "地点代码": "YS-1-1", "姓名": "演示乙",
     "手机号": "13811110002", "从哪天起": "2026-01-01", "用工类型": "兼职"},
    {"岗位代码": "ys-deng", "岗位名称": "路灯经办", "角色": "条口", "地点代码": "YS-1", "组织代码": "ys-lamp",
     "姓名": "演示丙", "手机号": "13811110003", "从哪天起": "2026-01-01"},
    {"岗位代码": "ys-wgy2", "岗位名称": "网格员", "角色": "网格员", "地点代码": "YS-1-2"},
]  # fmt: skip
SHIFTS = [
    {"岗位代码": "ys-fb", "手机号": "13811110001", "值班日期": "2026-03-18", "从几点": "18:00", "到几点": "08:30"}
]


@pytest.fixture
def administrator(transactional_db: None) -> Person:
    head_file().unlink(missing_ok=True)
    load_model("pingchang")
    packs.forget()
    locating.forget()
    clear_units()
    house = system_actor("setup")
    mandate = people.make_first_administrator(by=house, at=NOW, contact=PHONE, name="演示管理员")
    return mandate.person


class Office:
    """The administrator at the desk, with a folder for workbooks."""

    def __init__(self, page: Any, url: str, folder: Path) -> None:
        self.page, self.url, self.folder = page, url, folder

    def fill(self, kind: str, rows: list[dict[str, Any]]) -> Path:
        """Download the template, write the rows under its own headers."""
        self.page.goto(f"{self.url}/setup/import/")
        with self.page.expect_download() as download:
            self.page.locator(f'a[href$="/setup/import/{kind}/template"]').click()
        path = self.folder / f"演示数据-{kind}.xlsx"
        download.value.save_as(path)
        book = load_workbook(path)
        sheet = book.worksheets[0]
        headers = [cell.value for cell in sheet[1]]
        assert set(rows[0]) <= set(headers), f"{kind}: {headers}"
        for row in rows:
            sheet.append([row.get(header, "") for header in headers])
        book.save(path)
        return path

    def check(self, kind: str, path: Path) -> str:
        """Upload; the dry run's page."""
        self.page.goto(f"{self.url}/setup/import/{kind}/")
        self.page.locator("input[type=file]").set_input_files(path)
        with self.page.expect_navigation(timeout=60_000):
            self.page.get_by_role("button", name="先核对").click()
        return str(self.page.locator("main").inner_text())

    def bring(self, kind: str, rows: list[dict[str, Any]]) -> str:
        """Fill in, check, import; what the dry run said."""
        said = self.check(kind, self.fill(kind, rows))
        assert "还没有写入" in said
        with self.page.expect_navigation(timeout=60_000):
            self.page.get_by_role("button", name=re.compile("导入 [0-9]+ 行")).click()
        assert "/setup/import/" in self.page.url
        return said


@pytest.mark.req("A03", where="/setup/import/")
@pytest.mark.req("C01", where="/setup/import/")
@pytest.mark.req("C11", where="/people/roster/")
def test_an_office_is_set_up_in_a_morning(
    administrator: Person, page_at: Callable[..., Any], live_server: Any, tmp_path: Path
) -> None:
    page, url = page_at(1280, accept_downloads=True), live_server.url
    client = Client()
    client.force_login(administrator)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    office = Office(page, url, tmp_path)

    said = office.bring("grids", GRIDS)
    assert "没有“五级网格”这个层级" in said
    assert Place.objects.get(code="YS-1-1").households == 152 and not Place.objects.filter(code="YS-1-3").exists()
    office.bring("organizations", BODIES)
    office.bring("buildings", BUILDINGS)
    office.bring("dwellings", HOMES)
    assert Place.objects.filter(path__contains="/YS-B1/", kind="dwelling").count() == len(HOMES)
    office.bring("people", STAFF)
    assert Mandate.objects.filter(post__code__startswith="ys-").count() == 3
    office.bring("roster", SHIFTS)
    path = Place.objects.get(code="YS-B1").path
    night = NOW.replace(hour=14)
    found = duty.on_duty(path, night)
    assert [one.person_id for one in found] == [vault.find_person("phone", "13811110001").pk]  # type: ignore[union-attr]

    # The same file again changes nothing; the wrong rows can be fetched.
    assert "表里的都已经有了" in office.check("dwellings", tmp_path / "演示数据-dwellings.xlsx")
    office.check("grids", tmp_path / "演示数据-grids.xlsx")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有错的行").click()
    download.value.save_as(tmp_path / "wrong.xlsx")
    wrong = list(load_workbook(tmp_path / "wrong.xlsx").worksheets[0].iter_rows(values_only=True))
    assert len(wrong) == 2 and "五级网格" in wrong[1][-1]

    # What is used cannot be taken back, and the page says by what.
    page.goto(f"{url}/setup/import/")
    row = page.locator("li", has_text="网格").filter(has=page.locator('form[action*="/undo/"]')).last
    row.locator("summary").click()
    with page.expect_navigation():
        row.get_by_role("button").click()
    assert "不能撤销" in page.locator("main").inner_text()
    assert Place.objects.filter(code="YS-1-1", valid_to__isnull=True).exists()

    # A grid is too large, a post is empty: the reports say so.
    page.goto(f"{url}/places/grid-sizes/?verdict=large")
    assert "演示二网格" in page.locator("main").inner_text()
    page.goto(f"{url}/people/reports/vacancies")
    assert "网格员" in page.locator("main").inner_text()

    # Guessing a category from words is in use once its assessment is approved: the last step of setting up.
    page.goto(f"{url}/setup")
    assert "影响评估批准了" in page.locator("main").inner_text()
    house, now = system_actor("setup"), clock.now()
    register.adopt_shipped(by=house, at=now)
    for row in list(waiting()):
        register.approve_assessment(by=house, at=now, code=row.code)

    clear_units()
    locating.forget()
    resident = page_at(390)
    resident.goto(f"{url}/r/YS-B1")
    resident.get_by_label("怎么了").fill("楼下路灯不亮，晚上看不见台阶。")
    resident.get_by_role("button", name="送出").click()
    resident.wait_for_url("**/report/sent/**")
    number = re.search(r"sent/([A-Z0-9-]+)", resident.url)[1]  # type: ignore[index]
    case = Case.objects.get(number=number)
    assert case.unit == Organization.objects.get(code="ys-lamp")
    assert case.path == path and case.grid == Place.objects.get(code="YS-1-1")
