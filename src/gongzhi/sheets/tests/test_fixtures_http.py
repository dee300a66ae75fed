"""The row of fixtures.md 3.6 on 福州's second quarter of 2022, brought in as a list and added up on the page, at ±1."""

import io
from pathlib import Path
from typing import Any

import pytest

from gongzhi.common.spreadsheets import workbook
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack
from gongzhi.sheets.imports_figures import COLUMNS
from gongzhi.sheets.tests.test_regions import rows_of
from tests.cast import NOW, SETUP, World

WHOLE, DISTRICTS, OWN = "fuzhou.whole", "fuzhou.districts", "fuzhou.own"
PACK = """
kind = "indicators"
name = "fuzhou"
title = "演示数据：福州 2022 年第二季度"
version = "1.0"
source = "福州数字城管季报"
confidence = "P"
effective_from = 2022-01-01

{indicators}
[[checks]]
code = "fuzhou_sum"
group = "演示数据"
name = "受理总数"
rule = "sum"
inputs = ["figure:fuzhou.districts", "figure:fuzhou.own"]
unit = "件"
decimals = 0
stated = "figure:fuzhou.whole"
"""
FIGURE = """
[[indicators]]
code = "{code}"
name = "{name}"
question = "多少件？"
numerator = "来源写的数"
form = "figure"
unit = "件"
decimals = 0
direction = "none"
axis = ""
"""


@pytest.fixture
def quarter(world: World, tmp_path: Path) -> World:
    named = {WHOLE: "演示受理总数", DISTRICTS: "演示五城区", OWN: "演示自采"}
    figures = "".join(FIGURE.format(code=code, name=name) for code, name in named.items())
    (tmp_path / "fuzhou.toml").write_text(PACK.format(indicators=figures), "utf-8")
    load_pack(by=SETUP, at=NOW, path=tmp_path / "fuzhou.toml")
    packs.remember()
    return world


@pytest.mark.req("M09", where="/sheets/regions/")
@pytest.mark.parametrize(("districts", "verdict"), [("221860", "请核对"), ("221861", "对得上"), ("221862", "请核对")])
def test_two_parts_make_the_whole_and_one_more_or_less_does_not(
    quarter: World, as_: Any, settings: Any, tmp_path: Path, districts: str, verdict: str
) -> None:
    settings.DATA_DIR = tmp_path
    client = as_("administrator")
    given = {WHOLE: "277924", DISTRICTS: districts, OWN: "56063"}
    rows = [[code, "321171102", "2022", value, "", "福州数字城管季报", "是", ""] for code, value in given.items()]
    file = io.BytesIO(workbook([column.header for column in COLUMNS], rows))
    file.name = "季报-演示数据.xlsx"
    checked = client.post("/setup/import/figures/", {"file": file})
    written = client.post("/setup/import/figures/write", {"token": checked.context["token"]})
    assert written.status_code == 302
    page = as_("auditor").get("/sheets/regions/", {"region": "321171102"})
    assert page.status_code == 200
    row = rows_of(page.content.decode())["fuzhou_sum"]
    assert f"{int(districts) + 56_063:,}" in row and verdict in row and "推算" in row
    assert "277924" in row.replace(",", "")
