"""Guessing from words, sizes, 三无, versions, who serves what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.packs import rules, shipped
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.reading import read_pack


def model(name: str) -> ModelPack:
    pack = read_pack((shipped.model_folder(name) / "model.toml").read_text("utf-8"))
    assert isinstance(pack, ModelPack)
    return pack


PINGCHANG = model("pingchang")

# Written by hand for this test, in the words residents use; the first guess must be right.
SAID = [
    ("3栋东边的路灯坏了三天，晚上一片漆黑", "facility.lighting.streetlight"),
    ("门口那盏路灯不亮了", "facility.lighting.streetlight"),
    ("二单元楼道灯不亮，老人下楼摸黑", "facility.lighting.corridor"),
    ("楼梯间声控灯坏了", "facility.lighting.corridor"),
    ("路上有个井盖没了，太危险", "facility.manhole"),
    ("小区门口路面塌陷，车子颠得厉害", "facility.road"),
    ("广场上的健身器材松了，会夹手", "facility.fitness"),
    ("早上又停水了，什么时候来水", "facility.water"),
    ("我家这栋停电两个小时了", "facility.power"),
    ("楼下闻到煤气味", "facility.gas"),
    ("垃圾桶满了三天没人清运", "environment.garbage"),
    ("装修垃圾堆在单元门口", "environment.garbage"),
    ("下水道堵了，污水返到一楼", "environment.sewage"),
    ("一下雨地库入口就积水", "environment.flooding"),
    ("车库里老鼠乱窜", "environment.pests"),
    ("树枝挡住窗户，请来修剪", "environment.greening"),
    ("楼下烧烤店油烟直往家里灌", "environment.smoke"),
    ("工地半夜还在打桩，睡不着", "noise.construction"),
    ("广场舞的音响太响", "noise.square_dance"),
    ("楼下KTV到凌晨还在吵", "noise.commercial"),
    ("楼上半夜拖椅子，脚步声很重", "noise.neighbour"),
    ("顶楼渗水，天花板发霉", "housing.leak"),
    ("电梯又停运了，还困过人", "housing.elevator"),
    ("单元门关不上，门禁也坏了", "housing.repair"),
    ("物业保安晚上不巡逻，态度也差", "housing.service"),
    ("物业费涨价没有公示", "housing.fee"),
    ("顶楼邻居搭建阳光房，是违建吧", "housing.illegal"),
    ("外来车乱停，业主没车位", "order.parking"),
    ("有人长期占消防通道停车", "order.fire_lane"),
    ("有人把电瓶车推上楼充电，还飞线", "order.charging"),
    ("小学门口流动摊贩占道", "order.stall"),
    ("遛狗不牵绳，狗屎也不捡", "order.pets"),
    ("消防栓没水，灭火器也过期了", "safety.fire"),
    ("楼里电线老化裸露，怕漏电", "safety.wiring"),
    ("有人高空抛物，差点砸到人", "safety.falling"),
    ("独居老人想申请助餐", "life.elderly"),
    ("孩子今年上小学，入学要带什么", "life.children"),
    ("居住证怎么续", "life.documents"),
    ("包工头拖欠工资两个月了", "life.labour"),
    ("和邻居为漏到楼下的事吵架，请来调解", "dispute.neighbour"),
    ("业委会要换物业，业主意见不一", "dispute.property"),
    ("请问社区几点上班", "voice.enquiry"),
    ("建议在东门加装一个快递柜", "voice.suggestion"),
    ("感谢网格员小李，非常热心", "voice.thanks"),
    ("征地补偿款一直没到，要上访", "referral.petition"),
    ("我家电动车被偷了", "referral.security"),
    ("想找律师问问遗产的事", "referral.legal"),
    ("最近很焦虑，失眠，想做心理咨询", "referral.counselling"),
]


@pytest.mark.parametrize(("text", "code"), SAID)
def test_a_demand_is_guessed_from_its_words(text: str, code: str) -> None:
    guesses = rules.guess_category(text, PINGCHANG.categories)
    assert guesses[0].category.code == code, [(g.category.code, g.score, g.words) for g in guesses[:4]]
    assert guesses[0].words
    assert all(word.lower() in text.lower() for word in guesses[0].words)


def test_a_text_without_known_words_gets_no_guess() -> None:
    assert rules.guess_category("嗯", PINGCHANG.categories) == []


def test_a_word_inside_a_longer_word_counts_once() -> None:
    (best, *_) = rules.guess_category("楼道灯", PINGCHANG.categories)
    assert best.category.code == "facility.lighting.corridor"
    assert best.words == ("楼道灯",)
    (again, *_) = rules.guess_category("楼道灯，楼道", PINGCHANG.categories)
    assert set(again.words) == {"楼道灯", "楼道"}


@given(st.text(max_size=80))
def test_guesses_come_best_first_and_never_below_one(text: str) -> None:
    scores = [guess.score for guess in rules.guess_category(text, PINGCHANG.categories)]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_titles_name_the_whole_way_down() -> None:
    assert rules.category_title("facility.lighting.streetlight", PINGCHANG.categories) == "公用设施›照明›路灯"
    assert rules.category_title("nothing", PINGCHANG.categories) == ""


@pytest.mark.parametrize(
    ("households", "verdict", "deviation"),
    [
        (119, "small", -20),
        (120, "fit", -20),
        (150, "fit", 0),
        (180, "fit", 20),
        (181, "large", 20),
        (0, "small", -100),
        (301, "large", 100),
    ],
)
def test_grid_size_the_tolerance_itself_still_fits(households: int, verdict: str, deviation: int) -> None:
    assert rules.size(households, 150, 20) == (verdict, deviation)


@pytest.mark.parametrize(
    ("features", "lacking", "facet"),
    [
        ({"property_service": "no", "responsible_unit": "no", "security": "no"}, 3, "three_without"),
        ({"property_service": False, "responsible_unit": False, "security": False}, 3, "three_without"),
        ({"property_service": "no", "responsible_unit": "no", "security": "yes"}, 2, "partly_without"),
        ({"property_service": False, "responsible_unit": False}, 2, "partly_without"),
        ({"property_service": "no", "responsible_unit": "yes", "security": "unknown"}, 1, "partly_without"),
        ({"property_service": "yes", "responsible_unit": True, "security": "yes"}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_three_without_needs_all_three_and_unknown_is_not_no(
    features: dict[str, object], lacking: int, facet: str
) -> None:
    found = rules.three_without(features)
    assert len(found.lacking) == lacking
    assert found.facet == facet
    known = sum(features.get(key) in (True, False, "yes", "no") for key in rules.THREE)
    assert len(found.unknown) == 3 - known


def test_versions_compare_by_number() -> None:
    assert max(["1.9", "1.10", "1"], key=rules.version_key) == "1.10"


def test_bodies_serve_the_categories_of_their_unit_kind() -> None:
    bodies = {body.code: body for body in PINGCHANG.organizations}
    urban = rules.served_categories(bodies["line-urban"], PINGCHANG)
    assert "order.stall" in urban
    assert "housing.leak" not in urban
    assert rules.served_categories(bodies["appraisal"], PINGCHANG) == []


@pytest.mark.parametrize("name", shipped.model_names())
def test_every_demand_has_somebody_responsible(name: str) -> None:
    pack = model(name)
    bodies = {body.unit_kind for body in pack.organizations}
    for category in rules.leaves(pack.categories):
        assert category.unit_kind in bodies, category.code
        assert category.reason
        assert category.keywords
