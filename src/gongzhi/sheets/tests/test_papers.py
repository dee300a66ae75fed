"""通报 of a filled sheet and of public figures: sentences made of the figures, definitions and denominators beside."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from docx import Document

from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.places.models import Place
from gongzhi.sheets import lineage
from gongzhi.sheets.actions.filling import fill_sheet, take_sheet
from gongzhi.sheets.actions.publishing import publish_month
from gongzhi.sheets.queries import definitions, figures
from tests.cast import NOW, SETUP, World

ON = NOW.date()


@pytest.fixture
def filled(world: World) -> World:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "papers/bulletin.toml")
    where = queries.locate(place_code="LY-5")
    cases.report_case(by=world.actor("resident"), at=NOW, text="5栋门口路灯不亮，晚上看不见台阶。", where=where)
    fill_sheet(
        by=SETUP,
        at=NOW,
        sheet=take_sheet(by=SETUP, at=NOW, code="community"),
        place=world.places["PC-1"],
        since=ON.replace(day=1),
        until=ON,
        marks={"meeting": "8"},
        evidence={"meeting": ["会议 2026-03"]},
        notes={"meeting": "月底补开一次"},
    )
    return world


def words_of(answer: Any) -> str:
    assert answer.status_code == 200
    paper = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


@pytest.mark.req("M09", where="/sheets/weighted/community/")
def test_a_bulletin_says_what_was_filled_and_how_it_is_counted(filled: World, as_: Any) -> None:
    page = as_("secretary").get("/sheets/weighted/community/").content.decode()
    address = f"/sheets/weighted/community/PC-1/{ON.replace(day=1)}/{ON}/bulletin"
    assert f"{address}.docx?v=1" in page and f"{address}.pdf?v=1" in page
    said = words_of(as_("secretary").get(f"{address}.docx"))
    assert "议事会办得怎样 8 分，满分 10 分。" in said and "响应率没有数" in said
    assert "没有数的项不算零分" in said and "月底补开一次" in said
    vacant = definitions.get_defined("people.vacant").entry
    assert vacant.denominator in said and "people.vacant 1" in said and "95% 区间" in said
    assert as_("secretary").get(f"{address}.pdf").content[:4] == b"%PDF"
    assert as_("secretary").get(f"{address}.xlsx").content[:2] == b"PK"
    assert as_("secretary").get(f"{address}.txt").status_code == 404
    assert as_("secretary").get(address.replace("PC-1", "PC-2") + ".docx").status_code == 404
    assert as_("resident").get(f"{address}.docx").status_code == 403


@pytest.mark.req("O03", where="/c/PC-1/bulletin.docx")
def test_everybody_takes_the_bulletin_of_a_public_month_along(filled: World) -> None:
    assert Client().get("/c/PC-1/bulletin.docx").status_code == 404
    publish_month(by=SETUP, at=NOW + dt.timedelta(days=40), month=ON)
    said = words_of(Client().get("/c/PC-1/bulletin.docx"))
    assert "柳园社区2026年3月情况通报" in said and "立案率 0.00%（0 ÷ 1" in said and "满意率没有数" in said


# What residents do beside demands


@pytest.mark.req("M09")
@pytest.mark.req("G10", where="/sheets/rights/")
def test_taking_part_is_counted_in_every_room_that_has_some(world: World, as_: Any) -> None:
    codes = ("cases.talks_held", "publications.spoke", "registers.homes_verified", "registers.confirmed")
    for code in (*codes, "registers.answered"):
        defined = definitions.get_defined(code)
        value = figures.value_of(defined, figures.scope_for(world.actor("auditor"), at=NOW))
        assert value.denominator is not None
        rows, _ = figures.rows_page(value, lineage.ALL)
        if code != "registers.answered":
            assert len(rows) == value.denominator
        page = as_("auditor").get(f"/sheets/indicators/{code}/")
        assert page.status_code == 200
    homes = figures.value_of(definitions.get_defined(codes[2]), figures.scope_for(world.actor("auditor"), at=NOW))
    assert homes.denominator == Place.objects.filter(kind="dwelling").count()
