"""The library: every indicator leads to a registered source and its tables; values, rows, suppression, the API."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.queries import rates
from gongzhi.cases.queries.listing import Filters
from gongzhi.common.errors import Conflict, Forbidden
from gongzhi.packs.indicator_checks import is_empty_measure
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.people import actions as people
from gongzhi.people.models import Mandate
from gongzhi.sheets import lineage, rules
from gongzhi.sheets.actions.using import use_definition
from gongzhi.sheets.models import Indicator
from gongzhi.sheets.queries import definitions, figures
from tests.cast import NOW, SETUP, World

TEN = ("response", "resolution", "satisfaction", "on_time", "closed", "overdue_open", "rework", "extension")
TEN += ("deferred", "filed")


@pytest.fixture
def reported(world: World) -> World:
    """Two demands, one of them dispatched."""
    from gongzhi.cases import actions as cases
    from gongzhi.cases import queries

    where = queries.locate(place_code="LY-5")
    for text in ("5栋门口路灯不亮，晚上看不见台阶。", "楼道里堆了杂物。"):
        cases.report_case(by=world.actor("resident"), at=NOW, text=text, where=where)
    return world


def scope(world: World, who: str = "dispatcher", region: str = "") -> lineage.Scope:
    return figures.scope_for(world.actor(who), region=region, at=NOW)


@pytest.mark.req("M09")
def test_every_indicator_ends_in_registered_sources_and_tables(world: World) -> None:
    known = definitions.library().indicators
    assert {f"cases.{code}" for code in TEN} <= set(known)
    for one in known.values():
        assert one.tables, one.code
        for table in one.tables:
            assert apps.get_model(table)
        for name in one.entry.lineage:
            assert lineage.find_source(name), f"{one.code}: nobody registered {name}"


@pytest.mark.req("M09")
def test_no_indicator_counts_log_ins_clicks_uploads_or_time_online(world: World) -> None:
    for one in definitions.library().indicators.values():
        assert not is_empty_measure(one.code, one.entry.name, one.entry.numerator, *one.entry.lineage)
    for source in lineage.sources():
        assert not is_empty_measure(source.name, *source.tables)


HEAD = """kind = "indicators"
name = "own"
title = "自己的"
version = "1"
source = "测试"
confidence = "D"
effective_from = 2026-01-01
"""
ONE = """
[[indicators]]
code = "{code}"
name = "{name}"
question = "问什么？"
numerator = "{top}"
denominator = "{of}"
lineage = ["cases.filed"]
"""


@pytest.mark.req("M09")
@pytest.mark.parametrize(
    ("code", "name", "top"),
    [
        ("own.a", "干部登录率", "登录过的"),
        ("own.logins", "活跃", "来过的"),
        ("own.b", "好评", "被点击的次数"),
        ("own.c", "台账", "上传的照片"),
        ("own.d", "在岗", "在线时长够的"),
        ("own.uploads", "材料", "材料"),
        ("own.check_ins", "到岗", "到岗的"),
    ],
)
def test_a_pack_that_counts_use_is_refused(code: str, name: str, top: str) -> None:
    with pytest.raises(WrongPack, match="不能当指标"):
        read_pack(HEAD + ONE.format(code=code, name=name, top=top, of="全部"))
    read_pack(HEAD + ONE.format(code="own.good", name="受理", top="受理了的", of="收到的"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('denominator = "收到的"', 'denominator = ""', "分母"),
        ('lineage = ["cases.filed"]', "", "来源"),
        ('lineage = ["cases.filed"]', 'lineage = ["cases.filed"]\n[[sheets]]\ncode="s"\nname="s"\nitems=[{code="a",'
         'name="a",weight="90",scale=5}]', "合计"),
        ('lineage = ["cases.filed"]', 'lineage = ["cases.filed"]\n[[sheets]]\ncode="s"\nname="s"\nitems=[{code="a",'
         'name="a",weight="100",indicator="none"}]', "没有指标"),
        ('lineage = ["cases.filed"]', 'lineage = ["cases.filed"]\n[[checks]]\ncode="c"\ngroup="g"\nname="c"\n'
         'rule="share"\ninputs=["figure:own.good","somewhere"]', "写法不对"),
    ],
)  # fmt: skip
def test_what_a_pack_may_not_say(old: str, new: str, said: str) -> None:
    good = HEAD + ONE.format(code="own.good", name="受理", top="受理了的", of="收到的")
    assert old in good
    with pytest.raises(WrongPack, match=said):
        read_pack(good.replace(old, new))


@pytest.mark.req("M09")
def test_the_indicator_and_the_statistics_page_are_one_figure(reported: World) -> None:
    whole = rates.rates(reported.actor("dispatcher"), Filters(), NOW)
    for code in TEN:
        value = figures.value_of(definitions.get_defined(f"cases.{code}"), scope(reported))
        rate = whole.rates[code]
        assert (value.numerator, value.denominator) == (rate.weighted, rate.denominator)
        assert {one.part: one.count for one in value.left_out} == dict(rate.left_out)
    filed = figures.value_of(definitions.get_defined("cases.filed"), scope(reported))
    lines, cursor = figures.rows_page(filed, "all", size=1)
    assert len(lines) == 1 and cursor
    rest, end = figures.rows_page(filed, "all", cursor, size=1)
    assert len(rest) == 1 and not end and rest[0].key > lines[0].key
    assert len(list(figures.every_row(filed, "all"))) == filed.denominator == 2


@pytest.mark.req("M09")
def test_a_narrower_place_counts_less_and_another_s_place_is_refused(reported: World) -> None:
    filed = definitions.get_defined("cases.filed")
    assert figures.value_of(filed, scope(reported, region="PC-2")).denominator == 0
    with pytest.raises(Forbidden):
        figures.value_of(filed, scope(reported, "grid_member", region="PC-2"))
    with pytest.raises(Forbidden):
        figures.value_of(filed, scope(reported, "resident"))


def test_posts_are_counted_inside_the_place_that_is_asked_about(world: World) -> None:
    filled = definitions.get_defined("people.filled")
    everywhere = figures.value_of(filled, scope(world))
    inside = figures.value_of(filled, scope(world, region="PC-1"))
    assert everywhere.denominator and inside.denominator and inside.denominator < everywhere.denominator
    rows, _ = figures.rows_page(inside, "all")
    assert sum(line.cells[2] for line in rows) == inside.denominator


@pytest.mark.req("C05")
def test_few_grid_members_are_not_told(world: World) -> None:
    few = definitions.get_defined("people.grid_full_time")
    value = figures.value_of(few, scope(world))
    assert value.suppressed and value.value is None and value.numerator is None and value.denominator is None
    with pytest.raises(Forbidden) as refused:
        figures.rows_page(value, "all")
    assert refused.value.code == "rows_suppressed"


@pytest.mark.parametrize(
    ("top", "of", "hidden"), [(0, 0, False), (0, 4, True), (5, 10, False), (4, 10, True), (6, 10, True), (0, 9, False)]
)
def test_a_share_hides_in_it_out_of_it_and_in_all(top: int, of: int, hidden: bool) -> None:
    from fractions import Fraction

    assert rules.hides(Fraction(top), of, 5) is hidden


@pytest.mark.req("M09")
def test_a_definition_that_was_used_does_not_change(world: World) -> None:
    defined = definitions.get_defined("cases.filed")
    row = use_definition(by=SETUP, at=NOW, defined=defined)
    assert use_definition(by=SETUP, at=NOW, defined=defined).pk == row.pk
    import msgspec

    other = definitions.Defined(msgspec.structs.replace(defined.entry, numerator="别的"), defined.pack, "pack:x")
    with pytest.raises(Conflict) as refused:
        use_definition(by=SETUP, at=NOW, defined=other)
    assert refused.value.code == "definition_changed"
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Indicator.objects.filter(pk=row.pk).update(digest="0" * 64)


# Over HTTP


@pytest.mark.req("M09", where="/sheets/")
def test_the_library_page(as_: Any) -> None:
    page = as_("secretary").get("/sheets/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "满意率" in text and "打了分的" in text
    found = as_("secretary").get("/sheets/", {"q": "阵地不达标率"}).content.decode()
    assert "阵地不达标率" in found and "满意率" not in found
    answer = as_("secretary").get("/sheets/", {"export": "xlsx"})
    assert answer.content[:2] == b"PK"
    assert as_("department").get("/sheets/").status_code == 403


@pytest.mark.req("M09", where="/sheets/indicators/")
def test_a_figure_opens_onto_its_rows(reported: World, as_: Any) -> None:
    client: Client = as_("dispatcher")
    page = client.get("/sheets/indicators/cases.filed/").content.decode()
    assert "0 ÷ 2" in page and "part=all" in page
    rows = client.get("/sheets/indicators/cases.filed/rows", {"part": "all"}).content.decode()
    assert rows.count("/cases/") >= 2
    assert client.get("/sheets/indicators/cases.filed/rows", {"export": "xlsx"}).content[:2] == b"PK"
    assert client.get("/sheets/indicators/cases.filed/rows", {"part": "none"}).status_code == 404
    assert client.get("/sheets/indicators/none/").status_code == 404
    few = client.get("/sheets/indicators/people.grid_full_time/").content.decode()
    assert "人数太少" in few
    assert client.get("/sheets/indicators/people.grid_full_time/rows").status_code == 403
    inside = client.get("/sheets/indicators/people.filled/", {"region": "PC-1"})
    assert inside.status_code == 200 and "÷" in inside.content.decode()
    grid = as_("grid_member").get("/sheets/indicators/people.filled/").content.decode()
    assert "要另外的权限" in grid


@pytest.mark.req("M09", where="/statistics/")
def test_the_statistics_page_leads_to_the_definitions(reported: World, as_: Any) -> None:
    page = as_("dispatcher").get("/statistics/").content.decode()
    for code in TEN:
        assert f"/sheets/indicators/cases.{code}/" in page


@pytest.mark.req("G10", where="/sheets/rights/")
def test_the_map_of_rights(reported: World, as_: Any) -> None:
    page = as_("secretary").get("/sheets/rights/").content.decode()
    for word in ("知情权", "参与权", "表达权", "监督权"):
        assert word in page
    known = definitions.library()
    assert {one.right for one in known.rights} == {"know", "take_part", "express", "supervise"}
    for right in ("know", "take_part", "express", "supervise"):
        assert any(one.entry.right == right and one.entry.form == "share" for one in known.indicators.values())


@pytest.mark.req("M09", where="/api/v1/indicators")
def test_the_interface_says_no_more_than_the_page(reported: World) -> None:
    token = people.create_token(by=SETUP, at=NOW, role="auditor", place=reported.places["PC"])
    client, head = Client(), {"authorization": f"Bearer {token}"}
    listed = client.get("/api/v1/indicators", {"q": "立案"}, headers=head).json()
    assert [one["code"] for one in listed["items"]] == ["cases.filed"]
    value = client.get("/api/v1/indicators/cases.filed", {"region": "PC"}, headers=head).json()
    assert (value["numerator"], value["denominator"], value["n"], value["suppressed"]) == ("0", 2, 2, False)
    assert value["definition"].startswith("pack:indicators/common/") and value["version"] == "1"
    narrow = {"from": "2026-01-01", "to": "2026-01-31"}
    assert client.get("/api/v1/indicators/cases.filed", narrow, headers=head).json()["denominator"] == 0
    hidden = client.get("/api/v1/indicators/people.grid_full_time", headers=head).json()
    assert hidden["suppressed"] and hidden["value"] is None and hidden["n"] is None
    assert client.get("/api/v1/indicators").status_code == 401
    assert client.get("/api/v1/indicators/none", headers=head).status_code == 404
    assert client.get("/api/v1/indicators/cases.filed", {"region": "321171102"}, headers=head).status_code == 403


@pytest.mark.req("C05", where="/sheets/grid-members/")
def test_grid_members_by_employment_without_persons(world: World, as_: Any) -> None:
    Mandate.objects.filter(post__role="grid_member").update(employment="part_time", terms={"stipend": "2000 元"})
    page = as_("secretary").get("/sheets/grid-members/").content.decode()
    assert "兼职" in page and "不到 5 人" in page
    assert "演示" not in page.split('<main id="main"')[1], "no name of anybody"
    assert as_("secretary").get("/sheets/grid-members/", {"export": "xlsx"}).content[:2] == b"PK"
    assert as_("grid_member").get("/sheets/grid-members/").status_code == 403


@pytest.mark.parametrize(
    ("address", "said"), [("rights/", "知情权"), ("weighted/", "第几版"), ("indicators/region.population/", "年份")]
)
def test_every_list_goes_along_as_a_table(as_: Any, address: str, said: str) -> None:
    answer = as_("supervisor").get(f"/sheets/{address}", {"export": "xlsx"})
    rows = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert said in str(list(rows))
