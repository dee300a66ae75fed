"""区域数据: every row of fixtures.md 3.1 to 3.3 from imported data, over HTTP; series and average annual change."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from gongzhi.audit.imports import import_workbook, undo_import
from gongzhi.common.access import Actor, Scope, system_actor
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.places.models import Place
from gongzhi.places.tests import offices
from gongzhi.sheets.models import Observation
from gongzhi.sheets.queries import region_checks, series
from gongzhi.sheets.tests.conftest import load_indicators
from gongzhi.sheets.tests.survey import EXPECTED, FIGURES, NEW, batch_file, figures_file
from tests import cast
from tests.cast import NOW, SETUP, World

HOUSE = system_actor("test")


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """32 towns became 19 by a workbook, and the survey's figures came in by another; rolled back at the end."""
    folder = tmp_path_factory.mktemp("survey")
    with django_db_blocker.unblock(), transaction.atomic():
        world = cast.build()
        load_indicators()
        packs.remember()
        world.places["district"] = offices.build_district()
        asked = {"by": HOUSE, "at": NOW, "folder": folder}
        import_workbook([batch_file(folder)], kind="boundaries", **asked)
        done = import_workbook([figures_file(folder)], kind="figures", **asked)
        assert (done.imported, done.wrong) == (len(FIGURES), 0)
        post = people.add_post(
            by=SETUP, at=NOW, code="ys-tj", role="supervisor", title="统计", place=world.places["district"], seats=1
        )
        world.posts["surveyor"] = post
        world.people["surveyor"] = world.people["outsider"]
        people.appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="test")
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def surveyor(district: World) -> Client:
    client = Client()
    client.force_login(district.people["surveyor"])
    return client


def rows_of(page: str) -> dict[str, str]:
    """The text of each check's row by its code."""
    found = re.findall(r'<tr id="check-([a-z_]+)">(.*?)</tr>', page, re.S)
    return {code: re.sub(r"<[^>]+>", " ", row) for code, row in found}


@pytest.mark.django_db
@pytest.mark.req("N05", where="/sheets/regions/")
@pytest.mark.req("A04")
@pytest.mark.parametrize("code", EXPECTED)
def test_every_row_of_the_fixtures(code: str, district: World, checked: dict[str, Any]) -> None:
    one = checked[code]
    result, verdict = EXPECTED[code]
    assert (f"{one.result:,}", one.outcome.verdict) == (result, verdict)


@pytest.fixture(scope="module")
def checked(district: World, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        found = region_checks.checks_of(HOUSE, district.places["district"], NOW.date())
    return {one.check.code: one for one in found}


@pytest.mark.django_db
@pytest.mark.req("N05", where="/sheets/regions/")
def test_the_page_shows_formula_inputs_result_and_source(surveyor: Client) -> None:
    answer = surveyor.get("/sheets/regions/", {"region": offices.ROOT})
    assert answer.status_code == 200
    rows = rows_of(answer.content.decode())
    words = {"fits": "对得上", "doubtful": "请核对", "": ""}
    for code, (result, verdict) in EXPECTED.items():
        assert result in rows[code] and words[verdict] in rows[code], code
    assert "投票" in rows["turnout"] and "337,800" in rows["turnout"] and "来源写 89.3" in rows["turnout"]
    assert "784" in rows["committee_size"] and "1680" in rows["committee_size"]
    assert "推算" in rows["turnout"], "synthetic figures are marked"
    assert surveyor.get("/sheets/regions/", {"region": offices.ROOT, "export": "xlsx"}).content[:2] == b"PK"


@pytest.mark.django_db
@pytest.mark.req("N05", where="/sheets/regions/")
def test_a_number_of_units_opens_onto_its_units(surveyor: Client) -> None:
    before = surveyor.get(f"/sheets/regions/{offices.ROOT}/units", {"of": "before:street::count"}).content.decode()
    assert "32 个" in before and "演示镇1" in before
    after = surveyor.get(f"/sheets/regions/{offices.ROOT}/units", {"of": "after:village:社区:count"})
    assert "56 个" in after.content.decode()
    assert surveyor.get(f"/sheets/regions/{offices.ROOT}/units", {"of": "before:area::count"}).status_code == 404
    file = surveyor.get(f"/sheets/regions/{offices.ROOT}/units", {"of": "before:street::count", "export": "xlsx"})
    assert file.content[:2] == b"PK"
    assert surveyor.get("/sheets/regions/", {"region": "PC-1"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.req("N05")
def test_grids_of_the_model_are_checked_where_they_are(district: World) -> None:
    """S2: 8 communities, 16 patches, 147 grids are those of the shipped model; here the cast's own few."""
    found = {one.check.code: one for one in region_checks.checks_of(HOUSE, district.places["PC"], NOW.date())}
    assert str(found["grids_patch"].result) == "1.50" and str(found["grids_community"].result) == "1.5"


# Figures with year and source


ALARMS = ["safety.alarms", offices.ROOT]


def bring(world: World, folder: Path, rows: list[list[Any]], name: str) -> Any:
    return import_workbook([figures_file(folder, rows, name)], kind="figures", by=HOUSE, at=NOW, folder=folder)


@pytest.mark.django_db
@pytest.mark.req("L02", where="/sheets/figures/")
@pytest.mark.parametrize(
    ("code", "end", "percent", "step"),
    [
        ("safety.alarms", "620944", "-21.20%", "-21.20%"),
        ("disputes.neighbours", "616406.01", "-21.49%", "-21.49%"),
        ("disputes.property", "490000", "-30.00%", "-30.00%"),
    ],
)
def test_average_annual_change_of_the_fixtures(
    district: World, surveyor: Client, tmp_path: Path, code: str, end: str, percent: str, step: str
) -> None:
    """A base of 1,000,000 that falls by the source's rate every year for two years."""
    middle = {"620944": "788000", "616406.01": "785100", "490000": "700000"}[end]
    rows = [[code, offices.ROOT, year, value, "", "演示数据", "是", NEW]
            for year, value in ((2021, "1000000"), (2022, middle), (2023, end))]  # fmt: skip
    bring(district, tmp_path, rows, code)
    page = surveyor.get(f"/sheets/figures/{code}/{offices.ROOT}/").content.decode()
    assert f'<b id="average-figure">{percent}</b>' in page
    assert page.count(step) >= 3 and "<polyline" in page and "第一年" in page
    part = surveyor.get(f"/sheets/figures/{code}/{offices.ROOT}/", {"from": "2022", "to": "2023"}).content.decode()
    assert percent in part
    back = surveyor.get(f"/sheets/figures/{code}/{offices.ROOT}/", {"from": "2023", "to": "2021"}).content.decode()
    assert "至少要隔 1 年" in back
    assert surveyor.get(f"/sheets/figures/{code}/{offices.ROOT}/", {"export": "xlsx"}).content[:2] == b"PK"


@pytest.mark.django_db
@pytest.mark.req("L02")
def test_other_boundaries_a_gap_and_a_base_of_nothing_are_said(district: World, tmp_path: Path) -> None:
    group = Place.objects.filter(code="YS-NG0001").get()
    place = Place.objects.get(code="PC-2-1-1")
    from gongzhi.places.actions import change_boundaries
    from gongzhi.places.boundaries import Line, plan_of

    on = dt.date(2023, 6, 1)
    change_boundaries(by=HOUSE, at=NOW, plan=plan_of([Line("PC-2-1-1", "keep", "PC-2-1-1", population=900)]), on=on)
    rows = [["region.population", "PC-2-1-1", year, value, "", "演示", "是", ""]
            for year, value in ((2020, "0"), (2021, "10"), (2022, "12"), (2023, "15"), (2025, "18"))]  # fmt: skip
    bring(district, tmp_path, rows, "其他")
    found = series.series_of(HOUSE, "region.population", place)
    assert [step.why_not for step in series.steps_of(found)] == ["first", "base", "", "boundaries", "gap"]
    refusals = {
        (2022, 2023): "unlike_boundaries", (2020, 2021): "no_average_base", (2021, 2022): "", (2022, 2022):
        "no_average_years",
    }  # fmt: skip
    by_year = {row.year: row for row in found}
    for (first, last), code in refusals.items():
        average = series.average_of(by_year[first], by_year[last])
        assert (average.refusal.code if average.refusal else "") == code
    assert group.pk != place.pk


@pytest.mark.django_db
@pytest.mark.req("N05")
def test_a_figure_is_corrected_by_a_new_row_and_an_import_is_undone(district: World, tmp_path: Path) -> None:
    first = [["region.households", offices.ROOT, 2021, "21.20", "户", "年鉴甲", "否", ""]]
    done = bring(district, tmp_path, first, "一")
    row = series.current().get(indicator__code="region.households", year=2021)
    assert (row.value, row.decimals, row.synthetic, row.boundaries_on) == (
        Decimal("21.20"), 2, False, dt.date(2021, 12, 31),
    )  # fmt: skip
    assert bring(district, tmp_path, first, "二").imported in (0, 1)
    assert series.current().filter(indicator__code="region.households").count() == 1
    again = bring(district, tmp_path, [[*first[0][:3], "21.49", "户", "年鉴乙", "否", ""]], "三")
    new = series.current().get(indicator__code="region.households", year=2021)
    assert str(new.value.quantize(Decimal("0.01"))) == "21.49" and series.corrections_of(new) == [row]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Observation.objects.filter(pk=new.pk).update(value=1)
    undo_import(by=HOUSE, at=NOW, number=again.reference.removeprefix("import:"))
    assert series.current().get(indicator__code="region.households", year=2021).pk == row.pk
    undo_import(by=HOUSE, at=NOW, number=done.reference.removeprefix("import:"))
    assert not Observation.objects.filter(indicator__code="region.households").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["nothing", offices.ROOT, 2021, "1", "", "甲", "", ""], "没有“nothing”"),
        (["cases.filed", offices.ROOT, 2021, "1", "", "甲", "", ""], "没有“cases.filed”"),
        (["region.area", "nowhere", 2021, "1", "", "甲", "", ""], "没有代码是"),
        (["region.area", offices.ROOT, 2121, "1", "", "甲", "", ""], "年份"),
        (["region.area", offices.ROOT, 2021, "很多", "", "甲", "", ""], "数值"),
        (["region.area", offices.ROOT, 2021, "1", "", "", "", ""], "来源"),
        (["region.area", offices.ROOT, 2021, "1", "", "甲", "也许", ""], "推算"),
    ],
)
def test_wrong_rows_say_why(district: World, tmp_path: Path, row: list[Any], said: str) -> None:
    done = bring(district, tmp_path, [row], "错")
    assert done.wrong == 1 and done.imported == 0


@pytest.mark.django_db
def test_whose_place_it_is_not_cannot_bring_figures(district: World, tmp_path: Path) -> None:
    held = Scope(None, "administrator", frozenset({"instance.manage"}), "/321171102/")
    other = Actor("person", scopes=(held,))
    rows = [["region.area", offices.ROOT, 2021, "1", "", "甲", "", ""]]
    done = import_workbook([figures_file(tmp_path, rows, "别处")], kind="figures", by=other, at=NOW, folder=tmp_path)
    assert (done.imported, done.wrong) == (0, 1)
