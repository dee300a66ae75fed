"""Small counts stay hidden from whoever can subtract."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines.suppression import Line, is_small, suppress, suppress_list, suppress_table, suppress_tree

K = 5


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
def test_one_to_four_people_are_a_small_count(count: int, small: bool) -> None:
    assert is_small(count, K) is small


def test_nothing_small_nothing_hidden() -> None:
    assert suppress_list({"a": 5, "b": 0, "c": 12}, k=K) == ({"a": 5, "b": 0, "c": 12}, 17)


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    shown, total = suppress_list({"a": 3, "b": 40, "c": 9, "d": 0}, k=K)
    assert (shown, total) == ({"a": None, "b": 40, "c": None, "d": 0}, 52)


def test_two_small_cells_that_leave_no_room_take_a_third() -> None:
    """1 + 1: both hidden, but the total would say that each is exactly one."""
    shown, total = suppress_list({"a": 1, "b": 1, "c": 30, "d": 8}, k=K)
    assert (shown, total) == ({"a": None, "b": None, "c": 30, "d": None}, 40)


def test_where_nothing_else_can_cover_the_total_goes_too() -> None:
    assert suppress_list({"a": 2, "b": 3}, k=K) == ({"a": None, "b": None}, None)
    assert suppress_list({"a": 3}, k=K) == ({"a": None}, None)
    assert suppress_list({"a": 0, "b": 4}, k=K) == ({"a": 0, "b": None}, None)


def test_a_table_hides_along_rows_and_columns() -> None:
    counts = {("x", "m"): 3, ("x", "f"): 20, ("y", "m"): 30, ("y", "f"): 9}
    cells, rows, columns, total = suppress_table(counts, k=K)
    assert set(cells.values()) == {None}, "two by two: one hidden cell needs the other three"
    assert (rows, columns, total) == ({"x": 23, "y": 39}, {"m": 33, "f": 29}, 62)


def test_counts_are_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        suppress({"a": -1}, [], k=K)


def test_a_total_is_the_sum_of_its_parts() -> None:
    with pytest.raises(ValueError, match="sum"):
        suppress({"t": 4, "a": 3}, [Line("t", ("a",))], k=K)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_whoever_tries_all_lists_cannot_tell_that_a_hidden_one_is_small(counts: list[int]) -> None:
    """By brute force: among all lists that look the same when published, each hidden cell may be k or more."""
    shown, total = suppress_list(dict(enumerate(counts)), k=K)
    assert all(value is None or not is_small(value, K) for value in shown.values())
    if total is None:
        return
    gap = total - sum(value for value in shown.values() if value is not None)
    hidden = [key for key, value in shown.items() if value is None]
    if not hidden:
        assert gap == 0
        return
    possible = [mix for mix in itertools.product(range(1, gap + 1), repeat=len(hidden)) if sum(mix) == gap]
    for place in range(len(hidden)):
        assert max(mix[place] for mix in possible) >= K


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3))
def test_no_hidden_cell_of_a_table_follows_from_what_is_shown(grid: list[list[int]]) -> None:
    """Independent of the engine's elimination: rank by numpy, with and without the cell known."""
    numpy = pytest.importorskip("numpy")
    counts = {(r, c): grid[r][c] for r in range(3) for c in range(3)}
    cells, rows, columns, total = suppress_table(counts, k=K)
    for shown in (cells, rows, columns, {"": total}):
        assert all(value is None or not is_small(value, K) for value in shown.values())
    names = [key for key, value in cells.items() if value is None]
    names += [("r", r) for r, v in rows.items() if v is None] + [("c", c) for c, v in columns.items() if v is None]
    if total is None:
        names.append(("t", "t"))
    equations = [[int(n in counts and n[0] == r) - int(n == ("r", r)) for n in names] for r in range(3)]
    equations += [[int(n in counts and n[1] == c) - int(n == ("c", c)) for n in names] for c in range(3)]
    for side in ("r", "c"):
        equations.append([int(n[0] == side and n not in counts) - int(n == ("t", "t")) for n in names])
    if not names:
        return
    matrix = numpy.array(equations)
    rank = numpy.linalg.matrix_rank(matrix)
    for place in range(len(names)):
        unit = numpy.eye(len(names))[place]
        assert numpy.linalg.matrix_rank(numpy.vstack([matrix, unit])) == rank + 1, names[place]


STREET = {"street": None, "a": "street", "b": "street", "a1": "a", "a2": "a", "b1": "b", "b2": "b"}


def test_a_part_does_not_follow_from_the_page_of_the_place_above() -> None:
    """7 in the street, 6 and 1 in its communities: the page of the street and the one of a together would say b."""
    shown = suppress_tree({"a": (6,), "b": (1,)}, {"street": None, "a": "street", "b": "street"}, k=K)
    assert shown == {"street": (7,), "a": None, "b": None}
    counts = {"a1": (20,), "a2": (9,), "b1": (1,), "b2": (30,)}
    shown = suppress_tree(counts, STREET, k=K)
    assert shown["street"] == (60,) and shown["b1"] is None and shown["b2"] is None
    assert shown["a"] == (29,) and shown["b"] == (31,)


def test_what_lies_in_no_part_is_a_part() -> None:
    shown = suppress_tree({"street": (2,), "a": (9,)}, {"street": None, "a": "street"}, k=K)
    assert shown == {"street": (11,), "a": None}, "11 - 9 would say that two are in the street alone"


def test_neither_side_of_a_share_is_small() -> None:
    parents = {"street": None, "a": "street", "b": "street", "c": "street"}
    shown = suppress_tree({"a": (30, 2), "b": (20, 20), "c": (9, 9)}, parents, k=K)
    assert shown == {"street": (59, 31), "a": None, "b": (20, 20), "c": None}


def test_a_tree_takes_no_negative_counts() -> None:
    with pytest.raises(ValueError, match="negative"):
        suppress_tree({"a": (-1,)}, {"a": None}, k=K)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_whoever_opens_the_pages_of_all_places_cannot_tell_that_a_hidden_one_is_small(leaves: list[int]) -> None:
    """By brute force over parent and child places: among all that look the same, each hidden cell may be k or more."""
    names = ("a1", "a2", "b1", "b2")
    shown = suppress_tree({name: (n,) for name, n in zip(names, leaves, strict=True)}, STREET, k=K)
    assert all(values is None or not is_small(values[0], K) for values in shown.values())
    most: dict[str, int] = {}
    for mix in itertools.product(range(13), repeat=4):
        told = dict(zip(names, mix, strict=True))
        told |= {"a": mix[0] + mix[1], "b": mix[2] + mix[3], "street": sum(mix)}
        if all(told[place] > 0 if values is None else (told[place],) == values for place, values in shown.items()):
            most = {place: max(most.get(place, 0), told[place]) for place in told}
    assert all(most[place] >= K for place, values in shown.items() if values is None)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=9, max_size=9))
def test_no_side_of_a_share_follows_from_the_pages_of_all_places(leaves: list[tuple[int, int]]) -> None:
    """Nine grids in three communities of a street; independent of the engine: rank by numpy."""
    numpy = pytest.importorskip("numpy")
    parents: dict[str, str | None] = {"s": None, **{f"c{c}": "s" for c in range(3)}}
    parents |= {f"g{g}": f"c{g // 3}" for g in range(9)}
    shown = suppress_tree({f"g{g}": leaves[g] for g in range(9)}, parents, k=K)
    assert all(values is None or not any(is_small(n, K) for n in values) for values in shown.values())
    names = [place for place, values in shown.items() if values is None]
    if not names:
        return
    lines = [
        (total, [place for place, parent in parents.items() if parent == total]) for total in ("s", "c0", "c1", "c2")
    ]
    matrix = numpy.array([[int(n in parts) - int(n == total) for n in names] for total, parts in lines])
    rank = numpy.linalg.matrix_rank(matrix)
    for place in range(len(names)):
        unit = numpy.eye(len(names))[place]
        assert numpy.linalg.matrix_rank(numpy.vstack([matrix, unit])) == rank + 1, names[place]
