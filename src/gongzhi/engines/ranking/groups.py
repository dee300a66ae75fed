"""One group of units: its mean, its strength, and how sure both are, from all its units together.

The marginal likelihood of a strength is taken over strengths in equal steps of their logarithm; `shrinkage` says what
is done with it and where it comes from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from gongzhi.engines.ranking.curves import Kind
from gongzhi.engines.ranking.portable import exp, ln, log_gamma

# Twice the gain in log-likelihood beyond which a variance is more than nothing, at 5 %: on the edge of what is possible
# it is half a χ² with one degree of freedom (Self and Liang 1987, JASA 82, 605–610).
TOLD_APART = 2.705543454095414
_ANY_STRENGTH = 3.289868133696453  # the variance of ln s when every shrinkage is equally possible: π² / 3
# A slope counts as one from here on (1.96²), with that many units or more.
_SLOPE, _ENOUGH = 3.841458820694124, 10

# (seen, size) → how many units: equal ones are worked out once. In order, as sums of floats depend on theirs.
Same = Mapping[tuple[float, float], int]


@dataclass(frozen=True, slots=True)
class Group:
    """What the units of a group say about it. `mean_doubt` and `strength_doubt` are variances of m and of ln s."""

    mean: float
    strength: float
    units: int
    told_apart: bool | None
    mean_doubt: float
    strength_doubt: float
    goes_with_size: bool | None = None


def same_of(rows: Iterable[tuple[float, float]]) -> Same:
    """Rows as they are worked with."""
    return Counter(sorted(rows))


def fit_group(kind: Kind, rows: Sequence[tuple[float, float]], variance: float) -> Group:
    """Two passes over strengths in equal steps of their logarithm: everywhere, then where the likelihood lies."""
    same = same_of(rows)
    sizes = sorted(size for _, size in rows)
    usual = sizes[len(sizes) // 2]
    if kind == "mean" and variance <= 0.0:  # nothing varies within: what was seen is the truth
        return Group(_mean_of(same, 0.0, kind), 0.0, len(rows), None, 0.0, 0.0)
    if len(rows) < 2:
        mean = _mean_of(same, usual, kind)
        return Group(mean, usual, 1, None, _mean_doubt(kind, same, mean, usual, variance), _ANY_STRENGTH)
    rough = _weigh(kind, same, usual, variance, [-9.0 + 0.5 * n for n in range(37)])
    peak = max(each.open for each in rough)
    near = [each.step for each in rough if each.open > peak - 14.0]
    first, last = near[0] - 0.5, near[-1] + 0.5
    fine = _weigh(kind, same, usual, variance, [first + (last - first) * n / 40 for n in range(41)])
    peak = max(each.open for each in fine)
    weights = [exp(each.open - peak) for each in fine]
    drawn = _average(weights, [1.0 / (1.0 + exp(-each.step)) for each in fine])
    middle = _average(weights, [each.step for each in fine])
    doubt = _average(weights, [(each.step - middle) * (each.step - middle) for each in fine])
    strength = usual * drawn / (1.0 - drawn)
    mean = _mean_of(same, strength, kind)
    gain = max(each.height for each in fine) - _chance_alone(kind, same, _mean_of(same, None, kind), variance)
    mean_doubt = _mean_doubt(kind, same, mean, strength, variance)
    told, size = 2.0 * gain > TOLD_APART, _goes_with_size(same, strength, mean)
    return Group(mean, strength, len(rows), told, mean_doubt, doubt, size)


def _average(weights: Sequence[float], values: Sequence[float]) -> float:
    return fsum(weight * each for weight, each in zip(weights, values, strict=True)) / fsum(weights)


class _Weighed(NamedTuple):
    """One strength: ln of it over the usual size, its log-likelihood with the best mean, and its log-weight."""

    step: float
    height: float
    open: float


def _weigh(kind: Kind, same: Same, usual: float, variance: float, steps: Sequence[float]) -> list[_Weighed]:
    """The weight of a strength is its likelihood with the mean taken out (by Laplace's approximation: the more surely
    the mean is known, the less room it had), times that every shrinkage is equally possible."""
    found = []
    for step in steps:
        strength = usual * exp(step)
        mean = _mean_of(same, strength, kind)
        height = _log_likelihood(kind, same, mean, strength, variance)
        room = 0.5 * ln(_mean_doubt(kind, same, mean, strength, variance))
        found.append(_Weighed(step, height, height + room + _open_prior(step)))
    return found


def _open_prior(step: float) -> float:
    """ln of s / (size + s) · size / (size + s): every shrinkage equally possible, said of ln s."""
    return -abs(step) - 2.0 * ln(1.0 + exp(-abs(step)))


def _mean_doubt(kind: Kind, same: Same, mean: float, strength: float, variance: float) -> float:
    """The variance of a group's mean: as of one unit with as many cases as all are worth together."""
    _, size = as_one(kind, same, strength)
    return {"share": mean * (1.0 - mean), "rate": mean, "mean": variance}[kind] / size


def _mean_of(same: Same, strength: float | None, kind: Kind) -> float:
    """The average of the units, each weighted by size · s / (size + s); by size alone where s has no end.

    A share or rate that nobody or everybody shows is put half a case off the edge, where a likelihood can be taken.
    """
    weighted = total = 0.0
    for (seen, size), count in same.items():
        weight = count * (size if strength is None else size * strength / (size + strength) if strength else 1.0)
        weighted, total = weighted + weight * seen / size, total + weight
    if kind == "mean":
        return weighted / total
    if weighted <= 0.0:
        return 0.5 / (total + 1.0)
    if kind == "share" and weighted >= total * (1.0 - 1e-15):
        return (total + 0.5) / (total + 1.0)
    return weighted / total


def _log_likelihood(kind: Kind, same: Same, mean: float, strength: float, variance: float) -> float:
    """Of all units, without the terms in which neither mean nor strength stands."""
    a, found = mean * strength, 0.0
    if kind == "share":
        b = strength - a
        fixed = log_gamma(a) + log_gamma(b) - log_gamma(strength)
        for (seen, size), count in same.items():
            one = log_gamma(seen + a) + log_gamma(size - seen + b) - log_gamma(size + strength)
            found += count * (one - fixed)
    elif kind == "rate":
        fixed = a * ln(strength) - log_gamma(a)
        for (seen, size), count in same.items():
            found += count * (log_gamma(seen + a) + fixed - (seen + a) * ln(size + strength))
    else:
        for (seen, size), count in same.items():
            spread = variance / size + variance / strength
            found -= count * 0.5 * (ln(spread) + (seen / size - mean) * (seen / size - mean) / spread)
    return found


def _chance_alone(kind: Kind, same: Same, mean: float, variance: float) -> float:
    """The same when all units are alike: what the likelihood comes to as the strength grows without end."""
    found = 0.0
    for (seen, size), count in same.items():
        if kind == "share":
            found += count * (seen * ln(mean) + (size - seen) * ln(1.0 - mean))
        elif kind == "rate":
            found += count * (seen * ln(mean) - mean * size)
        else:
            spread = variance / size
            found -= count * 0.5 * (ln(spread) + (seen / size - mean) * (seen / size - mean) / spread)
    return found


def as_one(kind: Kind, same: Same, strength: float) -> tuple[float, float]:
    """A stratum as one unit of the level above: as many independent cases as its units are worth together.

    A share of `size` cases varies by m(1−m)(size + s) / (size (s + 1)) around m, as size (s + 1) / (size + s) cases
    would; a rate or a mean as size · s / (size + s).
    """
    seen = size = 0.0
    for (one, whole), count in same.items():
        worth = count * (whole * (strength + (kind == "share")) / (whole + strength) if strength else 1.0)
        seen, size = seen + worth * one / whole, size + worth
    return seen, size


def _goes_with_size(same: Same, strength: float, mean: float) -> bool | None:
    """Whether larger units do better or worse than chance explains (at 5 %): the slope of what was seen over the
    logarithm of the size, each unit weighted as in the mean, against its own error. None for fewer than ten units."""
    rows = [(size * strength / (size + strength) * n, ln(size), seen / size, n) for (seen, size), n in same.items()]
    total, units = fsum(weight for weight, *_ in rows), sum(n for *_, n in rows)
    middle = fsum(weight * x for weight, x, _, _ in rows) / total
    wide = fsum(weight * (x - middle) * (x - middle) for weight, x, _, _ in rows)
    if units < _ENOUGH or wide <= 1e-9 * total:
        return None
    slope = fsum(weight * (x - middle) * (y - mean) for weight, x, y, _ in rows) / wide
    rest = ((weight, y - mean - slope * (x - middle)) for weight, x, y, _ in rows)
    error = fsum(weight * each * each for weight, each in rest) / (units - 2) / wide
    return slope * slope > _SLOPE * error
