"""Exports with a second person, breaches and drills, what goes when its time is over."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from gongzhi.audit.models import Access, Entry
from gongzhi.cases.models import Case, Reporter
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.progress import Silent
from gongzhi.common.registry import keepings
from gongzhi.common.spreadsheets import workbook
from gongzhi.notifications.models import Notice
from gongzhi.people.models import ConsentRecord, SignInCode
from gongzhi.privacy import queries
from gongzhi.privacy.actions import breaches, exports, retention
from gongzhi.privacy.jobs import forget_expired
from gongzhi.privacy.queries import breaches as breach_reads
from gongzhi.registers.actions import end_tenure
from gongzhi.registers.models import Tenure
from gongzhi.registers.tests import homes as street
from tests.cast import NOW, SETUP, World, phone_of

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
Report = Callable[..., Case]
REASON = "3月20日停水，逐户打电话通知"


def asked(by: Actor, scope: str = "") -> str:
    return str(exports.ask_export(by=by, at=NOW, reason=REASON, scope=scope)["number"])


def test_no_export_before_the_activity_was_assessed(world: World, report: Report) -> None:
    report()
    with pytest.raises(Conflict, match="activity_off"):
        asked(world.actor("dispatcher"))


@pytest.mark.parametrize("who", ["resident", "auditor", "secretary"])
def test_only_who_may_see_contacts_asks(world: World, all_in_use: None, report: Report, who: str) -> None:
    report()
    with pytest.raises(Forbidden):
        asked(world.actor(who))


def test_an_export_takes_two_people_a_reason_and_ends(
    world: World, officer: Actor, all_in_use: None, report: Report
) -> None:
    case, by = report(), world.actor("dispatcher")
    with pytest.raises(Refused, match="missing_reason"):
        exports.ask_export(by=by, at=NOW, reason="用", scope="")
    number = asked(by)
    with pytest.raises(Conflict, match="not_approved"):
        exports.take_export(by=by, at=NOW, number=number)
    with pytest.raises(NotFound):
        exports.decide_export(by=world.actor("secretary"), at=NOW, number=number, granted=True, note="可以")
    with pytest.raises(Forbidden):
        exports.decide_export(by=by, at=NOW, number=number, granted=True, note="我自己批")
    assert not Access.objects.exists()
    exports.decide_export(by=officer, at=NOW, number=number, granted=True, note="停水要通知，可以")
    taken = exports.take_export(by=by, at=NOW + HOUR, number=number)
    assert [(one.number, who[0]["phone"]) for one, who in taken.rows] == [(case.number, phone_of("resident"))]
    assert Access.objects.filter(subjects__contains=[case.reference], purpose=f"export {number}").exists()
    assert Entry.objects.filter(action="privacy.take_export", actor=by.reference).count() == 1
    with pytest.raises(Conflict, match="approval_over"):
        exports.take_export(by=by, at=NOW + DAY, number=number)
    with pytest.raises(NotFound):
        exports.take_export(by=officer, at=NOW + HOUR, number=number)


def test_nobody_approves_their_own_request(world: World, officer: Actor) -> None:
    from gongzhi.privacy.rules import check_other_person

    with pytest.raises(Refused, match="own_request"):
        check_other_person(asked_by=officer.reference, approver=officer.reference)


def test_private_cases_are_never_exported(world: World, officer: Actor, all_in_use: None, report: Report) -> None:
    report(channel="conduct", text="经办的人态度不好", about_unit_id=world.units["property-1"].pk)
    with pytest.raises(Refused, match="nothing_to_export"):
        asked(world.actor("dispatcher"))


def test_every_printed_page_carries_the_mark() -> None:
    book = load_workbook(io.BytesIO(workbook(("名",), [("x",)], note="水印 & 用途", mark="水印 & 用途")))
    sheet = book.active
    assert "水印" in (sheet.oddHeader.center.text or "") and "水印" in (sheet.oddFooter.center.text or "")
    assert sheet["A1"].value == "水印 & 用途"


def breach(by: Actor, *, drill: bool = False) -> str:
    told = {"kinds": "称呼、电话", "persons": 12, "harm": "可能接到骚扰电话", "drill": drill}
    return str(breaches.report_breach(by=by, at=NOW, text="名单发错了群", **told)["number"])


def test_a_breach_goes_through_every_step_of_the_law(world: World, officer: Actor, report: Report) -> None:
    case = report()
    number = breach(world.actor("grid_member"))
    found = Case.objects.get(number=number)
    assert found.due_at == NOW + DAY, "24 hours [D]"
    with pytest.raises(Refused, match="steps_missing"):
        breaches.close_breach(by=officer, at=NOW, number=number, note="处理完了")
    for step in ("contain", "risk", "authority"):
        breaches.note_breach(by=officer, at=NOW, number=number, step=step, note="写下做了什么")
    with pytest.raises(Refused, match="missing_advice"):
        breaches.tell_persons(by=officer, at=NOW, number=number, cases=[case.number], advice="")
    assert breaches.tell_persons(by=officer, at=NOW, number=number, cases=[case.number], advice="接到电话别转账") == 1
    notice = Notice.objects.get(person=world.people["resident"], kind="privacy_breach")
    assert notice.params["kinds"] == "称呼、电话"
    assert breaches.close_breach(by=officer, at=NOW, number=number, note="处理完了").status == "verified"


def test_a_drill_tells_nobody(world: World, officer: Actor, report: Report) -> None:
    case = report()
    number = breach(officer, drill=True)
    assert breach_reads.is_drill(Case.objects.select_related("key").get(number=number))
    assert breaches.tell_persons(by=officer, at=NOW, number=number, cases=[case.number], advice="接到电话别转账") == 1
    assert not Notice.objects.filter(kind="privacy_breach").exists()


def test_only_the_officer_works_on_a_breach(world: World, officer: Actor) -> None:
    number = breach(world.actor("grid_member"))
    for who in ("grid_member", "secretary", "administrator"):
        with pytest.raises((NotFound, Forbidden)):
            breaches.note_breach(by=world.actor(who), at=NOW, number=number, step="contain", note="我来")
    with pytest.raises(Refused, match="unknown_step"):
        breaches.note_breach(by=officer, at=NOW, number=number, step="hide", note="不说")


def test_what_is_over_goes_and_is_counted(world: World, officer: Actor, report: Report) -> None:
    by = officer
    case = report("grid_member", on_behalf_of=None)
    Reporter.objects.filter(case=case).update(contact=b"x", phone_index=b"y")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW - 731 * DAY)
    fresh = report("neighbour")
    Reporter.objects.filter(case=fresh).update(contact=b"x")
    old, new = NOW - 2 * DAY, NOW - HOUR
    for at in (old, new):
        SignInCode.objects.create(blind_index=b"i", digest=b"d", created_at=at, expires_at=at)
    Access.objects.create(at=NOW - 1096 * DAY, actor="person:x", purpose="old", subjects=["person:y"], fields="name")
    Access.objects.create(at=NOW - 184 * DAY, actor="person:x", purpose="new", subjects=["person:y"], fields="name")
    due = {one.code: one.count for one in retention.count_due(by=by, at=NOW)}
    assert (due["sign_in_codes"], due["readings"], due["contacts"]) == (1, 1, 1)
    assert SignInCode.objects.count() == 2, "counting changes nothing"
    assert retention.forget_due(by=by, at=NOW) == {"sign_in_codes": 1, "readings": 1, "contacts": 1}
    assert retention.forget_due(by=by, at=NOW) == {}, "a second run finds nothing"
    assert [one.purpose for one in Access.objects.all()] == ["new"]
    assert Reporter.objects.get(case=case).contact is None and Reporter.objects.get(case=fresh).contact is not None
    assert Entry.objects.filter(action="privacy.forget").count() == 3


def test_a_run_that_was_cut_off_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        SignInCode.objects.create(blind_index=b"i", digest=b"d", created_at=NOW - 3 * DAY, expires_at=NOW)
    assert retention.forget_due(by=SETUP, at=NOW, most=1) == {"sign_in_codes": 2}
    assert forget_expired(NOW) == {"sign_in_codes": 3}
    assert not SignInCode.objects.exists()


def test_consents_that_were_withdrawn_long_ago_go(world: World) -> None:
    row = {"person": world.people["resident"], "purpose": "story", "version": "1", "granted_at": NOW - 1200 * DAY}
    ConsentRecord.objects.create(**row, withdrawn_at=NOW - 1100 * DAY)
    ConsentRecord.objects.create(**row)
    assert forget_expired(NOW) == {"withdrawn_consents": 1}
    assert ConsentRecord.objects.get().withdrawn_at is None


def test_who_moved_out_a_year_ago_becomes_nobody(world: World) -> None:
    """The register of the past still adds up; the name, the papers and the number are gone."""
    street.load_law()
    doors = street.homes(world)
    sold = street.approve(world, street.declare(world, "resident", doors["1-101"]))
    kept = street.approve(world, street.declare(world, "neighbour", doors["1-102"]))
    for row in (sold, kept):
        end_tenure(by=world.actor("grid_member"), at=NOW, tenure=row)
    assert forget_expired(NOW + 365 * DAY) == {}, "the year is not over on its last day"
    Tenure.objects.filter(pk=kept.pk).update(valid_to=NOW.date() + 30 * DAY)
    assert forget_expired(NOW + 367 * DAY)["tenures"] == 1
    sold.refresh_from_db()
    kept.refresh_from_db()
    assert sold.person_id is None and sold.stand_in is not None and sold.share_denominator
    assert kept.person_id == world.people["neighbour"].pk
    assert forget_expired(NOW + 367 * DAY) == {}


def test_every_rule_of_the_pack_is_some_rooms(world: World) -> None:
    """Nobody's rule would never run; a room's without days would never end."""
    assert set(queries.numbers(NOW.date()).params("retention")) == set(keepings())


def test_a_run_tells_how_far_it_is(world: World) -> None:
    told: list[tuple[str, object]] = []

    class Seen(Silent):
        def start(self, label: str, total: int | None = None) -> None:
            told.append((label, total))

        def advance(self, count: int = 1) -> None:
            told.append(("advance", count))

    SignInCode.objects.create(blind_index=b"i", digest=b"d", created_at=NOW - 3 * DAY, expires_at=NOW)
    retention.forget_due(by=SETUP, at=NOW, progress=Seen())
    at = told.index(("登录验证码", 1))
    assert told[at + 1] == ("advance", 1)


def test_only_the_officer_runs_it(world: World) -> None:
    for who in ("administrator", "auditor", "secretary"):
        with pytest.raises(Forbidden):
            retention.forget_due(by=world.actor(who), at=NOW)


def test_the_officers_hear_of_what_is_written_to_them(world: World) -> None:
    from gongzhi.notifications.registry import Event
    from gongzhi.privacy.receivers import tell_officers

    number = breach(world.actor("grid_member"))
    event = Event(id=1, topic="case.report", payload={"case": number}, at=NOW, now=NOW)
    for _ in range(2):
        tell_officers(event)
    told = Notice.objects.filter(kind="privacy_request")
    assert {one.person_id for one in told} == {
        world.people["privacy_officer"].pk,
        world.people["second_privacy_officer"].pk,
    }
    assert told.count() == 2 and "名单发错了群" not in str([one.params for one in told])
