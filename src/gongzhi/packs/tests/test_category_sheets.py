"""An office's own categories from a workbook: beside the model's, chosen at once, undone as a batch."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from gongzhi.audit.imports import import_workbook, undo_import
from gongzhi.cases.actions import report_case
from gongzhi.cases.forms import category_choices
from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import private_categories
from gongzhi.cases.rules import Where
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.packs import queries, taxonomies
from gongzhi.packs.model_contents import Category
from gongzhi.packs.reading import read_pack
from gongzhi.packs.taxonomy_contents import TaxonomyPack
from tests import cast
from tests.cast import NOW, World

HEAD = ["分类代码", "分类名称", "上级分类", "责任单位类型", "时限类别", "别名", "不公开", "停用"]
TOP = ["YS.parcel", "快递", "", "物业服务处", "小事", "", "", ""]
BOX = ["YS.parcel.box", "快递柜", "快递", "", "", "丰巢，快递架", "", ""]


@pytest.fixture
def world(db: Any) -> World:
    made = cast.build()
    queries.remember()
    return made


@pytest.fixture
def bring(world: World, tmp_path: Path) -> Any:
    def _bring(*rows: list[str], by: str = "administrator", head: list[str] = HEAD, **more: Any) -> Any:
        book = Workbook()
        page: Any = book.active
        for row in (head, *rows):
            page.append(row)
        book.save(tmp_path / "categories.xlsx")
        asked = {"by": world.actor(by), "at": NOW, "folder": tmp_path, **more}
        outcome = import_workbook([tmp_path / "categories.xlsx"], kind="categories", **asked)
        queries.forget()
        return outcome

    return _bring


def number_of(outcome: Any) -> str:
    return outcome.reference.removeprefix("import:")


def choices() -> list[str]:
    return [code for _, group in category_choices() for code, _ in group]


def test_own_categories_read_back_as_written() -> None:
    one = Category(code="a", name='路"牌', keywords={"路 牌": 2, "=": 1}, priority="small", published=False)
    text = taxonomies.render_categories([one], version="3", source="x", on=dt.date(2026, 3, 18))
    pack = read_pack(text)
    assert isinstance(pack, TaxonomyPack) and pack.categories == (one,) and pack.version == "3"


@pytest.mark.req("D01")
def test_what_an_office_brings_in_is_chosen_and_guessed_at_once(bring: Any, world: World) -> None:
    assert (bring(BOX, TOP, dry_run=True).created, queries.own_categories()) == (2, ())
    done = bring(BOX, TOP)
    assert (done.created, done.wrong) == (2, 0)
    assert "YS.parcel.box" in choices() and "YS.parcel" not in choices(), "leaves are chosen"
    box = queries.category("YS.parcel.box")
    assert (box.unit_kind, box.priority) == ("property", "small"), "as above"
    assert queries.guess_category("门口的丰巢坏了")[0].category.code == "YS.parcel.box"
    where = Where(path="/321171102/PC/")
    answer = report_case(by=world.actor("resident"), at=NOW, text="快递柜门打不开了", where=where)
    case = Case.objects.get(number=answer["number"])
    assert (case.category, case.priority) == ("YS.parcel.box", "small")


def test_the_same_again_makes_nothing_and_another_row_is_laid_over(bring: Any) -> None:
    bring(TOP, BOX)
    assert bring(TOP, BOX).reference == ""
    done = bring([*BOX[:1], "智能快递柜", *BOX[2:]])
    assert done.created == 1 and queries.category("YS.parcel.box").name == "智能快递柜"
    assert queries.category("YS.parcel").name == "快递", "what the sheet does not name stays"


def test_english_words_are_understood_too(bring: Any) -> None:
    row = ["YS.x", "演示", "", "", "Small", "", "Yes", "no"]
    row[3] = queries.active_model().unit_kinds[0].code
    assert bring(row).wrong == 0
    assert queries.category("YS.x").published is False


def test_wrong_rows_are_told_and_nothing_else_is_lost(bring: Any) -> None:
    model = queries.active_model().categories[0].code
    done = bring(
        TOP,
        [model, "顶替", "", TOP[3], "小事", "", "", ""],
        ["tax.1", "留言", "", TOP[3], "小事", "", "", ""],
        ["YS.a", "没有上级", "哪里", "", "", "", "", ""],
        ["YS.b", "没写谁管", "", "", "", "", "", ""],
        ["YS c", "空格", "", TOP[3], "小事", "", "", ""],
        ["YS.d", "什么类", "", TOP[3], "很急", "", "", ""],
        ["YS.e", "什么否", "", TOP[3], "小事", "", "也许", ""],
        ["YS.f", "圈", "YS.g", "", "", "", "", ""],
        ["YS.g", "圈", "YS.f", "", "", "", "", ""],
        ["YS.parcel", "又一次", "", TOP[3], "小事", "", "", ""],
    )
    assert (done.read, done.created, done.wrong) == (11, 1, 10)
    rows = list(load_workbook(done.wrong_file).worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == "原因" and all(row[-1] for row in rows[1:])


def test_undo_puts_back_what_stood_before_and_the_later_one_goes_first(bring: Any, world: World) -> None:
    first, second = bring(TOP), bring(BOX)
    by = world.actor("administrator")
    with pytest.raises(Refused) as refused:
        undo_import(by=by, at=NOW, number=number_of(first))
    assert refused.value.code == "import_in_use" and "第 2 版" in refused.value.facts["words"]
    assert undo_import(by=by, at=NOW, number=number_of(second)) == 1
    assert [item.code for item in queries.own_categories()] == ["YS.parcel"]
    assert queries.find_category("YS.parcel.box") is not None, "a case that has it still knows its name"


def test_a_single_import_is_undone_to_nothing(bring: Any, world: World) -> None:
    done = bring(TOP)
    assert undo_import(by=world.actor("administrator"), at=NOW, number=number_of(done)) == 1
    assert queries.own_categories() == () and "YS.parcel" not in choices()


def test_a_stopped_category_is_no_more_chosen_and_stays_as_private_as_it_was(bring: Any) -> None:
    bring(TOP, [*BOX[:6], "是", ""])
    assert "YS.parcel.box" in private_categories()
    assert bring([*TOP[:7], "是"]).wrong == 1, "first what lies below"
    bring([*BOX[:6], "是", "是"])
    assert "YS.parcel.box" not in choices() and "YS.parcel.box" in private_categories()


def test_who_may_not_load_packs_may_not_bring_categories(bring: Any) -> None:
    with pytest.raises(Forbidden):
        bring(TOP, by="dispatcher")
