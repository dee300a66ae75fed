"""Categories of the pack and of imported trees: who may choose which, and which are listed in public."""

from collections.abc import Callable

import msgspec
import pytest

from gongzhi.cases import actions
from gongzhi.cases.forms import category_choices
from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import private_categories, public_page
from gongzhi.common.errors import Refused
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_taxonomy
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.reading import read_pack
from gongzhi.packs.taxonomies import code_of
from tests.cast import NOW, SETUP, World

Report = Callable[..., Case]


def test_a_code_of_an_imported_tree_is_a_category_for_staff_and_programs(world: World, report: Report) -> None:
    paths = [("城乡建设", "市政管理", "窨井盖"), ("城乡建设", "市政管理", "路灯")]
    load_taxonomy(by=SETUP, at=NOW, paths=paths, source="a.xlsx")
    packs.forget()
    lid, lamp = map(code_of, paths)
    case = report(category=lid)
    assert (case.category, case.category_source, case.priority) == (lid, "reporter", "small")
    case = actions.classify_case(by=world.actor("dispatcher"), at=NOW, number=case.number, category=lamp)
    assert case.category == lamp and case.unit is not None
    groups = dict(category_choices())
    assert (lamp, "市政管理 › 路灯") in groups["导入的分类：城乡建设"]
    with pytest.raises(Refused, match="unknown_category"):
        report(category=f"{lid}0")
    load_taxonomy(by=SETUP, at=NOW, paths=paths[:1], source="b.xlsx")
    packs.forget()
    assert report(category=lamp).category == lamp  # an older tree's codes are still known
    assert lamp not in dict(dict(category_choices())["导入的分类：城乡建设"])
    packs.forget()


def test_the_pack_says_which_categories_are_only_counted(world: World, report: Report, monkeypatch) -> None:
    lamp, quarrel = report(category="facility.lighting.streetlight"), report(category="dispute.neighbour")
    assert {case.number for case in public_page(NOW)[0]} == {lamp.number}
    assert "dispute.neighbour" in private_categories()
    now = packs.in_use()
    shown = {code: msgspec.structs.replace(item, published=True) for code, item in now.by_code.items()}
    monkeypatch.setattr(packs, "in_use", lambda: now._replace(by_code=shown))
    assert {case.number for case in public_page(NOW)[0]} == {lamp.number, quarrel.number}


def test_cases_sorted_by_another_system_are_not_listed(world: World, report: Report) -> None:
    path = ("城乡建设", "市政管理", "窨井盖")
    load_taxonomy(by=SETUP, at=NOW, paths=[path], source="a.xlsx")
    packs.forget()
    report(category=code_of(path))
    assert public_page(NOW)[0] == []
    packs.forget()


@pytest.mark.parametrize("name", shipped.model_names())
def test_quarrels_and_what_goes_elsewhere_are_kept_back(name: str) -> None:
    pack = read_pack((shipped.model_folder(name) / "model.toml").read_text("utf-8"), name)
    assert isinstance(pack, ModelPack)
    assert {item.code for item in pack.categories if not item.published} >= {"dispute", "referral"}
