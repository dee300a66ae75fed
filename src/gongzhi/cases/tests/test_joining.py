"""合办, 吹哨报到, 共建认领: each unit its own order, deadline, answer; absence recorded; both sides rate."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from gongzhi.cases import actions, queries
from gongzhi.cases.models import Case, CaseEvent, Clock, WorkOrder
from gongzhi.cases.queries import joint
from gongzhi.cases.tests.joint_cast import HOUR, in_work, partner
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from tests.cast import NOW, World

Report = Callable[..., Case]


def joined(world: World, case: Case) -> Case:
    in_work(world, case)
    units = [world.units["property-1"].pk]
    return actions.join_case(by=world.actor("dispatcher"), at=NOW + HOUR, number=case.number, units=units)


@pytest.mark.req("D05")
def test_the_lead_answers_when_the_others_have_signed(world: World, report: Report) -> None:
    case = joined(world, report())
    order = WorkOrder.objects.get(case=case, role="co")
    assert order.due_at == case.due_at
    assert Clock.objects.get(case=case, kind="co").period["order"] == order.pk
    with pytest.raises(Refused, match="co_unsigned"):
        actions.submit_result(by=world.actor("department"), at=NOW + 2 * HOUR, number=case.number, note="换好了")
    actions.respond_order(by=world.actor("property"), at=NOW + 2 * HOUR, number=case.number)
    actions.sign_order(by=world.actor("property"), at=NOW + 3 * HOUR, number=case.number, note="电通了")
    assert Clock.objects.get(case=case, kind="co").met_at == NOW + 3 * HOUR
    event = CaseEvent.objects.get(case=case, move="sign")
    assert event.unit == world.units["property-1"]
    done = actions.submit_result(by=world.actor("department"), at=NOW + 4 * HOUR, number=case.number, note="换好了")
    assert done.status == "answered" and done.unit == world.units["utility"]


def test_or_when_their_absence_is_recorded_with_its_reason(world: World, report: Report) -> None:
    case = joined(world, report())
    order = WorkOrder.objects.get(case=case, role="co")
    why = {"order": order.pk, "reason": "absence.no_reason", "note": "打了三次电话"}
    with pytest.raises((Forbidden, NotFound)):  # not the lead, whom it would suit
        actions.record_absence(by=world.actor("department"), at=NOW, number=case.number, **why)
    actions.record_absence(by=world.actor("secretary"), at=NOW + 2 * HOUR, number=case.number, **why)
    assert actions.submit_result(
        by=world.actor("department"), at=NOW + 3 * HOUR, number=case.number, note="自己接的电"
    )


def test_a_co_handler_has_its_own_day_and_no_say_over_the_whole(world: World, report: Report) -> None:
    case = in_work(world, report())
    until = dt.date(2026, 3, 20)
    units = [world.units["property-1"].pk]
    actions.join_case(by=world.actor("dispatcher"), at=NOW, number=case.number, units=units, until=until)
    order = WorkOrder.objects.get(case=case, role="co")
    assert order.due_at is not None and order.due_at.date() == until
    with pytest.raises(Forbidden):
        actions.submit_result(by=world.actor("property"), at=NOW, number=case.number, note="都办好了")
    with pytest.raises(Refused, match="asked_before"):
        actions.join_case(by=world.actor("dispatcher"), at=NOW, number=case.number, units=units)
    lead = [world.units["utility"].pk]
    with pytest.raises(Refused, match="unit_leads"):
        actions.join_case(by=world.actor("dispatcher"), at=NOW, number=case.number, units=lead)
    # The lead's extension is the lead's: the co-handler's day stays.
    ask = {"reason": "extension.parts", "note": "等灯头"}
    actions.ask_extension(by=world.actor("department"), at=NOW + HOUR, number=case.number, **ask)
    actions.decide_extension(by=world.actor("dispatcher"), at=NOW + HOUR, number=case.number, granted=True)
    order.refresh_from_db()
    assert order.due_at.date() == until


def test_a_whistle_is_answered_within_its_time_and_both_sides_rate(world: World, report: Report) -> None:
    case = in_work(world, report())
    units, note = [world.units["property-1"].pk], "明早九点在5栋门口看现场"
    actions.whistle_case(by=world.actor("grid_member"), at=NOW, number=case.number, units=units, note=note)
    order = WorkOrder.objects.get(case=case, role="whistle")
    # 120 working minutes from 09:00 in China.
    assert order.due_at == NOW + 2 * HOUR
    property_, grid = world.actor("property"), world.actor("grid_member")
    actions.respond_order(by=property_, at=NOW + HOUR, number=case.number)
    assert Clock.objects.get(case=case, kind="whistle").met_at == NOW + HOUR
    actions.record_arrival(by=grid, at=NOW + 3 * HOUR, number=case.number, order=order.pk)
    actions.rate_unit(by=grid, at=NOW + 4 * HOUR, number=case.number, order=order.pk, rating=4)
    actions.rate_whistle(by=property_, at=NOW + 4 * HOUR, number=case.number, rating=2)
    (row,) = joint.joint_counts(world.actor("dispatcher"))
    assert (row.unit, row.called, row.in_time, row.arrived, row.absent) == ("柳园物业", 1, 1, 1, 0)
    assert (row.ratings, row.whistler) == ((0, 0, 0, 1, 0), (0, 1, 0, 0, 0))
    with pytest.raises(Refused, match="bad_rating"):
        actions.rate_unit(by=grid, at=NOW, number=case.number, order=order.pk, rating=6)
    shown = {entry.move for entry in queries.timeline_of(case, public_only=True)}
    assert "arrive" in shown and not shown & {"rate_unit", "rate_whistle", "absent"}


@pytest.mark.req("E07", where="/together/")
def test_the_unit_that_is_called_sees_and_answers_its_part(world: World, report: Report, client: Client) -> None:
    case = in_work(world, report())
    units = [world.units["property-1"].pk, world.units["committee-1"].pk]
    actions.whistle_case(
        by=world.actor("grid_member"), at=NOW, number=case.number, units=units, note="明早九点在5栋门口看现场"
    )
    client.force_login(world.people["property"])
    page = client.get("/together/").content.decode()
    assert case.number in page and "请我们配合的" in page
    assert "柳园物业" in page and "柳园社区居委会" not in page, "its own line and nobody else's"
    answered = client.post(f"/desk/{case.number}/respond", {"next": "/together/"})
    assert (answered.status_code, answered.headers["Location"]) == (302, "/together/")
    assert WorkOrder.objects.get(case=case, unit=world.units["property-1"], role="whistle").accepted_at is not None
    assert {row.unit for row in joint.joint_counts(world.actor("dispatcher"))} == {"柳园物业", "柳园社区居委会"}
    client.force_login(world.people["department"])  # leads the case: what others were called to is not its part
    assert "柳园物业" not in client.get("/together/").content.decode()


def test_an_unanswered_whistle_climbs(world: World, report: Report) -> None:
    case = in_work(world, report())
    units = [world.units["property-1"].pk]
    actions.whistle_case(by=world.actor("secretary"), at=NOW, number=case.number, units=units, note="来看现场")
    case.refresh_from_db()
    assert case.next_clock == "whistle"
    assert actions.escalate_case(by=system_actor("clock"), at=NOW + 3 * HOUR, case_id=case.pk) == "escalated"
    assert CaseEvent.objects.get(case=case, move="escalate").facts["clock"] == "whistle"


@pytest.mark.req("D14")
def test_a_partner_claims_what_was_offered_and_is_credited(world: World, report: Report) -> None:
    unit, case = partner(world), in_work(world, report())
    helper = world.actor("partner")
    with pytest.raises(NotFound):  # does not know of it
        actions.claim_case(by=helper, at=NOW, number=case.number)
    actions.offer_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    assert [one.pk for one in joint.offered_page(helper)] == [case.pk]
    actions.claim_case(by=helper, at=NOW + HOUR, number=case.number)
    with pytest.raises(Forbidden):  # claimed once
        actions.claim_case(by=helper, at=NOW + HOUR, number=case.number)
    actions.sign_order(by=helper, at=NOW + 2 * HOUR, number=case.number, note="老师和学生画了墙")
    Case.objects.filter(pk=case.pk).update(solved="yes")
    (credit,) = joint.partner_credits(world.actor("dispatcher"))
    assert (credit.unit, credit.claimed, credit.done, credit.solved) == (unit.name, 1, 1, 1)


def test_what_is_confidential_is_not_offered(world: World, report: Report) -> None:
    case = in_work(world, report())
    Case.objects.filter(pk=case.pk).update(privacy="confidential")
    with pytest.raises(Refused, match="not_for_partners"):
        actions.offer_case(by=world.actor("dispatcher"), at=NOW, number=case.number)


def test_one_unit_signs_once(world: World, report: Report) -> None:
    case, by = joined(world, report()), world.actor("property")
    actions.sign_order(by=by, at=NOW + HOUR, number=case.number, note="好了")
    with pytest.raises(Conflict, match="no_order"):
        actions.sign_order(by=by, at=NOW + HOUR, number=case.number, note="又好了")


def test_who_helped_does_not_check_the_result(world: World, report: Report) -> None:
    case = joined(world, report())
    actions.sign_order(by=world.actor("property"), at=NOW + HOUR, number=case.number, note="好了")
    actions.submit_result(by=world.actor("department"), at=NOW + HOUR, number=case.number, note="换好了")
    assert actions.verify_case(by=world.actor("grid_member"), at=NOW + 2 * HOUR, number=case.number)


def test_a_co_handler_that_takes_the_lead_has_one_order(world: World, report: Report) -> None:
    case = joined(world, report())
    why = {"reason": "return.not_ours", "note": "归物业"}
    actions.return_case(by=world.actor("department"), at=NOW + 2 * HOUR, number=case.number, **why)
    unit = world.units["property-1"]
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW + 3 * HOUR, number=case.number, unit_id=unit.pk)
    (order,) = WorkOrder.objects.filter(case=case, unit=unit, ended_at__isnull=True)
    assert order.role == "lead"
    assert not Clock.objects.filter(case=case, kind="co", met_at__isnull=True).exists()
