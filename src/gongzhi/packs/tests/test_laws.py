"""The law in force at a place on a day: versions side by side, local texts only where the law lets them."""

import datetime as dt
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from gongzhi.common.errors import NotFound
from gongzhi.packs import actions, laws, queries, shipped
from gongzhi.packs.contents import LawPack
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.packs.tests.test_actions import AT, HOUSE

pytestmark = pytest.mark.django_db
BEIJING, HENAN, XINYANG, JIANGSU = "110105001002", "410000", "411500", "320000"
LAST_OF_2025, FIRST_OF_2026 = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
LAST_BEFORE_CODE, FIRST_OF_CODE = dt.date(2020, 12, 31), dt.date(2021, 1, 1)
NATIONAL = """\
kind = "law"
name = "test"
title = "全国"
version = "1"
source = "全国的法律"
article = "第9条"
confidence = "L"
effective_from = 2020-01-01

[[rules]]
code = "notice"
title = "提前十天"
params.notice = { amount = 10, unit = "calendar_days" }
local = { notice = "more" }

[[rules]]
code = "quorum"
title = "过半数"
params.present = { share = "1/2", inclusive = false, of = "members" }
"""
LOCAL = """\
kind = "law"
name = "test.32"
title = "省里"
version = "1"
source = "省里的条例"
confidence = "P"
effective_from = 2020-06-01
jurisdiction = "320000"
over = "test"

[[rules]]
code = "notice"
title = "提前十五天"
article = "第3条"
params.notice = { amount = 15, unit = "calendar_days" }

[[rules]]
code = "posted"
title = "三天内公布"
params.within = { amount = 3, unit = "calendar_days" }
"""
ON = dt.date(2026, 6, 1)


def load(*texts: str) -> None:
    for text in texts:
        actions.load_pack(by=HOUSE, at=AT, text=text)


@pytest.fixture
def shipped_laws() -> None:
    for path in shipped.common_packs():
        if "laws" in path.parts:
            actions.load_pack(by=HOUSE, at=AT, path=path)


@pytest.mark.parametrize(
    ("name", "region", "on", "packs"),
    [
        ("cn.village", HENAN, LAST_OF_2025, ["cn.village/2018.1"]),
        ("cn.village", HENAN, FIRST_OF_2026, ["cn.village/2026.1"]),
        ("cn.residents", BEIJING, LAST_OF_2025, ["cn.residents/2018.1"]),
        ("cn.residents", BEIJING, FIRST_OF_2026, ["cn.residents/2026.1"]),
        ("cn.residents", XINYANG, LAST_OF_2025, ["cn.residents/2018.1", "cn.residents.41/2020.1"]),
        ("cn.residents", XINYANG, FIRST_OF_2026, ["cn.residents/2026.1"]),
        ("cn.residents", HENAN, dt.date(2020, 6, 3), ["cn.residents/2018.1"]),
        ("cn.residents", HENAN, dt.date(2020, 6, 4), ["cn.residents/2018.1", "cn.residents.41/2020.1"]),
        ("cn.owners.decisions", JIANGSU, LAST_BEFORE_CODE, ["cn.owners.decisions/2018.1"]),
        ("cn.owners.decisions", JIANGSU, FIRST_OF_CODE, ["cn.owners.decisions/2021.1"]),
        ("cn.owners.decisions", "CN", FIRST_OF_CODE, ["cn.owners.decisions/2021.1"]),
        ("cn.owners.decisions", BEIJING, dt.date(2024, 3, 28), ["cn.owners.decisions/2021.1"]),
        (
            "cn.owners.decisions",
            BEIJING,
            dt.date(2024, 3, 29),
            ["cn.owners.decisions/2021.1", "cn.owners.decisions.11/2024.1"],
        ),
        ("cn.collective", HENAN, dt.date(2025, 5, 1), ["cn.collective/2025.1"]),
    ],
)
def test_the_text_in_force_in_a_region_on_a_day(
    shipped_laws: None, name: str, region: str, on: dt.date, packs: list[str]
) -> None:
    found = queries.law_at(name, region=region, on=on)
    assert found.packs == tuple(f"pack:law/{pack}" for pack in packs)
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("name", "on"),
    [("cn.collective", dt.date(2025, 4, 30)), ("cn.village", dt.date(2018, 12, 28)), ("cn.nothing", FIRST_OF_2026)],
)
def test_before_a_law_begins_there_is_none(shipped_laws: None, name: str, on: dt.date) -> None:
    with pytest.raises(NotFound) as refusal:
        queries.law_at(name, region=HENAN, on=on)
    assert refusal.value.code == "no_pack_in_force"


def test_the_threshold_of_the_day_is_an_exact_fraction(shipped_laws: None) -> None:
    old = queries.law_at("cn.owners.decisions", region="CN", on=LAST_BEFORE_CODE).rule("special").share("heads")
    new = queries.law_at("cn.owners.decisions", region="CN", on=FIRST_OF_CODE).rule("special").share("heads")
    assert old == laws.Share(Fraction(2, 3), inclusive=True, of="heads")
    assert new == laws.Share(Fraction(3, 4), inclusive=True, of="voted_heads")
    assert (old.compare, new.compare) == ("at_least", "at_least")


def test_a_local_text_lies_over_the_national_one_and_both_are_cited(shipped_laws: None) -> None:
    beijing = queries.law_at("cn.owners.decisions", region=BEIJING, on=FIRST_OF_2026)
    online = beijing.rule("meeting.online")
    assert online.params == {"legal_effect": "advisory", "system": "市住房和城乡建设主管部门的电子投票系统"}
    assert [(cite.source, cite.article) for cite in online.cites] == [
        ("产品默认", ""),
        ("北京市物业管理条例", "第35条"),
    ]
    assert online.confidence == "D"
    assert beijing.rule("participation").cites[0].article == "第278条第二款"
    assert beijing.rule("meeting.result").period("published") == laws.Period(3, "calendar_days")
    with pytest.raises(NotFound, match="no_rule"):
        queries.law_at("cn.owners.decisions", region=HENAN, on=FIRST_OF_2026).rule("meeting.result")


def test_henan_warns_where_its_text_is_older_than_the_code(shipped_laws: None) -> None:
    henan = queries.law_at("cn.owners.decisions", region=XINYANG, on=FIRST_OF_2026)
    objection = henan.rule("fund.objection_vote")
    assert objection.share("heads").compare == "at_most"
    assert "先请法律顾问看" in objection.cites[0].caution
    assert henan.rule("participation").share("heads").share == Fraction(2, 3)
    assert len(henan.rule("fund.emergency").params["situations"]) == 6


def test_a_decision_keeps_which_text_inputs_and_what_came_out(shipped_laws: None) -> None:
    village = queries.law_at("cn.village", region=HENAN, on=FIRST_OF_2026)
    kept = village.record("assembly.quorum", {"adults": 2496}, {"needed": 1249, "share": Fraction(1, 2)})
    assert json.loads(json.dumps(kept)) == {
        "law": "cn.village",
        "rule": "assembly.quorum",
        "region": HENAN,
        "on": "2026-01-01",
        "cites": [
            {
                "pack": "pack:law/cn.village/2026.1",
                "version": "2026.1",
                "source": "村民委员会组织法（2025 年修改）",
                "article": "2018 年文本第22条",
                "confidence": "V",
                "illustrative": False,
                "caution": "",
            }
        ],
        "params": {
            "adults": {"share": "1/2", "inclusive": False, "of": "adults"},
            "households": {"share": "2/3", "inclusive": True, "of": "households"},
            "either": True,
        },
        "inputs": {"adults": 2496},
        "computed": {"needed": 1249, "share": "1/2"},
    }


REFUSED: list[tuple[str, str, str]] = [
    ("amount = 15", "amount = 7", "只能定得更严"),
    ('unit = "calendar_days" }\n\n', 'unit = "working_days" }\n\n', "只能定得更严"),
    ('code = "posted"', 'code = "quorum"', "没有让地方改"),
    ('name = "test.32"', 'name = "test.33"', "名字要写 test.32"),
    ('jurisdiction = "320000"', 'jurisdiction = "CN"', "全国的规则包不能盖在别的包上"),
    ('jurisdiction = "320000"', 'jurisdiction = "32"', "区划代码"),
]


@pytest.mark.parametrize(("old", "new", "problem"), REFUSED)
def test_a_local_text_that_goes_beyond_is_refused_with_its_line(old: str, new: str, problem: str) -> None:
    load(NATIONAL)
    assert old in LOCAL
    with pytest.raises(WrongPack, match=problem) as refusal:
        load(LOCAL.replace(old, new, 1))
    assert refusal.value.facts["line"] > 1


def test_a_local_text_needs_its_law_first() -> None:
    with pytest.raises(NotFound) as refusal:
        load(LOCAL)
    assert refusal.value.code == "law_not_loaded"


def test_a_local_text_must_suit_every_version_in_its_time() -> None:
    later = NATIONAL.replace('version = "1"', 'version = "2"').replace("2020-01-01", "2024-01-01")
    load(NATIONAL, later.replace('local = { notice = "more" }\n', ""))
    with pytest.raises(WrongPack, match="没有让地方改"):
        load(LOCAL)
    load(LOCAL.replace("effective_from", "effective_to = 2024-01-01\neffective_from"))


def test_what_a_new_law_no_longer_leaves_to_the_provinces_is_left_out_and_said() -> None:
    later = NATIONAL.replace('version = "1"', 'version = "2"').replace("2020-01-01", "2024-01-01")
    load(NATIONAL, LOCAL, later.replace('local = { notice = "more" }\n', ""))
    before = queries.law_at("test", region=JIANGSU, on=dt.date(2023, 12, 31))
    after = queries.law_at("test", region=JIANGSU, on=dt.date(2024, 1, 1))
    assert before.rule("notice").period("notice").amount == 15
    assert after.rule("notice").period("notice").amount == 10
    assert after.left_out == (laws.LeftOut("pack:law/test.32/1", "notice", "notice"),)
    assert after.rule("posted").cites[0].source == "省里的条例"


def test_a_city_lies_over_its_province_and_no_other_place_sees_it() -> None:
    city = LOCAL.replace("test.32", "test.3211").replace("320000", "321100").replace("amount = 15", "amount = 20")
    load(NATIONAL, LOCAL, city.replace("三天内公布", "市里").replace('code = "posted"', 'code = "own"'))
    notices = {
        region: queries.law_at("test", region=region, on=ON).rule("notice").period("notice").amount
        for region in ("CN", "", "110000", "320000", "320100", "321100", "321102001003")
    }
    assert notices == {
        "CN": 10, "": 10, "110000": 10, "320000": 15, "320100": 15, "321100": 20, "321102001003": 20,
    }  # fmt: skip
    three = queries.law_at("test", region="321102", on=ON).rule("notice")
    assert [cite.source for cite in three.cites] == ["全国的法律", "省里的条例", "省里的条例"]
    assert three.confidence == "P"


def test_a_city_may_not_go_below_its_province() -> None:
    city = LOCAL.replace("test.32", "test.3211").replace("320000", "321100").replace("amount = 15", "amount = 12")
    load(NATIONAL, LOCAL)
    with pytest.raises(WrongPack, match="只能定得更严"):
        load(city.replace('code = "posted"', 'code = "own"'))


def test_a_province_may_not_change_its_own_additions_from_the_city_unless_it_says_so() -> None:
    city = LOCAL.replace("test.32", "test.3211").replace("320000", "321100").replace("amount = 3,", "amount = 9,")
    load(NATIONAL, LOCAL)
    with pytest.raises(WrongPack, match="没有让地方改 posted"):
        load(city)


WRONG: list[tuple[str, str, str]] = [
    ('share = "1/2"', "share = 0.5", "小数不精确|份额写成分数"),
    ('share = "1/2"', 'share = "0.5"', "份额写成分数"),
    ('share = "1/2"', 'share = "3/2"', "份额写成分数"),
    ('share = "1/2"', 'share = "0/2"', "份额写成分数"),
    ("inclusive = false, ", "", "inclusive"),
    (', of = "members"', "", "of：是什么的几分之几"),
    ('of = "members"', 'of = "members", base = "x"', "没有 base 这一项"),
    ('unit = "calendar_days"', 'unit = "weeks"', "单位要是"),
    ("amount = 10", "amount = 1.5", "小数不精确"),
    ('notice = "more" }', 'notice = "better" }', "没有这个选项"),
]


@pytest.mark.parametrize(("old", "new", "problem"), WRONG)
def test_a_number_that_is_not_exact_is_refused(old: str, new: str, problem: str) -> None:
    assert old in NATIONAL
    with pytest.raises(WrongPack, match=problem):
        read_pack(NATIONAL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("code", "prefix", "chain"),
    [
        ("110000", "11", ["11"]),
        ("321000", "3210", ["32", "3210"]),
        ("411502", "411502", ["41", "4115", "411502"]),
        ("110105001002", "110105001002", ["11", "1101", "110105", "110105001", "110105001002"]),
        ("110105001000", "110105001", ["11", "1101", "110105", "110105001"]),
        ("CN", "CN", []),
        ("", "", []),
    ],
)
def test_a_region_lies_in_what_its_code_begins_with(code: str, prefix: str, chain: list[str]) -> None:
    assert laws.region_prefix(code) == prefix
    assert laws.prefixes(code) == chain


def pair(change: Callable[[str], str]) -> list[tuple[str, str]]:
    before, after = read_pack(NATIONAL), read_pack(change(NATIONAL))
    assert isinstance(before, LawPack)
    assert isinstance(after, LawPack)
    return [(row.code, row.what) for row in laws.differences(before, after)]


def test_two_texts_say_what_differs() -> None:
    assert pair(lambda text: text) == [("notice", "same"), ("quorum", "same")]
    assert pair(lambda text: text.replace("提前十天", "十天以前")) == [("notice", "as_said"), ("quorum", "same")]
    assert pair(lambda text: text.replace("amount = 10", "amount = 15")) == [("notice", "changed"), ("quorum", "same")]
    assert pair(lambda text: text.replace('"quorum"', '"present"')) == [
        ("notice", "same"), ("present", "added"), ("quorum", "removed")
    ]  # fmt: skip


def test_an_unset_number_says_that_nobody_has_filled_it(shipped_laws: None) -> None:
    times: Any = queries.law_at("cn.resolution", region="CN", on=ON).rule("times")
    with pytest.raises(KeyError):
        times.period("min_publication")
