"""Small counts of people, hidden so that nobody can subtract them out (小格抑制).

A published table may not show that one, two or four people are something: such a cell is hidden (primary). Where a
total is shown, the hidden cell would be that total minus the rest; so further cells are hidden until nobody can work
it out (secondary). A cell is a count; a line says that a total is the sum of its parts. Zero stays: it names nobody,
and a reader knows that a hidden cell holds somebody.

What is promised for every hidden cell below k: it does not follow from the lines by arithmetic of any number of them
(exact elimination), and in each line whose total is shown the hidden parts together leave room for it to be k or
more. Hundepool et al., Statistical Disclosure Control (2012), chapter 4; greedy, so more may be hidden than needed.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line(Generic[K]):
    """`total` is the sum of `parts`; all are keys of cells."""

    total: K
    parts: tuple[K, ...]


def is_small(count: int, k: int) -> bool:
    """Whether a count of people alone must not be shown."""
    return 0 < count < k


def suppress(cells: Mapping[K, int], lines: Sequence[Line[K]], *, k: int) -> dict[K, int | None]:
    """The cells as they may be published; None is a hidden one, shown as "少于 k 或为保护而隐去".

    Raises ValueError for a negative count, a k below 2, or a total that is not the sum of its parts.
    """
    _check(cells, lines, k)
    hidden = {key for key, count in cells.items() if is_small(count, k)}
    while more := _next_to_hide(cells, lines, hidden, k):
        hidden |= more
    return {key: None if key in hidden else count for key, count in cells.items()}


def suppress_list(counts: Mapping[K, int], *, k: int) -> tuple[dict[K, int | None], int | None]:
    """One list of counts with its sum: the list and the sum as they may be published."""
    whole: tuple[str, K | None] = ("total", None)
    parts = {("part", key): count for key, count in counts.items()}
    shown = suppress({**parts, whole: sum(counts.values())}, [Line(whole, tuple(parts))], k=k)
    return {key: shown["part", key] for key in counts}, shown[whole]


def suppress_tree(
    counts: Mapping[K, tuple[int, ...]], parent_of: Mapping[K, K | None], *, k: int, kept: Collection[K] = ()
) -> dict[K, tuple[int, ...] | None]:
    """Places inside places: what each holds with all inside it, as it may be told, whichever of the pages is opened.

    `counts` are what lies in a place and in none of its parts; each count of a place is judged for itself, and a place
    is told whole or not at all. A share is (in it, out of it): then neither side can be subtracted out. What a place
    holds outside its parts is told nowhere, but whoever knows that it is nothing subtracts: it is a part like others.
    `kept` are places that are not told for another reason. Raises ValueError for a negative count and for a k below 2.
    """
    if k < 2 or any(count < 0 for values in counts.values() for count in values):
        raise ValueError("counts are not negative and k is at least 2")
    tree = _Tree(counts, parent_of, k)
    tree.hidden |= {(place, True) for place in kept if tree.whole.get((place, True))}
    tree.hide()
    return {place: None if (place, True) in tree.hidden else tree.cells[place, True] for place in tree.places}


def suppress_table(
    counts: Mapping[tuple[R, C], int], *, k: int
) -> tuple[dict[tuple[R, C], int | None], dict[R, int | None], dict[C, int | None], int | None]:
    """A table with the sums of its rows and columns and their total: cells, rows, columns, total to publish."""
    rows, columns = list(dict.fromkeys(r for r, _ in counts)), list(dict.fromkeys(c for _, c in counts))
    cells: dict[tuple[object, ...], int] = {("cell", *key): count for key, count in counts.items()}
    lines: list[Line[tuple[object, ...]]] = []
    for name, labels, place in (("row", rows, 0), ("column", columns, 1)):
        for label in labels:
            parts = tuple(("cell", *key) for key in counts if key[place] == label)
            cells[name, label] = sum(cells[part] for part in parts)
            lines.append(Line((name, label), parts))
        lines.append(Line(("all",), tuple((name, label) for label in labels)))
    cells["all",] = sum(counts.values())
    shown = suppress(cells, lines, k=k)
    by_row, by_column = {r: shown["row", r] for r in rows}, {c: shown["column", c] for c in columns}
    return {key: shown["cell", *key] for key in counts}, by_row, by_column, shown["all",]


class _Tree(Generic[K]):
    """Lines that form a tree. A cell is (place, with what is inside it); (place, False) is what lies in none of its
    parts. Two unknowns in every line leave each of them open, as one can always be made up for further out."""

    def __init__(self, counts: Mapping[K, tuple[int, ...]], parent_of: Mapping[K, K | None], k: int) -> None:
        self.k, self.width = k, max((len(values) for values in counts.values()), default=0)
        self.places = list(dict.fromkeys([*parent_of, *counts]))
        self.line_of: dict[tuple[K, bool], Line[tuple[K, bool]]] = {}  # the line of which a cell is the total
        self.over: dict[tuple[K, bool], Line[tuple[K, bool]]] = {}  # the line of which it is a part
        self.cells = self._sums(counts, parent_of)
        self.single = [{key: values[at] for key, values in self.cells.items()} for at in range(self.width)]
        self.whole = {key: sum(values) for key, values in self.cells.items()}
        self.small = {key for key, values in self.cells.items() if any(is_small(count, k) for count in values)}
        self.hidden = set(self.small)

    def _sums(
        self, counts: Mapping[K, tuple[int, ...]], parent_of: Mapping[K, K | None]
    ) -> dict[tuple[K, bool], tuple[int, ...]]:
        none, known = (0,) * self.width, set(self.places)
        inside = {place: list(none) for place in self.places}
        below: dict[K, list[tuple[K, bool]]] = {}
        for place in self.places:
            if (parent := parent_of.get(place)) in known:
                below.setdefault(parent, []).append((place, True))
            here: K | None = place
            while here in known:
                inside[here] = [a + b for a, b in zip(inside[here], counts.get(place, none), strict=True)]
                here = parent_of.get(here)
        cells = {(place, True): tuple(values) for place, values in inside.items()}
        for place, parts in below.items():
            if any(counts.get(place, none)):
                cells[place, False] = counts[place]
                parts.append((place, False))
            line = Line((place, True), tuple(parts))
            self.line_of[place, True] = line
            self.over |= dict.fromkeys(parts, line)
        return cells

    def hide(self) -> None:
        self._close(list(self.line_of.values()))
        while (key := self._narrow()) is not None:
            self._close(self._cover_for(key))

    def _close(self, waiting: list[Line[tuple[K, bool]]]) -> None:
        """Line by line until none opens."""
        while waiting:
            line = waiting.pop()
            while any(_opens(one, line, self.hidden, self.k) for one in self.single):
                waiting += self._conceal(_cover(self.whole, line, self.hidden))

    def _conceal(self, key: tuple[K, bool]) -> list[Line[tuple[K, bool]]]:
        self.hidden.add(key)
        return [line for line in (self.line_of.get(key), self.over.get(key)) if line]

    def _cover_for(self, key: tuple[K, bool]) -> list[Line[tuple[K, bool]]]:
        """Hide one more cell that bounds this one, in the nearest line that still shows one."""
        line = self.over[key]
        while _cover(self.whole, line, self.hidden) in self.hidden:
            line = self.over[line.total]
        return self._conceal(_cover(self.whole, line, self.hidden))

    def _narrow(self) -> tuple[K, bool] | None:
        """A hidden small cell of which the shown ones, through several lines, say that it is below k."""
        for one in self.single:
            _low, high = self._bounds(one)
            for key in self.small:
                if is_small(one[key], self.k) and high[key] < self.k:
                    return key
        return None

    def _bounds(
        self, one: Mapping[tuple[K, bool], int]
    ) -> tuple[dict[tuple[K, bool], float], dict[tuple[K, bool], float]]:
        """The least and the most that each cell can be: from the parts up, then from the totals down."""
        low: dict[tuple[K, bool], float] = {}
        high: dict[tuple[K, bool], float] = {}
        order = self._from_the_top()
        for key in reversed(order):
            parts = self.line_of[key].parts if key in self.line_of else ()
            if key not in self.hidden:
                low[key] = high[key] = one[key]
            elif parts:
                low[key], high[key] = sum(low[part] for part in parts), sum(high[part] for part in parts)
            else:
                low[key], high[key] = 1, float("inf")
        for key in order:
            if key in self.line_of:
                parts = self.line_of[key].parts
                least = sum(low[part] for part in parts)
                for part in parts:
                    high[part] = min(high[part], high[key] - (least - low[part]))
        return low, high

    def _from_the_top(self) -> list[tuple[K, bool]]:
        order = [key for key in self.cells if key not in self.over]
        for key in order:
            order += self.line_of[key].parts if key in self.line_of else ()
        return order


def _check(cells: Mapping[K, int], lines: Iterable[Line[K]], k: int) -> None:
    if k < 2 or any(count < 0 for count in cells.values()):
        raise ValueError("counts are not negative and k is at least 2")
    for line in lines:
        if cells[line.total] != sum(cells[part] for part in line.parts):
            raise ValueError("a total is not the sum of its parts")


def _next_to_hide(cells: Mapping[K, int], lines: Sequence[Line[K]], hidden: set[K], k: int) -> set[K]:
    """One more cell to hide, or none when what is hidden stays hidden."""
    for line in lines:
        if _opens(cells, line, hidden, k):
            return {_cover(cells, line, hidden)}
    for key in _determined(lines, hidden):
        for line in lines:
            if key in (line.total, *line.parts) and (cover := _cover(cells, line, hidden)) not in hidden:
                return {cover}
    return set()


def _opens(cells: Mapping[K, int], line: Line[K], hidden: set[K], k: int) -> bool:
    """Whether this line alone says too much about what is hidden in it."""
    inside = [part for part in line.parts if part in hidden]
    if line.total in hidden:
        return not inside
    if not inside or not any(is_small(cells[part], k) for part in inside):
        return len(inside) == 1
    # Each hidden part is at least 1: the most that one can be is what the others leave.
    room = sum(cells[part] for part in inside) - (len(inside) - 1)
    return len(inside) == 1 or room < k


def _cover(cells: Mapping[K, int], line: Line[K], hidden: set[K]) -> K:
    """The smallest part still shown that holds somebody; the total when there is none."""
    shown = [part for part in line.parts if part not in hidden and cells[part]]
    return min(shown, key=lambda part: cells[part]) if shown else line.total


def _determined(lines: Sequence[Line[K]], hidden: set[K]) -> list[K]:
    """Hidden cells that follow from all lines together, by elimination over exact fractions."""
    order = list(dict.fromkeys(key for line in lines for key in (line.total, *line.parts) if key in hidden))
    rows = []
    for line in lines:
        row = {key: Fraction(1) for key in line.parts if key in hidden}
        if line.total in hidden:
            row[line.total] = Fraction(-1)
        if row:
            rows.append(row)
    reduced = _reduce(rows, order)
    return [key for row in reduced if len(row) == 1 for key in row]


def _reduce(rows: list[dict[K, Fraction]], order: Sequence[K]) -> list[dict[K, Fraction]]:
    """Reduced row echelon form of sparse rows."""
    done: list[dict[K, Fraction]] = []
    for key in order:
        pivot = next((row for row in rows if key in row), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        scaled = {name: value / pivot[key] for name, value in pivot.items()}
        rows = [_without(row, scaled, key) for row in rows]
        done = [*(_without(row, scaled, key) for row in done), scaled]
    return done


def _without(row: dict[K, Fraction], pivot: Mapping[K, Fraction], key: K) -> dict[K, Fraction]:
    if key not in row:
        return row
    factor = row[key]
    names = {*row, *pivot}
    left = {name: row.get(name, Fraction(0)) - factor * pivot.get(name, Fraction(0)) for name in names}
    return {name: value for name, value in left.items() if value}
