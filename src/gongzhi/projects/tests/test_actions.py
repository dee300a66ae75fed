"""Problems, projects, money, moves: each refusal beside its success."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from gongzhi.audit.queries import links_of
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.duties.models import Duty
from gongzhi.ledger.tests.conftest import open_fund, photo
from gongzhi.projects import actions, queries
from gongzhi.projects.actions import Source
from gongzhi.projects.models import Problem, Project, ProjectEvent
from gongzhi.projects.tests.conftest import (
    LATER,
    approved,
    finished,
    fund_it,
    move,
    open_problem,
    propose,
    refused,
    running,
    show_all,
    spend,
    sponsor_of,
)
from tests.cast import NOW, World


@pytest.mark.req("I01")
def test_one_problem_one_project(world: World) -> None:
    problem = open_problem(world)
    assert problem.reference == "problem:W00001"
    project = propose(world, problem=problem)
    assert project.number == "P00001" and project.state == "proposed"
    told = refused("problem_has_a_project", propose, world, problem=problem)
    assert told.facts["number"] == "P00001"
    with pytest.raises(DatabaseError), transaction.atomic():
        Project.objects.filter(pk=propose(world, problem=open_problem(world, "另一件")).pk).update(problem=problem)
    relations = {(one.relation, one.target) for one in links_of(project.reference)}
    assert ("solved_by", "project:P00001") in relations


def test_who_may_propose_and_what_has_to_be_written(world: World) -> None:
    with pytest.raises(Forbidden):
        open_problem(world, by=world.actor("resident"))
    refused("line_missing", open_problem, world, " ")
    refused("source_unknown", open_problem, world, source="case:GZ-9")
    refused("source_unknown", open_problem, world, source="person:1")
    refused("unknown_project_kind", propose, world, "palace")
    refused("variety_unknown", propose, world, "micro_space")
    assert propose(world, "micro_space", variety="shade", problem=open_problem(world, "没处乘凉")).variety == "shade"
    assert Problem.objects.count() == 3


@pytest.mark.req("H11")
def test_parking_asks_for_demand_and_supply_before_it_is_proposed(world: World) -> None:
    refused("number_wrong", propose, world, "parking", facts={"vehicles": "220", "spaces": "", "planned": "262"})
    facts = {"vehicles": "900", "spaces": "220", "planned": "262"}
    project = propose(world, "parking", facts=facts, problem=open_problem(world, "没处停车"))
    assert project.facts == {"vehicles": 900, "spaces": 220, "planned": 262}
    show_all(world, project)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    refused("funding_missing", move, world, project, "approve")
    for unit in ("property-1", "utility"):
        source = Source("investment", unit, 100_000_00, body=world.units[unit])
        actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
        if unit == "property-1":
            assert refused("investors_missing", move, world, project, "approve").facts["wanted"] == 2
    assert move(world, project, "approve").state == "approved"


@pytest.mark.req("I01")
def test_the_guide_and_the_gates_come_before_the_review(world: World) -> None:
    project = propose(world)
    told = refused("points_missing", move, world, project, "review")
    assert "小区提议" in told.facts["missing"]
    show = actions.show_point
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    refused("shown_missing", show, **given, key="guide.how")
    refused("no_such_point", show, **given, key="guide.other")
    refused("shown_of_another_kind", show, **given, key="gate.propose", reference="media:1")
    refused("shown_missing", show, **given, key="gate.propose", words="问过了")
    refused("evidence_unknown", show, **given, key="gate.propose", reference="gathering:none")
    event = show(**given, key="guide.how", words="搭一座车棚")
    assert (event.code, event.note) == ("guide.how", "搭一座车棚")
    show_all(world, project)
    with pytest.raises(Forbidden):
        move(world, project, "review", "secretary")
    assert move(world, project, "review").state == "reviewed"
    refused("move_not_possible", move, world, project, "review")


def test_nobody_approves_what_they_proposed(world: World) -> None:
    project = propose(world, by="supervisor")
    show_all(world, project)
    refused("second_person", move, world, project, "review")


@pytest.mark.req("I11")
def test_a_reward_needs_its_own_share_and_keeps_its_cap(world: World) -> None:
    project = propose(world)
    show_all(world, project)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    add = actions.add_funding_line
    refused("over_the_most", add, **given, source=Source("reward", "奖补", 10_000_001))
    refused("funding_not_allowed", add, **given, source=Source("investment", "公司", 1))
    refused("amount_wrong", add, **given, source=Source("reward", "奖补"))
    refused("thing_missing", add, **given, source=Source("in_kind", "木料"))
    refused("account_unknown", add, **given, source=Source("reward", "奖补", 1, account="F999"))
    add(**given, source=Source("reward", "奖补", 9_000_000))
    assert refused("own_share_missing", move, world, project, "approve").facts["short"] == "10,000.00"
    add(**given, source=Source("own", "居民自筹", 1_000_000))
    add(**given, source=Source("in_kind", "居民出工", thing="两天，八个人"))
    assert move(world, project, "approve").approved_at == NOW


def test_a_line_is_promised_committed_paid_or_taken_back(world: World) -> None:
    project = approved(world)
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    actions.commit_line(**given, position=1)
    refused("line_settled", actions.commit_line, **given, position=1)
    refused("line_unknown", actions.commit_line, **given, position=9)
    refused("amount_wrong", actions.pay_line, **given, position=1, amount=0)
    actions.pay_line(**given, position=1, amount=8_000_000)
    refused("line_settled", actions.drop_line, **given, position=1, reason="不用了吧")
    refused("reason_missing", actions.drop_line, **given, position=2, reason="不")
    actions.drop_line(**given, position=2, reason="改由基金出")
    assert [one.position for one in queries.lines_of(project)] == [1]
    outside = actions.add_funding_line(**given, source=Source("own", "现金", 100))
    refused("paper_missing", actions.pay_line, **given, position=outside.position, amount=100)
    paid = actions.pay_line(**given, position=outside.position, amount=100, uploads=[photo()])
    assert paid.state == "paid"


@pytest.mark.req("B09")
def test_a_sponsor_visits_and_is_reminded(world: World) -> None:
    project = approved(world)
    duty = Duty.objects.get(rule="project.visit.quarter", subject=project.reference)
    assert duty.holder_id == project.sponsor_id and duty.next_alarm_on is not None
    visit = actions.record_visit
    with pytest.raises(Forbidden) as told:
        visit(by=world.actor("secretary"), at=NOW, number=project.number, found="看了看")
    assert told.value.code == "not_the_sponsor"
    given: dict[str, Any] = {"by": world.actor("supervisor"), "at": NOW, "number": project.number}
    refused("line_missing", visit, **given, found="")
    refused("in_the_future", visit, **given, found="看了", on=(NOW + dt.timedelta(days=2)).date())
    refused("before_sponsor", visit, **given, found="看了", on=(NOW - dt.timedelta(days=9)).date())
    event = visit(**given, found="地基打好了", uploads=[photo()])
    duty.refresh_from_db()
    assert duty.evidence == f"visit:{event.pk}"
    assert actions.ask_visits(by=world.actor("supervisor", LATER), at=LATER, number=project.number)
    assert Duty.objects.filter(subject=project.reference, fulfilled_at=None).count() == 1


def test_work_is_shown_step_by_step(world: World) -> None:
    project = running(world)
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    refused("evidence_missing", actions.finish_milestone, **given, position=1)
    refused("step_unknown", actions.finish_milestone, **given, position=9, uploads=[photo()])
    assert "动手" in refused("steps_open", move, world, project, "finish", "secretary").facts["missing"]
    actions.finish_milestone(**given, position=1, uploads=[photo()], purpose="before")
    refused("step_done", actions.finish_milestone, **given, position=1, uploads=[photo()])
    actions.add_milestone(**given, name="通电", shown="检测单", due_on=NOW.date())
    for position in (2, 3):
        actions.finish_milestone(**given, position=position, uploads=[photo()], purpose="after")
    assert move(world, project, "finish", "secretary").state == "acceptance"


def voices(world: World, project: Project, said: dict[str, bool]) -> None:
    for who, satisfied in said.items():
        actor, reason = world.actor(who), "" if satisfied else "漏雨，要返工"
        actions.say_accepted(by=actor, at=NOW, number=project.number, satisfied=satisfied, reason=reason)


# Posts below the place stand for its residents: the rule asks for a home or a seat there.
HERE = ("grid_member", "patch_lead", "secretary", "property")


@pytest.mark.req("I01")
def test_residents_accept_once_each_and_not_before_the_time(world: World) -> None:
    early = running(world)
    refused("not_yet_to_accept", voices, world, early, {"secretary": True})
    project = finished(world, problem=open_problem(world, "第二件"))
    with pytest.raises(Forbidden) as told:
        voices(world, project, {"outsider": True})
    assert told.value.code == "not_of_this_place"
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    refused("reason_missing", actions.say_accepted, **given, satisfied=False, reason="不")
    voices(world, project, dict.fromkeys(HERE, True))
    voices(world, project, {"secretary": True})
    assert queries.voices_of(project).all == 4
    assert refused("voices_missing", move, world, project, "accept", "secretary").facts["lacks"] == 1


def accepted(world: World, **more: Any) -> Project:
    project = finished(world, **more)
    voices(world, project, dict.fromkeys(HERE, True))
    fifth = world.actor("grid_member")
    from gongzhi.projects.models import Acceptance

    Acceptance.objects.create(project=project, round=1, person=world.people["neighbour"], satisfied=True, at=NOW)
    assert fifth.person_id
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    refused("paper_missing", move, world, project, "accept", "secretary")
    actions.add_photos(**given, uploads=[photo()], purpose="document")
    return move(world, project, "accept", "secretary")


def evaluate(world: World, project: Project, mark: str = "8") -> None:
    from gongzhi.sheets.queries.definitions import library

    entry, _pack = library().sheets["project-18"]
    marks = {one.code: mark for one in entry.items}
    given: dict[str, Any] = {"by": world.actor("supervisor"), "at": NOW, "number": project.number}
    actions.evaluate(**given, marks=marks, evidence={code: ["会议记录"] for code in marks}, notes={})


@pytest.mark.req("I02")
@pytest.mark.req("I03")
def test_it_closes_when_the_books_agree_and_it_was_evaluated(world: World) -> None:
    project = accepted(world)
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": project.number}
    assert "街道以奖代补" in refused("lines_unpaid", move, world, project, "close").facts["missing"]
    for position, amount in ((1, 8_000_000), (2, 2_000_000)):
        actions.pay_line(**given, position=position, amount=amount)
    fund = queries.lines_of(project)[0].account
    assert fund is not None
    spend(world, project, fund.fund, 9_000_000)
    told = refused("account_differs", move, world, project, "close")
    assert told.facts["parts"] == "F001 100,000.00 / 90,000.00 (10,000.00)"
    spend(world, project, fund.fund, 1_000_000)
    refused("evaluation_missing", move, world, project, "close")
    evaluate(world, project, "5")
    assert refused("evaluation_below", move, world, project, "close").facts["line"] == 60
    evaluate(world, project, "6")
    closed = move(world, project, "close")
    assert closed.state == "closed" and closed.revisit_on == (NOW + dt.timedelta(days=90)).date()
    refused("revisit_too_early", move, world, project, "revisit", "secretary", reason="还好用的")
    assert move(world, project, "revisit", "secretary", at=LATER, reason="还好用的").state == "revisited"


def test_nobody_evaluates_their_own_project(world: World) -> None:
    project = running(world)
    refused("not_yet_to_evaluate", evaluate, world, project)
    with pytest.raises(Forbidden):
        actions.evaluate(
            by=world.actor("secretary"), at=NOW, number=project.number, marks={}, evidence={}, notes={}
        )


def test_it_is_rejected_withdrawn_or_abandoned_with_a_reason(world: World) -> None:
    first = propose(world)
    refused("reason_missing", move, world, first, "reject")
    assert move(world, first, "reject", reason="和去年的重复").state == "rejected"
    second = propose(world, problem=open_problem(world, "第二件"))
    assert move(world, second, "withdraw", "secretary", reason="居民说先不办").state == "withdrawn"
    third = approved(world, problem=open_problem(world, "第三件"))
    with pytest.raises(Forbidden):
        move(world, third, "abandon", "secretary", reason="地方被占了")
    assert move(world, third, "abandon", reason="地方被占了").state == "abandoned"
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "number": third.number}
    refused("project_over", actions.show_point, **given, key="guide.how")


def test_rework_begins_the_acceptance_anew(world: World) -> None:
    project = finished(world)
    voices(world, project, {"secretary": False})
    move(world, project, "rework", "secretary", reason="漏雨，重做顶棚")
    project.refresh_from_db()
    assert project.round == 2 and project.state == "implementing" and queries.voices_of(project).all == 0


def test_events_are_kept_and_nobody_else_sees_a_plan(world: World) -> None:
    project = propose(world)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ProjectEvent.objects.filter(project=project).update(note="改了")
    for who in ("resident", "property"):
        with pytest.raises(NotFound):
            queries.get_project_for(world.actor(who), project.number)
        with pytest.raises(NotFound):
            queries.get_work_for(world.actor(who), project.number)
    assert queries.get_project_for(world.actor("auditor"), project.number) == project
    open_fund(world)
    fund_it(world, project)
    refused("not_running", actions.pay_line, by=world.actor("secretary"), at=NOW, number=project.number, position=1)
    assert isinstance(Conflict("x", "y"), Refused)
