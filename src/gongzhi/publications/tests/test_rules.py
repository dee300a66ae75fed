"""What must not stand in a public text, what an item lacks, and the record's one form."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.common.errors import Refused
from gongzhi.packs.model_publications import SUBJECT_KINDS, PublicationField, PublicationKind
from gongzhi.publications import rules
from gongzhi.publications.models import SubjectKind
from gongzhi.publications.rules import lint, records
from gongzhi.publications.rules.records import Words

AT = dt.datetime(2026, 3, 18, 1, tzinfo=dt.UTC)
EXPOSURE = PublicationKind(
    code="exposure",
    name="问题曝光",
    tone="negative",
    subjects=("place", "facility"),
    expiry_days=30,
    reply_days=15,
    statement_days=5,
    fields=(PublicationField(code="checked", label="怎么核实的", required=True),),
)
NOTICE = PublicationKind(code="notice", name="通知", subjects=("matter",), expiry_days=30, reply_days=15)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("请打 13812345678 找王师傅。", ["phone", "name"]),
        ("电话１３８１２３４５６７８", ["phone"]),
        ("138 1234 5678", ["phone"]),
        ("身份证 11010519491231002X", ["id_number"]),
        ("车牌苏L·12345 长期占道", ["plate"]),
        ("苏LD12345绿牌", ["plate"]),
        ("5栋2单元301室漏水", ["room"]),
        ("5-2-301漏水", ["room"]),
        ("12号楼1203", ["room"]),
        ("卡号6222021234567890123", []),
        ("卡号4111111111111111", ["card"]),
        ("写信到 li@example.cn", ["email"]),
        ("业主张三丰，欠了两年", ["name"]),
        ("李某某把车停在通道上", ["name"]),
        ("5栋东侧消防通道，2026-03-18 上午", []),
        ("收支合计 12,345.67 元，共 203 户", []),
        ("居民高兴地说", []),
        ("办公室电话 0511-8765432", []),
    ],
)
def test_people_s_numbers_doors_and_plates_are_found(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in lint.find_in("body", text)] == kinds


def test_covering_leaves_nothing_to_find() -> None:
    text = "业主张三丰，住5栋2单元301室，电话13812345678，车牌苏L12345。"
    covered = lint.covered(text, lint.find_in("body", text))
    assert not lint.find_in("body", covered) and covered.count(lint.COVER) == 4
    assert covered.startswith("业主▇▇▇，住▇▇▇，电话▇▇▇")


@given(st.text(alphabet="一二三业主5栋0123456789-▇苏L室王某", max_size=40))
@example("▇王某")
def test_covering_is_always_a_mere_covering(text: str) -> None:
    covered = lint.covered(text, lint.find_in("body", text))
    assert covered == text or lint.only_covered(text, covered)


def test_a_reply_is_covered_and_never_reworded() -> None:
    assert lint.only_covered("我们3月修好了，找13812345678", "我们3月修好了，找▇▇▇")
    assert not lint.only_covered("我们3月修好了", "我们4月修好了")
    assert not lint.only_covered("我们3月修好了", "修好了")


def test_an_office_number_may_stand_when_somebody_says_so_but_never_in_a_criticism() -> None:
    found = lint.find_in("body", "有事打13812345678")
    assert lint.forbidden(found, negative=False, confirmed=())
    assert not lint.forbidden(found, negative=False, confirmed=("phone",))
    assert lint.forbidden(found, negative=True, confirmed=("phone",))
    plate = lint.find_in("body", "车牌苏L12345")
    assert lint.forbidden(plate, negative=False, confirmed=("plate",))


@pytest.mark.req("O01")
def test_subject_kinds_are_five_and_none_is_a_person() -> None:
    assert set(SUBJECT_KINDS) == {"place", "facility", "organization", "matter", "duty"} == set(SubjectKind.values)


def test_what_is_missing_is_listed_with_what_is_there() -> None:
    words = Words(title="通道堵了", body="两次去看都堵着，车牌苏L12345", about="东门消防通道", facts={"checked": ""})
    needs = {need.field: need.ok for need in rules.needs_of(EXPOSURE, words, rules.Standing("facility"))}
    assert needs == {
        "title": True, "body": False, "subject": True, "fact_checked": False, "evidence": False, "party": False,
        "notice": False, "statement": True,
    }  # fmt: skip
    with pytest.raises(Refused, match="publication_incomplete") as refused:
        rules.check_needs(rules.needs_of(EXPOSURE, words, rules.Standing("facility")))
    assert "填了“怎么核实的”" in refused.value.facts["missing"]


def test_expiry_is_within_the_kind_s_days() -> None:
    assert rules.expires_on(NOTICE, AT) == dt.date(2026, 4, 17)
    assert rules.expires_on(NOTICE, AT, dt.date(2026, 4, 17)) == dt.date(2026, 4, 17)
    for day in (dt.date(2026, 3, 18), dt.date(2026, 4, 18)):
        with pytest.raises(Refused, match="expiry_wrong"):
            rules.expires_on(NOTICE, AT, day)


def test_a_reply_is_taken_to_the_last_second_of_its_days() -> None:
    rules.check_reply_time(AT, 15, AT + dt.timedelta(days=15))
    with pytest.raises(Refused, match="reply_late"):
        rules.check_reply_time(AT, 15, AT + dt.timedelta(days=15, seconds=1))


def test_one_record_has_one_form_and_one_hash() -> None:
    record = {"title": "换水管", "body": "绕行", "facts": [["找谁", "居委会"]]}
    turned = dict(reversed(list(record.items())))
    assert records.canonical(record) == records.canonical(turned)
    assert records.canonical(record) == '{"body":"绕行","facts":[["找谁","居委会"]],"title":"换水管"}'.encode()
    assert records.digest_of(records.canonical(record)) != records.digest_of(records.canonical({**record, "title": ""}))


def test_a_difference_reads_line_by_line() -> None:
    assert list(records.difference(["甲", "乙", "丙"], ["甲", "丁", "丙"])) == [
        ("same", "甲"), ("gone", "乙"), ("new", "丁"), ("same", "丙"),
    ]  # fmt: skip


def test_readings_are_told_from_five_and_in_tens() -> None:
    assert [rules.shown_reads(n, 5) for n in (0, 4, 5, 9, 10, 47)] == [None, None, 5, 9, 10, 40]
