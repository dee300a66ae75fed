"""What may stand, how one is called, which space a home belongs to, what is counted."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.disclosure import rules
from gongzhi.disclosure.rules import Kind, Said

NOW = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)
KIND = Kind("talk", "闲聊", "", 20, 30, False, True, False, False)
OFFICES = ("社区", "物业")


@pytest.mark.parametrize(
    "text",
    ["打我电话 13912345678", "在5栋301室", "1单元302", "苏A12345的车", "王阿姨捡到了", "身份证 320102199001011234"],
)
def test_what_must_not_stand_is_refused_and_can_be_covered(text: str) -> None:
    said = Said(text, "标题")
    with pytest.raises(Refused, match="personal_values"):
        rules.check_clean(said)
    clean = rules.covered(said)
    rules.check_clean(clean)
    assert "▇▇▇" in clean.body
    rules.check_clean(Said("五栋楼下捡到一把伞，颜色是蓝的。", "捡到伞"))


def test_insults_are_refused_spaces_or_not() -> None:
    for body in ("你这个王八蛋", "王 八 蛋"):
        with pytest.raises(Refused, match="insulting"):
            rules.check_polite(Said(body), ("王八蛋",))
    rules.check_polite(Said("请把车挪一下"), ("王八蛋",))


@pytest.mark.parametrize("called", ["302室的", "5栋301", "社区小王", "物业客服", "名字特别特别长的人", "13912345678"])
def test_one_is_called_by_no_home_number_or_office(called: str) -> None:
    with pytest.raises(Refused, match="bad_called"):
        rules.check_called(called, 6, OFFICES)


@pytest.mark.parametrize("called", ["", "小陈", "王阿姨", "爱养花的"])
def test_one_is_called_as_one_likes(called: str) -> None:
    rules.check_called(called, 6, OFFICES)


def test_a_building_is_named_only_where_enough_homes_share_it() -> None:
    assert rules.byline_of("", "5栋", 5, 5) == "5栋邻居"
    assert rules.byline_of("", "5栋", 4, 5) == ""
    assert rules.byline_of("小陈", "5栋", 50, 5) == "小陈"


def test_lengths() -> None:
    rules.check_length(KIND, Said("好", "题"), reply=False)
    rules.check_length(KIND, Said("好"), reply=True)
    long = Said("长" * 21, "题")
    for said, code in ((Said("好"), "missing_title"), (Said("", "题"), "missing_body"), (long, "too_long")):
        with pytest.raises(Refused, match=code):
            rules.check_length(KIND, said, reply=False)


def test_moves_from_wrong_states_are_refused() -> None:
    rules.check_move("hide", "shown")
    for move, state in (("hide", "hidden"), ("admit", "shown"), ("judge", "shown"), ("withdraw", "hidden")):
        with pytest.raises(Conflict):
            rules.check_move(move, state)


def test_neither_author_nor_who_decided_judges() -> None:
    rules.check_judge("a", "b", "c")
    for by in ("a", "b"):
        with pytest.raises(Forbidden, match="own_decision"):
            rules.check_judge("a", "b", by)


def test_an_appeal_comes_from_the_author_and_in_time() -> None:
    rules.check_appeal("a", "a", NOW, NOW + dt.timedelta(days=15), 15)
    with pytest.raises(Refused, match="appeal_late"):
        rules.check_appeal("a", "a", NOW, NOW + dt.timedelta(days=15, seconds=1), 15)
    for author in ("b", None):
        with pytest.raises(Forbidden, match="not_author"):
            rules.check_appeal(author, "a", NOW, NOW, 15)


def test_a_home_belongs_to_the_nearest_place_of_the_first_level_that_there_is() -> None:
    home = "/c/s/v/x/b/h/"
    places = [("/c/s/v/", "grid3"), ("/c/s/v/x/", "compound"), ("/other/", "compound")]
    assert rules.space_of(home, places, ["compound", "grid3"]) == "/c/s/v/x/"
    assert rules.space_of(home, places[:1], ["compound", "grid3"]) == "/c/s/v/"
    assert rules.space_of(home, [], ["compound"]) is None


@given(st.integers(0, 1000), st.integers(1, 10))
def test_few_are_kept_back(count: int, few: int) -> None:
    shown = rules.shown_count(count, few)
    assert shown == count if count == 0 or count >= few else shown is None


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 30)), st.integers(1, 10))
def test_no_part_can_be_reckoned_from_the_others(parts: dict[str, int], few: int) -> None:
    shown = rules.shown_parts(parts, few)
    assert shown == parts if all(not 0 < one < few for one in parts.values()) else set(shown.values()) == {None}


@given(st.text(max_size=60))
def test_covering_leaves_nothing_that_must_not_stand(text: str) -> None:
    rules.check_clean(rules.covered(Said(text, text)))


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
def test_what_is_restored_comes_back_unless_it_has_run_out(day: dt.date) -> None:
    assert rules.state_after_restoring(day, NOW) == ("shown" if day > dt.date(2026, 3, 18) else "over")
