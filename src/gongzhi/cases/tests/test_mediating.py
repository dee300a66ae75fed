"""Mediation as its people live it, and that nobody else reads a word of it."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from docx import Document
from docx.shared import Pt
from openpyxl import load_workbook

from gongzhi.audit.models import Access, Entry
from gongzhi.cases import actions, queries, words
from gongzhi.cases.actions import confiding, mediating
from gongzhi.cases.actions.erasing import erase_cases, export_cases
from gongzhi.cases.models import Case, CaseEvent, Clock, Reporter
from gongzhi.cases.papers import agreement_paper
from gongzhi.cases.queries.confidential import AUDIENCES, MEDIATION, may_read_notes
from gongzhi.cases.queries.mediating import get_mediation_for, mediation_counts, mediation_of, signed_papers
from gongzhi.cases.tests.confidants import hire
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.packs import queries as packs
from gongzhi.people.models import VaultKey
from gongzhi.people.rules import ROLE_PERMISSIONS
from tests.architecture.street import photo as picture
from tests.cast import NOW, ROLES, World

Report = Callable[..., Case]
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TODAY = local_date(NOW)
SECRET = "甲方说楼上漏水三年，乙方说是暖气管的事。"
AGREEMENT = {
    "parties": "甲：演示甲，住5栋201。\n乙：演示乙，住5栋301。",
    "facts": "楼上卫生间渗水，楼下墙皮脱落；争的是谁来修、赔多少。",
    "content": "乙在4月10日前请人补好防水，付墙面修补费 800 元，转账。",
    "mediators": "演示调解员",
}
ALL_SIGNED = {"parties_signed": True, "mediator_signed": True, "sealed": True}


@pytest.fixture
def dispute(world: World, report: Report) -> Case:
    """A quarrel between neighbours, dispatched to the mediation committee."""
    hire(world)
    case = report(text="和楼上邻居因为漏水吵了几次，想请人调解。", category="dispute.neighbour")
    unit = world.units["mediation"].pk
    return actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=unit)


def willing(world: World, case: Case, at: dt.datetime = NOW) -> None:
    by = world.actor("mediator")
    mediating.take_mediation(by=by, at=at, number=case.number, declared=True)
    for side in ("asking", "other"):
        mediating.record_consent(by=by, at=at, number=case.number, side=side, way="signed")


def talk(world: World, case: Case, at: dt.datetime = NOW + HOUR) -> None:
    mediating.record_session(
        by=world.actor("mediator"), at=at, number=case.number, held_on=local_date(at), came=("asking", "other"),
        note=SECRET,
    )  # fmt: skip


def agree(world: World, case: Case, at: dt.datetime = NOW + 2 * HOUR, **more: object) -> Case:
    given = {"form": "written", "agreed_on": local_date(at), "agreement": AGREEMENT, "signed": ALL_SIGNED, **more}
    return mediating.conclude_agreement(by=world.actor("mediator"), at=at, number=case.number, **given)


@pytest.mark.req("L01")
def test_from_consent_to_archive(world: World, dispute: Case) -> None:
    by, number = world.actor("mediator"), dispute.number
    willing(world, dispute)
    talk(world, dispute)
    case = agree(world, dispute)
    assert (case.status, case.outcome, case.privacy) == ("confirmed", "agreed", "confidential")
    assert "达成了调解协议" in words.open_part(case.key, "result", case.result)
    with pytest.raises(Refused, match="not_followed_up"):
        mediating.archive_mediation(by=by, at=NOW + 3 * DAY, number=number)
    mediating.record_court(by=by, at=NOW + 3 * DAY, number=number, court="confirmed")
    mediating.follow_up_agreement(by=by, at=NOW + 9 * DAY, number=number, kept="yes", note="防水补好了，钱付了。")
    case = mediating.archive_mediation(by=by, at=NOW + 10 * DAY, number=number)
    assert case.status == "closed" and mediation_of(case).court == "confirmed"
    assert mediation_counts(by)["agreed"] == 1


@pytest.mark.req("L01")
def test_nobody_talks_before_both_are_willing_and_a_mediator_has_declared(world: World, dispute: Case) -> None:
    by, number = world.actor("mediator"), dispute.number
    mediating.record_consent(by=by, at=NOW, number=number, side="asking", way="told")
    with pytest.raises(Conflict, match="not_both_willing"):
        talk(world, dispute)
    mediating.record_consent(by=by, at=NOW, number=number, side="other", way="phone")
    with pytest.raises(Conflict, match="no_mediator"):
        talk(world, dispute)
    with pytest.raises(Refused, match="not_declared"):
        mediating.take_mediation(by=by, at=NOW, number=number, declared=False)
    with pytest.raises(Conflict, match="no_mediator"):
        agree(world, dispute)


@pytest.mark.req("L01")
def test_a_party_or_a_member_of_the_body_complained_of_does_not_mediate(world: World, dispute: Case) -> None:
    Reporter.objects.filter(case=dispute).update(person=world.people["mediator"])
    with pytest.raises(Refused, match="conflict_of_interest"):
        mediating.take_mediation(by=world.actor("mediator"), at=NOW, number=dispute.number, declared=True)
    case = mediating.take_mediation(by=world.actor("second_mediator"), at=NOW, number=dispute.number, declared=True)
    assert mediation_of(case).mediators == (world.actor("second_mediator").reference,)


@pytest.mark.req("L01")
@pytest.mark.parametrize("who", ["asking", "other"])
def test_a_refusal_ends_it_and_the_other_ways_are_told(world: World, dispute: Case, who: str) -> None:
    willing(world, dispute)
    case = mediating.decline_mediation(by=world.actor("mediator"), at=NOW + HOUR, number=dispute.number, side=who)
    assert (case.status, case.outcome) == ("closed", "refused")
    result = words.open_part(case.key, "result", case.result)
    assert "第17条" in result and "向人民法院起诉" in result and "仲裁" in result
    with pytest.raises(Conflict, match="wrong_state"):
        talk(world, dispute, NOW + 2 * HOUR)


def test_the_one_who_asked_ends_it_alone_and_the_neighbour_cannot(world: World, dispute: Case) -> None:
    with pytest.raises(NotFound):
        mediating.withdraw_from_mediation(by=world.actor("neighbour"), at=NOW, number=dispute.number)
    case = mediating.withdraw_from_mediation(by=world.actor("resident"), at=NOW, number=dispute.number)
    assert (case.status, case.outcome) == ("closed", "refused")


def test_what_failed_is_told_with_article_26(world: World, dispute: Case) -> None:
    willing(world, dispute)
    talk(world, dispute)
    case = mediating.end_mediation(by=world.actor("mediator"), at=NOW + 3 * HOUR, number=dispute.number, note="谈不拢")
    assert case.outcome == "failed" and "第26条" in words.open_part(case.key, "result", case.result)


@pytest.mark.parametrize("name", ["parties", "facts", "content"])
def test_an_agreement_needs_the_fields_of_article_29(world: World, dispute: Case, name: str) -> None:
    willing(world, dispute)
    with pytest.raises(Refused, match=f"missing_{name}"):
        agree(world, dispute, agreement={**AGREEMENT, name: "  "})


@pytest.mark.parametrize("name", list(ALL_SIGNED))
def test_a_written_one_holds_with_signatures_and_seal_an_oral_one_without(
    world: World, dispute: Case, name: str
) -> None:
    willing(world, dispute)
    with pytest.raises(Refused, match=f"missing_{name}"):
        agree(world, dispute, signed={**ALL_SIGNED, name: False})
    assert agree(world, dispute, form="oral", signed={}).outcome == "agreed"


@pytest.mark.req("L01")
def test_thirty_days_for_the_court_and_a_reminder_before(world: World, dispute: Case) -> None:
    """Agreed 2026-03-18: the thirtieth day is 2026-04-17, a Friday."""
    willing(world, dispute)
    case = agree(world, dispute)
    clocks = {row.kind: row for row in Clock.objects.filter(case=case, met_at__isnull=True)}
    assert local_date(clocks["judicial"].due_at - dt.timedelta(seconds=1)) == dt.date(2026, 4, 17)
    assert clocks["judicial"].period["article"] == "33"
    assert clocks["judicial"].due_at - clocks["judicial_tell"].due_at == 7 * DAY
    assert case.next_clock == "judicial_tell"
    job = system_actor("clock")
    assert actions.escalate_case(by=job, at=case.next_clock_at, case_id=case.pk) == "reminded"
    case.refresh_from_db()
    assert case.next_clock == "judicial" and case.status == "confirmed"
    assert actions.escalate_case(by=job, at=case.next_clock_at, case_id=case.pk) == "over"
    case.refresh_from_db()
    assert case.next_clock_at is None
    assert CaseEvent.objects.filter(case=case, move="remind").count() == 1


def test_once_the_court_was_asked_nobody_is_reminded(world: World, dispute: Case) -> None:
    willing(world, dispute)
    agree(world, dispute)
    case = mediating.record_court(by=world.actor("mediator"), at=NOW + DAY, number=dispute.number, court="applied")
    assert case.next_clock_at is None


def test_danger_is_reported_and_the_reporter_does_not_read_it(world: World, dispute: Case) -> None:
    willing(world, dispute)
    mediating.report_danger(
        by=world.actor("mediator"), at=NOW + HOUR, number=dispute.number, told="police", note="一方说要动手"
    )
    dispute.refresh_from_db()
    assert "warn" not in [entry.move for entry in queries.timeline_of(dispute, public_only=True)]
    assert mediation_of(dispute).warned


def test_only_disputes_are_mediated(world: World, report: Report) -> None:
    hire(world, "mediator")
    case = report()
    unit = world.units["mediation"].pk
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=unit)
    with pytest.raises(Refused, match="not_a_dispute"):
        mediating.take_mediation(by=world.actor("mediator"), at=NOW, number=case.number, declared=True)


# Who reads what was said


def test_governing_roles_hold_no_permission_for_notes() -> None:
    """Hand-written: of all roles only these three open one kind each."""
    holders = {audience: {r for r, p in ROLE_PERMISSIONS.items() if audience in p} for audience in AUDIENCES}
    assert holders == {
        "notes.mediation": {"mediator"},
        "notes.legal": {"lawyer"},
        "notes.counselling": {"counsellor"},
    }


@pytest.mark.req("L01")
@pytest.mark.req("K09")
@pytest.mark.parametrize("name", [*ROLES, "foreign_mediator", "judge", "counsellor"])
def test_nobody_else_opens_a_note(world: World, dispute: Case, name: str) -> None:
    willing(world, dispute)
    talk(world, dispute)
    actor = world.actor(name)
    for audience in AUDIENCES:
        assert not may_read_notes(actor, dispute, audience)
        with pytest.raises((Forbidden, NotFound)):
            confiding.read_notes(by=actor, at=NOW, number=dispute.number, audience=audience, purpose="看看")
    dispute.refresh_from_db()
    shown = [entry.note for entry in queries.timeline_of(dispute, public_only=False)]
    assert SECRET not in "".join(shown)


@pytest.mark.req("K09")
def test_a_mediator_opens_them_for_a_purpose_and_it_is_written_down(world: World, dispute: Case) -> None:
    willing(world, dispute)
    talk(world, dispute)
    asked = {"by": world.actor("second_mediator"), "at": NOW, "number": dispute.number, "audience": MEDIATION}
    with pytest.raises(Refused, match="missing_purpose"):
        confiding.read_notes(purpose=" ", **asked)
    before = Access.objects.count()
    [note] = confiding.read_notes(purpose="接着调解", **asked)
    assert note.text == SECRET and note.facts["came"] == ["asking", "other"]
    [row] = Access.objects.order_by("id")[before:]
    assert (row.actor, row.fields, row.purpose) == (asked["by"].reference, MEDIATION, "接着调解")
    assert row.subjects == [dispute.reference]
    with pytest.raises(Forbidden, match="note_closed"):
        confiding.read_notes(by=system_actor("job"), at=NOW, number=dispute.number, audience=MEDIATION, purpose="x")


def test_no_name_and_no_word_lies_in_the_clear(world: World, dispute: Case) -> None:
    willing(world, dispute)
    talk(world, dispute)
    agree(world, dispute)
    facts = "".join(str(event.facts) for event in CaseEvent.objects.filter(case=dispute))
    trail = "".join(f"{entry.changes}{entry.purpose}" for entry in Entry.objects.all())
    for secret in (SECRET, "演示甲", "5栋301", "800 元"):
        assert secret not in facts + trail
    keys = set(CaseEvent.objects.filter(case=dispute, audience=MEDIATION).values_list("key_id", flat=True))
    assert len(keys) == 2 and dispute.key_id not in keys


@pytest.mark.req("K09")
def test_notes_are_erased_with_the_case(world: World, dispute: Case) -> None:
    willing(world, dispute)
    talk(world, dispute)
    mediating.end_mediation(by=world.actor("mediator"), at=NOW + 3 * HOUR, number=dispute.number, note="谈不拢")
    assert SECRET not in str(export_cases(world.people["resident"].pk))
    erase_cases(world.people["resident"].pk, NOW + DAY)
    events = CaseEvent.objects.filter(case=dispute, audience=MEDIATION)
    assert events.count() == 2
    assert not VaultKey.objects.filter(pk__in=events.values("key_id"), destroyed_at__isnull=True).exists()
    for event in events.select_related("key"):
        assert words.open_part(event.key, "note", event.note) is None


# The paper


@pytest.mark.req("L01")
def test_the_agreement_is_a_paper_of_the_right_shape(world: World, dispute: Case) -> None:
    willing(world, dispute)
    case = agree(world, dispute)
    [note] = confiding.read_notes(
        by=world.actor("mediator"), at=NOW, number=case.number, audience=MEDIATION, purpose="打印协议"
    )
    paper = Document(io.BytesIO(agreement_paper(case, note.fields, note.facts)))
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(edge.mm) for edge in edges] == [37, 35, 28, 26]
    title, *rest = [p for p in paper.paragraphs if p.text]
    assert title.text == "人民调解协议书" and title.runs[0].font.size == Pt(22)
    assert all(p.runs[0].font.size == Pt(16) and p.paragraph_format.line_spacing == Pt(28) for p in rest)
    text = "\n".join(p.text for p in rest)
    for line in "\n".join(AGREEMENT.values()).split("\n"):
        assert line in text
    assert case.number in text and "2026年4月17日前" in text and "不收取" not in text and "不收任何费用" in text


@pytest.mark.req("L01", where="/mediation/")
def test_the_signed_paper_is_kept_for_the_mediators_and_the_one_who_asked(world: World, dispute: Case) -> None:
    willing(world, dispute)
    scan, by = {"number": dispute.number, "scans": [picture()]}, world.actor("mediator")
    talk(world, dispute)
    agree(world, dispute)
    with pytest.raises(Refused, match="missing_scan"):
        mediating.file_signed_paper(by=by, at=NOW + 3 * HOUR, number=dispute.number, scans=[])
    for name in ("foreign_mediator", "dispatcher", "resident"):
        with pytest.raises((Forbidden, NotFound)):
            mediating.file_signed_paper(by=world.actor(name), at=NOW + 3 * HOUR, **scan)
    mediating.file_signed_paper(by=by, at=NOW + 3 * HOUR, **scan)
    (row,) = signed_papers(dispute)
    assert row.purpose == "signature"
    seen = {}
    for name in ("mediator", "resident", "foreign_mediator", "dispatcher", "secretary", "neighbour"):
        client = Client()
        client.force_login(world.people[name])
        seen[name] = client.get(f"/media/{row.media_id}").status_code
    assert seen == {**dict.fromkeys(seen, 404), "mediator": 200, "resident": 200}
    client = Client()
    client.force_login(world.people["mediator"])
    assert str(row.media_id) in client.get(f"/mediation/{dispute.number}").content.decode()
    client.force_login(world.people["resident"])
    assert "签好的协议书" in client.get(f"/track/{dispute.number}").content.decode()


def test_mediators_see_their_committee_s_cases_only(world: World, dispute: Case) -> None:
    assert get_mediation_for(world.actor("mediator"), dispute.number).pk == dispute.pk
    for name in ("foreign_mediator", "dispatcher", "resident", "secretary"):
        with pytest.raises(NotFound):
            get_mediation_for(world.actor(name), dispute.number)
    assert packs.law("cn.mediation", TODAY).params("judicial")["amount"] == 30


@pytest.mark.req("L01")
def test_the_list_counts_opens_rows_and_exports(world: World, dispute: Case) -> None:
    willing(world, dispute)
    client = Client()
    client.force_login(world.people["mediator"])
    page = client.get("/mediation/").content.decode()
    assert dispute.number in page and "正在调解 1 件" in page and "2 / 2 方同意" in page
    agree(world, dispute)
    assert dispute.number in client.get("/mediation/?show=agreed").content.decode()
    assert dispute.number not in client.get("/mediation/?show=failed").content.decode()
    book = load_workbook(io.BytesIO(client.get("/mediation/?show=agreed&format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "编号" and (rows[1][0], rows[1][4]) == (dispute.number, "达成协议")
    judge = Client()
    judge.force_login(world.people["judge"])
    assert "现在没有人约" in judge.get("/meetings/").content.decode()
    assert judge.get(f"/mediation/{dispute.number}").status_code == 403
