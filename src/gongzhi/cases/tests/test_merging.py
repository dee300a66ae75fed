"""并案: every reporter stays, the earlier promise holds, and taken apart everything is as it was."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from gongzhi.cases import actions, queries
from gongzhi.cases.actions.merging import merge_case, unmerge_case
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.cases.queries.desk import inbox, queue, worked_by
from gongzhi.cases.queries.neighbours import forget_rarity, near_case
from gongzhi.cases.queries.together import headcount, joined_to
from gongzhi.cases.rules import Where
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from tests.cast import NOW, World

Report = Callable[..., Case]
LATER = NOW + dt.timedelta(days=2)
TABLES = ("cases_case", "cases_clock", "cases_workorder", "cases_reporter", "people_vaultkey")
SAME = ("5栋门口路灯不亮，晚上看不见台阶。", "5栋门口的路灯坏了，晚上看不见台阶，老人怕摔。")


def digests() -> dict[str, str]:
    """One digest a table over its rows as the database writes them."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY t.id")
            found[table] = hashlib.sha256("\n".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()
    return found


@pytest.fixture
def two(world: World, report: Report) -> tuple[Case, Case]:
    """The resident's, older; the neighbour's, two days later."""
    return report("resident", SAME[0]), report("neighbour", SAME[1], at=LATER)


def _merge(world: World, case: Case, main: Case) -> Case:
    return merge_case(by=world.actor("dispatcher"), at=LATER, number=case.number, into=main.number)


@pytest.mark.req("D08")
def test_every_reporter_stays_and_is_counted(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    main = _merge(world, second, first)
    assert main.number == first.number and headcount(main) == 2
    second.refresh_from_db()
    assert second.main_id == first.pk and second.reporters.count() == 1
    assert [row.view.text for row in joined_to(world.actor("dispatcher"), main, LATER)] == [SAME[1]]
    assert len(queries.contacts_for(system_actor("test"), main)) == 2


def test_it_leaves_the_lists_and_the_clock_but_not_the_page(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    _merge(world, second, first)
    dispatcher = world.actor("dispatcher")
    assert list(worked_by(dispatcher)) == [first]
    assert [case.number for case in queue(dispatcher, LATER, tab="todo")[0]] == [first.number]
    assert queries.get_worked_case(dispatcher, second.number).main == first
    second.refresh_from_db()
    assert second.next_clock_at is None


@pytest.mark.parametrize("swapped", [False, True])
def test_taken_apart_every_row_is_as_it_was(world: World, two: tuple[Case, Case], swapped: bool) -> None:
    case, main = (two[0], two[1]) if swapped else (two[1], two[0])
    actions.dispatch_case(
        by=world.actor("dispatcher"), at=LATER, number=main.number, unit_id=world.units["utility"].pk
    )
    before = digests()
    _merge(world, case, main)
    assert digests() != before
    unmerge_case(by=world.actor("dispatcher"), at=LATER + dt.timedelta(hours=1), number=case.number)
    assert digests() == before


def test_the_earliest_promise_holds(world: World, two: tuple[Case, Case]) -> None:
    older, newer = two
    assert older.due_at and newer.due_at and older.due_at < newer.due_at
    dispatcher = world.actor("dispatcher")
    actions.dispatch_case(by=dispatcher, at=LATER, number=newer.number, unit_id=world.units["utility"].pk)
    main = _merge(world, older, newer)
    assert main.due_at == older.due_at
    assert Clock.objects.get(case=main, kind="resolve", met_at=None).due_at == older.due_at
    assert WorkOrder.objects.get(case=main, ended_at=None).due_at == older.due_at
    unmerge_case(by=dispatcher, at=LATER, number=older.number)
    main.refresh_from_db()
    assert main.due_at == newer.due_at


def test_of_three_the_promise_goes_back_step_by_step(world: World, report: Report) -> None:
    cases = [report(at=NOW + dt.timedelta(days=days)) for days in (0, 1, 2)]
    dispatcher, main = world.actor("dispatcher"), cases[2]
    before = digests()
    for case in cases[:2]:
        _merge(world, case, main)
    dues = []
    for case in cases[:2]:
        main.refresh_from_db()
        dues.append(main.due_at)
        unmerge_case(by=dispatcher, at=LATER, number=case.number)
    assert dues == [cases[0].due_at, cases[1].due_at]
    assert digests() == before


def test_the_merged_number_still_tracks(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    _merge(world, second, first)
    dispatcher, handler = world.actor("dispatcher"), world.actor("department")
    actions.dispatch_case(by=dispatcher, at=LATER, number=first.number, unit_id=world.units["utility"].pk)
    actions.start_work(by=handler, at=LATER, number=first.number, note="已联系演示resident")
    told = queries.track(second.number, queries.track_code_for(second.number))
    assert told["number"] == second.number and told["status"] == "in_progress" and told["unit"] == "路灯管理所"
    assert told["received_at"] == second.received_at and told["due_at"] == first.due_at
    assert not any(step["note"] for step in told["timeline"])
    assert [step["status"] for step in told["timeline"]][-1] == "in_progress"


def test_nothing_is_done_with_the_merged_one_itself(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    _merge(world, second, first)
    with pytest.raises(Conflict) as refused:
        actions.accept_case(by=world.actor("dispatcher"), at=LATER, number=second.number)
    assert refused.value.code == "merged" and refused.value.facts["main"] == first.number


REFUSALS: dict[str, Callable[[Case, Case], Any]] = {
    "main_closed": lambda case, main: Case.objects.filter(pk=main.pk).update(status="closed"),
    "merge_confidential": lambda case, main: Case.objects.filter(pk=main.pk).update(privacy="confidential"),
    "about_itself": lambda case, main: Case.objects.filter(pk=case.pk).update(
        about_unit=main.unit, unit=None
    ),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_cannot_be_one(world: World, two: tuple[Case, Case], code: str) -> None:
    main, case = two
    REFUSALS[code](case, main)
    with pytest.raises(Refused) as refused:
        _merge(world, case, main)
    assert refused.value.code == code
    case.refresh_from_db()
    assert case.main_id is None


def test_neither_itself_nor_a_ring_nor_a_chain(world: World, report: Report) -> None:
    one, two, three = report(), report(), report()
    with pytest.raises(Refused, match="same_case"):
        _merge(world, one, one)
    _merge(world, two, one)
    for case, main, code in ((one, two, "main_merged"), (three, two, "main_merged"), (one, three, "has_merged")):
        with pytest.raises(Refused) as refused:
            _merge(world, case, main)
        assert refused.value.code == code
    with pytest.raises(Conflict, match="merged"):
        _merge(world, two, three)
    with pytest.raises(Conflict, match="not_merged"):
        unmerge_case(by=world.actor("dispatcher"), at=LATER, number=three.number)


def test_only_over_both_places(world: World, report: Report) -> None:
    there = world.places["PC-2-1-1"]
    far = report("neighbour", where=Where(path=there.path, found="code", place_id=there.pk, grid_id=there.pk))
    near = report()
    secretary = world.actor("secretary")
    for number, into in ((near.number, far.number), (far.number, near.number)):
        with pytest.raises((Forbidden, NotFound)):
            merge_case(by=secretary, at=LATER, number=number, into=into)
    for role in ("grid_member", "department", "auditor", "resident"):
        with pytest.raises((Forbidden, NotFound)):
            merge_case(by=world.actor(role), at=LATER, number=near.number, into=far.number)


@pytest.mark.req("D08")
def test_a_neighbours_word_counts_and_stays_the_neighbours(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    _merge(world, second, first)
    Case.objects.filter(pk=first.pk).update(status="verified", unit=world.units["utility"])
    actions.answer_case_question(
        by=world.actor("neighbour"), at=LATER, number=second.number, solved="no", note="我家门口还是黑的"
    )
    first.refresh_from_db()
    assert first.status == "rework"
    own = queries.track(first.number, queries.track_code_for(first.number))
    assert "我家门口" not in str(own)
    theirs = queries.track(second.number, queries.track_code_for(second.number))
    assert "我家门口还是黑的" in str(theirs) and theirs["status"] == "rework"
    assert "我家门口还是黑的" in joined_to(world.actor("dispatcher"), first, LATER)[0].notes


def test_near_ones_are_found_and_others_not(world: World, two: tuple[Case, Case], report: Report) -> None:
    first, second = two
    report("outsider", "物业乱收停车费，不给发票。")
    forget_rarity()
    found = near_case(world.actor("dispatcher"), second, LATER)
    assert [near.case for near in found] == [first]
    assert near_case(world.actor("auditor"), second, LATER)[0].heads == 1
    assert near_case(world.actor("other_grid_member"), second, LATER) == []
    Case.objects.filter(pk=first.pk).update(status="closed")
    assert near_case(world.actor("dispatcher"), second, LATER) == []


def test_the_unit_sees_one_order(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    for case in two:
        actions.dispatch_case(
            by=world.actor("dispatcher"), at=LATER, number=case.number, unit_id=world.units["utility"].pk
        )
    _merge(world, second, first)
    assert [case.number for case in inbox(world.actor("department"))[0]] == [first.number]
