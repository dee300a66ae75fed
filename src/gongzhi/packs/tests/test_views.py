"""Packs on screen: readable for staff, changed by the administrator only, a wrong notice refused in words."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

import gongzhi.packs as packs_room
from gongzhi.packs.actions import load_pack
from gongzhi.packs.models import Pack
from tests import cast
from tests.cast import World
from tests.support.pages import client_of


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


PAGES = ["/packs/", "/packs/model/pingchang/1.0"]


@pytest.mark.parametrize("page", PAGES)
def test_staff_read_residents_do_not(world: World, page: str) -> None:
    assert client_of(world, "dispatcher").get(page).status_code == 200
    assert client_of(world, "resident").get(page).status_code == 403
    assert Client().get(page).status_code in (302, 401)


def test_what_is_only_a_default_says_so(world: World) -> None:
    page = client_of(world, "administrator").get("/packs/model/pingchang/1.0").content.decode()
    assert "示例，可改" in page and "工作日" in page and "看得到事，看不到人" in page and "急事" in page
    cells = re.findall(r"<td[^>]*>\s*([^<]*?)\s*</td>", page)
    raw = {"region", "grid", "dwelling", "named", "open", "urgent", "minor", "secretary", "grid4", "property"}
    assert not [cell for cell in cells if raw & set(cell.split())] and "_days" not in "".join(cells)


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("L", "法条原文"),
        ("P", "公开网页，待核对"),
        ("S", "来源文件"),
        ("D", "产品定的，可改"),
        ("M", "凭记忆，待核对"),
        ("V", "没读到原文，待核对"),
    ],
)
def test_how_sure_a_pack_is_stands_in_words(level: str, word: str) -> None:
    assert word in render_to_string("packs/confidence.html", {"level": level})


TABLES = {
    "/packs/": ("模式包", "pingchang"),
    "/packs/model/pingchang/1.0": ("分类", "facility.lighting.streetlight"),
    "/packs/calendar/cn/": ("放假安排", "调休上班"),
    "/packs/duties/": ("职责清单", "可以"),
}


@pytest.mark.parametrize("page", TABLES)
def test_every_table_is_a_file_too(world: World, page: str) -> None:
    (title, word), kind = TABLES[page], page.strip("/").split("/")[1:2]
    for path in sorted((Path(packs_room.__file__).parent / "data/duties").glob("*.toml")):
        load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    row = Pack.objects.filter(kind=kind[0]).order_by("-id").first() if kind else None
    address = reverse("pack", args=[row.kind, row.name, row.version]) if row else page
    client = client_of(world, "dispatcher")
    assert "?format=xlsx" in client.get(address).content.decode()
    book = load_workbook(io.BytesIO(client.get(address, {"format": "xlsx"}).content)).active
    assert book.title == title
    assert word in {str(cell) for line in book.iter_rows(values_only=True) for cell in line}
    assert client_of(world, "resident").get(address, {"format": "xlsx"}).status_code == 403


def test_an_unknown_pack_is_not_found(world: World) -> None:
    assert client_of(world, "administrator").get("/packs/model/nowhere/9").status_code == 404


def test_a_new_year_is_a_new_version(world: World) -> None:
    administrator = client_of(world, "administrator")
    before = Pack.objects.filter(kind="calendar").count()
    year = {"year": 2027, "source": "演示通知", "holidays": "元旦 2027-01-01 2027-01-03", "workdays": ""}
    assert administrator.post("/packs/calendar/add", year).status_code == 302
    assert Pack.objects.filter(kind="calendar").count() == before + 1
    assert client_of(world, "dispatcher").post("/packs/calendar/add", year).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"), [("holidays", "元旦"), ("holidays", "元旦 2027-13-01"), ("workdays", "明天"), ("year", "1")]
)
def test_a_notice_that_cannot_be_read_keeps_what_was_typed(world: World, field: str, value: str) -> None:
    year = {"year": 2027, "source": "演示通知", "holidays": "元旦 2027-01-01", "workdays": "", field: value}
    answer = client_of(world, "administrator").post("/packs/calendar/add", year)
    assert answer.status_code == 200 and "演示通知" in answer.content.decode()
    assert not Pack.objects.filter(kind="calendar", content__contains="演示通知").exists()
