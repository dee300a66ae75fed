"""督办单, 整改项, 清单: issued, acknowledged, reported with proof, looked at by another, struck off; reminders."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.queries import links_of
from gongzhi.cases import actions
from gongzhi.cases.actions import Task
from gongzhi.cases.models import Case, CaseEvent, Clock, Reporter, WorkOrder
from gongzhi.cases.queries import issued, row_of
from gongzhi.cases.queries.published import listed
from gongzhi.cases.rules import Where
from gongzhi.cases.tests.joint_cast import HOUR, in_work
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from tests.architecture.street import photo
from tests.cast import NOW, SETUP, World

Report = Callable[..., Case]
UNTIL = dt.date(2026, 3, 27)


def task(world: World, **more: object) -> Task:
    found: dict[str, Any] = {"text": "把5栋前的路灯全部换成LED", "standard": "夜里8点每盏都亮", "until": UNTIL}
    return Task(**{"unit_id": world.units["utility"].pk, **found, **more})


def order_about(world: World, case: Case) -> Case:
    more = {"unit_id": world.units["utility"].pk, "note": "三天内报办理方案", "until": UNTIL}
    return actions.supervise_case(by=world.actor("supervisor"), at=NOW + HOUR, number=case.number, **more)


@pytest.mark.req("E05", where="/supervised/")
def test_a_supervise_order_from_issue_to_closing(world: World, report: Report) -> None:
    case = in_work(world, report())
    order = order_about(world, case)
    unit, grid = world.actor("department"), world.actor("grid_member")
    assert (order.channel, order.status, order.due_at.date()) == ("supervise", "dispatched", UNTIL)  # type: ignore[union-attr]
    assert [link.target for link in links_of(order.reference)] == [case.reference]
    assert issued.orders_about(case) == [order.number]
    words = [packs.active_model().state_word(order.status, "supervise")]
    for step in (actions.start_work, actions.submit_result):
        more = {"note": "方案附后"} if step is actions.submit_result else {}
        order = step(by=unit, at=NOW + 2 * HOUR, number=order.number, **more)  # type: ignore[operator]
        words.append(packs.active_model().state_word(order.status, "supervise"))
    order = actions.verify_case(by=grid, at=NOW + 3 * HOUR, number=order.number)
    words.append(packs.active_model().state_word(order.status, "supervise"))
    assert not Clock.objects.filter(case=order, kind="confirm").exists()  # no resident's silence ends it
    order = actions.strike_case(by=world.actor("supervisor"), at=NOW + 4 * HOUR, number=order.number)
    words.append(packs.active_model().state_word(order.status, "supervise"))
    assert words == ["已交办", "已签收", "已报告", "已核实", "已办结"]
    # The case itself goes its own way, and no resident or rate sees the order.
    assert Case.objects.get(pk=case.pk).status == "in_progress"
    assert not Reporter.objects.filter(case=order).exists() and order.uncounted == "issued"
    assert not Case.objects.filter(listed(), pk=order.pk).exists()


def test_a_supervise_order_may_be_returned_or_sent_back(world: World, report: Report) -> None:
    order = order_about(world, in_work(world, report()))
    unit = world.actor("department")
    returned = actions.return_case(
        by=unit, at=NOW + 2 * HOUR, number=order.number, reason="return.not_ours", note="归物业"
    )
    assert returned.status == "returned"
    again = order_about(world, Case.objects.exclude(pk=order.pk).get())
    actions.start_work(by=unit, at=NOW + 2 * HOUR, number=again.number)
    actions.submit_result(by=unit, at=NOW + 2 * HOUR, number=again.number, note="办了")
    sent_back = actions.rework_case(by=world.actor("grid_member"), at=NOW + 3 * HOUR, number=again.number, note="没办")
    assert sent_back.status == "rework" and sent_back.due_at == again.due_at


def test_only_who_stands_above_hands_out(world: World, report: Report) -> None:
    case = in_work(world, report())
    more = {"unit_id": world.units["utility"].pk, "note": "快办", "until": UNTIL}
    for name in ("dispatcher", "grid_member", "department", "resident"):
        with pytest.raises((Forbidden, NotFound)):
            actions.supervise_case(by=world.actor(name), at=NOW, number=case.number, **more)
    with pytest.raises(Refused, match="until_past"):
        actions.supervise_case(
            by=world.actor("supervisor"), at=NOW, number=case.number, **{**more, "until": dt.date(2026, 3, 1)}
        )
    with pytest.raises(Forbidden, match="channel_for_orders"):
        actions.report_case(
            by=world.actor("dispatcher"), at=NOW, text="自己交办", where=Where(path=case.path), channel="supervise"
        )


def test_reminders_come_before_the_day_and_the_ladder_after(world: World, report: Report) -> None:
    order = order_about(world, in_work(world, report()))
    reminders = Clock.objects.filter(case=order, kind="remind").order_by("due_at")
    assert [clock.period["before"] for clock in reminders] == [840, 210]
    order.refresh_from_db()
    assert order.next_clock == "remind" and order.next_clock_at == reminders[0].due_at
    by = system_actor("clock")
    first = reminders[0].due_at
    assert actions.escalate_case(by=by, at=first, case_id=order.pk) == "reminded"
    assert CaseEvent.objects.filter(case=order, move="remind_due").count() == 1
    assert actions.escalate_case(by=by, at=first + HOUR, case_id=order.pk) == "nothing"
    late = dt.datetime(2026, 3, 30, 9, tzinfo=dt.UTC)
    done = [actions.escalate_case(by=by, at=late, case_id=order.pk) for _ in range(3)]
    assert done[:2] == ["reminded", "escalated"]
    assert CaseEvent.objects.filter(case=order, move="escalate").first().facts["step"] == "催办"  # type: ignore[union-attr]


def climbed(case: Case, at: dt.datetime) -> list[dict[str, Any]]:
    """Every step of the ladder that has come by then, as the job takes it; what was written of each."""
    by = system_actor("clock")
    for _ in range(12):
        actions.escalate_case(by=by, at=at, case_id=case.pk)
    return [event.facts for event in CaseEvent.objects.filter(case=case, move="escalate").order_by("id")]


@pytest.mark.req("E05", where="/supervised/")
def test_the_ladder_gives_a_real_order_once(world: World, report: Report) -> None:
    case = in_work(world, report())
    told = climbed(case, NOW + dt.timedelta(days=60))
    with_order = [facts for facts in told if "order" in facts]
    assert [facts["step"] for facts in with_order] == ["督办"]
    order = Case.objects.get(channel="supervise")
    assert order.number == with_order[0]["order"] and order.unit == case.unit and order.status == "dispatched"
    assert WorkOrder.objects.filter(case=order, role="lead", assigned_by="system:ladder").count() == 1
    assert {"code": "ladder", "of": case.number, "step": "督办", "clock": "resolve"}.items() <= order.routing.items()
    assert order.routing["pack"] == packs.in_use().model_reference
    assert issued.orders_about(case) == [order.number]
    # Its words say the number; what the resident wrote stays where it is.
    shown = row_of(world.actor("supervisor"), order, NOW)
    assert case.number in shown.text and "路灯" not in shown.text
    # The order itself climbs by telling alone: no order about an order.
    assert not [facts for facts in climbed(order, NOW + dt.timedelta(days=120)) if "order" in facts]
    assert Case.objects.filter(channel="supervise").count() == 1


def test_the_ladders_order_is_given_once_for_a_step_and_not_beside_an_open_one(world: World, report: Report) -> None:
    case, by = in_work(world, report()), system_actor("ladder")
    given: dict[str, Any] = {"case": case, "unit_id": case.unit_id, "days": 2, "basis": {"code": "ladder"}}
    first = actions.supervise_late_case(by=by, at=NOW, occasion="ladder:1:2", **given)
    assert actions.supervise_late_case(by=by, at=NOW + HOUR, occasion="ladder:1:2", **given) == first
    assert actions.supervise_late_case(by=by, at=NOW + HOUR, occasion="ladder:9:2", **given) == first
    Case.objects.filter(pk=first.pk).update(status="closed")
    assert actions.supervise_late_case(by=by, at=NOW + HOUR, occasion="ladder:1:2", **given) == first
    again = actions.supervise_late_case(by=by, at=NOW + HOUR, occasion="ladder:9:3", **given)
    assert again != first
    with pytest.raises(Forbidden):
        actions.supervise_late_case(by=world.actor("department"), at=NOW, occasion="ladder:9:4", **given)


def test_nobody_gets_an_order_before_dispatch_or_for_another_ones_clock(world: World, report: Report) -> None:
    case = report()
    assert case.unit_id is not None  # suggested, not yet told
    assert not [facts for facts in climbed(case, NOW + dt.timedelta(days=60)) if "order" in facts]
    assert not Case.objects.filter(channel="supervise").exists()


@pytest.mark.req("E06")
def test_a_rectification_item_answers_a_finding_with_proof_and_is_looked_at_again(world: World) -> None:
    item = actions.issue_rectification(
        by=world.actor("secretary"), at=NOW, finding="巡查2026-07", place_code="LY-5", task=task(world)
    )
    assert item.occasion == "finding:巡查2026-07"
    assert [(link.relation, link.target) for link in links_of(item.reference)] == [
        ("rectifies", "finding:巡查2026-07")
    ]
    unit = world.actor("department")
    actions.start_work(by=unit, at=NOW + HOUR, number=item.number)
    with pytest.raises(Refused, match="missing_proof"):
        actions.submit_result(by=unit, at=NOW + HOUR, number=item.number, note="换了")
    actions.submit_result(by=unit, at=NOW + HOUR, number=item.number, note="换了", photos=[photo()])
    actions.rework_case(by=world.actor("grid_member"), at=NOW + 2 * HOUR, number=item.number, note="还有一盏不亮")
    actions.start_work(by=unit, at=NOW + 3 * HOUR, number=item.number)
    actions.submit_result(by=unit, at=NOW + 3 * HOUR, number=item.number, note="都亮了", photos=[photo()])
    actions.verify_case(by=world.actor("grid_member"), at=NOW + 4 * HOUR, number=item.number)
    closed = actions.strike_case(by=world.actor("secretary"), at=NOW + 5 * HOUR, number=item.number)
    assert (closed.status, closed.outcome) == ("closed", "struck")
    with pytest.raises(Refused, match="missing_finding"):
        actions.issue_rectification(
            by=world.actor("secretary"), at=NOW, finding=" ", place_code="LY-5", task=task(world)
        )


@pytest.mark.req("D05", where="/lists/")
@pytest.mark.req("D06")
def test_a_task_force_owns_a_list_that_is_struck_off_line_by_line(world: World) -> None:
    """专班: an organization with an end date; each line has owner, co-owner, standard, day."""
    by = world.actor("secretary")
    force = people.add_organization(
        by=SETUP,
        at=NOW,
        code="force-1",
        kind="utility",
        name="路灯改造专班",
        place=world.places["PC"],
        parent=world.units["command"],
        serves=[],
        features={},
        valid_from=dt.date(2020, 1, 1),
    )
    head = actions.issue_list(
        by=by, at=NOW, place_code="PC-1", task=task(world, text="柳园路灯改造清单", unit_id=force.pk)
    )
    assert head.unit == force and head.channel == "tasklist"
    helper = world.units["property-1"]
    item = actions.add_item(by=by, at=NOW, number=head.number, task=task(world, co_units=[helper.pk]))
    assert item.occasion == f"list:{head.number}"
    assert WorkOrder.objects.get(case=item, role="co").unit == helper
    ((row, names),) = issued.items_of(head)
    assert row.pk == item.pk and names == [helper.name]
    ((_head, progress),) = issued.lists_page(by, NOW)
    assert (progress.total, progress.struck, progress.over) == (1, 0, 0)
    client = Client()
    client.force_login(world.people["secretary"])
    sheet = load_workbook(io.BytesIO(client.get("/lists/?format=xlsx").content)).active
    assert (head.number, "路灯改造专班", 0, 1) in [row[:1] + row[2:5] for row in sheet.iter_rows(values_only=True)]
    Case.objects.filter(pk=head.pk).update(status="verified")
    with pytest.raises(Refused, match="items_open"):
        actions.strike_case(by=by, at=NOW, number=head.number)
    Case.objects.filter(pk=item.pk).update(status="closed")
    assert actions.strike_case(by=by, at=NOW, number=head.number).status == "closed"
    with pytest.raises(Refused, match="list_closed"):
        actions.add_item(by=by, at=NOW, number=head.number, task=task(world))


@pytest.mark.req("D06")
def test_a_temporary_body_gets_work_until_its_last_day(world: World, report: Report) -> None:
    more: dict[str, Any] = {"kind": "utility", "name": "路灯专班", "place": world.places["PC"], "features": {}}
    today = local_date(clock.now())  # bodies end by the database's clock
    day = {"valid_from": dt.date(2020, 1, 1)}
    force = people.add_organization(
        by=SETUP, at=NOW, code="force-2", valid_to=today + dt.timedelta(days=9), **more, **day
    )
    case = in_work(world, report())
    assert order_about_unit(world, case, force.pk).unit == force
    with pytest.raises(Refused, match="dates_crossed"):
        people.add_organization(by=SETUP, at=NOW, code="force-3", valid_to=NOW.date(), **more)
    force.valid_to = today
    force.save(update_fields=["valid_to"])
    with pytest.raises(NotFound, match="unit_not_found"):
        order_about_unit(world, case, force.pk)


def order_about_unit(world: World, case: Case, unit: int) -> Case:
    more = {"unit_id": unit, "note": "三天内报办理方案", "until": UNTIL}
    return actions.supervise_case(by=world.actor("supervisor"), at=NOW + HOUR, number=case.number, **more)


def test_a_residents_case_is_never_struck_off(world: World, report: Report) -> None:
    case = report()
    Case.objects.filter(pk=case.pk).update(status="verified")
    with pytest.raises(Refused, match="not_issued"):
        actions.strike_case(by=world.actor("supervisor"), at=NOW, number=case.number)


def test_urging_by_hand_is_told_to_the_unit_and_the_reporter(world: World, report: Report) -> None:
    case = in_work(world, report())
    actions.urge_case(by=world.actor("secretary"), at=NOW + HOUR, number=case.number, note="请今天去看")
    event = CaseEvent.objects.get(case=case, move="urge")
    assert event.public
    with pytest.raises((Forbidden, NotFound)):
        actions.urge_case(by=world.actor("resident"), at=NOW, number=case.number)
