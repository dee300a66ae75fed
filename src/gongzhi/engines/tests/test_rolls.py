"""Heads by buyer, areas exact, one representative a household, delegates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.rolls import (
    Roll,
    RollEntry,
    Unit,
    adult_entries,
    delegate_bounds,
    household_entries,
    other_owners,
    owner_entries,
)

BOTH = ("heads", "area")


def test_one_buyer_of_three_units_is_one_head_with_all_their_area() -> None:
    units = [Unit(f"5-{number}", ("owner",), 8_960) for number in (101, 102, 103)] + [Unit("6-101", ("other",), 7_001)]
    roll = Roll(owner_entries(units), BOTH)
    assert roll.weights["owner"] == {"heads": 1, "area": 26_880}
    assert roll.registered() == {"heads": 2, "area": 33_881}


def test_forty_unsold_units_of_the_developer_are_one_head() -> None:
    roll = Roll(owner_entries([Unit(str(number), ("developer",), 9_000) for number in range(40)]), BOTH)
    assert roll.registered() == {"heads": 1, "area": 360_000}


def test_a_couple_that_shares_a_flat_is_one_head_and_each_flat_of_its_own_another() -> None:
    units = [Unit("1", ("a", "b"), 100), Unit("2", ("b", "a"), 50), Unit("3", ("a",), 7)]
    assert [(one.entry, one.weights) for one in owner_entries(units)] == [
        ("a+b", {"heads": 1, "area": 150}),
        ("a", {"heads": 1, "area": 7}),
    ]


@pytest.mark.parametrize(
    "unit", [Unit("1", (), 5), Unit("1", ("a+b",), 5), Unit("1", ("a",), 0), Unit("1", ("a",), 8.96)]
)
def test_a_unit_needs_an_owner_and_a_whole_area(unit: Unit) -> None:
    with pytest.raises(ValueError, match="1:"):
        owner_entries([unit])
    with pytest.raises(ValueError, match="once"):
        owner_entries([Unit("1", ("a",), 5), Unit("1", ("b",), 5)])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 10**7)), max_size=40))
def test_areas_add_up_and_heads_are_the_buyers(units: list[tuple[str, int]]) -> None:
    roll = Roll(owner_entries([Unit(str(n), (owner,), area) for n, (owner, area) in enumerate(units)]), BOTH)
    assert roll.registered() == {"heads": len({owner for owner, _ in units}), "area": sum(a for _, a in units)}


def test_the_other_owners_of_a_building() -> None:
    units = [Unit(str(n), (f"owner{n}",), 9_000) for n in range(30)]
    others = other_owners(units, "owner7")
    assert len(others) == 29 and "owner7" not in {one.entry for one in others}
    with pytest.raises(ValueError, match="stranger"):
        other_owners(units, "stranger")


def test_a_household_has_one_representative_of_its_own() -> None:
    members = {"1-101": ["a", "b"], "1-102": ["c"], "1-103": ["d"]}
    found = household_entries(members, {"1-101": "b", "1-102": "c"})
    assert [one.entry for one in found.entries] == ["b", "c"] and found.missing == ["1-103"]
    assert Roll(found.entries, ("heads", "households")).registered() == {"heads": 2, "households": 2}
    with pytest.raises(ValueError, match="1-102"):
        household_entries(members, {"1-102": "a"})
    with pytest.raises(ValueError, match="9-999"):
        household_entries(members, {"9-999": "a"})
    with pytest.raises(ValueError, match="1-101"):
        adult_entries(members, {"1-101": "d"})


def test_adults_and_households_stand_on_one_roll() -> None:
    roll = Roll(adult_entries({"1": ["a", "b"], "2": ["c"]}, {"1": "b", "2": "c"}), ("heads", "households"))
    assert roll.registered() == {"heads": 3, "households": 2}
    assert roll.total(["a", "b"]) == {"heads": 2, "households": 1}


def test_who_need_not_come_is_not_due() -> None:
    roll = Roll([RollEntry("a", {"heads": 1}), RollEntry("b", {"heads": 1}, due=False)])
    assert (roll.registered(), roll.due()) == ({"heads": 2}, {"heads": 1})


@pytest.mark.parametrize(
    "entries",
    [
        [RollEntry("a", {"heads": 1}), RollEntry("a", {"heads": 1})],
        [RollEntry("a", {"heads": -1})],
        [RollEntry("a", {"area": 1})],
    ],
)
def test_a_roll_holds_everyone_once_with_every_weight(entries: list[RollEntry]) -> None:
    with pytest.raises(ValueError, match="a: "):
        Roll(entries)


@pytest.mark.parametrize(
    ("households", "bounds"), [(5, (1, 1)), (15, (1, 3)), (16, (2, 3)), (700, (47, 140)), (9, (1, 1)), (30, (2, 6))]
)
def test_one_delegate_for_five_to_fifteen_households(households: int, bounds: tuple[int, int]) -> None:
    assert delegate_bounds(households, fewest_each=5, most_each=15) == bounds


@pytest.mark.parametrize("households", [0, 4])
def test_too_few_households_send_no_delegate(households: int) -> None:
    with pytest.raises(ValueError, match="shared"):
        delegate_bounds(households, fewest_each=5, most_each=15)
    with pytest.raises(ValueError, match="at least one"):
        delegate_bounds(10, fewest_each=0, most_each=5)
