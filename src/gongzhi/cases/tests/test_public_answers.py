"""公开 says how many were content, and lets nobody work out what one person answered."""

import datetime as dt
import itertools
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import public_numbers, public_page, shown_status
from gongzhi.cases.rules.privacy import told_in_batches
from gongzhi.cases.tests.joint_cast import HOUR, in_work
from tests.cast import NOW, World

Report = Callable[..., Case]
DAY = dt.timedelta(days=1)


def checked(world: World, case: Case) -> Case:
    case = in_work(world, case)
    actions.submit_result(by=world.actor("department"), at=NOW + HOUR, number=case.number, note="换了灯泡")
    return actions.verify_case(by=world.actor("grid_member"), at=NOW + 2 * HOUR, number=case.number)


def answer(world: World, case: Case, solved: str, at: dt.datetime) -> None:
    note = "" if solved == "yes" else "还是不亮"
    actions.answer_case_question(by=world.actor("resident"), at=at, number=case.number, solved=solved, note=note)


def seen(at: dt.datetime, case: Case) -> tuple[object, ...]:
    """Everything that /public tells of the moment: the figures without their own time, the rows, this case's state."""
    n = public_numbers(at)
    figures = (n.received, n.finished, n.answered, n.solved, n.open, n.overdue)
    shown = [[one.number for one in public_page(at, show=show)[0]] for show in ("finished", "open")]
    case.refresh_from_db()
    return (*figures, shown, shown_status(case, at))


@pytest.mark.req("D09", where="/public")
def test_an_answer_changes_nothing_in_public_on_its_day(world: World, report: Report) -> None:
    case = checked(world, report())
    later = NOW + 3 * HOUR
    before = seen(later, case)
    answer(world, case, "yes", later)
    assert case.number and seen(later, case) == before
    actions.close_case(by=world.actor("dispatcher"), at=later, number=case.number)
    assert seen(later, case) == before
    # Next day it has ended, as one that nobody answered has; one answer alone is still not told.
    told = public_numbers(later + DAY)
    assert (told.finished, told.answered, told.solved) == (1, 0, 0)
    case.refresh_from_db()
    assert shown_status(case, later + DAY) == "closed"


def test_answers_are_told_from_five_that_differ_when_the_day_is_over(world: World, report: Report) -> None:
    cases = [checked(world, report(text=f"第{n}盏路灯不亮")) for n in range(5)]
    at = NOW + 3 * HOUR
    for case in cases[:4]:
        answer(world, case, "yes", at)
    assert public_numbers(at + DAY).answered == 0
    answer(world, cases[4], "no", at + DAY)
    assert public_numbers(at + DAY).answered == 0
    told = public_numbers(at + 2 * DAY)
    assert (told.answered, told.solved) == (5, 4)


def test_no_page_lists_whose_answer_it_was(world: World, report: Report, client: Client) -> None:
    case = checked(world, report())
    answer(world, case, "yes", NOW + 3 * HOUR)
    page = client.get("/public").content.decode()
    assert "show=solved" not in page and "不逐条公开，办事的人也看不到" in page
    listed = client.get("/public?show=solved").content.decode()  # an old bookmark: the newest, nothing chosen
    assert listed.count(case.number) == page.count(case.number)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_what_was_told_stays_and_grows_by_five_that_differ(days: list[tuple[int, int]]) -> None:
    days = [(max(said, solved), min(said, solved)) for said, solved in days]
    told = [told_in_batches(days[:n], 5) for n in range(len(days) + 1)]
    for (said, solved), (more, content) in itertools.pairwise(told):
        assert (more, content) == (said, solved) or (more - said >= 5 and 0 < content - solved < more - said)
