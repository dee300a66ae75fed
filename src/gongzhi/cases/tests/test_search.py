"""搜索: every way in finds what LIKE finds, among what the actor may see, and nothing of it is left after erasure."""

import datetime as dt
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from gongzhi.audit.models import Access
from gongzhi.cases import actions, grams, queries
from gongzhi.cases.actions.erasing import erase_cases
from gongzhi.cases.actions.indexing import index_words, without_index
from gongzhi.cases.models import Case
from gongzhi.cases.queries import searching
from gongzhi.common.access import ANONYMOUS, system_actor
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.sealing import add_master
from gongzhi.people.actions import create_token
from gongzhi.people.actions.accounts import rewrap_keys
from tests.cast import NOW, ROLES, World, phone_of

TEXTS = (
    "5栋门口路灯不亮，晚上看不见台阶。",
    "物业乱收停车费，不给发票",
    "小区路灯太亮，照得睡不着",
    "ＡＢＣ超市门口占道，10 路公交站牌倒了",
    "楼道灯坏了",
    "路边停车，灯也坏了",
)
Report = Callable[..., Case]


@pytest.fixture
def cases(world: World, report: Report) -> list[Case]:
    return [report("resident" if n % 2 else "neighbour", text) for n, text in enumerate(TEXTS)]


def found(actor: Any, q: str, **more: Any) -> list[str]:
    hits = searching.by_words(actor, queries.visible_to(actor), q, NOW, **more)
    return [row.text for row in hits.rows]


def test_words_are_found_exactly_as_like_finds_them(world: World, cases: list[Case]) -> None:
    dispatcher = world.actor("dispatcher")
    folded = {text: grams.fold(text) for text in TEXTS}
    pieces = {text[n : n + size] for text in folded.values() for size in (2, 3, 4) for n in range(len(text) - size + 1)}
    asked = {piece for piece in pieces if " " not in piece}
    assert len(asked) > 100
    for piece in asked:
        assert set(found(dispatcher, piece)) == {text for text in TEXTS if piece in folded[text]}, piece


def test_several_words_must_all_stand_in_it(world: World, cases: list[Case]) -> None:
    dispatcher = world.actor("dispatcher")
    assert found(dispatcher, "路灯 台阶") == [TEXTS[0]]
    assert found(dispatcher, "abc") == found(dispatcher, "ＡＢＣ") == [TEXTS[3]]
    assert found(dispatcher, "路灯 睡") == [TEXTS[2]]


def test_one_character_says_what_to_do(world: World, cases: list[Case]) -> None:
    with pytest.raises(Refused) as refused:
        found(world.actor("dispatcher"), "灯")
    assert refused.value.code == "one_character" and "两个字" in refused.value.message


def test_pages_hold_everything_once(world: World, cases: list[Case]) -> None:
    dispatcher, seen, cursor = world.actor("dispatcher"), [], ""
    for _ in range(10):
        hits = searching.by_words(dispatcher, queries.visible_to(dispatcher), "路灯", NOW, cursor=cursor, limit=1)
        seen += [row.case.pk for row in hits.rows]
        if not (cursor := hits.cursor):
            break
    assert seen == [cases[2].pk, cases[0].pk]


def test_nobody_finds_what_they_may_not_see(world: World, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[0].pk).update(privacy="confidential")
    for role in ROLES:
        actor = world.actor(role)
        seen = set(queries.visible_to(actor).values_list("number", flat=True))
        hits = searching.by_words(actor, queries.visible_to(actor), "路灯", NOW).rows
        assert {row.case.number for row in hits} <= seen and cases[0] not in [row.case for row in hits], role
    assert found(world.actor("other_grid_member"), "路灯") == []


def test_confidential_words_are_not_indexed() -> None:
    assert grams.grams_of("路灯", "", "confidential") is None and grams.grams_of("路灯", "", "protected") is None
    assert grams.grams_of("路灯", "", "named")


def test_by_number_whole_or_part(world: World, cases: list[Case]) -> None:
    known, number = queries.visible_to(world.actor("dispatcher")), cases[0].number
    assert searching.by_number(known, number.lower())[0] == cases[0]
    assert cases[0] in searching.by_number(known, number[:7]) and cases[0] in searching.by_number(known, number[-4:])
    assert searching.by_number(queries.visible_to(world.actor("other_grid_member")), number) == []
    for q, number_like in (("PC-2603", True), ("0042", True), ("路灯", False), ("10路", False), ("%", False)):
        assert searching.looks_like_number(q) is number_like, q


@pytest.mark.parametrize("part", ["start", "day", "end", "inside"])
def test_a_part_of_a_number_is_found_and_on_an_index(world: World, cases: list[Case], part: str) -> None:
    number = cases[0].number
    q = {"start": number[:7], "day": number.split("-")[1], "end": number[-4:], "inside": number[4:9]}[part]
    assert cases[0] in searching.by_number(queries.visible_to(world.actor("dispatcher")), q)
    if part == "inside":
        return
    lookup = dict(zip(("start", "day", "end"), searching._parts(q), strict=True))[part]
    rows = Case.objects.annotate(**searching._ENDS).filter(**lookup)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "cases_number_" in rows.explain() or "number_" in rows.explain()
    assert "Seq Scan" not in rows.explain()


def test_what_was_found_is_taken_along_as_a_workbook(world: World, cases: list[Case]) -> None:
    client = Client()
    client.force_login(world.people["dispatcher"])
    assert "format=xlsx" in client.get("/search/?q=路灯").content.decode()
    answer = client.get("/search/?q=路灯&format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    cells = {str(value) for row in book.worksheets[0].iter_rows(values_only=True) for value in row if value}
    assert cases[0].number in cells and cases[2].number in cells and cases[1].number not in cells
    row = Access.objects.get(purpose="export")
    assert set(row.subjects) == {cases[0].reference, cases[2].reference}
    client.force_login(world.people["department"])
    answer = client.get("/search/?q=路灯&format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    cells = {str(value) for row in book.worksheets[0].iter_rows(values_only=True) for value in row if value}
    assert cases[0].number not in cells, "only what the post may see"


def test_by_phone_with_a_purpose_and_a_trace(world: World, report: Report) -> None:
    where = queries.locate(place_code="LY-5")
    contact = actions.Contact("演示某", "13700001111")
    left = actions.report_case(by=ANONYMOUS, at=NOW, text=TEXTS[1], where=where, contact=contact)
    own = report("resident")
    dispatcher = world.actor("dispatcher")
    known = queries.visible_to(dispatcher)
    hits = searching.by_phone(dispatcher, known, "13700001111", NOW, purpose="回访")
    assert [case.number for case in hits] == [left["number"]]
    assert searching.by_phone(dispatcher, known, phone_of("resident"), NOW, purpose="回访") == [own]
    row = Access.objects.filter(fields="phone").latest("id")
    assert (row.purpose, row.subjects) == ("回访", [own.reference])
    assert searching.by_phone(dispatcher, known, "13700009999", NOW, purpose="回访") == []
    assert Access.objects.filter(fields="phone").latest("id").subjects == ["search:phone"]
    with pytest.raises(Refused, match="missing_purpose"):
        searching.by_phone(dispatcher, known, "13700001111", NOW, purpose=" ")
    for role in ("auditor", "secretary", "resident", "administrator"):
        actor = world.actor(role)
        with pytest.raises(Forbidden):
            searching.by_phone(actor, queries.visible_to(actor), "13700001111", NOW, purpose="好奇")


def test_a_masked_number_inside_the_words_is_no_way_round(world: World, report: Report) -> None:
    report(text="请联系13700001111，路灯坏了")
    assert found(world.actor("auditor"), "路灯坏") and not found(world.actor("auditor"), "请联系13700001111")


def test_the_page_of_every_desk(world: World, cases: list[Case]) -> None:
    for role, shown in (("dispatcher", True), ("grid_member", True), ("auditor", True), ("department", False)):
        client = Client()
        client.force_login(world.people[role])
        go = client.post("/search/", {"q": "路灯"})
        assert go.status_code == 302 and "%E8%B7%AF" in go.headers["Location"]
        page = client.get(go.headers["Location"]).content.decode()
        assert (cases[0].number in page) is shown, role
        assert client.get("/search/?q=灯").status_code == 422
        phone = client.post("/search/", {"q": "137 0000 1111"})
        assert phone.status_code == 200, "the number never goes into an address"
        asks = "按电话找，要写明用途" in phone.content.decode()
        assert asks is (role != "auditor")
    page = client.get(f"/search/?q={'柳园'}").content.decode()
    assert "柳园小区5栋" in page


def test_people_are_shown_masked_to_who_may_read_them(world: World) -> None:
    client = Client()
    client.force_login(world.people["dispatcher"])
    page = client.get("/search/?q=网格员").content.decode()
    assert "演****" in page and "演示grid_member" not in page
    client.force_login(world.people["grid_member"])
    assert "演****" not in client.get("/search/?q=网格员").content.decode()


def test_the_interface_for_programs(world: World, cases: list[Case]) -> None:
    token = create_token(by=system_actor("test"), at=NOW, role="dispatcher", place=world.places["PC"])
    ask = {"headers": {"Authorization": f"Bearer {token}"}}

    def numbers(**query: Any) -> list[str]:
        answer = Client().get("/api/v1/cases", query, **ask)
        assert answer.status_code == 200, answer.content
        return [item["number"] for item in json.loads(answer.content)["items"]]

    assert numbers(q="路灯") == [cases[2].number, cases[0].number]
    assert numbers(q="路灯", status="closed") == []
    assert numbers(q="路灯", region="PC-2") == []
    first = Client().get("/api/v1/cases", {"q": "路灯", "limit": 1}, **ask).json()
    second = Client().get("/api/v1/cases", {"q": "路灯", "limit": 1, "cursor": first["next_cursor"]}, **ask).json()
    assert [*first["items"], *second["items"]][1]["number"] == cases[0].number and second["next_cursor"] is None
    assert numbers(q=cases[0].number) == [cases[0].number]
    assert Client().get("/api/v1/cases", {"q": "灯"}, **ask).json()["code"] == "one_character"
    assert Client().get("/api/v1/cases", {"q": phone_of("resident")}, **ask).json()["code"] == "missing_purpose"
    assert len(numbers(q=phone_of("resident"), purpose="回访")) == 3


def test_nothing_is_left_of_the_words_after_erasure(world: World, cases: list[Case]) -> None:
    mine = [case for case in cases if case.reporters.filter(person=world.people["resident"]).exists()]
    Case.objects.filter(pk__in=[case.pk for case in mine]).update(status="closed")
    assert all(Case.objects.get(pk=case.pk).grams for case in mine)
    erase_cases(world.people["resident"].pk, NOW)
    assert all(Case.objects.get(pk=case.pk).grams is None for case in mine)
    assert not without_index().filter(pk__in=[case.pk for case in mine]).exists(), "and they are not written again"
    open_one = next(case for case in cases if case not in mine)
    assert Case.objects.get(pk=open_one.pk).grams


def test_old_cases_are_indexed_in_batches(world: World, cases: list[Case]) -> None:
    before = dict(Case.objects.values_list("pk", "grams"))
    Case.objects.update(grams=None)
    assert index_words(by=system_actor("test"), at=NOW, most=4) == 4
    assert index_words(by=system_actor("test"), at=NOW) == 2
    assert dict(Case.objects.values_list("pk", "grams")) == before
    assert index_words(by=system_actor("test"), at=NOW) == 0


def test_a_new_master_key_keeps_the_index(world: World, cases: list[Case], settings: Any) -> None:
    before = grams.blind("路灯")
    add_master(settings.KEYS_DIR)
    rewrap_keys(by=system_actor("test"), at=NOW)
    assert grams.blind("路灯") == before and found(world.actor("dispatcher"), "台阶") == [TEXTS[0]]


def test_the_column_tells_neither_order_nor_count(world: World, report: Report) -> None:
    one, two = report(text="路灯路灯路灯"), report(text="灯路灯")
    assert Case.objects.get(pk=one.pk).grams == Case.objects.get(pk=two.pk).grams == sorted(grams.blind("路灯路"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT grams::text FROM cases_case")
        assert not any("路" in row[0] for row in cursor.fetchall())


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="路灯坏了abＡ1 ，", max_size=20), st.text(alphabet="路灯坏了abＡ1，", min_size=2, max_size=4))
def test_every_pair_of_a_word_stands_in_the_text_that_holds_it(text: str, word: str) -> None:
    if grams.fold(word) in grams.fold(text):
        assert grams.pairs_of(word) <= grams.pairs_of(text)
    for one, two in itertools.pairwise(grams.fold(text)):
        assert (one + two in grams.pairs_of(text)) == (not (one.isspace() or two.isspace()))


def test_dates_do_not_matter(world: World, report: Report) -> None:
    report(at=NOW - dt.timedelta(days=400))
    assert found(world.actor("dispatcher"), "台阶")
