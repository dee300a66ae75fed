"""The workbook of areas: new ones are written with their paper, known ones wait side by side, and it can be undone."""

from pathlib import Path

import pytest
from django.test import Client

from gongzhi.audit.imports import Outcome, import_workbook, undo_import
from gongzhi.common.errors import Refused
from gongzhi.common.spreadsheets import workbook
from gongzhi.people.models import VaultKey
from gongzhi.places.models import Place
from gongzhi.registers import actions
from gongzhi.registers.models import RegisterConflict
from gongzhi.registers.queries import owners, tenures
from gongzhi.registers.sheets_areas import COLUMNS
from gongzhi.registers.tests.homes import NOW, TODAY, homes, load_law
from tests.cast import World

pytestmark = pytest.mark.django_db
HEADERS = [column.header for column in COLUMNS]
SAID = "演示测绘报告 7 号"


@pytest.fixture
def doors(world: World) -> dict[str, Place]:
    load_law()
    found = homes(world, ("1-101", "1-102"))
    Place.objects.filter(pk=found["1-102"].pk).update(features={"area_measured": 7_000})
    return found


def line(door: str, registered: str = "", measured: str = "", on: str = "2025-03-01", said: str = SAID) -> list[str]:
    return [f"LY-5-{door}", registered, measured, "", on, said]


def bring(
    world: World, folder: Path, rows: list[list[str]], who: str = "secretary", *, dry_run: bool = False
) -> Outcome:
    path = folder / "面积-演示数据.xlsx"
    path.write_bytes(workbook(HEADERS, rows))
    return import_workbook([path], kind="areas", by=world.actor(who), at=NOW, folder=folder, dry_run=dry_run)


def area_of(world: World) -> int:
    return owners.owners_register(world.actor("grid_member"), world.places["LY-5"], TODAY).totals.area


def features(door: Place) -> dict[str, object]:
    return dict(Place.objects.get(pk=door.pk).features)


@pytest.mark.req("N02", where="/setup/import/")
def test_a_new_area_counts_and_names_its_paper_and_is_undone(
    world: World, doors: dict[str, Place], tmp_path: Path
) -> None:
    before = features(doors["1-102"])
    dry = bring(world, tmp_path, [line("1-102", "70.55")], dry_run=True)
    assert (dry.created, area_of(world)) == (1, 8_912 + 7_000)
    assert dry.preview is not None and [row[1:] for row in dry.preview.rows] == [(1, 0), (0, 0), (0, 0)]
    outcome = bring(world, tmp_path, [line("1-102", "70.55")])
    assert area_of(world) == 8_912 + 7_055
    assert features(doors["1-102"])["area_registered_from"] == SAID
    page = _signed(world, "secretary").get("/registers/dwellings/LY-5-1-102").content.decode()
    assert SAID in page and "2025-03-01" in page and "70.55" in page
    assert bring(world, tmp_path, [line("1-102", "70.55")]).created == 0
    undo_import(by=world.actor("administrator"), at=NOW, number=outcome.reference.removeprefix("import:"))
    assert features(doors["1-102"]) == before


def _signed(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


@pytest.mark.req("N02", where="/registers/conflicts/")
def test_a_known_area_waits_beside_the_new_one_until_somebody_else_picks(
    world: World, doors: dict[str, Place], tmp_path: Path
) -> None:
    outcome = bring(world, tmp_path, [line("1-101", "90.00", "91.5")])
    assert features(doors["1-101"])["area_registered"] == 8_912 and features(doors["1-101"])["area_measured"] == 9_150
    assert bring(world, tmp_path, [line("1-101", "90.00")]).created == 0, "it waits already"
    (conflict,) = tenures.conflicts_for(world.actor("grid_member"))
    assert (conflict.kind, SAID.encode() in bytes(conflict.row)) == ("area", False)
    client = _signed(world, "grid_member")
    page = client.get("/registers/conflicts/").content.decode()
    assert "89.12 ㎡" in page and "90.00 ㎡" in page and SAID in page
    assert client.get("/registers/conflicts/?export=xlsx").content[:2] == b"PK"
    with pytest.raises(Refused, match="four_eyes"):
        actions.decide_conflict(by=world.actor("secretary"), at=NOW, conflict=conflict, decision="took")
    with pytest.raises(Refused, match="unknown_conflict"):
        actions.read_conflict(by=world.actor("grid_member"), at=NOW, conflict=conflict, purpose="看")
    client.post(f"/registers/conflicts/{conflict.pk}/decide", {"decision": "took"})
    assert area_of(world) == 9_000 + 7_000 and features(doors["1-101"])["area_registered_on"] == "2025-03-01"
    with pytest.raises(Refused, match="import_in_use"):
        undo_import(by=world.actor("administrator"), at=NOW, number=outcome.reference.removeprefix("import:"))


def test_an_open_conflict_goes_with_the_undo_and_a_later_change_holds_it(
    world: World, doors: dict[str, Place], tmp_path: Path
) -> None:
    keys = VaultKey.objects.count()
    outcome = bring(world, tmp_path, [line("1-101", "90.00", "91.5")])
    number, by = outcome.reference.removeprefix("import:"), world.actor("secretary")
    actions.set_areas(by=by, at=NOW, dwelling=Place.objects.get(pk=doors["1-101"].pk), areas={"measured": 9_160})
    with pytest.raises(Refused, match="import_in_use"):
        undo_import(by=world.actor("administrator"), at=NOW, number=number)
    actions.set_areas(by=by, at=NOW, dwelling=Place.objects.get(pk=doors["1-101"].pk), areas={"measured": 9_150})
    undo_import(by=world.actor("administrator"), at=NOW, number=number)
    assert not RegisterConflict.objects.exists() and VaultKey.objects.count() == keys
    assert "area_measured" not in features(doors["1-101"])


@pytest.mark.req("N02")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (line("9-999", "89.12"), "先导入房屋"),
        (line("1-101", "89.123"), "面积写成"),
        (line("1-101", "0"), "面积写成"),
        (line("1-101"), "至少写一种"),
        (line("1-101", "89.12", on="2031-01-01"), "今天或以前"),
        (line("1-101", "89.12", on=""), "是空的"),
        (line("1-101", "89.12", said=""), "是空的"),
    ],
)
def test_a_wrong_row_says_why(
    world: World, doors: dict[str, Place], tmp_path: Path, row: list[str], words: str
) -> None:
    outcome = bring(world, tmp_path, [row])
    assert outcome.wrong == 1 and words in outcome.first_wrong[0].reason


def test_a_dwelling_comes_once_and_who_may_not_import(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    outcome = bring(world, tmp_path, [line("1-102", "70.00"), line("1-102", "71.00")])
    assert (outcome.created, outcome.wrong) == (1, 1) and "两次" in outcome.first_wrong[0].reason
    for who in ("grid_member", "resident", "auditor"):
        with pytest.raises(Refused):
            bring(world, tmp_path, [line("1-101", "70.00")], who)
