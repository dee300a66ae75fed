"""380 venues come in from one workbook: checked first, wrong rows sent back with reasons, undone while free."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from gongzhi.audit.imports import import_workbook, undo_import
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.exchange.imports_offers import COLUMNS
from gongzhi.exchange.models import Offer
from gongzhi.places.models import Place
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of

HOURS = "周一至周五 09:00-12:00；周六 09:00-17:00"


def row(**more: Any) -> list[Any]:
    usual = {"title": "会议室", "kind": "共享场地", "place": "PC-1", "body": "property-1", "hours": HOURS}
    return [{**usual, **more}.get(column.field, "") for column in COLUMNS]


def book(path: Path, rows: list[list[Any]]) -> Path:
    made = Workbook()
    made.active.append([column.header for column in COLUMNS])  # type: ignore[union-attr]  # a new workbook has a sheet
    for one in rows:
        made.active.append(one)  # type: ignore[union-attr]  # as above
    made.save(path)
    return path


def bring(world: World, folder: Path, rows: list[list[Any]], who: str = "secretary", **more: Any) -> Any:
    file = book(folder / "venues.xlsx", rows)
    return import_workbook([file], kind="offers", by=world.actor(who), at=NOW, folder=folder, **more)


def test_380_venues_come_in_and_are_taken_back(world: World, tmp_path: Path) -> None:
    rows = [row(title=f"场地{n}（演示）", where="一层") for n in range(1, 381)]
    tried = bring(world, tmp_path, rows, dry_run=True)
    assert (tried.imported, tried.wrong) == (380, 0) and not Offer.objects.exists()
    done = bring(world, tmp_path, rows)
    assert (done.imported, done.created) == (380, 380) and Offer.objects.filter(standing="open").count() == 380
    again = bring(world, tmp_path, rows)
    assert (again.imported, again.created) == (380, 0) and Offer.objects.count() == 380
    assert "场地380（演示）" in text_of(client_of(world, "resident").get("/share/?q=场地380"))
    undo_import(by=world.actor("secretary"), at=NOW, number=done.reference.removeprefix("import:"))
    assert not Offer.objects.exists()


def test_a_point_makes_a_place_on_the_map(world: World, tmp_path: Path) -> None:
    rows = [row(title=f"场地{n}", latitude=32.1 + n / 100, longitude=119.5) for n in range(3)]
    refused = bring(world, tmp_path, rows, who="supervisor")
    assert (refused.wrong, Offer.objects.count()) == (3, 0)
    assert "您的岗位不能加地图上的场地" in refused.first_wrong[0].reason
    done = bring(world, tmp_path, rows)
    assert done.created == 3
    points = {one.title: (one.venue.latitude, one.venue.longitude) for one in Offer.objects.all() if one.venue}
    assert points == {f"场地{n}": (pytest.approx(32.1 + n / 100), pytest.approx(119.5)) for n in range(3)}
    assert "share-map" in client_of(world, "resident").get("/share/").content.decode()
    undo_import(by=world.actor("secretary"), at=NOW, number=done.reference.removeprefix("import:"))
    assert not Offer.objects.exists() and not Place.objects.filter(kind="venue").exists()


def test_every_wrong_row_says_why(world: World, tmp_path: Path) -> None:
    wrong = {
        "没有“飞船”这一种": row(kind="飞船"),
        "没有社区 NO": row(place="NO"),
        "不在您管的地方": row(place="PC-2"),
        "收费的要写清多少钱": row(fee="有偿"),
        "请写哪几天": row(hours=""),
        "看不懂": row(hours="随时"),
        "这里会公开": row(title="找5栋301的王奶奶"),
        "要写数字": row(pieces="几个"),
        "要一起写": row(latitude=32.1),
        "没有“送上门”": row(mode="送上门"),
    }
    done = bring(world, tmp_path, [*wrong.values(), row(kind="共享工具", title="冲击钻", hours="", pieces=2)])
    assert (done.imported, done.wrong, Offer.objects.get().pieces) == (1, len(wrong), 2)
    sheet = load_workbook(done.wrong_file).active
    assert sheet is not None
    said = "\n".join(str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell)
    assert [words for words in wrong if words not in said] == []


def test_somebody_has_to_answer_for_it(world: World, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        bring(world, tmp_path, [row()], who="resident")
    with pytest.raises(Refused, match="needs_a_person"):
        import_workbook(
            [book(tmp_path / "v.xlsx", [row()])], kind="offers", by=system_actor("test"), at=NOW, folder=tmp_path
        )
