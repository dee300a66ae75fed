"""Lines of works: steps, parts that name no home, warranties, sums."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Conflict, Refused
from gongzhi.projects.rules import works
from gongzhi.projects.rules.works import LineFigures

STATES = ("listed", "triaged", "budgeted", "ordered", "done", "accepted", "dropped")
lines = st.builds(
    LineFigures,
    st.sampled_from(("roof", "wall", "pipe")),
    st.sampled_from(STATES),
    st.integers(0, 900),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
)


def test_every_step_leads_on() -> None:
    assert works.get_step("listed", "triage").target == "triaged"
    assert {one.verb for one in works.steps_from("done")} == {"redo", "accept", "pay"}
    assert works.steps_from("dropped") == ()
    for state, verb in (("listed", "accept"), ("ordered", "pay"), ("accepted", "redo"), ("done", "drop")):
        with pytest.raises(Conflict, match=r".*") as caught:
            works.get_step(state, verb)
        assert caught.value.code == "step_not_possible"


@pytest.mark.parametrize("part", ["2 单元屋面", "东侧外墙", "地下室 3 号管井", "12栋南侧雨棚", "1 至 6 单元门"])
def test_a_part_of_a_building_is_taken(part: str) -> None:
    assert works.check_part(f"  {part} ") == part


@pytest.mark.parametrize("part", ["502室", "2单元 502", "1-502", "11 户", "301号房天花板", "2-1003"])
def test_a_home_is_not(part: str) -> None:
    with pytest.raises(Refused) as caught:
        works.check_part(part)
    assert caught.value.code == "part_names_a_home"


def test_a_part_is_needed_and_short() -> None:
    for given_part, code in (("  ", "part_missing"), ("屋" * 31, "line_too_long")):
        with pytest.raises(Refused) as caught:
            works.check_part(given_part)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (dt.date(2026, 3, 18), 60, dt.date(2031, 3, 18)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 31), 2, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 1), 0, None),
    ],
)
def test_warranties_end_on_the_same_day(day: dt.date, months: int, until: dt.date | None) -> None:
    assert works.warranty_until(day, months) == until


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)), st.integers(1, 600))
def test_a_warranty_is_as_long_as_it_says(day: dt.date, months: int) -> None:
    until = works.warranty_until(day, months)
    assert until is not None and until.day <= day.day
    assert (until.year - day.year) * 12 + until.month - day.month == months


@given(st.lists(lines, max_size=30))
def test_sums_of_sorts_are_the_sum_of_all(found: list[LineFigures]) -> None:
    kept = [one for one in found if one.state != "dropped"]
    whole = works.all_of(works.totals(found))
    assert (whole.lines, whole.homes) == (len(kept), sum(one.homes for one in kept))
    assert (whole.budget, whole.paid) == (sum(one.budget for one in kept), sum(one.paid for one in kept))
    assert whole.accepted <= whole.done <= whole.lines


def test_the_sum_of_nothing_is_nothing() -> None:
    assert works.all_of(()) == works.total_of("", ())
