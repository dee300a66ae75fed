"""What the shipped models say about self-government, and what a model may not say."""

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.packs.self_government_checks import self_government_problems


def model(name: str, **changed: str) -> ModelPack:
    text = (shipped.model_folder(name) / "model.toml").read_text("utf-8")
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new, 1)
    pack = read_pack(text, f"{name}.toml")
    assert isinstance(pack, ModelPack)
    return pack


def test_haicang_names_its_bodies_with_term_seats_and_source() -> None:
    """S3: 社区同驻共建理事会 and the others of its second and third 亮点, each at its level."""
    kinds = {one.name: one.governs for one in model("haicang").organization_kinds if one.governs}
    wanted = {
        "社区同驻共建理事会", "社企同驻共建理事会", "社区发展协会", "乡贤理事会", "自治理事会", "楼栋自治小组",
        "监事会", "协调小组", "巷自治小组", "业主委员会", "居民委员会", "村民委员会",
    }  # fmt: skip
    assert set(kinds) == wanted
    for name, governs in kinds.items():
        assert governs.term_years and governs.source, name
        assert bool(governs.seats) != bool(governs.instituted), name  # founded with seats, or the law's own way
        assert governs.instituted or (governs.illustrative and governs.source.startswith("S3")), name


def test_haicang_has_three_tiers() -> None:
    said = model("haicang").self_government
    assert said is not None
    assert [tier.name for tier in said.tiers] == ["居（村）民自治", "网格自治", "楼栋自治"]
    assert said.tier_of("compound") == said.tier_of("grid") == said.tiers[1]
    assert said.form_at("compound") == "小区（院落）自治" and said.form_at("street") == ""


@pytest.mark.parametrize("name", shipped.model_names())
def test_every_model_says_how_far_on_a_body_is_and_marks_it_as_a_choice(name: str) -> None:
    pack = model(name)
    said = pack.self_government
    assert said is not None and list(self_government_problems(pack)) == []
    assert said.stages[0].needs == ()
    assert {need for stage in said.stages for need in stage.needs} == {
        "seated", "charter", "met", "decided", "published",
    }  # fmt: skip
    assert all(stage.illustrative and stage.confidence == "D" for stage in said.stages)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (('{ level = "building", form = "楼栋自治" }', '{ level = "tower", form = "楼栋自治" }'), "tiers[2].units[0]"),
        (('{ level = "group", form = "村落自治" }', '{ level = "grid", form = "村落自治" }'), "tiers[1].units[1]"),
        (('name = "有架子"', 'name = "有架子"\nneeds = ["met"]'), "stages[0].needs"),
        (('needs = ["decided", "published"]', 'needs = ["charter"]'), "stages[4].needs"),
    ],
)
def test_a_model_that_contradicts_itself_is_refused(change: tuple[str, str], path: str) -> None:
    with pytest.raises(WrongPack) as refused:
        model("haicang", change=change)
    assert path in refused.value.facts["key"]
