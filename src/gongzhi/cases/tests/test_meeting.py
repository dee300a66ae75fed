"""三官一律 and counselling: a time, a yes, a record that nobody else reads; and what the law says beside a case."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from gongzhi.cases import actions, queries
from gongzhi.cases.actions import confiding, meeting
from gongzhi.cases.calendar_file import appointment_file
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.queries import advising
from gongzhi.cases.queries.advising import calls_for, promises_of, right_for
from gongzhi.cases.queries.confidential import COUNSELLING, LEGAL
from gongzhi.cases.queries.meeting import audience_of, meeting_of, roster
from gongzhi.cases.rules.meeting import read_meeting
from gongzhi.cases.tests.confidants import hire
from gongzhi.cases.tests.joint_cast import sheet
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from tests.cast import NOW, ROLES, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)
SECRET = "问的是离婚时房子怎么分。"
WHEN = dt.datetime(2026, 3, 20, 14, 30, tzinfo=CHINA)


def request(world: World, report: Report, kind: str) -> Case:
    hire(world)
    unit = world.units[{"legal": "legal-room", "counselling": "heart-room"}[kind]].pk
    case = report(text="想约人一对一问件事。", category=f"referral.{kind}")
    return actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=unit)


def propose(world: World, case: Case, who: str = "judge") -> Case:
    return meeting.propose_time(
        by=world.actor(who), at=NOW, number=case.number, starts_at=WHEN, minutes=60, where="社区法律服务室"
    )


@pytest.mark.req("C08")
@pytest.mark.req("K09")
@pytest.mark.parametrize(
    ("kind", "who", "audience"), [("legal", "judge", LEGAL), ("counselling", "counsellor", COUNSELLING)]
)
def test_from_request_to_record(world: World, report: Report, kind: str, who: str, audience: str) -> None:
    case = request(world, report, kind)
    assert audience_of(case) == audience
    case = propose(world, case, who)
    assert case.privacy == "confidential"
    client = Client()
    client.force_login(world.people[who])
    _note, _heads, line = sheet(client, "/meetings/")
    assert line[0] == case.number and line[4] == "等本人回答" and "问件事" not in str(line)
    meeting.answer_time(by=world.actor("resident"), at=NOW + HOUR, number=case.number, suits=True)
    assert meeting_of(case).answer == "accepted"
    with pytest.raises(Conflict, match="not_met"):
        meeting.finish_meetings(by=world.actor(who), at=NOW + 2 * HOUR, number=case.number)
    meeting.record_meeting(by=world.actor(who), at=NOW + 50 * HOUR, number=case.number, note=SECRET)
    case = meeting.finish_meetings(by=world.actor(who), at=NOW + 51 * HOUR, number=case.number)
    assert (case.status, case.outcome) == ("verified", "served")
    resident = world.actor("resident")
    case = actions.answer_case_question(by=resident, at=NOW + 60 * HOUR, number=case.number, solved="yes")
    assert case.status == "confirmed"
    [note] = confiding.read_notes(by=world.actor(who), at=NOW, number=case.number, audience=audience, purpose="回访")
    assert note.text == SECRET
    shut = queries.timeline_of(case, public_only=False)
    assert SECRET not in "".join(entry.note for entry in shut)


@pytest.mark.req("K09")
@pytest.mark.parametrize("name", [*ROLES, "mediator", "judge"])
def test_nobody_else_reads_the_counsellor_s_record(world: World, report: Report, name: str) -> None:
    case = request(world, report, "counselling")
    propose(world, case, "counsellor")
    meeting.record_meeting(by=world.actor("counsellor"), at=NOW + HOUR, number=case.number, note=SECRET)
    for audience in (COUNSELLING, LEGAL):
        with pytest.raises((Forbidden, NotFound)):
            confiding.read_notes(by=world.actor(name), at=NOW, number=case.number, audience=audience, purpose="看")
    case.refresh_from_db()
    by = world.actor(name)
    if name != "resident":  # who asked reads their own words
        assert not queries.may_read_words(by, case)


@pytest.mark.req("K09")
def test_words_are_shut_from_intake_or_from_the_dispatch_on(world: World, report: Report) -> None:
    said = report(text="想找人聊聊，最近睡不好。", category="referral.counselling")
    assert (said.privacy, said.grams) == ("confidential", None)
    assert not queries.may_read_words(world.actor("secretary"), said)
    guessed = report(text="最近焦虑失眠，想找心理咨询。")
    assert (guessed.category, guessed.privacy) == ("referral.counselling", "named")  # somebody must look at a guess
    hire(world, "counsellor")
    unit = world.units["heart-room"].pk
    case = actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=guessed.number, unit_id=unit)
    assert (case.privacy, case.grams) == ("confidential", None)
    assert not queries.may_read_words(world.actor("dispatcher"), case)


def test_a_time_is_asked_again_until_it_suits(world: World, report: Report) -> None:
    case = request(world, report, "legal")
    resident = world.actor("resident")
    with pytest.raises(Conflict):
        meeting.answer_time(by=resident, at=NOW, number=case.number, suits=True)
    with pytest.raises(Refused, match="time_past"):
        meeting.propose_time(
            by=world.actor("judge"), at=NOW, number=case.number, starts_at=NOW, minutes=60, where="社区"
        )
    propose(world, case)
    with pytest.raises(Refused, match="missing_note"):
        meeting.answer_time(by=resident, at=NOW, number=case.number, suits=False)
    meeting.answer_time(by=resident, at=NOW, number=case.number, suits=False, note="要上班，周六行。")
    assert meeting_of(case).answer == "declined"
    with pytest.raises(Conflict, match="no_time_asked"):
        meeting.answer_time(by=resident, at=NOW, number=case.number, suits=True)
    propose(world, case)
    assert meeting_of(case).answer == "asked"


def test_a_lamp_is_no_private_matter(world: World, report: Report) -> None:
    hire(world, "judge")
    case = report()
    actions.dispatch_case(
        by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=world.units["legal-room"].pk
    )
    with pytest.raises(Refused, match="not_private"):
        propose(world, case)


@pytest.mark.req("C08")
def test_the_roster_names_posts_not_people(world: World) -> None:
    hire(world)
    rows = roster(local_date(NOW), world.places["LY-5"])
    assert [(row.title, row.filled) for row in rows] == [("演示judge", True)]
    page = Client().get("/legal?place=LY-5").content.decode()
    assert "三官一律" in page and "1380000" not in page


def test_the_file_for_the_calendar_says_when_and_where_never_why(world: World, report: Report) -> None:
    case = request(world, report, "legal")
    propose(world, case)
    client = Client()
    client.force_login(world.people["resident"])
    answer = client.get(f"/track/{case.number}/appointment.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert "DTSTART:20260320T063000Z\r\n" in text and "DTEND:20260320T073000Z" in text and "社区法律服务室" in text
    assert "法律服务" not in text.replace("社区法律服务室", "") and "离婚" not in text
    stranger = Client()
    stranger.force_login(world.people["neighbour"])
    assert stranger.get(f"/track/{case.number}/appointment.ics").status_code == 404


def test_long_lines_of_the_file_are_folded_between_characters() -> None:
    facts = {"starts_at": WHEN.isoformat(), "minutes": 30, "where": "柳园小区" * 20}
    body = appointment_file(read_meeting([("propose_time", facts)]), uid="x", title="约见", at=NOW)
    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines) and b"".join(lines).decode()
    assert ("柳园小区" * 20).encode() in body.replace(b"\r\n ", b"")


# What the law says beside a case


@pytest.mark.req("D01")
def test_the_petition_clocks_of_the_fixtures(world: World, report: Report) -> None:
    """fixtures.md 3.6: received Mon 2026-03-02, accepted 03-17."""
    hire(world, "judge")
    received = dt.datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
    case = report(text="征地补偿款的事，想信访。", category="referral.petition", at=received)
    found = {p.code: (p.last_day, article) for p, _, article in promises_of(case, dt.date(2026, 3, 17))}
    assert found["sort"] == (dt.date(2026, 3, 17), "第22条")
    assert found["objection"] == (dt.date(2026, 3, 9), "第23条")
    assert found["decide"] == (dt.date(2026, 5, 18), "第34条")  # Saturday 05-16 rolls to Monday
    assert found["decide_extended"][0] == dt.date(2026, 6, 15)


def test_the_receipt_page_reproduces_them(world: World, report: Report) -> None:
    hire(world, "judge")
    received = dt.datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
    case = report(text="征地补偿款的事，想信访。", category="referral.petition", at=received)
    note = "已转镇信访办，电话 12345。"
    by = world.actor("dispatcher")
    actions.refer_case(by=by, at=NOW, number=case.number, reason="refer.petition", note=note)
    client = Client()
    client.force_login(world.people["resident"])
    page = client.get(f"/track/{case.number}/petition?accepted=2026-03-17").content.decode()
    days = ("3月17日", "3月9日", "5月18日", "6月15日")
    for words in (*days, "不是信访渠道", "镇信访工作联席会议办公室", "已转镇信访办"):
        assert words in page
    assert client.get(f"/track/{report().number}/petition").status_code == 404


@pytest.mark.req("L04")
@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("三楼着火了，还有人被困", ["119"]),
        ("楼下有人打架，已经流血", ["110", "120"]),
        ("路口撞车了", ["122"]),
        ("电线有点老化", []),
    ],
)
def test_what_happens_now_is_for_the_telephone(world: World, text: str, phones: list[str]) -> None:
    hire(world, "judge")
    assert [call.phone for call in calls_for(text, local_date(NOW))] == phones


@pytest.mark.req("L04")
def test_the_page_of_a_hazard_says_so_first(world: World, report: Report) -> None:
    hire(world, "judge")
    case = report(text="配电箱冒烟，闻着要着火。", category="safety.fire")
    client = Client()
    client.force_login(world.people["resident"])
    for page in (f"/track/{case.number}", f"/report/sent/{case.number}"):
        words = client.get(page).content.decode()
        assert 'href="tel:119"' in words and "这里不处置" in words


@pytest.mark.req("L07")
@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("housing.fee", "公共收益归全体业主"),
        ("dispute.neighbour", "调解要双方自愿"),
        ("facility.manhole", "不同意答复"),
    ],
)
def test_every_case_shows_a_right_and_a_way(world: World, report: Report, category: str, words: str) -> None:
    hire(world, "judge")
    case = report(category=category)
    right = right_for(case, local_date(NOW))
    assert right is not None and words in right.right and right.relief
    client = Client()
    client.force_login(world.people["resident"])
    page = client.get(f"/track/{case.number}").content.decode()
    assert words in page and "不服可以" in page


def test_without_the_packs_a_page_still_stands(world: World, report: Report) -> None:
    advising.forget()
    case = report()
    assert right_for(case, local_date(NOW)) is None and calls_for("着火", local_date(NOW)) == []
    client = Client()
    client.force_login(world.people["resident"])
    assert client.get(f"/track/{case.number}").status_code == 200
    assert CaseEvent.objects.filter(case=case).count() == 1
    advising.forget()


@pytest.mark.req("K09")
def test_a_wrong_classification_is_taken_back_while_nothing_confidential_was_written(
    world: World, report: Report
) -> None:
    case, dispatcher = report(), world.actor("dispatcher")
    actions.classify_case(by=dispatcher, at=NOW, number=case.number, category="referral.legal")
    case.refresh_from_db()
    assert case.privacy == "confidential" and queries.row_of(dispatcher, case, NOW).hidden
    actions.classify_case(by=dispatcher, at=NOW, number=case.number, category="facility.lighting.streetlight")
    case.refresh_from_db()
    assert case.privacy == "named" and not queries.row_of(dispatcher, case, NOW).hidden
    # What the reporter gave in confidence stays shut whatever the staff call it afterwards.
    own = report(text="想问问离婚的事", category="referral.legal")
    actions.classify_case(by=dispatcher, at=NOW, number=own.number, category="facility.lighting.streetlight")
    own.refresh_from_db()
    assert own.privacy == "confidential" and queries.row_of(dispatcher, own, NOW).hidden
    # Once a confidential note stands, the category stays.
    noted = propose(world, request(world, report, "legal"))
    meeting.record_meeting(by=world.actor("judge"), at=NOW + HOUR, number=noted.number, note=SECRET)
    with pytest.raises(Refused, match="notes_exist"):
        actions.classify_case(by=dispatcher, at=NOW, number=noted.number, category="facility.lighting.streetlight")
