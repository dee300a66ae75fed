"""Hard and easy mixes made comparable: what was seen against what the same cases would have given elsewhere.

A unit's cases fall into cells (category of case × kind of compound). A reference says what share or rate each cell has
in general, and of which day it is.

Indirect: expected = Σ size of each cell × its reference; the ratio observed / expected is 1 where a unit does as
others do with the same cases; times the reference's own average it reads like a share again. Needs no cell to be large.
Two units are each compared with the reference, which compares them with one another only as far as no unit is better
in some cells and worse in others (Breslow and Day 1987, vol. II, ch. 2). Direct: each cell's own share, weighted by the
reference's sizes, compares units with one another, but every cell must have been seen: where one was not, it is named
and there is no figure. All figures are exact fractions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gongzhi.engines.ranking.shrinkage import Seen, text_of


@dataclass(frozen=True, slots=True)
class Cell:
    """What was seen of one unit in one cell of the mix. Raises ValueError for what cannot be."""

    unit: str
    cell: str
    seen: Fraction | int
    size: Fraction | int

    def __post_init__(self) -> None:
        if self.seen < 0 or self.size < 0 or (self.seen and not self.size):
            raise ValueError(f"{self.unit} {self.cell}: seen and size are not below 0, and nothing is seen in nothing")

    def to_params(self) -> dict[str, Any]:
        return {"unit": self.unit, "cell": self.cell, "seen": text_of(self.seen), "size": text_of(self.size)}


@dataclass(frozen=True, slots=True)
class Reference:
    """What each cell has in general: seen and size, as of a day (text, 2026-02-28), from a source."""

    cells: Mapping[str, tuple[Fraction | int, Fraction | int]]
    as_of: str
    source: str

    def __post_init__(self) -> None:
        if not self.as_of or not self.source:
            raise ValueError("as_of, source: a reference has a day and a source")
        if any(size <= 0 or seen < 0 for seen, size in self.cells.values()):
            raise ValueError("cells: a size above 0, and not less than nothing seen")

    def rate(self, cell: str) -> Fraction:
        seen, size = self.cells[cell]
        return Fraction(seen) / Fraction(size)

    @property
    def average(self) -> Fraction:
        """Of all cells together."""
        seen = sum((Fraction(each) for each, _ in self.cells.values()), Fraction(0))
        return seen / sum(Fraction(size) for _, size in self.cells.values())

    def to_params(self) -> dict[str, Any]:
        cells = {name: [text_of(seen), text_of(size)] for name, (seen, size) in sorted(self.cells.items())}
        return {"cells": cells, "as_of": self.as_of, "source": self.source}


@dataclass(frozen=True, slots=True)
class Indirect:
    """`adjusted` is the ratio times the reference's average; None where nothing was expected.

    `unknown` are cells of the unit that the reference does not have: left out of both sides, `left_out` cases of them.
    """

    unit: str
    observed: Fraction
    expected: Fraction
    ratio: Fraction | None
    adjusted: Fraction | None
    size: Fraction
    unknown: tuple[str, ...]
    left_out: Fraction
    as_of: str

    def to_seen(self, stratum: str = "") -> Seen:
        """As a rate for the ranking: events over expected events; missing where nothing could be expected."""
        if not self.expected:
            return Seen(self.unit, None, None, stratum)
        return Seen(self.unit, self.observed, self.expected, stratum)


@dataclass(frozen=True, slots=True)
class Direct:
    """`adjusted` is None while cells are `unseen`."""

    unit: str
    adjusted: Fraction | None
    unseen: tuple[str, ...]
    as_of: str


def reference_of(cells: Iterable[Cell], *, as_of: str, source: str) -> Reference:
    """All units together as the reference; cells of which nothing was counted are not in it."""
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for each in cells:
        seen, size = sums.get(each.cell, (Fraction(0), Fraction(0)))
        sums[each.cell] = seen + each.seen, size + each.size
    return Reference({name: both for name, both in sorted(sums.items()) if both[1]}, as_of, source)


def others_of(cells: Iterable[Cell]) -> list[Cell]:
    """The other side of each share: those not solved instead of those solved.

    Of a frequent outcome count its failures: events over expected events are judged as a rate, and a rate allows
    for more chance than a share near 1 has. Raises ValueError where more is seen than there is.
    """
    found = []
    for each in cells:
        if each.seen > each.size:
            raise ValueError(f"{each.unit} {each.cell}: more than there are")
        found.append(Cell(each.unit, each.cell, each.size - each.seen, each.size))
    return found


def indirect(cells: Iterable[Cell], reference: Reference) -> dict[str, Indirect]:
    """Observed against expected, by unit."""
    return {unit: _indirect(unit, mix, reference) for unit, mix in _mixes(cells).items()}


def direct(cells: Iterable[Cell], reference: Reference, *, least_size: int = 1) -> dict[str, Direct]:
    """Each unit with the reference's mix, by unit; a cell with fewer than `least_size` cases counts as not seen."""
    if least_size < 1:
        raise ValueError("least_size: at least 1")
    whole = sum(Fraction(size) for _, size in reference.cells.values())
    found = {}
    for unit, mix in _mixes(cells).items():
        unseen = tuple(name for name in sorted(reference.cells) if mix.get(name, (0, 0))[1] < least_size)
        adjusted = None
        if not unseen and reference.cells:
            parts = (Fraction(size) / whole * mix[n][0] / mix[n][1] for n, (_, size) in reference.cells.items())
            adjusted = sum(parts, Fraction(0))
        found[unit] = Direct(unit, adjusted, unseen, reference.as_of)
    return found


def _indirect(unit: str, mix: Mapping[str, tuple[Fraction, Fraction]], reference: Reference) -> Indirect:
    known = {name: both for name, both in mix.items() if name in reference.cells}
    observed = sum((seen for seen, _ in known.values()), Fraction(0))
    size = sum((each for _, each in known.values()), Fraction(0))
    expected = sum((each * reference.rate(name) for name, (_, each) in known.items()), Fraction(0))
    ratio = observed / expected if expected else None
    adjusted = ratio * reference.average if ratio is not None else None
    unknown = tuple(sorted(set(mix) - set(known)))
    left_out = sum((mix[name][1] for name in unknown), Fraction(0))
    return Indirect(unit, observed, expected, ratio, adjusted, size, unknown, left_out, reference.as_of)


def _mixes(cells: Iterable[Cell]) -> dict[str, dict[str, tuple[Fraction, Fraction]]]:
    """By unit in the order of their codes; a cell given twice is added up."""
    found: dict[str, dict[str, tuple[Fraction, Fraction]]] = {}
    for each in cells:
        mix = found.setdefault(each.unit, {})
        seen, size = mix.get(each.cell, (Fraction(0), Fraction(0)))
        mix[each.cell] = seen + each.seen, size + each.size
    return {unit: found[unit] for unit in sorted(found)}
