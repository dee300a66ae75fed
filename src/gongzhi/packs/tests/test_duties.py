"""The duty list: what a pack may say, which version is in force, and a workbook that becomes the next version."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gongzhi.audit.imports import import_workbook
from gongzhi.common.errors import Forbidden
from gongzhi.packs import queries, shipped
from gongzhi.packs.actions import load_pack
from gongzhi.packs.duty_contents import DutiesPack
from gongzhi.packs.duty_rules import render_duties
from gongzhi.packs.reading import WrongPack, read_pack
from tests import cast
from tests.cast import NOW, SETUP, World

HEAD = ["编号", "事项类别", "层级", "牵头单位", "协办", "依据", "时限类别", "六大职能", "能派给社区", "委托社区办"]
GOOD = ["T-01", "路灯", "", "水电气与市政养护", "物业服务处", "本街道清单第3条", "小事", "清单外", "", ""]


def text_of(model: str) -> str:
    return next(iter(shipped.duty_packs(model))).read_text("utf-8")


@pytest.mark.req("E08")
@pytest.mark.parametrize("model", shipped.model_names())
def test_every_shipped_list_reads_and_is_marked_as_an_example(model: str) -> None:
    pack = read_pack(text_of(model))
    assert isinstance(pack, DutiesPack) and pack.model == pack.name == model
    assert all(line.illustrative and line.clause for line in pack.duties)
    content = read_pack(shipped.model_folder(model).joinpath("model.toml").read_text("utf-8"))
    kinds = {kind.code for kind in content.unit_kinds}  # type: ignore[attr-defined]
    codes = {category.code for category in content.categories}  # type: ignore[attr-defined]
    assert all({line.lead, *line.co} <= kinds and line.category in codes for line in pack.duties)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('function = "outside"', 'function = "outside"\ncommunity = true', "清单外"),
        ('function = "outside"', 'function = "outside"\ndelegated = true', "委托"),
        ('function = "outside"', 'function = "seventh"', "没有这个选项"),
        ('code = "PI-02"', 'code = "PI-01"', "写了两次"),
        ('category = "facility.lighting.corridor"', 'category = "facility.lighting.streetlight"', "同一级"),
    ],
)
def test_what_a_list_may_not_say(old: str, new: str, said: str) -> None:
    text = text_of("pingchang")
    assert old in text
    with pytest.raises(WrongPack, match=said):
        read_pack(text.replace(old, new, 1))


def test_a_list_is_written_as_it_is_read() -> None:
    pack = read_pack(text_of("pingchang"))
    assert isinstance(pack, DutiesPack)
    text = render_duties(pack, pack.duties, version="1.1", on=dt.date(2026, 4, 1), source=pack.source)
    again = read_pack(text)
    assert isinstance(again, DutiesPack) and again.duties == pack.duties
    assert (again.version, again.effective_from) == ("1.1", dt.date(2026, 4, 1))


def sheet(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    book = Workbook()
    page: Any = book.active
    for row in [HEAD, *rows]:
        page.append(list(row))
    book.save(folder / "duties.xlsx")
    return folder / "duties.xlsx"


@pytest.fixture
def world(db: Any) -> World:
    made = cast.build()
    load_pack(by=SETUP, at=NOW, text=text_of("pingchang"))
    queries.remember()
    return made


def bring(world: World, file: Path, who: str = "administrator", **more: Any) -> Any:
    return import_workbook([file], kind="duties", by=world.actor(who), at=NOW, folder=file.parent, **more)


@pytest.mark.req("E08")
def test_a_workbook_becomes_the_next_version(world: World, tmp_path: Path) -> None:
    own = ["T-02", "noise.neighbour", "", "居民委员会", "", "本街道清单第9条", "", "社会调解与管理", "是", "否"]
    file = sheet(tmp_path, [GOOD, own])
    assert bring(world, file, dry_run=True).imported == 2
    queries.remember()
    assert queries.duties().pack.version == "1.0"  # type: ignore[union-attr]
    bring(world, file)
    queries.remember()
    found = queries.duties()
    assert found is not None and found.pack.version == "1.1"
    assert [(line.lead, line.function, line.community) for line in found.pack.duties] == [
        ("utility", "outside", False),
        ("community", "mediation", True),
    ]
    with pytest.raises(Forbidden):
        bring(world, file, who="dispatcher")


def test_wrong_rows_say_what_is_wrong(world: World, tmp_path: Path) -> None:
    wrong = [["T-03", "没有的类", *GOOD[2:]], [*GOOD[:7], "第七项", "", ""], [*GOOD[:8], "也许", ""], GOOD, GOOD]
    found = bring(world, sheet(tmp_path, wrong), dry_run=True)
    assert (found.read, found.wrong) == (5, 4)
    said = " ".join(line.reason for line in found.first_wrong)
    assert "没有的类" in said and "第七项" in said and "写是或否" in said and "写了两次" in said
