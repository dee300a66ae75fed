"""Rankings against a known truth: ours, raw shares, and plain lower bounds of Wilson's interval, on the same units.

Each world makes units with a true figure and a size, and draws what is seen of them; several worlds are not what the
engine assumes (heavy tails, two humps, small units that are better). The error of a ranking is how many places a unit
stands from its true one on average, in percent of the units. All worlds are printed, those too in which ours loses.
Beside it: how often the intervals of values and ranks hold the truth, and how often a pair is told apart wrongly.

BENCH_SEEDS worlds of each kind (3 when nothing is said), BENCH_UNITS units each (60), BENCH_DRAWS lots (400).
"""

import os
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import exp, log
from typing import Any, NamedTuple

from gongzhi.engines.intervals import wilson
from gongzhi.engines.ranking.rankings import Definition, Ranking, rank
from gongzhi.engines.ranking.shrinkage import Seen
from gongzhi.engines.ranking.standards import Cell, indirect, others_of, reference_of

SEEDS = int(os.environ.get("BENCH_SEEDS", "3"))
UNITS = int(os.environ.get("BENCH_UNITS", "60"))
DRAWS = int(os.environ.get("BENCH_DRAWS", "400"))


class World(NamedTuple):
    """`truth` by unit, more is better; `rows` as ranked; `raw` and `lower` are the two other rankings' figures.

    `same_scale`: the truth is in the units of the ranked value, so that its interval can be checked.
    """

    truth: dict[str, float]
    rows: list[Seen]
    raw: dict[str, float]
    lower: dict[str, float]
    kind: str = "share"
    same_scale: bool = True


class Found(NamedTuple):
    """Of one world: errors in percent of the units, then shares."""

    ours: float
    raw: float
    lower: float
    values_held: float | None
    ranks_held: float
    wrong: bool
    told: float
    strict_wrong: bool
    strict_told: float
    loose_wrong: float
    loose_told: float
    warned: bool


def _sizes(rnd: random.Random) -> list[int]:
    """Few large units and many small ones, as communities are: from 3 to some hundreds, half below 25."""
    return [max(3, round(exp(rnd.gauss(3.2, 1.2)))) for _ in range(UNITS)]


def _shares(rnd: random.Random, truth: list[float], sizes: list[int], strata: list[str] | None = None) -> World:
    names = [f"u{number:03}" for number in range(len(truth))]
    seen = [sum(rnd.random() < share for _ in range(size)) for share, size in zip(truth, sizes, strict=True)]
    groups = strata or [""] * len(truth)
    rows = [Seen(*each) for each in zip(names, seen, sizes, groups, strict=True)]
    raw = {row.unit: float(row.raw or 0) for row in rows}
    lower = {name: (wilson(k, n) or (0.0, 1.0))[0] for name, k, n in zip(names, seen, sizes, strict=True)}
    return World(dict(zip(names, truth, strict=True)), rows, raw, lower)


def _logit(z: float) -> float:
    return 1.0 / (1.0 + exp(-z))


def as_assumed(rnd: random.Random) -> World:
    return _shares(rnd, [rnd.betavariate(27, 3) for _ in range(UNITS)], _sizes(rnd))


def heavy_tails(rnd: random.Random) -> World:
    """Student's t with two degrees of freedom on the logit: most alike, some far off."""
    tails = [rnd.gauss(0, 1) / (rnd.expovariate(1.0) + 1e-9) ** 0.5 for _ in range(UNITS)]
    return _shares(rnd, [_logit(max(-6.0, min(6.0, 2.2 + 0.35 * t))) for t in tails], _sizes(rnd))


def two_humps(rnd: random.Random) -> World:
    return _shares(rnd, [0.95 if rnd.random() < 0.7 else 0.7 for _ in range(UNITS)], _sizes(rnd))


def two_strata(rnd: random.Random) -> World:
    """Old compounds and new ones, told to the engine."""
    old = [rnd.random() < 0.5 for _ in range(UNITS)]
    truth = [rnd.betavariate(24, 8) if each else rnd.betavariate(46, 4) for each in old]
    return _shares(rnd, truth, _sizes(rnd), ["old" if each else "new" for each in old])


def small_are_better(rnd: random.Random) -> World:
    """The engine takes small units for average until they show otherwise; here they are the best."""
    sizes = _sizes(rnd)
    truth = [min(0.99, max(0.4, _logit(3.4 - 0.45 * log(size) + rnd.gauss(0, 0.2)))) for size in sizes]
    return _shares(rnd, truth, sizes)


def small_are_better_told(rnd: random.Random) -> World:
    """The same, with three classes of size told to the engine as strata."""
    world = small_are_better(rnd)
    ordered = sorted(world.rows, key=lambda row: (row.size or 0, row.unit))
    classes = {row.unit: f"size {3 * place // len(ordered)}" for place, row in enumerate(ordered)}
    return world._replace(rows=[replace(row, stratum=classes[row.unit]) for row in world.rows])


def large_are_better(rnd: random.Random) -> World:
    sizes = _sizes(rnd)
    truth = [min(0.99, max(0.4, _logit(0.6 + 0.45 * log(size) + rnd.gauss(0, 0.2)))) for size in sizes]
    return _shares(rnd, truth, sizes)


def equal_sizes(rnd: random.Random) -> World:
    """Drawing all units by the same part to the mean changes no order."""
    return _shares(rnd, [rnd.betavariate(27, 3) for _ in range(UNITS)], [30] * UNITS)


def few_units(rnd: random.Random) -> World:
    """Eight communities: a prior from eight units is itself not sure."""
    world = [rnd.betavariate(40, 10) for _ in range(8)]
    return _shares(rnd, world, [rnd.randint(15, 120) for _ in range(8)])


def alike(rnd: random.Random) -> World:
    """No unit is better than another: every order is right, every pair told apart is wrong."""
    return _shares(rnd, [0.9] * UNITS, _sizes(rnd))


def hard_mixes(rnd: random.Random) -> World:
    """Cases that fail more or less often wherever they are; units differ in their mix and by a factor of their own."""
    fails = {"lamp": 0.05, "noise": 0.2, "structure": 0.4}
    cells, truth = [], {}
    for number in range(UNITS):
        unit, factor = f"u{number:03}", rnd.gammavariate(16, 1 / 16)
        truth[unit] = -factor
        parts = [rnd.expovariate(1.0) for _ in fails]
        size = max(6, round(exp(rnd.gauss(4, 0.8))))
        for (name, base), part in zip(fails.items(), parts, strict=True):
            count = round(size * part / sum(parts))
            solved = sum(rnd.random() >= min(0.95, base * factor) for _ in range(count))
            cells.append(Cell(unit, name, solved, count))
    failed = others_of(cells)
    mixes = indirect(failed, reference_of(failed, as_of="2026-02-28", source="made up"))
    rows = [mixes[unit].to_seen() for unit in truth]
    solved = {u: (sum(int(c.seen) for c in cells if c.unit == u), sum(int(c.size) for c in cells if c.unit == u))
              for u in truth}  # fmt: skip
    raw = {unit: k / n if n else 0.0 for unit, (k, n) in solved.items()}
    lower = {unit: (wilson(k, n) or (0.0, 1.0))[0] for unit, (k, n) in solved.items()}
    return World(truth, rows, raw, lower, "rate", same_scale=False)


WORLDS: dict[str, Callable[[random.Random], World]] = {
    "as assumed": as_assumed,
    "heavy tails": heavy_tails,
    "two humps": two_humps,
    "two strata": two_strata,
    "small units are better": small_are_better,
    "the same, sizes as strata": small_are_better_told,
    "large units are better": large_are_better,
    "equal sizes": equal_sizes,
    "eight units": few_units,
    "all alike": alike,
    "hard and easy mixes": hard_mixes,
}


def _error(figures: dict[str, float], truth: dict[str, float]) -> float:
    """Places from the true one, equals of the ranking in their middle, equals in truth wherever among themselves."""
    total, units = 0.0, list(figures)
    for unit in units:
        above = sum(figures[each] > figures[unit] for each in units)
        place = above + (sum(figures[each] == figures[unit] for each in units) + 1) / 2
        best, worst = _true_ranks(truth, unit)
        total += max(best - place, place - worst, 0.0)
    return 100 * total / len(units) / len(units)


def _true_ranks(truth: dict[str, float], unit: str) -> tuple[int, int]:
    best = 1 + sum(other > truth[unit] for other in truth.values())
    return best, len(truth) - sum(other < truth[unit] for other in truth.values())


def _pairs(world: World, ranking: Ranking) -> tuple[int, float, float]:
    """Pairs told apart wrongly, how many of all are told apart in percent, and which part of these wrongly."""
    ranked = len(ranking.ranked)
    wrong = sum(world.truth[above] <= world.truth[below] for above, below in ranking.apart)
    told = 200 * len(ranking.apart) / max(1, ranked * (ranked - 1))
    return wrong, told, wrong / max(1, len(ranking.apart))


def judged(name: str, seed: int) -> Found:
    """One world of a kind, ranked and compared with its truth."""
    world = WORLDS[name](random.Random(f"{name} {seed}"))
    definition = Definition(
        "bench", "1", world.kind, "higher" if world.kind == "share" else "lower", "bench", Fraction(1), 5,
        Fraction(1, 20), draws=DRAWS, decimals=9,
    )  # type: ignore[arg-type]  # fmt: skip
    ranking = rank(definition, world.rows, versions={})
    others = []
    for control in ("strict", "false_discovery"):
        other = replace(definition, control=control, draws=0)
        others.append(rank(other, world.rows, versions={}, priors=ranking.priors))
    return _judge(world, ranking, *others)


def _judge(world: World, ranking: Ranking, strict: Ranking, loose: Ranking) -> Found:
    sign = 1.0 if world.kind == "share" else -1.0
    ranked = ranking.ranked
    truth = {each.unit: world.truth[each.unit] for each in ranked}
    ours = {each.unit: sign * float(each.value or 0) for each in ranked}
    values = [each.interval.low <= truth[each.unit] <= each.interval.high for each in ranked if each.interval]
    ranks = []
    for each in ranked:
        best, worst = _true_ranks(truth, each.unit)
        ranks.append((each.low_rank or 0) <= worst and best <= (each.high_rank or 0))
    wrong, told, _ = _pairs(world, ranking)
    strict_wrong, strict_told, _ = _pairs(world, strict)
    _, loose_told, loose_wrong = _pairs(world, loose)
    return Found(
        _error(ours, truth),
        _error({unit: world.raw[unit] for unit in truth}, truth),
        _error({unit: world.lower[unit] for unit in truth}, truth),
        sum(values) / len(values) if world.same_scale else None,
        sum(ranks) / len(ranks),
        wrong > 0,
        told,
        strict_wrong > 0,
        strict_told,
        loose_wrong,
        loose_told,
        any(note.code == "goes_with_size" for note in ranking.notes),
    )


def _average(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rows(name: str, found: list[Found]) -> list[dict[str, Any]]:
    ours, raw, lower = (sum(getattr(each, key) for each in found) / len(found) for key in ("ours", "raw", "lower"))
    held, ranks = _average([each.values_held for each in found]), _average([each.ranks_held for each in found])
    best = min(raw, lower)
    loses = f"LOSES by {100 * (ours / best - 1):.1f} %" if best and ours > best * 1.0005 else "not beaten"
    lost = sum(each.ours > min(each.raw, each.lower) + 1e-9 for each in found)
    warned = sum(each.warned for each in found)
    by = f"raw {raw:.2f}, Wilson's lower bound {lower:.2f}: {loses}"
    by += f"; lost {lost}, warned of size {warned} of {len(found)}"
    rows = [_row(f"{name}: error", ours, "% places", by)]
    if held is not None:
        rows.append(_row(f"{name}: values in their interval", 100 * held, "%", "meant: 95"))
    rows.append(_row(f"{name}: ranks in their interval", 100 * (ranks or 0), "%", "meant: 95"))
    for control, prefix in (("strict", "strict_"), ("familywise", "")):
        told = sum(getattr(each, f"{prefix}told") for each in found) / len(found)
        wrong = f"a wrong one in {sum(getattr(each, f'{prefix}wrong') for each in found)} of {len(found)} worlds"
        rows.append(_row(f"{name}: pairs told apart, {control}", told, "%", f"{wrong}; meant: up to 5 %"))
    share, told = (sum(getattr(each, key) for each in found) / len(found) for key in ("loose_wrong", "loose_told"))
    wrong = f"{100 * share:.1f} % of them wrong in a world; meant: up to 5 %"
    rows.append(_row(f"{name}: pairs told apart, false discovery", told, "%", wrong))
    return rows


def _row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": ratio_to}


def run() -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for name in WORLDS:
        print(f"{name}: {SEEDS} worlds of {UNITS} units", file=sys.stderr)
        rows += _rows(name, [judged(name, seed) for seed in range(SEEDS)])
    return {"name": "ranking-truth", "rows": rows}


if __name__ == "__main__":
    for row in run()["rows"]:
        print(f"{row['what']:<56} {row['value']:>8} {row['unit']:<9} {row['ratio_to']}")
