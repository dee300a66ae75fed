"""Hard and easy mixes: the arithmetic by hand, and that hard work is not punished."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.engines.ranking.rankings import Definition, rank
from gongzhi.engines.ranking.replays import cell_from, reference_from
from gongzhi.engines.ranking.shrinkage import Seen
from gongzhi.engines.ranking.standards import Cell, Reference, direct, indirect, others_of, reference_of

# Street lamps are solved in 9 of 10 cases, noise in 5 of 10, as of the end of last month.
REFERENCE = Reference({"lamp": (90, 100), "noise": (50, 100)}, "2026-02-28", "2025 whole district")
EASY = [Cell("easy", "lamp", 80, 90), Cell("easy", "noise", 4, 10)]
HARD = [Cell("hard", "lamp", 10, 10), Cell("hard", "noise", 54, 90)]


def test_indirect_by_hand() -> None:
    found = indirect([*EASY, *HARD], REFERENCE)
    easy, hard = found["easy"], found["hard"]
    # easy: 84 seen, .9·90 + .5·10 = 86 expected; hard: 64 seen, 9 + 45 = 54 expected
    assert (easy.observed, easy.expected, easy.ratio) == (84, 86, F(84, 86))
    assert (hard.observed, hard.expected, hard.ratio) == (64, 54, F(64, 54))
    assert REFERENCE.average == F(7, 10) and hard.adjusted == F(64, 54) * F(7, 10)
    assert F(84, 100) > F(64, 100) and easy.ratio < hard.ratio, "raw shares say the opposite"
    assert hard.as_of == "2026-02-28" and hard.to_seen("old") == Seen("hard", F(64), F(54), "old")


def test_direct_by_hand() -> None:
    found = direct([*EASY, *HARD], REFERENCE)
    assert found["easy"].adjusted == F(1, 2) * F(80, 90) + F(1, 2) * F(4, 10)
    assert found["hard"].adjusted == F(1, 2) * 1 + F(1, 2) * F(54, 90)
    assert found["hard"].as_of == "2026-02-28"


def test_what_is_not_seen_is_named() -> None:
    rows = [Cell("a", "lamp", 3, 4), Cell("a", "flood", 1, 2), Cell("b", "flood", 1, 2), Cell("b", "noise", 0, 0)]
    straight, turned = direct(rows, REFERENCE), indirect(rows, REFERENCE)
    assert (straight["a"].adjusted, straight["a"].unseen) == (None, ("noise",))
    assert direct(EASY, REFERENCE, least_size=20)["easy"].unseen == ("noise",)
    assert (turned["a"].unknown, turned["a"].left_out, turned["a"].observed) == (("flood",), 2, 3)
    assert turned["b"].ratio is None and turned["b"].adjusted is None
    assert turned["b"].to_seen() == Seen("b", None, None)


def test_the_others() -> None:
    assert others_of(EASY) == [Cell("easy", "lamp", 10, 90), Cell("easy", "noise", 6, 10)]
    with pytest.raises(ValueError, match="more than"):
        others_of([Cell("a", "lamp", 3, 2)])


COUNTS = some.tuples(some.integers(0, 30), some.integers(1, 30))
MIXES = some.lists(
    some.tuples(some.sampled_from("abc"), some.sampled_from(["lamp", "noise"]), COUNTS), min_size=1, max_size=12
)


@given(MIXES)
def test_all_together_do_as_expected(rows: list[tuple[str, str, tuple[int, int]]]) -> None:
    """With all units as their own reference, what is seen and what is expected add up to the same."""
    cells = [Cell(unit, cell, min(seen, size), size) for unit, cell, (seen, size) in rows]
    found = indirect(cells, reference_of(cells, as_of="2026-03-31", source="the units themselves")).values()
    assert sum(each.observed for each in found) == sum(each.expected for each in found)
    assert indirect(cells[::-1], REFERENCE) == indirect(cells, REFERENCE)


def test_a_unit_alone_is_as_expected() -> None:
    own = reference_of(EASY, as_of="2026-03-31", source="itself")
    assert indirect(EASY, own)["easy"].ratio == 1
    assert direct(EASY, own)["easy"].adjusted == own.average == F(84, 100)


def test_hard_work_is_not_punished() -> None:
    """Ten units alike but for their mix: raw shares put the easy mixes first, standards put nobody first."""
    cells = []
    for number in range(10):
        lamps = 100 * number
        cells.append(Cell(f"u{number}", "lamp", lamps * 9 // 10, lamps))
        cells.append(Cell(f"u{number}", "noise", (1000 - lamps) // 2, 1000 - lamps))
    definition = Definition("unsolved", "1", "rate", "lower", "2026-03", F(1), 5, F(1, 20), draws=0)
    failed = others_of(cells)
    mixes = indirect(failed, reference_of(failed, as_of="2026-03-31", source="all ten"))
    rows = [each.to_seen() for each in mixes.values()]
    assert {each.rank for each in rank(definition, rows, versions={}).ranked} == {1}
    raw = [Seen(f"u{n}", sum(int(c.seen) for c in cells if c.unit == f"u{n}"), 1000) for n in range(10)]
    shares = Definition("solved", "1", "share", "higher", "2026-03", F(1), 5, F(1, 20), draws=0)
    assert [each.unit for each in rank(shares, raw, versions={}).ranked] == [f"u{n}" for n in range(9, -1, -1)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Cell("a", "lamp", -1, 2),
        lambda: Cell("a", "lamp", 1, 0),
        lambda: Reference({}, "", "somewhere"),
        lambda: Reference({"lamp": (1, 0)}, "2026-01-01", "somewhere"),
        lambda: direct([], REFERENCE, least_size=0),
    ],
)
def test_refusals(make: object) -> None:
    with pytest.raises(ValueError, match=r"below 0|has a day|size"):
        make()  # type: ignore[operator]


def test_a_record_of_the_reference() -> None:
    assert REFERENCE.to_params() == {
        "cells": {"lamp": ["90", "100"], "noise": ["50", "100"]},
        "as_of": "2026-02-28",
        "source": "2025 whole district",
    }
    cell = Cell("a", "lamp", 1, F(5, 2))
    assert cell.to_params() == {"unit": "a", "cell": "lamp", "seen": "1", "size": "2.5"}
    assert cell_from(cell.to_params()) == cell and reference_from(REFERENCE.to_params()) == REFERENCE
