"""暂停计时: a reason, an end, two people; the deadline moves by exactly what was paused. Reopening twice climbs."""

import datetime as dt
from collections.abc import Callable

import pytest

from gongzhi.cases import actions
from gongzhi.cases.actions.calendar import replan_clocks
from gongzhi.cases.models import Case, CaseEvent, Clock
from gongzhi.cases.queries.published import deferred_counts
from gongzhi.cases.tests.joint_cast import HOUR, in_work, staff
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.packs import queries as packs
from tests.cast import NOW, World

Report = Callable[..., Case]
ASK = {"reason": "pause.expert", "note": "送检，等报告", "until": dt.date(2026, 3, 24)}


def paused(world: World, case: Case) -> Case:
    in_work(world, case)
    actions.ask_pause(by=world.actor("department"), at=NOW + HOUR, number=case.number, **ASK)
    return actions.decide_pause(by=world.actor("dispatcher"), at=NOW + 2 * HOUR, number=case.number, granted=True)


def test_the_deadline_moves_by_exactly_the_paused_working_time(world: World, report: Report) -> None:
    case = report()
    before = case.due_at
    assert before is not None
    case = paused(world, case)
    assert case.due_at is not None and case.due_at > before  # as if it lasted to its end
    ended = NOW + dt.timedelta(days=1, hours=3)
    case = actions.unpause_case(by=world.actor("dispatcher"), at=ended, number=case.number)
    calendar = packs.calendar()
    stood = calendar.working_minutes_between(NOW + 2 * HOUR, ended)
    assert stood > 0 and case.due_at == calendar.add_working_minutes(before, stood).at
    clock = Clock.objects.get(case=case, kind="resolve", met_at__isnull=True)
    (entry,) = clock.pauses
    assert clock.paused_at is None and entry["reason"] == "pause.expert"
    assert {entry["by"], entry["approved_by"]} == {
        world.actor("department").reference,
        world.actor("dispatcher").reference,
    }


def test_nobody_approves_a_pause_of_their_own(world: World, report: Report) -> None:
    case = in_work(world, report())
    actions.ask_pause(by=world.actor("department"), at=NOW + HOUR, number=case.number, **ASK)
    Case.objects.filter(pk=case.pk).update(pending={**Case.objects.get(pk=case.pk).pending, "by": "x"})
    own = world.actor("dispatcher")
    Case.objects.filter(pk=case.pk).update(
        pending={"kind": "pause", "reason": "pause.expert", "until": "2026-03-24", "by": own.reference}
    )
    with pytest.raises(Refused, match="own_request"):
        actions.decide_pause(by=own, at=NOW + HOUR, number=case.number, granted=True)


def test_a_refused_pause_leaves_the_clock_alone(world: World, report: Report) -> None:
    case = in_work(world, report())
    before = case.due_at
    actions.ask_pause(by=world.actor("department"), at=NOW + HOUR, number=case.number, **ASK)
    with pytest.raises(Refused, match="missing_note"):
        actions.decide_pause(by=world.actor("dispatcher"), at=NOW + HOUR, number=case.number, granted=False)
    case = actions.decide_pause(
        by=world.actor("dispatcher"), at=NOW + HOUR, number=case.number, granted=False, note="可以先修"
    )
    assert case.due_at == before and case.pending == {}
    assert not Clock.objects.filter(case=case, kind="pause").exists()


@pytest.mark.parametrize(
    ("at", "until", "code"),
    [
        (NOW + dt.timedelta(days=20), dt.date(2026, 4, 10), "over_already"),
        (NOW, dt.date(2026, 3, 18), "pause_too_long"),
        (NOW, dt.date(2026, 6, 1), "pause_too_long"),
        (NOW, None, "missing_until"),
    ],
)
def test_a_pause_is_asked_for_in_time_and_ends(
    at: dt.datetime, until: dt.date | None, code: str, world: World, report: Report
) -> None:
    case = in_work(world, report())
    with pytest.raises(Refused, match=code):
        actions.ask_pause(by=world.actor("department"), at=at, number=case.number, **{**ASK, "until": until})


def test_on_its_day_the_clock_runs_again_by_itself(world: World, report: Report) -> None:
    case = paused(world, report())
    assert case.next_clock == "pause"
    after = dt.datetime(2026, 3, 25, 1, 0, tzinfo=dt.UTC)
    assert actions.escalate_case(by=system_actor("clock"), at=after, case_id=case.pk) == "resumed"
    clock = Clock.objects.get(case=case, kind="resolve", met_at__isnull=True)
    assert clock.paused_at is None and clock.pauses[0]["to"] == after.isoformat()
    with pytest.raises(Conflict, match="not_paused"):
        actions.unpause_case(by=world.actor("dispatcher"), at=after, number=case.number)


def test_an_answer_ends_the_pause(world: World, report: Report) -> None:
    case = paused(world, report())
    at = NOW + 3 * HOUR
    actions.submit_result(by=world.actor("department"), at=at, number=case.number, note="提前到货，换好了")
    clock = Clock.objects.get(case=case, kind="resolve", met_at__isnull=True)
    assert clock.pauses[0]["to"] == at.isoformat()


def test_a_new_holiday_table_keeps_pauses_and_extensions(world: World, report: Report) -> None:
    case = paused(world, report())
    actions.unpause_case(by=world.actor("dispatcher"), at=NOW + dt.timedelta(days=1), number=case.number)
    ask = {"reason": "extension.parts", "note": "等灯头"}
    actions.ask_extension(by=world.actor("department"), at=NOW + dt.timedelta(days=1), number=case.number, **ask)
    later = NOW + dt.timedelta(days=1, hours=1)
    case = actions.decide_extension(by=world.actor("dispatcher"), at=later, number=case.number, granted=True)
    due = case.due_at
    assert replan_clocks(by=system_actor("packs"), at=later, first_day=dt.date(2026, 1, 1)) == 0
    case.refresh_from_db()
    assert case.due_at == due


def test_two_people_for_an_extension(world: World, report: Report) -> None:
    """The one who asks and the one who grants differ, even when one person sits in both chairs."""
    case = in_work(world, report())
    ask = {"reason": "extension.parts", "note": "等灯头"}
    actions.ask_extension(by=world.actor("department"), at=NOW + HOUR, number=case.number, **ask)
    own = world.actor("dispatcher")
    Case.objects.filter(pk=case.pk).update(pending={"kind": "extension", "by": own.reference})
    with pytest.raises(Refused, match="own_request"):
        actions.decide_extension(by=own, at=NOW + HOUR, number=case.number, granted=True)


def test_the_second_reopening_calls_somebody_higher(world: World, report: Report) -> None:
    case, resident = report(), world.actor("resident")
    for time in range(1, 4):
        Case.objects.filter(pk=case.pk).update(status="closed")
        at = NOW + time * dt.timedelta(days=1)
        actions.reopen_case(by=resident, at=at, number=case.number, note="又不亮了")
    climbed = CaseEvent.objects.filter(case=case, move="escalate").order_by("id")
    assert [event.facts["clock"] for event in climbed] == ["reopen", "reopen"]
    assert [event.facts["step"] for event in climbed] == ["督办", "通报"]
    case.refresh_from_db()
    assert case.reopens == 3 and case.escalation == 2


def test_a_deferred_case_is_counted_in_public_by_category(world: World, report: Report) -> None:
    case = in_work(world, report())
    Case.objects.filter(pk=case.pk).update(category="facility.lighting.streetlight")
    ask = {"reason": "defer.funds", "note": "要等表决", "until": dt.date(2026, 9, 1)}
    actions.ask_deferral(by=world.actor("dispatcher"), at=NOW + HOUR, number=case.number, **ask)
    actions.decide_deferral(by=world.actor("secretary"), at=NOW + HOUR, number=case.number, granted=True)
    ((name, count),) = deferred_counts()
    assert "路灯" in name and count == 1


def test_the_extra_member_may_pause_only_what_is_theirs(world: World, report: Report) -> None:
    case = in_work(world, report())
    staff(world, "stranger", "department", "PC-2", world.units["committee-2"])
    with pytest.raises(Exception, match=r"case_not_found|forbidden"):
        actions.ask_pause(by=world.actor("stranger"), at=NOW, number=case.number, **ASK)
