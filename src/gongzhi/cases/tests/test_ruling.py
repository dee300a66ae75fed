"""首接负责, 退单 once, then a dispute that the common superior decides on its own clock; the ruling is a precedent."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from gongzhi.cases import actions, queries, rules
from gongzhi.cases.models import Case, CaseEvent, Clock, WorkOrder
from gongzhi.cases.queries import rulings
from gongzhi.cases.rules import Unit
from gongzhi.cases.tests.joint_cast import HOUR, dispatched, give, staff
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from tests.cast import NOW, World

Report = Callable[..., Case]
LATER = NOW + dt.timedelta(days=14)


def returned(world: World, case: Case) -> Case:
    dispatched(world, case)
    why = {"reason": "return.not_ours", "note": "灯杆是物业装的"}
    return actions.return_case(by=world.actor("department"), at=NOW + HOUR, number=case.number, **why)


def disputed(world: World, case: Case, **more: object) -> Case:
    """Given back once, given to the property company, and not wanted there either."""
    returned(world, case)
    give(world, case, "property-1")
    ask = {"reason": "dispute.not_ours", "note": "合同里没有路灯", "unit_id": world.units["utility"].pk, **more}
    return actions.dispute_case(by=world.actor("property"), at=NOW + 2 * HOUR, number=case.number, **ask)


@pytest.mark.req("C13", where="/rulings/")
def test_a_second_wish_to_give_it_away_is_a_dispute_and_the_work_goes_on(world: World, report: Report) -> None:
    case = disputed(world, report())
    assert case.status == "dispatched" and case.unit == world.units["property-1"]
    assert case.pending["kind"] == "ruling" and case.pending["superior"] == "指挥中心"
    clock = Clock.objects.get(case=case, kind="ruling")
    assert clock.period["amount"] == 3 and clock.due_at > NOW
    # 先办后议: the promise to resolve runs on, and the unit that has it goes on.
    assert Clock.objects.get(case=case, kind="resolve").met_at is None
    assert actions.start_work(by=world.actor("property"), at=NOW + 3 * HOUR, number=case.number).status == "in_progress"


def test_the_first_wish_is_a_return_unless_it_is_about_a_boundary(world: World, report: Report) -> None:
    case, by = dispatched(world, report()), world.actor("department")
    with pytest.raises(Refused, match="return_first"):
        actions.dispute_case(by=by, at=NOW, number=case.number, reason="dispute.not_ours", note="不归我们")
    case = actions.dispute_case(by=by, at=NOW, number=case.number, reason="dispute.boundary", note="路中间是界")
    assert case.pending["boundary"] is True
    with pytest.raises(Conflict, match="asked_already"):
        actions.dispute_case(by=by, at=NOW, number=case.number, reason="dispute.boundary", note="再提一次")


@pytest.mark.req("D01", where="/desk/")
def test_who_received_it_first_writes_to_the_reporter_and_takes_nothing_over(world: World, report: Report) -> None:
    case = returned(world, report())
    by = world.actor("department")
    assert "tell" in queries.view_of(by, case, NOW).moves  # nobody has it: the first unit still answers
    case = give(world, case, "property-1")
    case = actions.tell_reporter(by=by, at=NOW + HOUR, number=case.number, note="已转物业，明天给您回话")
    assert case.status == "dispatched" and case.unit == world.units["property-1"]
    event = CaseEvent.objects.get(case=case, move="tell")
    assert event.public and event.unit == world.units["utility"]
    (shown,) = [entry for entry in queries.timeline_of(case, public_only=True) if entry.move == "tell"]
    assert shown.note == "已转物业，明天给您回话" and shown.unit == "路灯管理所"
    with pytest.raises(Refused, match="missing_note"):
        actions.tell_reporter(by=by, at=NOW + HOUR, number=case.number, note="")
    with pytest.raises(Forbidden):
        actions.tell_reporter(by=world.actor("property"), at=NOW + HOUR, number=case.number, note="我们来说")
    actions.start_work(by=world.actor("property"), at=NOW + HOUR, number=case.number)
    case = actions.tell_reporter(by=by, at=NOW + 2 * HOUR, number=case.number, note="物业已经接了，灯头后天到")
    assert case.status == "in_progress" and case.unit == world.units["property-1"]


def test_more_time_may_be_asked_for_once_while_a_ruling_waits(world: World, report: Report) -> None:
    case = disputed(world, report())
    unit, dispatcher = world.actor("property"), world.actor("dispatcher")
    actions.start_work(by=unit, at=NOW + 3 * HOUR, number=case.number)
    ask = {"number": case.number, "reason": "extension.parts", "note": "等灯头到货"}
    case = actions.ask_extension(by=unit, at=NOW + 3 * HOUR, **ask)
    assert case.pending["kind"] == "ruling" and case.pending["extension"]["reason"] == "extension.parts"
    with pytest.raises(Conflict, match="asked_already"):
        actions.ask_extension(by=unit, at=NOW + 3 * HOUR, **ask)
    assert {"grant_extension", "refuse_extension"} <= queries.view_of(dispatcher, case, NOW).moves
    due = case.due_at
    case = actions.decide_extension(by=dispatcher, at=NOW + 4 * HOUR, number=case.number, granted=True)
    assert case.due_at > due and case.pending["kind"] == "ruling" and "extension" not in case.pending  # type: ignore[operator]
    with pytest.raises(Refused, match="extended_before"):
        actions.ask_extension(by=unit, at=NOW + 5 * HOUR, **ask)
    ruling = {"unit_id": world.units["property-1"].pk, "clause": "第12条", "note": "归物业"}
    case = actions.rule_case(by=world.actor("supervisor"), at=NOW + 6 * HOUR, number=case.number, **ruling)
    assert case.pending == {} and case.unit == world.units["property-1"]


def test_a_ruling_keeps_what_the_unit_asked_for_and_drops_it_with_the_work(world: World, report: Report) -> None:
    for unit, kept in (("property-1", "extension"), ("utility", None)):
        case = disputed(world, report())
        actions.start_work(by=world.actor("property"), at=NOW + 3 * HOUR, number=case.number)
        ask = {"reason": "extension.parts", "note": "等灯头到货"}
        actions.ask_extension(by=world.actor("property"), at=NOW + 3 * HOUR, number=case.number, **ask)
        ruling = {"unit_id": world.units[unit].pk, "clause": "第12条", "note": "定了"}
        case = actions.rule_case(by=world.actor("supervisor"), at=NOW + 6 * HOUR, number=case.number, **ruling)
        assert case.pending.get("kind") == kept


def test_a_unit_returns_once(world: World, report: Report) -> None:
    case = returned(world, report())
    give(world, case, "property-1")
    why = {"reason": "return.not_ours", "note": "也不归我们"}
    with pytest.raises(Refused, match="returned_before"):
        actions.return_case(by=world.actor("property"), at=NOW + HOUR, number=case.number, **why)


def test_the_superior_decides_and_the_order_passes_at_once(world: World, report: Report) -> None:
    case = disputed(world, report())
    utility, property_1 = world.units["utility"], world.units["property-1"]
    ruling = {"unit_id": utility.pk, "clause": "职责清单第12条：公共路灯", "note": "灯杆在市政道路上"}
    case = actions.rule_case(
        by=world.actor("supervisor"), at=NOW + 4 * HOUR, number=case.number, co_units=[property_1.pk], **ruling
    )
    assert case.status == "dispatched" and case.unit == utility and case.pending == {}
    assert Clock.objects.get(case=case, kind="ruling").met_at == NOW + 4 * HOUR
    lead = WorkOrder.objects.get(case=case, role="lead", ended_at__isnull=True)
    assert lead.unit == utility and lead.due_at == case.due_at
    assert WorkOrder.objects.get(case=case, role="co", ended_at__isnull=True).unit == property_1
    assert actions.start_work(by=world.actor("department"), at=NOW + 5 * HOUR, number=case.number)


def test_at_a_boundary_the_superior_may_name_the_neighbour(world: World, report: Report) -> None:
    """The case lies in one community's grid; the road is the other's. A dispatcher cannot give it there."""
    case, neighbour = report(), world.units["committee-2"].pk
    dispatched(world, case, "committee-1")
    staff(world, "community", "department", "PC-1", world.units["committee-1"])
    ask = {"reason": "dispute.boundary", "note": "路归桥南", "unit_id": neighbour}
    case = actions.dispute_case(by=world.actor("community"), at=NOW, number=case.number, **ask)
    assert case.pending["superior"] == "指挥中心"
    ruling = {"clause": "勘界图2019", "note": "路中心线以东"}
    case = actions.rule_case(
        by=world.actor("supervisor"), at=NOW, number=case.number, unit_id=neighbour, **ruling
    )
    assert case.unit_id == neighbour
    with pytest.raises(Refused, match="unit_elsewhere"):
        give(world, report(), "committee-2")


def test_no_party_to_a_dispute_decides_it(world: World, report: Report) -> None:
    case = disputed(world, report())
    staff(world, "judge_in_own_cause", "secretary", "PC", world.units["utility"])
    ruling = {"unit_id": world.units["property-1"].pk, "clause": "第1条", "note": "归物业"}
    with pytest.raises(Forbidden, match="not_the_superior"):
        actions.rule_case(by=world.actor("judge_in_own_cause"), at=NOW, number=case.number, **ruling)
    with pytest.raises(Forbidden, match="not_the_superior"):  # stands below the common superior
        actions.rule_case(by=world.actor("secretary"), at=NOW, number=case.number, **ruling)
    with pytest.raises((Forbidden, NotFound)):
        actions.rule_case(by=world.actor("department"), at=NOW, number=case.number, **ruling)
    assert Case.objects.get(pk=case.pk).pending["kind"] == "ruling"


def test_a_ruling_wants_its_clause_and_something_to_decide(world: World, report: Report) -> None:
    case, by = disputed(world, report()), world.actor("supervisor")
    unit = world.units["utility"].pk
    with pytest.raises(Refused, match="missing_clause"):
        actions.rule_case(by=by, at=NOW, number=case.number, unit_id=unit, clause="", note="归它")
    other = dispatched(world, report())
    with pytest.raises(Conflict, match="nothing_asked"):
        actions.rule_case(by=by, at=NOW, number=other.number, unit_id=unit, clause="第1条", note="归它")


def test_the_next_dispatch_shows_the_precedent(world: World, report: Report) -> None:
    case = disputed(world, report())
    ruling = {"unit_id": world.units["utility"].pk, "clause": "职责清单第12条", "note": "归路灯所"}
    actions.rule_case(by=world.actor("supervisor"), at=NOW, number=case.number, **ruling)
    (found,) = rulings.precedents_for(report())
    assert (found.number, found.unit, found.clause) == (case.number, "路灯管理所", "职责清单第12条")
    assert rulings.precedents_for(report(text="楼道里堆了很多垃圾，臭")) == []
    event = CaseEvent.objects.get(case=case, move="rule")
    assert "归路灯所" not in str(event.facts)  # the reasons are sealed, the precedent is codes and names of bodies
    made, more = rulings.rulings_page(world.actor("dispatcher"))
    assert [one.number for one in made] == [case.number] and more == ""


def test_a_late_ruling_climbs_its_own_ladder(world: World, report: Report) -> None:
    case = disputed(world, report())
    Clock.objects.filter(case=case).exclude(kind="ruling").update(met_at=NOW)
    clock = Clock.objects.get(case=case, kind="ruling")
    Case.objects.filter(pk=case.pk).update(next_clock="ruling", next_clock_at=clock.due_at)
    assert actions.escalate_case(by=system_actor("clock"), at=LATER, case_id=case.pk) == "escalated"
    step = CaseEvent.objects.get(case=case, move="escalate").facts
    assert (step["clock"], step["step"], step["role"]) == ("ruling", "催办", "supervisor")


@pytest.mark.req("C13", where="/inbox/")
def test_who_received_it_first_answers_to_the_reporter_until_the_end(
    world: World, report: Report, client: Client
) -> None:
    case = returned(world, report())
    assert queries.answerable_unit(case) == world.units["utility"]
    case = give(world, case, "property-1")
    assert case.first_unit == world.units["utility"]
    assert queries.answerable_unit(case) == world.units["utility"]
    case = actions.start_work(by=world.actor("property"), at=NOW + 3 * HOUR, number=case.number)
    assert queries.answerable_unit(case) == world.units["utility"]
    department = world.actor("department")
    assert queries.get_case_for(department, case.number)  # still sees what it answers for
    assert {"tell"} == queries.view_of(department, case, NOW).moves
    client.force_login(world.people["department"])
    assert case.number in client.get("/inbox/").content.decode()
    client.force_login(world.people["resident"])
    assert "还是由路灯管理所回复您" in client.get(f"/track/{case.number}").content.decode()
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW + 4 * HOUR)
    with pytest.raises(NotFound):
        queries.get_case_for(department, case.number)


@pytest.mark.req("C13", where="/rulings/")
def test_the_ruling_ends_what_the_first_receiver_answers_for(world: World, report: Report) -> None:
    case = disputed(world, report())
    assert queries.answerable_unit(case) == world.units["utility"]
    unit = world.units["committee-1"]
    ruling = {"unit_id": unit.pk, "clause": "第12条", "note": "归居委会"}
    case = actions.rule_case(by=world.actor("supervisor"), at=NOW + 6 * HOUR, number=case.number, **ruling)
    assert queries.answerable_unit(case) == unit
    with pytest.raises(NotFound):
        queries.get_case_for(world.actor("department"), case.number)


def test_what_is_confided_is_answered_for_by_who_has_it(world: World, report: Report) -> None:
    case = give(world, returned(world, report()), "property-1")
    Case.objects.filter(pk=case.pk).update(privacy="confidential")
    case.refresh_from_db()
    assert queries.answerable_unit(case) == world.units["property-1"]
    with pytest.raises(NotFound):
        queries.get_case_for(world.actor("department"), case.number)


def test_the_dispatcher_asks_for_what_nobody_answers_for(world: World, report: Report) -> None:
    case = report()
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    ask = {"reason": "dispute.nobody", "note": "查过第3、7、12条"}
    case = actions.ask_ruling(by=world.actor("dispatcher"), at=NOW, number=case.number, **ask)
    assert case.pending["superior"] == "指挥中心" and case.status == "accepted"
    unit = world.units["committee-1"].pk
    case = actions.rule_case(
        by=world.actor("supervisor"), at=NOW, number=case.number, unit_id=unit, clause="会议纪要1号", note="先由社区管"
    )
    assert case.status == "dispatched" and case.unit_id == unit


UNITS = {
    1: Unit(1, "镇", "/1/", "", ()),
    2: Unit(2, "中心", "/1/2/", "", (), 1),
    3: Unit(3, "甲社区", "/1/2/3/", "community", (), 2),
    4: Unit(4, "乙社区", "/1/2/4/", "community", (), 2),
    5: Unit(5, "甲物业", "/1/2/3/", "property", (), 3),
    6: Unit(6, "无上级的公司", "/1/2/", "utility", ()),
}


@pytest.mark.parametrize(
    ("concerned", "path", "decides"),
    [
        ([3, 4], "/1/2/3/", 2),  # two communities: the centre
        ([5, 4], "/1/2/3/", 2),  # a company and another community
        ([5], "/1/2/3/", 3),  # one alone: its superior
        ([5, 3], "/1/2/3/", 2),  # a superior that is a party does not decide
        ([6, 5], "/1/2/3/", 2),  # no superior in common: the nearest that governs both places
        ([2, 3], "/1/2/3/", 1),
        ([1, 2], "/1/2/", None),  # nobody is above
        ([], "/1/2/3/9/", 2),  # nobody's: the nearest that governs
    ],
)
def test_the_common_superior(concerned: list[int], path: str, decides: int | None) -> None:
    found = rules.common_superior(concerned, UNITS, path)
    assert (found.id if found else None) == decides


def test_a_ruling_after_the_work_is_done_says_whose_it_was(world: World, report: Report) -> None:
    case = disputed(world, report())
    Case.objects.filter(pk=case.pk).update(status="answered")
    ruling = {"unit_id": world.units["utility"].pk, "clause": "清单第12条", "note": "下次归它"}
    case = actions.rule_case(by=world.actor("supervisor"), at=NOW + 4 * HOUR, number=case.number, **ruling)
    assert (case.status, case.unit) == ("answered", world.units["property-1"])
    assert CaseEvent.objects.get(case=case, move="rule").facts["unit_name"] == "路灯管理所"


def test_one_thing_at_a_time_waits_for_a_decision(world: World, report: Report) -> None:
    case, by = disputed(world, report()), world.actor("property")
    actions.start_work(by=by, at=NOW + 3 * HOUR, number=case.number)
    more = {"reason": "pause.weather", "note": "等灯头", "until": (NOW + dt.timedelta(days=3)).date()}
    with pytest.raises(Conflict, match="asked_already"):
        actions.ask_pause(by=by, at=NOW + 3 * HOUR, number=case.number, **more)
    assert Case.objects.get(pk=case.pk).pending["kind"] == "ruling"
