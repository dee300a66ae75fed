"""Which form of branch the numbers suggest (S0, 支部工作条例): pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.people.branches import BranchForm, Thresholds, branch_form, thresholds_of

LAW = Thresholds(members_least=3, units_most=5, most=50)
COUNT = st.integers(min_value=0, max_value=500)
UNITS = st.integers(min_value=1, max_value=40)


@pytest.mark.parametrize(
    ("members", "units", "form"),
    [
        (3, 1, BranchForm.INDEPENDENT),
        (3, 4, BranchForm.INDEPENDENT),
        (2, 2, BranchForm.JOINT),
        (1, 5, BranchForm.JOINT),
        (2, 1, BranchForm.FUNCTIONAL),  # nobody to join with
        (0, 1, BranchForm.FUNCTIONAL),
        (0, 3, BranchForm.FUNCTIONAL),
    ],
)
def test_the_rows_of_the_fixture(members: int, units: int, form: BranchForm) -> None:
    """Direct full members 3 / 2 / 0: independent, joint, functional."""
    assert branch_form(members=members, units=units, law=LAW).form == form


def test_what_to_look_at() -> None:
    assert not branch_form(members=50, units=1, law=LAW).too_many_members
    assert branch_form(members=51, units=1, law=LAW).too_many_members
    assert not branch_form(members=2, units=5, law=LAW).too_many_units
    assert branch_form(members=2, units=6, law=LAW).too_many_units


@given(COUNT, UNITS, st.integers(min_value=1, max_value=20))
def test_enough_members_never_need_a_neighbour_and_none_never_join(members: int, units: int, least: int) -> None:
    form = branch_form(members=members, units=units, law=Thresholds(least, 5, 50)).form
    assert (form == BranchForm.INDEPENDENT) == (members >= least)
    assert form != BranchForm.JOINT or (0 < members < least and units > 1)


@given(COUNT, UNITS)
def test_one_more_member_never_makes_it_weaker(members: int, units: int) -> None:
    order = [BranchForm.FUNCTIONAL, BranchForm.JOINT, BranchForm.INDEPENDENT]
    fewer = branch_form(members=members, units=units, law=LAW).form
    more = branch_form(members=members + 1, units=units, law=LAW).form
    assert order.index(more) >= order.index(fewer)


def test_the_numbers_come_from_the_text_and_a_text_without_them_is_no_text() -> None:
    assert thresholds_of({"members_least": 3}, {"units_most": 5}, {"most": 50}) == LAW
    with pytest.raises(KeyError):
        thresholds_of({}, {"units_most": 5}, {"most": 50})
