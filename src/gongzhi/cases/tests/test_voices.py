"""Channels with an end of their own: letters, suggestions, talks, chats; the answers to a form; rules of them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from gongzhi.audit.imports import import_workbook
from gongzhi.cases import actions, queries
from gongzhi.cases.actions import gathering_in, voicing
from gongzhi.cases.actions.gathering_in import Item, Said
from gongzhi.cases.models import Case, Clock, Reporter
from gongzhi.cases.queries import voices
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.channels import week_of, weeks_of
from gongzhi.cases.rules.chats import read_chat
from gongzhi.cases.tests.joint_cast import sheet
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from tests.cast import NOW, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)
ASKED = [{"code": "publish", "label": "可以公开吗", "kind": "yes_no", "value": "是"}]


def letter(report: Report, **more: Any) -> Case:
    return report(text="书记您好，想说说楼下停车的事", channel="letter", **more)


@pytest.mark.req("D10")
def test_a_letter_is_seen_by_its_reader_and_its_writer_only(world: World, report: Report) -> None:
    case = letter(report)
    assert (case.privacy, case.unit, case.routing["role"]) == ("confidential", None, "secretary")
    assert queries.row_of(world.actor("secretary"), case, NOW).text
    for other in ("dispatcher", "grid_member", "supervisor", "department", "neighbour", "auditor"):
        assert not queries.visible_to(world.actor(other)).filter(pk=case.pk).exists(), other
    with pytest.raises(NotFound):
        actions.dispatch_case(
            by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=world.units["utility"].pk
        )


def test_letters_are_taken_along_as_a_list_without_their_words(world: World, report: Report, client: Client) -> None:
    case = letter(report)
    client.force_login(world.people["secretary"])
    assert "?format=xlsx" in client.get("/letters/").content.decode()
    _note, _heads, line = sheet(client, "/letters/")
    assert line[0] == case.number and "停车" not in str(line)


@pytest.mark.req("D10")
def test_a_letter_has_its_own_day_and_must_be_replied_to(world: World, report: Report) -> None:
    case = letter(report)
    # Seven working days, whatever the category's class says (pack): Wednesday 18 March to Friday 27 March.
    assert case.due_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(2026, 3, 27)
    secretary = world.actor("secretary")
    with pytest.raises(Refused, match="missing_note"):
        voicing.reply_letter(by=secretary, at=NOW + HOUR, number=case.number, note="")
    with pytest.raises(Refused, match="not_agreed"):
        voicing.reply_letter(
            by=secretary, at=NOW + HOUR, number=case.number, note="收到", publish=True, public_text="停车"
        )
    done = voicing.reply_letter(by=secretary, at=NOW + HOUR, number=case.number, note="下周开会一起定")
    assert done.status == "verified" and not Clock.objects.filter(case=done, kind="resolve", met_at=None).exists()
    view = queries.row_of(world.actor("resident"), done, NOW, reporter=True)
    assert view.result == "下周开会一起定" and voices.published_replies() == []


@pytest.mark.req("D10")
def test_a_reply_is_published_without_its_writer(world: World, report: Report) -> None:
    case, secretary = letter(report, answers=ASKED), world.actor("secretary")
    given: dict[str, Any] = {"by": secretary, "at": NOW + HOUR, "number": case.number, "note": "张阿姨，下周开会"}
    with pytest.raises(Refused, match="missing_public_text"):
        voicing.reply_letter(**given, publish=True)
    voicing.reply_letter(**given, publish=True, public_text="有居民问停车，下周开会一起定。")
    assert [one["text"] for one in voices.published_replies()] == ["有居民问停车，下周开会一起定。"]


@pytest.mark.req("D11")
def test_a_suggestion_is_judged_with_a_reason_and_carried_out(world: World, report: Report) -> None:
    secretary = world.actor("secretary")
    cases = [report(text=f"建议在{n}号楼前装一排长椅", channel="suggestion") for n in range(4)]

    def judge(case: Case, outcome: str, note: str = "用得上", reason: str = "") -> Case:
        given: dict[str, Any] = {"outcome": outcome, "note": note, "reason": reason}
        return voicing.judge_suggestion(by=secretary, at=NOW + HOUR, number=case.number, **given)

    with pytest.raises(Refused, match="missing_note"):
        judge(cases[0], "declined", "")
    for wrong in ("implemented", "nothing"):
        with pytest.raises(Refused, match="missing_outcome"):
            judge(cases[0], wrong)
    judge(cases[0], "adopted")
    judge(cases[1], "partly")
    with pytest.raises(Refused, match="missing_reason"):
        judge(cases[2], "declined", "消防通道上不能装")
    judge(cases[2], "declined", "消防通道上不能装", "decline.not_allowed")
    with pytest.raises(Refused, match="not_adopted"):
        voicing.implement_suggestion(by=secretary, at=NOW + HOUR, number=cases[2].number, note="装好了")
    done = voicing.implement_suggestion(by=secretary, at=NOW + 2 * HOUR, number=cases[0].number, note="装好了")
    assert done.outcome == "implemented" and done.status == "verified"
    with pytest.raises(Conflict, match="implemented_before"):
        voicing.implement_suggestion(by=secretary, at=NOW + 2 * HOUR, number=cases[0].number, note="装好了")
    share, counts = voices.adoption_share(secretary)
    assert (share.numerator, share.denominator, share.excluded) == (2, 3, 1)
    assert counts == {"implemented": 1, "partly": 1, "declined": 1}
    with pytest.raises(Refused, match="other_channel"):
        judge(report(), "adopted")
    with pytest.raises(Forbidden):
        voicing.judge_suggestion(
            by=world.actor("dispatcher"), at=NOW, number=cases[3].number, outcome="adopted", note="x"
        )


@pytest.mark.req("C09")
def test_a_place_s_meeting_wants_its_place(world: World, report: Report) -> None:
    with pytest.raises(Refused, match="place_needed"):
        report(channel="pavilion", text="亭子里大家说想加一盏灯", where=Where(path="/321171102/PC/"))
    assert report(channel="pavilion", text="亭子里大家说想加一盏灯").channel == "pavilion"


@pytest.mark.req("D01")
def test_answers_are_sealed_with_the_words(world: World, report: Report) -> None:
    answers = [{"code": "kind", "label": "哪一类", "kind": "choice", "value": "消防通道"}]
    case = report(answers=answers)
    assert "消防通道" not in bytes(case.words).decode(errors="ignore")
    assert queries.row_of(world.actor("dispatcher"), case, NOW).answers == (("哪一类", "消防通道"),)


def talk(world: World, items: list[Item], who: str = "secretary", place: str = "PC-1", at: dt.datetime = NOW) -> str:
    spot = world.places[place]
    where = queries.locate(place_code=place)
    return gathering_in.hold_talk(by=world.actor(who), at=at, place=spot, on=at.date(), where=where, items=items)


@pytest.mark.req("D03")
def test_a_talk_s_items_are_cases_of_their_own(world: World) -> None:
    items = [Item("楼道灯不亮好几天了", name="王奶奶", settled="当场换了灯泡"), Item("想有个晒被子的地方")]
    occasion = talk(world, items)
    assert occasion == "talk:PC-1:2026-W12"
    cases = voices.of_occasion(world.actor("secretary"), occasion)
    assert [(case.status, case.channel, case.outcome) for case in cases] == [
        ("verified", "talk", "settled"),
        ("reported", "talk", ""),
    ]
    assert Reporter.objects.filter(case=cases[0]).get().helper_id == world.people["secretary"].pk
    with pytest.raises(Forbidden):
        talk(world, items, who="other_grid_member")
    share, levels = voices.settled_share(world.actor("secretary"))
    assert (share.numerator, share.denominator, levels) == (1, 1, {"grid2": 1})


@pytest.mark.req("D03")
def test_nothing_of_a_talk_is_kept_when_one_item_is_wrong(world: World) -> None:
    with pytest.raises(Refused, match="text_length"):
        talk(world, [Item("楼道灯不亮好几天了"), Item("啊")])
    assert not Case.objects.exists()
    with pytest.raises(Refused, match="talk_ahead"):
        spot, where = world.places["PC-1"], queries.locate(place_code="PC-1")
        later = NOW.date() + dt.timedelta(days=3)
        gathering_in.hold_talk(by=world.actor("secretary"), at=NOW, place=spot, on=later, where=where, items=[])


@pytest.mark.req("D03")
def test_the_week_s_talk_is_due_place_by_place(world: World) -> None:
    today = NOW.date()
    dispatcher = world.actor("dispatcher")
    assert [bool(row.held) for row in voices.talk_rows(dispatcher, today)] == [False, False]
    talk(world, [])  # nobody asked for anything: still a talk
    rows = voices.talk_rows(dispatcher, today)
    assert [(row.place.code, bool(row.held), row.leaders, row.idle) for row in rows] == [
        ("PC-2", False, 0, 0),
        ("PC-1", True, 1, 0),
    ]
    next_week = voices.talk_rows(dispatcher, today + dt.timedelta(days=7))
    assert not any(row.held for row in next_week)


@pytest.mark.req("D03")
def test_the_rate_of_the_source(world: World, report: Report) -> None:
    """S1: 2115 demands, 1802 solved: 85.20 %, 313 open."""
    first = report()
    name = "talk:PC-1:2026-W12"
    fields = [f.name for f in Case._meta.concrete_fields if f.name not in ("id", "number", "status", "occasion")]
    values = {field: getattr(first, field) for field in fields}
    Case.objects.bulk_create(
        Case(**values, number=f"T-{n}", occasion=name, status="closed" if n < 1802 else "in_progress")
        for n in range(2115)
    )
    Case.objects.bulk_create([Case(**values, number="T-x", occasion=name, status="referred")])
    share = voices.talk_share(voices.from_talks(world.actor("dispatcher")))
    assert (share.numerator, share.denominator, share.open, share.excluded) == (1802, 2115, 313, 1)
    assert share.percent is not None and round(share.percent, 2) == 85.20


def test_weeks() -> None:
    assert week_of(dt.date(2026, 11, 22)) == "2026-W47" and week_of(dt.date(2027, 1, 3)) == "2026-W53"
    assert weeks_of(dt.date(2026, 1, 5), 2) == ["2026-W02", "2026-W01"]


CHAT = """—————  2026-11-20  —————
张阿姨 2026-11-20 10:23:11
柳园小区5栋楼下路灯不亮，晚上看不见
李工 10:24
[图片]
王大爷 10:25
柳园小区5栋楼下路灯不亮，晚上看不见！
小陈：垃圾桶满了三天，
电话 13900001111
2026-11-20 10:30 赵姐
收到
"""


@pytest.mark.req("D08")
def test_a_chat_is_read_and_the_same_words_count_once() -> None:
    found = read_chat(CHAT)
    assert [(one.speakers, one.times) for one in found] == [
        (["张阿姨", "王大爷"], 2),
        (["小陈"], 1),
        (["赵姐"], 1),
    ]
    assert "13900001111" not in found[1].shown and "张阿姨" not in found[0].masked
    assert [one.likely for one in found] == [True, True, False]
    assert read_chat("") == [] and read_chat("[图片]\n[语音]") == []


@pytest.mark.req("D08")
def test_a_chat_s_demands_come_in_together_with_everybody_who_said_them(world: World, here: Where) -> None:
    said = [Said(one.text, tuple(one.speakers), here) for one in read_chat(CHAT)[:2]]
    given: dict[str, Any] = {"by": world.actor("dispatcher"), "at": NOW, "place": world.places["PC-1"], "paste": CHAT}
    occasion = gathering_in.take_in_chat(**given, said=said)
    cases = voices.of_occasion(world.actor("dispatcher"), occasion)
    assert [case.reporters.count() for case in cases] == [2, 1]
    assert all("张阿姨" not in bytes(row.contact or b"").decode(errors="ignore") for row in Reporter.objects.all())
    with pytest.raises(Refused, match="chat_taken_before"):
        gathering_in.take_in_chat(**given, said=said)
    with pytest.raises(Refused, match="nothing_ticked"):
        gathering_in.take_in_chat(**given, said=[])
    with pytest.raises(Refused, match="text_length"):
        gathering_in.take_in_chat(**given, said=[Said("树枝要剪一剪了", (), here), Said("啊", (), here)])
    assert Case.objects.count() == 2


@pytest.mark.req("C12")
def test_a_hotline_s_tickets_come_in_once(world: World, tmp_path: Path) -> None:
    book = Workbook()
    page: Any = book.active
    page.append(["工单编号", "反映内容", "事发地址", "联系人", "电话", "类别"])
    page.append(["RX-1", "门口路灯不亮好几天了", "LY-5", "演示居民", "13900009999", "路灯"])
    page.append(["RX-2", "柳园社区的垃圾三天没清", "", "", "", ""])
    page.append(["RX-3", "短", "", "", "", ""])
    book.save(tmp_path / "tickets.xlsx")

    def bring(**more: Any) -> Any:
        by = world.actor("administrator")
        return import_workbook([tmp_path / "tickets.xlsx"], kind="hotline", by=by, at=NOW, folder=tmp_path, **more)

    assert (bring(dry_run=True).wrong, Case.objects.count()) == (1, 0)
    done = bring()
    assert (done.imported, done.created, done.wrong) == (2, 2, 1)
    first, second = Case.objects.order_by("external_id")
    assert (first.channel, first.external_id, first.category) == ("hotline", "RX-1", "facility.lighting.streetlight")
    assert first.place == world.places["LY-5"] and second.place == world.places["PC-1"]
    assert first.due_at is not None and first.reporters.get().contact is not None
    again = bring()
    assert (again.created, again.present, Case.objects.count()) == (0, 2, 2)
