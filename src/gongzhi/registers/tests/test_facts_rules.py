"""Which fact stands, what a value may be, what a form must say, what is asked twice. No database."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import gongzhi.packs as packs_room
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.packs.field_contents import FieldDef, FieldsPack
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.registers.rules import asking
from gongzhi.registers.rules import facts as rules
from gongzhi.registers.rules.asking import Asked, Draft, Other
from gongzhi.registers.rules.facts import Said

DAY = dt.date(2026, 3, 1)
TEXT = (Path(packs_room.__file__).parent / "data/fields/cn.basic.toml").read_text("utf-8")


def dictionary() -> dict[str, FieldDef]:
    pack = read_pack(TEXT)
    assert isinstance(pack, FieldsPack)
    return {one.code: one for one in pack.fields}


def said(id: int, value: Any, source: str = "import:1", days: int = 0, quotes: tuple[int, ...] = ()) -> Said:
    return Said(id, value, source, DAY + dt.timedelta(days=days), quotes)


def test_the_newest_of_one_source_stands() -> None:
    found = rules.standing([said(1, 2), said(2, 3, days=5)])
    assert found
    assert (found.fact.value, found.sure) == (3, True)
    assert rules.standing([]) is None


def test_an_older_observation_that_comes_late_does_not_win() -> None:
    found = rules.standing([said(1, 3, days=5), said(2, 2)])
    assert found
    assert found.fact.value == 3


def test_two_sources_that_differ_are_both_shown() -> None:
    found = rules.standing([said(1, 2), said(2, 3, source="form:F1", days=1)])
    assert found
    assert not found.sure
    assert {one.value for one in found.disputed} == {2, 3}


def test_two_sources_that_agree_are_sure() -> None:
    found = rules.standing([said(1, 2), said(2, 2, source="form:F1", days=1)])
    assert found
    assert found.sure


def test_who_looked_and_chose_silences_all_that_was_known_then() -> None:
    told = [said(1, 1), said(2, 2), said(3, 3, source="form:F1"), said(4, 3, source="form:F2", quotes=(2, 3))]
    found = rules.standing(told)
    assert found
    assert (found.fact.id, found.sure) == (4, True)
    again = rules.standing([*told, said(5, 9, days=3)])
    assert again
    assert not again.sure, "what is said later speaks afresh"


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("dwelling.rooms", "3", 3),
        ("dwelling.area", "88.50", "88.5"),
        ("dwelling.lift", "是", True),
        ("dwelling.lift", "no", False),
        ("dwelling.gas_checked_on", "2026-03-01", "2026-03-01"),
        ("dwelling.gas_kind", "不用气", "不用气"),
        ("dwelling.water", " 户 号 ", "户 号"),
    ],
)
def test_values_are_kept_in_one_form(field: str, given: str, kept: Any) -> None:
    assert rules.canonical(dictionary()[field], given) == kept


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("dwelling.rooms", "-1"),
        ("dwelling.rooms", "1.5"),
        ("dwelling.rooms", "NaN"),
        ("dwelling.area", "很大"),
        ("dwelling.lift", "也许"),
        ("dwelling.gas_checked_on", "去年"),
        ("dwelling.gas_kind", "煤"),
        ("dwelling.water", ""),
        ("dwelling.water", "长" * 301),
    ],
)
def test_what_does_not_fit_is_refused_by_name(field: str, given: str) -> None:
    one = dictionary()[field]
    with pytest.raises(Refused) as refused:
        rules.canonical(one, given)
    assert refused.value.facts["name"] == one.name


def test_hours_saved_are_answers_times_seconds() -> None:
    assert rules.seconds_saved(540, 20) == 10_800
    assert rules.hours(10_800) == "3.0"
    assert rules.hours(1_900) == "0.5"
    assert rules.Burden("民政科", 2, 30, 70).percent_avoided == 70
    assert rules.Burden("民政科", 2, 0, 0).percent_avoided is None


@pytest.mark.req("N01")
@pytest.mark.parametrize(
    "name", ["民族", "宗教信仰", "政治面貌", "是否党员", "慢性病", "残疾类别", "指纹编号", "重点人员", "是否上访"]
)
def test_what_nobody_may_ask_does_not_load(name: str) -> None:
    with pytest.raises(WrongPack) as refused:
        read_pack(TEXT.replace('name = "房屋用途"', f'name = "{name}"'))
    assert name in str(refused.value)


@pytest.mark.parametrize("code", ["person.religion", "person.ethnic_group", "person.health_state", "person.party"])
def test_a_harmless_name_does_not_hide_a_forbidden_code(code: str) -> None:
    with pytest.raises(WrongPack):
        read_pack(TEXT.replace('code = "dwelling.use"', f'code = "{code}"'))


def test_a_forbidden_thing_does_not_come_in_as_a_synonym() -> None:
    with pytest.raises(WrongPack):
        read_pack(TEXT.replace('"房屋性质", ', '"户主民族", '))


def test_the_shipped_dictionary_has_more_than_thirty_fields_of_a_dwelling() -> None:
    assert len([one for one in dictionary().values() if one.about == "dwelling"]) >= 30


WHOLE = Draft(
    title="检查表",
    about="dwelling",
    fields=(Asked("dwelling.gas_kind", "查用气"), Asked("dwelling.wiring_ok", "查电线")),
    purpose_code="safety",
    purpose="查隐患",
    basis_kind="duty",
    basis="消防法 5",
    retention_days=180,
    receiver="居委会",
    notice="可以不答",
    opens_on=DAY,
    closes_on=DAY + dt.timedelta(days=30),
)


def missing(**changes: Any) -> set[str]:
    changed = Draft(**{**{name: getattr(WHOLE, name) for name in WHOLE.__slots__}, **changes})
    return {need.code for need in asking.needs(changed, dictionary()) if not need.ok}


@pytest.mark.req("N01")
def test_a_form_that_says_everything_may_be_sent_in() -> None:
    assert missing() == set()


@pytest.mark.req("N01")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": ""}, "purpose"),
        ({"basis": ""}, "basis"),
        ({"basis_kind": ""}, "basis"),
        ({"receiver": ""}, "receiver"),
        ({"notice": ""}, "notice"),
        ({"retention_days": None}, "retention"),
        ({"retention_days": 4000}, "retention"),
        ({"fields": ()}, "fields"),
        ({"fields": (Asked("dwelling.gas_kind", ""),)}, "why"),
        ({"fields": (Asked("dwelling.income", "想知道"),)}, "dictionary"),
        ({"fields": (Asked("dwelling.water", "想知道"),)}, "allowed"),
        ({"fields": (Asked("building.hydrant_ok", "查水"),)}, "about"),
        ({"closes_on": None}, "ends"),
        ({"closes_on": DAY + dt.timedelta(days=400)}, "ends"),
        ({"for_government": True}, "authority"),
        ({"basis_kind": "emergency"}, "scene"),
    ],
)
def test_each_missing_thing_is_named(changes: dict[str, Any], code: str) -> None:
    assert code in missing(**changes)


def test_for_government_needs_the_power_named() -> None:
    assert missing(for_government=True, authority="某条例第 8 条") == set()


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        asking.check_complete(asking.needs(Draft(), dictionary()))
    assert int(refused.value.facts["count"]) >= 7


def test_nobody_approves_their_own() -> None:
    with pytest.raises(Forbidden):
        asking.check_other_person("person:1", "person:1")


def test_the_same_field_and_other_words_for_it_are_found() -> None:
    known = dictionary()
    other = Other("F1", "人口表", "", frozenset({"dwelling.residents_count", "dwelling.use"}))
    same = asking.asked_twice(["dwelling.use"], [other], known, percent=60)
    assert [(one.field, one.percent) for one in same] == [("dwelling.use", 100)]
    assert asking.closest("家庭人口", known.values(), percent=60)[0][0].code == "dwelling.residents_count"
    assert asking.closest("有无电瓶车", known.values(), percent=30)[0][0].code == "dwelling.ebike_count"
    assert asking.closest("天气", known.values(), percent=60) == []
