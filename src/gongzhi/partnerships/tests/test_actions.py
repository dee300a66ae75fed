"""Drafting, signing, lines, renewing, ending, judging: each refusal beside its success."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.actions import make_duties
from gongzhi.duties.models import Duty
from gongzhi.gatherings.actions.calling import Meeting, call_gathering
from gongzhi.gatherings.queries.agendas import agenda_offers
from gongzhi.notifications.models import OutboxEvent
from gongzhi.partnerships import actions, jobs, queries, rules
from gongzhi.partnerships.actions import Done, Given, Lending
from gongzhi.partnerships.models import Agreement, AgreementLine, LineEvent
from gongzhi.partnerships.tests.conftest import TODAY, draft, photo, signed, work
from tests.cast import NOW, World

LATER = NOW + dt.timedelta(days=300)


def refused(code: str, act: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.code == code, found.value
    return found.value


@pytest.mark.req("B07")
def test_a_pairing_is_drafted_with_its_usual_lines(world: World) -> None:
    row = draft(world)
    assert (row.number, row.state) == ("XY0001", "draft")
    assert [one.what for one in queries.lines_of(row)] == ["结对共建活动", "交叉任职", "结对培养", "走访"]
    refused("title_missing", draft, world, title=" ")
    refused("not_for_public", draft, world, title="联系人电话13900000001")
    refused("unknown_agreement_kind", draft, world, kind="none")
    refused("ends_before", draft, world, ends_on=TODAY - dt.timedelta(days=1))
    refused("party_missing", draft, world, parties=[("core", world.units["committee-1"])])
    same = [("core", world.units["committee-1"]), ("partner", world.units["committee-1"])]
    refused("party_twice", draft, world, parties=same)
    refused("wrong_body", draft, world, "entrusted", partner=world.units["build-centre"])
    refused("end_missing", draft, world, "asset_use", ends_on=None)
    for who in ("unit_clerk", "dispatcher", "resident"):
        with pytest.raises(Forbidden):
            draft(world, by=who)


def test_sent_twice_written_once(world: World) -> None:
    request = uuid.uuid4()
    assert draft(world, request=request).pk == draft(world, request=request).pk
    row = signed(world)
    first = work(world, row, amount=1, request=request)
    assert work(world, row, amount=1, request=request).pk == first.pk
    assert LineEvent.objects.count() == 1


@pytest.mark.req("B13")
def test_every_party_signs_and_then_it_runs(world: World) -> None:
    row = draft(world, "asset_use")
    core, owner = (world.units[name].pk for name in ("committee-1", "build-centre"))
    sign = actions.sign_agreement
    office, unit = world.actor("secretary"), world.actor("unit_clerk")
    refused("paper_missing", sign, by=office, at=NOW, number=row.number, organization=owner)
    refused("not_your_body", sign, by=unit, at=NOW, number=row.number, organization=core)
    refused("agreement_not_found", sign, by=world.actor("helper_clerk"), at=NOW, number=row.number, organization=core)
    tomorrow = TODAY + dt.timedelta(days=1)
    refused("signed_later", sign, by=unit, at=NOW, number=row.number, organization=owner, on=tomorrow)
    assert sign(by=unit, at=NOW, number=row.number, organization=owner).state == "draft"
    refused("signed_already", sign, by=unit, at=NOW, number=row.number, organization=owner)
    assert sign(by=office, at=NOW, number=row.number, organization=core).state == "running"
    told = OutboxEvent.objects.filter(topic="agreement.moved").values_list("payload__state", flat=True)
    assert list(told.order_by("pk")) == ["signed", "running"]
    assert not row.parties.filter(by_paper=True).exists()


def test_a_signature_on_paper_is_kept_with_it(world: World) -> None:
    row = signed(world)
    assert row.parties.get(organization=world.units["build-centre"]).by_paper
    assert len(evidence_of([row.reference])) == 1


def test_what_was_signed_stays(world: World) -> None:
    row = draft(world, "asset_use")
    office = world.actor("secretary")
    given = Given("每季度一起检查", 1, "检查记录", partners=(0,), counted="次", target=4)
    line = actions.add_line(by=office, at=NOW, number=row.number, given=given)
    assert line.position == 5 and [one.organization.code for one in line.partners.all()] == ["committee-1"]
    lent = Lending("room", "二楼活动室", Decimal("80.5"), "议事", 1, "culture")
    asset = actions.add_asset(by=office, at=NOW, number=row.number, lent=lent)
    actions.drop_asset(by=office, at=NOW, number=row.number, position=asset.position)
    actions.drop_line(by=office, at=NOW, number=row.number, position=1)
    refused("asset_missing", actions.add_asset, by=office, at=NOW, number=row.number,
            lent=Lending("moon", "月亮", Decimal(1), "看"))  # fmt: skip
    number, unit = row.number, world.units["build-centre"].pk
    actions.sign_agreement(by=world.actor("unit_clerk"), at=NOW, number=number, organization=unit)
    for act, more in (
        (actions.add_line, {"given": given}),
        (actions.drop_line, {"position": 2}),
        (actions.add_asset, {"lent": lent}),
        (actions.drop_asset, {"position": 1}),
    ):
        refused("not_now", act, by=office, at=NOW, number=number, **more)
    changes = (
        lambda: row.assets.update(area=1),
        lambda: row.lines.update(what="别的"),
        lambda: row.assets.all().delete(),
        lambda: AgreementLine.objects.filter(pk=line.pk).update(progress=100),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_records_are_counted_by_the_database_and_stay(world: World) -> None:
    row = signed(world)
    for amount in (200, 300, 40):
        work(world, row, amount=amount)
    line = AgreementLine.objects.get(agreement=row, position=1)
    assert (line.total, line.progress) == (540, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        LineEvent.objects.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LineEvent.objects.all().delete()


@pytest.mark.req("B05")
def test_an_instructor_is_sent_and_540_are_taken_in(world: World) -> None:
    parties = [("core", world.units["committee-1"]), ("sender", world.units["build-centre"])]
    row = signed(world, "instructor", parties=parties)
    for amount in (300, 200, 40):
        work(world, row, 2, amount=amount)
    line = AgreementLine.objects.get(agreement=row, position=2)
    assert (line.total, line.counted) == (540, "人")
    assert not queries.kind_of(row).public, "who is a party member shows nowhere"


@pytest.mark.req("B05")
def test_a_new_compound_counts_its_days_from_presale_and_moving_in(world: World) -> None:
    presale, move_in = dt.date(2026, 4, 1), dt.date(2027, 6, 30)
    parties = [("core", world.units["committee-1"]), ("developer", world.units["build-centre"])]
    refused("anchor_missing", draft, world, "compound_start", parties=parties, anchors={"presale": presale})
    anchors = {"presale": presale, "move_in": move_in}
    row = draft(world, "compound_start", parties=parties, anchors=anchors, ends_on=None)
    due = [one.due_on for one in queries.lines_of(row)]
    assert due[0] == dt.date(2026, 5, 1) and due[2] == move_in and due[4] == dt.date(2027, 12, 27)


@pytest.mark.req("B08")
def test_ten_lines_with_owners_partners_and_evidence(world: World) -> None:
    row = signed(world, "joint_plan", ends_on=None)
    lines = queries.lines_of(row)
    assert len(lines) == 10 and {one.due_on for one in lines} == {dt.date(2026, 12, 31)}
    refused("progress_missing", work, world, row, 1)
    refused("evidence_missing", work, world, row, 1, progress=50, uploads=())
    work(world, row, 1, progress=50)
    refused("nothing_new", work, world, row, 1, progress=40)
    event = work(world, row, 1, by="unit_clerk", progress=100, uploads=(), shows="gathering:HY-1")
    assert event.organization == world.units["build-centre"]
    assert AgreementLine.objects.get(agreement=row, position=1).progress == 100
    refused("reference_wrong", work, world, row, 2, progress=10, shows="person:1")


def test_only_parties_record_and_only_while_it_runs(world: World) -> None:
    row = draft(world)
    refused("not_running", work, world, row, amount=1)
    row = signed(world)
    refused("amount_missing", work, world, row)
    refused("day_wrong", work, world, row, amount=1, on=TODAY + dt.timedelta(days=1))
    refused("not_for_public", work, world, row, amount=1, note="到3栋2单元501走访")
    refused("line_not_found", work, world, row, 99, amount=1)
    with pytest.raises(NotFound):
        work(world, row, by="helper_clerk", amount=1)
    with pytest.raises(Forbidden):
        work(world, row, 2, by="unit_clerk", amount=1)
    assert work(world, row, 1, by="unit_clerk", amount=1).amount == 1


@pytest.mark.req("B13")
def test_the_use_of_a_lent_place_is_recorded(world: World) -> None:
    row = signed(world, "asset_use")
    done = Done(TODAY, "老人活动", 35)
    event = actions.record_use(by=world.actor("secretary"), at=NOW, number=row.number, position=1, done=done)
    assert (event.amount, queries.used_last(row)) == (35, {event.asset_id: TODAY})
    refused("line_not_found", actions.record_use, by=world.actor("secretary"), at=NOW, number=row.number,
            position=9, done=done)  # fmt: skip
    with pytest.raises(Forbidden):
        actions.record_use(by=world.actor("auditor"), at=NOW, number=row.number, position=1, done=done)


@pytest.mark.req("B13")
def test_the_clock_asks_to_renew_before_the_last_day(world: World) -> None:
    row = signed(world, ends_on=TODAY + dt.timedelta(days=60))
    make_duties(by=system_actor("duties"), at=NOW)
    duty = Duty.objects.get(rule="agreement.expiry", subject=row.reference)
    assert duty.due_on == row.ends_on and duty.holder and duty.holder.person == world.people["secretary"]
    starts, ends = TODAY + dt.timedelta(days=61), TODAY + dt.timedelta(days=400)
    renew = actions.renew_agreement
    with pytest.raises(Forbidden):
        renew(by=world.actor("unit_clerk"), at=NOW, number=row.number, starts_on=starts, ends_on=ends)
    new = renew(by=world.actor("secretary"), at=NOW, number=row.number, starts_on=starts, ends_on=ends)
    assert [one.what for one in new.lines.all()] == [one.what for one in row.lines.all()]
    refused("renewing_already", renew, by=world.actor("secretary"), at=NOW, number=row.number, starts_on=starts,
            ends_on=ends)  # fmt: skip
    for party in new.parties.all():
        given = {"number": new.number, "organization": party.organization_id, "uploads": (photo(),)}
        actions.sign_agreement(by=world.actor("secretary"), at=NOW, **given)
    assert Agreement.objects.get(pk=new.pk).state == "signed"
    assert jobs.turn_due(NOW + dt.timedelta(days=61)) == 2
    states = Agreement.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["renewed", "running"]
    duty.refresh_from_db()
    assert duty.evidence == new.reference


def test_what_is_not_renewed_is_over_after_its_last_day(world: World) -> None:
    row = signed(world, ends_on=TODAY + dt.timedelta(days=9))
    assert jobs.turn_due(NOW + dt.timedelta(days=9)) == 0
    assert jobs.turn_due(NOW + dt.timedelta(days=10)) == 1
    assert jobs.turn_due(NOW + dt.timedelta(days=11)) == 0
    assert Agreement.objects.get(pk=row.pk).state == "expired"


def test_a_line_that_is_late_is_a_duty_of_whoever_owns_it(world: World) -> None:
    row = draft(world)
    given = Given("开一次共建活动", 1, "照片", due_on=TODAY + dt.timedelta(days=20))
    line = actions.add_line(by=world.actor("secretary"), at=NOW, number=row.number, given=given)
    for party in row.parties.all():
        more = {"number": row.number, "organization": party.organization_id, "uploads": (photo(),)}
        actions.sign_agreement(by=world.actor("secretary"), at=NOW, **more)
    make_duties(by=system_actor("duties"), at=NOW)
    duty = Duty.objects.get(rule="agreement.line", subject=line.reference)
    assert duty.holder and duty.holder.person == world.people["unit_clerk"]
    assert list(queries.late_lines(TODAY + dt.timedelta(days=21))) == [line]
    work(world, row, line.position, by="unit_clerk", progress=100)
    duty.refresh_from_db()
    assert duty.evidence == row.reference


@pytest.mark.req("A14")
def test_community_organization_and_social_workers_make_three(world: World) -> None:
    names = (("core", "committee-1"), ("organization", "helpers"), ("worker", "build-centre"))
    row = draft(world, "tri_party", parties=[(role, world.units[name]) for role, name in names])
    assert [one.owner.organization.code for one in queries.lines_of(row)] == [name for _role, name in names]
    refused("party_missing", draft, world, "tri_party", parties=[("core", world.units["committee-1"])])


@pytest.mark.req("I08")
@pytest.mark.req("I13")
def test_an_entrusted_service_is_judged_before_it_ends(world: World) -> None:
    row = signed(world, "entrusted")
    work(world, row, 1, by="helper_clerk", amount=373)
    office = world.actor("secretary")
    end, judge = actions.end_agreement, actions.judge_agreement
    refused("not_judged", end, by=office, at=LATER, number=row.number, reason="办完了")
    refused("outcome_missing", judge, by=office, at=LATER, number=row.number, outcome="", reason="都办了")
    refused("title_missing", judge, by=office, at=LATER, number=row.number, outcome="met", reason="")
    with pytest.raises(Forbidden):
        judge(by=world.actor("helper_clerk"), at=LATER, number=row.number, outcome="met", reason="都办了")
    judge(by=office, at=LATER, number=row.number, outcome="met", reason="373 项都办了", sheet="sheet:2026")
    refused("judged_already", judge, by=office, at=LATER, number=row.number, outcome="unmet", reason="改一下")
    ended = end(by=office, at=LATER, number=row.number, reason="办完了")
    assert (ended.state, ended.outcome) == ("ended", "met")
    refused("not_now", end, by=office, at=LATER, number=row.number, reason="办完了")


def test_a_partner_sees_only_its_own(world: World) -> None:
    row = signed(world)
    seen = {name: queries.visible(world.actor(name)).filter(pk=row.pk).exists() for name in world.people}
    readers = {"secretary", "supervisor", "auditor", "unit_clerk"}
    assert {name for name, sees in seen.items() if sees} == readers
    assert rules.SERVE not in {one for scope in world.actor("resident").scopes for one in scope.permissions}


@pytest.mark.req("B07")
def test_a_joint_meeting_has_the_open_lines_on_its_agenda(world: World) -> None:
    row = signed(world)
    work(world, row, 1, amount=1, progress=100)
    starts = NOW + dt.timedelta(days=9)
    meeting = Meeting(starts, starts + dt.timedelta(hours=2), "党群服务中心")
    given = {"kind": "joint", "body": world.units["command"], "title": "共建联席会", "meeting": meeting}
    held = call_gathering(by=world.actor("supervisor"), at=NOW, **given)
    offers = agenda_offers(world.actor("supervisor"), held, NOW)
    titles = {one.title for one in offers} | set(held.items.values_list("title", flat=True))
    assert "演示协议：交叉任职" in titles and "演示协议：结对共建活动" not in titles
