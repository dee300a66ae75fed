"""Sheets whose every point can be worked out on paper: lines with most points, a weight, and an open formula.

A line takes one figure and gives points from its least (0, or below for deductions) to its most:

    proportion   most × figure / of            solved share 0.93 of 1 → 9.3 of 10
    linear       most × (figure − none) / (full − none); `full` below `none` where less is better
    steps        the points of the last step reached, 0 before the first; reached from `at` on, that number included
    per          start + each × figure         two points off for each return: start 10, each −2
    given        the figure is the points, as a department scored them

Every result is held between least and most. A missing figure is never quietly 0; what happens then says the line:
`leave_out` takes its points out of what could be reached, `zero` gives its least, `unranked` leaves the unit without
a rank. Everything is exact; `to_params` and `from_params` are the words of a pack, numbers as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeVar, get_args

from gongzhi.engines.ranking.shrinkage import text_of

# Exact in a result, a float in a draw.
N = TypeVar("N", Fraction, float)
Missing = Literal["leave_out", "zero", "unranked"]
_COUNTS = {"proportion": 1, "linear": 2, "per": 2, "given": 0}


@dataclass(frozen=True, slots=True)
class Formula:
    """`name` with its numbers: (of,), (none, full), (start, each), () or at, points, at, points… for steps.

    Steps stand in the order in which they are reached. `lower` is for them: reached by that or less. Raises ValueError.
    """

    name: Literal["proportion", "linear", "steps", "per", "given"]
    numbers: tuple[Fraction, ...] = ()
    lower: bool = False

    def __post_init__(self) -> None:
        if self.name == "steps":
            if not self.numbers or len(self.numbers) % 2:
                raise ValueError("steps: at, points, at, points…")
            ordered = sorted(set(self.numbers[::2]), reverse=self.lower)
            if ordered != list(self.numbers[::2]):
                raise ValueError("steps: in the order in which they are reached, each once")
        elif self.name not in _COUNTS or len(self.numbers) != _COUNTS[self.name]:
            raise ValueError(f"{self.name}: no such formula, or not its numbers")
        if self.lower and self.name != "steps":
            raise ValueError("lower: for steps only")
        if self.name == "proportion" and self.numbers[0] <= 0:
            raise ValueError("of: above 0")
        if self.name == "linear" and self.numbers[0] == self.numbers[1]:
            raise ValueError("none, full: not the same")

    def points(self, figure: Fraction, most: Fraction, least: Fraction) -> Fraction:
        """Exact, between least and most."""
        return _held(self._points(figure, most, self.numbers), most, least)

    def points_of_draws(self, figures: Sequence[float], most: Fraction, least: Fraction) -> list[float]:
        """As `points`, for figures that were drawn."""
        top, bottom, numbers = float(most), float(least), tuple(float(each) for each in self.numbers)
        return [_held(self._points(figure, top, numbers), top, bottom) for figure in figures]

    def _points(self, figure: N, most: N, numbers: tuple[N, ...]) -> N:
        if self.name == "given":
            return figure
        if self.name == "proportion":
            return most * figure / numbers[0]
        if self.name == "linear":
            return most * (figure - numbers[0]) / (numbers[1] - numbers[0])
        if self.name == "per":
            return numbers[0] + numbers[1] * figure
        reached = most * 0
        for at, points in zip(numbers[::2], numbers[1::2], strict=True):
            if figure <= at if self.lower else figure >= at:
                reached = points
        return reached

    def to_params(self) -> dict[str, Any]:
        return {"name": self.name, "numbers": [text_of(each) for each in self.numbers], "lower": self.lower}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Formula":
        """Raises ValueError for other keys and for numbers that are not text."""
        if set(params) - {"name", "numbers", "lower"} or "name" not in params:
            raise ValueError("formula: name, numbers, lower")
        if not isinstance(params.get("lower", False), bool):
            raise ValueError("lower: true or false")
        return cls(params["name"], tuple(exact(each) for each in params.get("numbers", ())), params.get("lower", False))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet. `group` is what it is summed up under; it counts weight × points. Raises ValueError."""

    code: str
    most: Fraction
    formula: Formula
    missing: Missing
    group: str = ""
    weight: Fraction = Fraction(1)
    least: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if not self.code or self.missing not in get_args(Missing):
            raise ValueError("code: not empty; missing: leave_out, zero or unranked")
        if self.weight <= 0 or self.most < 0 or self.least > self.most or self.least > 0:
            raise ValueError(f"{self.code}: weight above 0, most from 0, least up to 0")

    @property
    def whole(self) -> Fraction:
        """The most that it adds to a sheet."""
        return self.weight * self.most

    def points(self, figure: Fraction | int | None) -> Fraction | None:
        """Without the weight; None where the figure is missing and does not count as the least.

        Raises ValueError for given points beyond least and most: somebody mistyped them.
        """
        if figure is None:
            return self.least if self.missing == "zero" else None
        if self.formula.name == "given" and not self.least <= figure <= self.most:
            raise ValueError(f"{self.code}: {figure} is not between {self.least} and {self.most}")
        return self.formula.points(Fraction(figure), self.most, self.least)

    def to_params(self) -> dict[str, Any]:
        numbers = {name: text_of(getattr(self, name)) for name in ("most", "weight", "least")}
        named = {"code": self.code, "group": self.group, "missing": self.missing}
        return {**named, **numbers, "formula": self.formula.to_params()}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Line":
        """Raises ValueError for other keys, missing ones, and numbers that are not text."""
        needed, free = {"code", "most", "formula", "missing"}, {"group", "weight", "least"}
        if needed - set(params) or set(params) - needed - free:
            raise ValueError("line: code, most, formula, missing; group, weight, least")
        weight, least = exact(params.get("weight", "1")), exact(params.get("least", "0"))
        formula = Formula.from_params(params["formula"])
        most, group = exact(params["most"]), params.get("group", "")
        return cls(params["code"], most, formula, params["missing"], group, weight, least)


@dataclass(frozen=True, slots=True)
class Scored:
    """One line of one unit: `figure` → `points` of `most`; None where it is missing."""

    code: str
    group: str
    figure: Fraction | None
    points: Fraction | None
    counted: Fraction | None
    whole: Fraction
    missing: bool

    def to_record(self) -> dict[str, Any]:
        numbers = {name: text_of(getattr(self, name)) for name in ("figure", "points", "counted", "whole")}
        return {"code": self.code, "group": self.group, **numbers, "missing": self.missing}


@dataclass(frozen=True, slots=True)
class Result:
    """A sheet filled: `points` of `reachable`, of `whole` where every line could be counted.

    `total` is points / reachable × whole, so that a missing figure is neither gain nor loss; None when nothing could be
    reached, or a line forbids a rank without it (`barred`).
    """

    lines: tuple[Scored, ...]
    points: Fraction
    reachable: Fraction
    whole: Fraction
    total: Fraction | None
    barred: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not any(each.missing for each in self.lines)

    @property
    def by_group(self) -> dict[str, tuple[Fraction, Fraction]]:
        """Points and what could be reached, in the order of the lines."""
        found: dict[str, tuple[Fraction, Fraction]] = {}
        for each in self.lines:
            got, of = found.get(each.group, (Fraction(0), Fraction(0)))
            counted = each.counted
            found[each.group] = (got, of) if counted is None else (got + counted, of + each.whole)
        return found

    def to_record(self) -> dict[str, Any]:
        numbers = {name: text_of(getattr(self, name)) for name in ("points", "reachable", "whole", "total")}
        return {**numbers, "lines": [each.to_record() for each in self.lines], "barred": list(self.barred)}


def fill(lines: Sequence[Line], figures: Mapping[str, Fraction | int | None]) -> Result:
    """A sheet of one unit. Raises ValueError for a figure that no line asks for, and as `Line.points`."""
    if strangers := set(figures) - {line.code for line in lines}:
        raise ValueError(f"{min(strangers)}: no such line")
    scored = []
    for line in lines:
        figure = figures.get(line.code)
        points = line.points(figure)
        counted = None if points is None else points * line.weight
        exactly = None if figure is None else Fraction(figure)
        scored.append(Scored(line.code, line.group, exactly, points, counted, line.whole, figure is None))
    points = sum((each.counted for each in scored if each.counted is not None), Fraction(0))
    reachable = sum((each.whole for each in scored if each.counted is not None), Fraction(0))
    whole = sum((line.whole for line in lines), Fraction(0))
    barred = tuple(line.code for line in lines if line.missing == "unranked" and figures.get(line.code) is None)
    total = points / reachable * whole if reachable and not barred else None
    return Result(tuple(scored), points, reachable, whole, total, barred)


def exact(text: object) -> Fraction:
    """A number written as text, 0.93 or 2/3. Raises ValueError for a float and for anything else."""
    if not isinstance(text, str) or "e" in text.lower():
        raise ValueError(f"{text!r}: numbers are written as text")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text!r} divides by nothing") from None


def _held(points: N, most: N, least: N) -> N:
    return min(max(points, least), most)
