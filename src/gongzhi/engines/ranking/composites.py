"""Units ranked by a sheet of several lines, with how sure the order is.

A line's figure is exact (points that a department gave, a count), or an estimate of many cases that chance has a part
in: then the points are worked out from the value drawn towards the group, and the whole sheet many times from what is
still possible for it. The lines of one unit are drawn independently of each other, given their priors.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from gongzhi.engines.change import rounded
from gongzhi.engines.ranking import orders
from gongzhi.engines.ranking.curves import Kind, lots
from gongzhi.engines.ranking.formulas import Line, Result, fill
from gongzhi.engines.ranking.orders import Chances, Control, Pair
from gongzhi.engines.ranking.plain import Interval
from gongzhi.engines.ranking.rankings import ENGINE, MOST_LEVEL, MOST_PAIRED, Note
from gongzhi.engines.ranking.shrinkage import Prior, Seen, curve, text_of, value
from gongzhi.engines.records import digest

# For the pairs every unit is known by so many of its draws in order.
_KNOWN_BY = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that chance has a part in: what was seen of the unit, and what it is drawn towards."""

    kind: Kind
    row: Seen
    prior: Prior

    @property
    def figure(self) -> Fraction:
        return value(self.row, self.prior)

    def to_params(self) -> dict[str, Any]:
        return {"kind": self.kind, "row": self.row.to_params(), "prior": self.prior.to_params()}


Figure = Fraction | int | Estimate | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines and how units are compared; more points are better. See `rankings.Definition` for the other words.

    `least_reachable`: a unit for which less than this share of all points could be counted is not ranked.
    """

    code: str
    version: str
    lines: tuple[Line, ...]
    seed: str
    level: Fraction
    least_reachable: Fraction
    control: Control = "familywise"
    draws: int = 4000
    decimals: int = 2
    top: int = 3

    def __post_init__(self) -> None:
        if not self.code or not self.version or not self.seed or not self.lines:
            raise ValueError("code, version, seed, lines: not empty")
        if len({line.code for line in self.lines}) < len(self.lines):
            raise ValueError("lines: one stands twice")
        if not any(line.most for line in self.lines):
            raise ValueError("lines: no points can be had")
        if not 0 < self.level <= MOST_LEVEL or not 0 <= self.least_reachable <= 1:
            raise ValueError("level above 0, up to 1/5; least_reachable from 0 to 1")
        if self.control not in get_args(Control):
            raise ValueError("control: strict, familywise or false_discovery")
        if not 0 <= self.draws <= 100_000 or not 0 <= self.decimals <= 9 or self.top < 1:
            raise ValueError("draws up to 100000, decimals up to 9, top from 1")

    def to_params(self) -> dict[str, Any]:
        named = ("code", "version", "seed", "control", "draws", "decimals", "top")
        exact = {"level": text_of(self.level), "least_reachable": text_of(self.least_reachable)}
        lines = [line.to_params() for line in self.lines]
        return {**{name: getattr(self, name) for name in named}, **exact, "lines": lines}


Unranked = Literal["", "barred", "too_little", "nothing_counted"]


@dataclass(frozen=True, slots=True)
class Composed:
    """One unit: its sheet, and its place as in `rankings.Standing`. `value` is the total; None without a rank."""

    unit: str
    result: Result
    value: Fraction | None
    shown: Decimal | None
    unranked: Unranked = ""
    interval: Interval | None = None
    rank: int | None = None
    tied: tuple[str, ...] = ()
    band: int | None = None
    expected_rank: Decimal | None = None
    low_rank: int | None = None
    high_rank: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None
    in_top: Decimal | None = None
    in_bottom: Decimal | None = None

    def to_record(self) -> dict[str, Any]:
        decimals = {
            name: None if (number := getattr(self, name)) is None else f"{number:f}"
            for name in ("shown", "expected_rank", "in_top", "in_bottom")
        }
        span = None if self.interval is None else [f"{each:f}" for each in self.interval]
        named = ("unit", "unranked", "rank", "band", "low_rank", "high_rank", "best_rank", "worst_rank")
        plain = {name: getattr(self, name) for name in named}
        exact = {"value": text_of(self.value), "interval": span, "tied": list(self.tied)}
        return {**plain, **decimals, **exact, "result": self.result.to_record()}


@dataclass(frozen=True, slots=True)
class Composite:
    """`standings` best first, then those without a rank by their code."""

    sheet: Sheet
    standings: tuple[Composed, ...]
    apart: frozenset[Pair]
    notes: tuple[Note, ...]
    inputs: str

    def of(self, unit: str) -> Composed:
        """Raises KeyError."""
        for each in self.standings:
            if each.unit == unit:
                return each
        raise KeyError(unit)

    def to_record(self) -> dict[str, Any]:
        return {
            "engine": ENGINE,
            "inputs": self.inputs,
            "sheet": self.sheet.to_params(),
            "standings": [each.to_record() for each in self.standings],
            "notes": [list(each) for each in self.notes],
        }

    @property
    def digest(self) -> str:
        return digest(self.to_record())


def compose(sheet: Sheet, figures: Mapping[str, Mapping[str, Figure]], *, versions: Mapping[str, str]) -> Composite:
    """Units by their totals; `figures` are unit → line → figure. A line that is not given is missing.

    Raises ValueError for figures of lines that are not on the sheet, and given points out of bounds.
    """
    filled = {unit: fill(sheet.lines, _plain(figures[unit])) for unit in sorted(figures)}
    why = {unit: _unranked(sheet, result) for unit, result in filled.items()}
    ranked = {unit: result for unit, result in filled.items() if not why[unit]}
    totals = {unit: result.total for unit, result in ranked.items() if result.total is not None}
    draws = {unit: _drawn(sheet, unit, figures[unit], result) for unit, result in ranked.items()}
    place = orders.places(totals, better="higher", decimals=sheet.decimals)
    order = sorted(place, key=lambda unit: (place[unit].rank, unit))
    same = {unit: _data(sheet, figures[unit]) for unit in order}
    chance = orders.chances(draws, better="higher", level=sheet.level, top=sheet.top, same=same)
    pooled = _pooled(draws, same)
    apart = _apart(sheet, order, place, pooled, figures)
    band = orders.bands(order, apart) if len(order) <= MOST_PAIRED else {}
    sure = orders.sure_ranks(order, apart) if len(order) <= MOST_PAIRED else {}
    rows = [
        _composed(
            sheet, unit, filled[unit], place[unit], chance.get(unit), band.get(unit), sure.get(unit), pooled[unit]
        )
        for unit in order
    ]
    rest = [Composed(unit, filled[unit], None, None, why[unit]) for unit in filled if why[unit]]
    inputs = composite_digest(sheet, figures, versions=versions)
    return Composite(sheet, (*rows, *rest), apart, _notes(len(order)), inputs)


def asked_composite(
    sheet: Sheet, figures: Mapping[str, Mapping[str, Figure]], *, versions: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that a composite is made from, as plain JSON to keep; see `replays.answered_composite`."""
    rows = {unit: {line: _params(figure) for line, figure in each.items()} for unit, each in figures.items()}
    return {"engine": ENGINE, "sheet": sheet.to_params(), "figures": rows, "versions": dict(versions)}


def composite_digest(sheet: Sheet, figures: Mapping[str, Mapping[str, Figure]], *, versions: Mapping[str, str]) -> str:
    """SHA-256 of `asked_composite` in canonical JSON; the order of units and of a unit's figures is nothing."""
    return digest(asked_composite(sheet, figures, versions=versions))


def _params(figure: Figure) -> Any:
    return figure.to_params() if isinstance(figure, Estimate) else text_of(figure)


def _plain(figures: Mapping[str, Figure]) -> dict[str, Fraction | int | None]:
    return {line: figure.figure if isinstance(figure, Estimate) else figure for line, figure in figures.items()}


def _data(sheet: Sheet, figures: Mapping[str, Figure]) -> tuple[object, ...]:
    """What makes two units alike: the same figures, or estimates of the same data."""
    found: list[object] = []
    for line in sheet.lines:
        figure = figures.get(line.code)
        if isinstance(figure, Estimate):
            found.append((figure.kind, figure.row.seen, figure.row.size, figure.prior))
        else:
            found.append(figure)
    return tuple(found)


def _unranked(sheet: Sheet, result: Result) -> Unranked:
    if result.barred:
        return "barred"
    if not result.reachable:
        return "nothing_counted"
    return "too_little" if result.reachable < sheet.least_reachable * result.whole else ""


def _drawn(sheet: Sheet, unit: str, figures: Mapping[str, Figure], result: Result) -> list[float]:
    """The total in each draw; lines without chance add the same to each."""
    scale = float(result.whole / result.reachable)
    fixed, sums = Fraction(0), [0.0] * sheet.draws
    for line, scored in zip(sheet.lines, result.lines, strict=True):
        figure = figures.get(line.code)
        if isinstance(figure, Estimate):
            able = curve(figure.kind, figure.row, figure.prior)
            drawn = able.draws(lots(sheet.seed, f"{unit}\n{line.code}", sheet.draws))
            points, weight = line.formula.points_of_draws(drawn, line.most, line.least), float(line.weight)
            sums = [total + weight * each for total, each in zip(sums, points, strict=True)]
        elif scored.counted is not None:
            fixed += scored.counted
    known = float(fixed)
    return [(total + known) * scale for total in sums]


def _pooled(draws: Mapping[str, Sequence[float]], same: Mapping[str, Hashable]) -> dict[str, list[float]]:
    """In ascending order; units with the same figures have all their draws in common."""
    found: dict[Hashable, list[float]] = {}
    for unit in sorted(draws):
        found.setdefault(same[unit], []).extend(draws[unit])
    ordered = {key: sorted(each) for key, each in found.items()}
    return {unit: ordered[same[unit]] for unit in draws}


def _apart(
    sheet: Sheet,
    order: Sequence[str],
    place: Mapping[str, orders.Place],
    draws: Mapping[str, Sequence[float]],
    figures: Mapping[str, Mapping[str, Figure]],
) -> frozenset[Pair]:
    if len(order) > MOST_PAIRED or not sheet.draws:
        return frozenset()
    known = {unit: _thinned(draws[unit]) for unit in order}
    tied = {(unit, other) for unit in order for other in place[unit].tied}

    def wrong_way(above: str, below: str) -> float:
        if _only_chance(sheet, figures[above], figures[below]):
            return 0.5
        return _doubt(known[above], known[below])

    return orders.told_apart(order, tied, wrong_way, level=sheet.level, control=sheet.control)


def _only_chance(sheet: Sheet, one: Mapping[str, Figure], other: Mapping[str, Figure]) -> bool:
    """Whether two units differ in nothing but estimates of a group whose differences chance explains."""
    for line in sheet.lines:
        first, second = one.get(line.code), other.get(line.code)
        if isinstance(first, Estimate) and isinstance(second, Estimate):
            if first.prior != second.prior or first.prior.told_apart is not False:
                return False
        elif first != second:
            return False
    return True


def _thinned(ordered: Sequence[float]) -> Sequence[float]:
    step = max(1, len(ordered) // _KNOWN_BY)
    return ordered[step // 2 :: step]


def _doubt(upper: Sequence[float], lower: Sequence[float]) -> float:
    """How likely it is that the upper is in truth the smaller one, from both in ascending order; equals half."""
    if upper[0] > lower[-1]:
        return 0.0
    if upper[len(upper) // 2] <= lower[len(lower) // 2]:  # wrong in a quarter of all cases at least
        return 0.5
    beyond = lower[bisect_left(lower, upper[0]) :]
    wrong = sum(bisect_left(upper, each) + bisect_right(upper, each) for each in beyond)
    return wrong / (2.0 * len(upper) * len(lower))


def _composed(
    sheet: Sheet,
    unit: str,
    result: Result,
    place: orders.Place,
    chance: Chances | None,
    band: int | None,
    sure: tuple[int, int] | None,
    draws: Sequence[float],
) -> Composed:
    best, worst = sure or (None, None)
    shown = rounded(result.total, sheet.decimals) if result.total is not None else None
    return Composed(
        unit, result, result.total, shown, interval=_interval(sheet, draws), rank=place.rank, tied=place.tied,
        band=band, expected_rank=_decimal(chance.expected, 2) if chance else None,
        low_rank=chance.low if chance else None, high_rank=chance.high if chance else None,
        best_rank=best, worst_rank=worst,
        in_top=_decimal(chance.top, 3) if chance else None, in_bottom=_decimal(chance.bottom, 3) if chance else None,
    )  # fmt: skip


def _interval(sheet: Sheet, draws: Sequence[float]) -> Interval | None:
    if not draws:
        return None
    out = int(sheet.level / 2 * len(draws))
    return Interval(_decimal(draws[out], sheet.decimals + 1), _decimal(draws[-1 - out], sheet.decimals + 1))


def _notes(ranked: int) -> tuple[Note, ...]:
    if ranked > MOST_PAIRED:
        return (Note("too_many_for_bands"),)
    return {0: (Note("nothing_counted"),), 1: (Note("one_unit"),)}.get(ranked, ())


def _decimal(number: float, digits: int) -> Decimal:
    return Decimal(f"{number:.{digits}f}")
