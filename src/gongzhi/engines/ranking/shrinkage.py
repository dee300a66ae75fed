"""Figures drawn towards their group: how much of a difference between units is more than chance (收缩估计).

One formula for three kinds of figures. A unit was seen `seen` in `size` (37 solved of 40 cases; 6 events in 2.5 years;
a sum of 412 points in 50 answers); its group has a mean m and a strength s; its value is

    (seen + m · s) / (size + s)

as if s more cases of an average unit had been added. For shares this is the mean of the beta-binomial model, for
rates of the gamma-Poisson model, for means of the normal model with the variance within units known. m and s are
estimated from all units of the group and then rounded to a few digits: whoever reads the two published numbers finds
each value again on paper, and values are exact fractions.

The strength comes from the marginal likelihood of all units (empirical Bayes: Morris 1983, JASA 78, 47–55; beta-
binomial and gamma-Poisson: Clayton and Kaldor 1987, Biometrics 43, 671–681). Not its highest point is taken, which is
infinite as soon as chance alone could explain the units, but the average of the shrinkage s / (size + s) under it with
every shrinkage held equally possible beforehand (Daniels 1999, Canadian Journal of Statistics 27, 567–578). The mean of
a strength is the average of the units weighted by how sure each is.

Groups have two levels. A stratum with enough units has its own strength and a mean of its own, drawn in turn towards
the whole by the same formula, a stratum counting as one unit; one with too few units uses the whole's, and says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from gongzhi.engines.ranking.curves import Curve, Kind, mean_curve, rate_curve, share_curve
from gongzhi.engines.ranking.portable import exp, ln, log_gamma

Level = Literal["stratum", "whole", "given"]

# Twice the gain in log-likelihood beyond which a variance is more than nothing, at 5 %: on the edge of what is possible
# it is half a χ² with one degree of freedom (Self and Liang 1987, JASA 82, 605–610).
TOLD_APART = 2.705543454095414
_MEAN_DIGITS, _STRENGTH_DIGITS = 6, 4
_EDGE = Fraction(1, 10**_MEAN_DIGITS)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one unit. `size`: cases, exposure (person-years, expected events), or number of values.

    `squares` is for means: the sum of squared distances of the unit's values from their own mean. None in `seen` or
    `size` says that the figure is missing, which is not 0. Raises ValueError for what cannot be.
    """

    unit: str
    seen: Fraction | int | None
    size: Fraction | int | None
    stratum: str = ""
    squares: Fraction | int = 0

    def __post_init__(self) -> None:
        if not self.unit:
            raise ValueError("unit: its code")
        if (self.seen is None) != (self.size is None):
            raise ValueError(f"{self.unit}: seen and size are both known or both missing")
        if self.size is not None and (self.size < 0 or self.squares < 0):
            raise ValueError(f"{self.unit}: size and squares are not below 0")
        if self.size == 0 and self.seen:
            raise ValueError(f"{self.unit}: something was seen in nothing")

    @property
    def raw(self) -> Fraction | None:
        """seen / size; None out of nothing."""
        return Fraction(self.seen) / Fraction(self.size) if self.seen is not None and self.size else None

    def to_params(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "seen": text_of(self.seen),
            "size": text_of(self.size),
            "stratum": self.stratum,
            "squares": text_of(self.squares),
        }


@dataclass(frozen=True, slots=True)
class Prior:
    """What a unit is drawn towards: `mean`, and how many cases of it are added (`strength`).

    `variance` is for means: that of one value within a unit. `units` gave the estimate; `told_apart` says whether their
    differences are more than chance (at 5 %); None where one unit alone, or a given prior, cannot tell.
    """

    mean: Fraction
    strength: Fraction
    level: Level
    units: int = 0
    told_apart: bool | None = None
    variance: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if self.strength < 0 or self.variance < 0 or self.units < 0:
            raise ValueError("strength, variance, units: not below 0")
        if self.level not in get_args(Level):
            raise ValueError("level: stratum, whole or given")

    def to_params(self) -> dict[str, Any]:
        return {
            "mean": text_of(self.mean),
            "strength": text_of(self.strength),
            "level": self.level,
            "units": self.units,
            "told_apart": self.told_apart,
            "variance": text_of(self.variance),
        }


@dataclass(frozen=True, slots=True)
class Priors:
    """The whole's prior and each stratum's; None where nothing at all was counted."""

    whole: Prior | None
    strata: Mapping[str, Prior]

    def of(self, stratum: str) -> Prior | None:
        return self.strata.get(stratum, self.whole)

    def to_params(self) -> dict[str, Any]:
        strata = {name: each.to_params() for name, each in sorted(self.strata.items())}
        return {"whole": self.whole.to_params() if self.whole else None, "strata": strata}


def fit(kind: Kind, rows: Iterable[Seen], *, least_units: int) -> Priors:
    """The priors of all strata. A stratum with fewer than `least_units` counted units uses the whole's.

    Raises ValueError for a share above 1, a negative count, and means of which no unit has two values.
    """
    counted = [row for row in rows if row.size]
    for row in counted:
        check(kind, row)
    if not counted:
        return Priors(None, {})
    variance = within_variance(counted) if kind == "mean" else Fraction(0)
    whole = _fit_group(kind, [_plain(row) for row in counted], float(variance))
    strata: dict[str, list[tuple[float, float]]] = {}
    for row in counted:
        strata.setdefault(row.stratum, []).append(_plain(row))
    groups = {name: _fit_group(kind, each, float(variance)) for name, each in sorted(strata.items())
              if len(each) >= least_units} if len(strata) > 1 else {}  # fmt: skip
    upper = [_as_one(kind, strata[name], group.strength) for name, group in groups.items()]
    above = _fit_group(kind, upper, float(variance)) if len(upper) > 1 else None
    priors = {}
    for (name, group), (seen, size) in zip(groups.items(), upper, strict=True):
        mean = (seen + above.mean * above.strength) / (size + above.strength) if above else group.mean
        priors[name] = _prior(kind, group, "stratum", variance, mean)
    return Priors(_prior(kind, whole, "whole", variance, whole.mean), priors)


def value(row: Seen, prior: Prior) -> Fraction:
    """(seen + m · s) / (size + s), exact; of a unit of which nothing was counted it is the group's mean."""
    seen, size = Fraction(row.seen or 0), Fraction(row.size or 0)
    whole = size + prior.strength
    return (seen + prior.mean * prior.strength) / whole if whole else prior.mean


def curve(kind: Kind, row: Seen, prior: Prior) -> Curve:
    """What is still possible for a unit. Raises ValueError where neither data nor prior say anything."""
    seen, size = Fraction(row.seen or 0), Fraction(row.size or 0)
    added = prior.mean * prior.strength
    if kind == "mean":
        whole = size + prior.strength
        return mean_curve(float(value(row, prior)), float(prior.variance / whole) if whole else 0.0)
    if kind == "rate":
        return rate_curve(float(seen + added), float(size + prior.strength))
    return share_curve(float(seen + added), float(size - seen + prior.strength - added))


def check(kind: Kind, row: Seen) -> None:
    """Raises ValueError for counts that no unit can have."""
    if kind == "mean" or row.seen is None or row.size is None:
        return
    if row.seen < 0:
        raise ValueError(f"{row.unit}: a count is not below 0")
    if kind == "share" and row.seen > row.size:
        raise ValueError(f"{row.unit}: more than there are")


def within_variance(rows: Iterable[Seen]) -> Fraction:
    """The variance of one value within a unit, from all units together, rounded as published."""
    listed = list(rows)
    squares = sum((Fraction(row.squares) for row in listed), Fraction(0))
    free = sum((max(Fraction(row.size or 0) - 1, Fraction(0)) for row in listed), Fraction(0))
    if not free:
        raise ValueError("squares: no unit has two values, so how much they vary cannot be told")
    return _rounded(float(squares / free), _MEAN_DIGITS)


def text_of(number: Fraction | int | None) -> str | None:
    """How a number stands in a record: whole, as a decimal where it is one, else as a fraction "2/3"."""
    if number is None:
        return None
    exact = Fraction(number)
    rest = exact.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    digits = 0
    while exact * 10**digits % 1:
        digits += 1
    return f"{Decimal(int(exact * 10**digits)).scaleb(-digits):f}" if exact else "0"


# ── one group ──


@dataclass(frozen=True, slots=True)
class _Group:
    mean: float
    strength: float
    units: int
    told_apart: bool | None


def _plain(row: Seen) -> tuple[float, float]:
    return float(row.seen or 0), float(row.size or 0)


def _fit_group(kind: Kind, rows: Sequence[tuple[float, float]], variance: float) -> _Group:
    """Two passes over strengths in equal steps of their logarithm: everywhere, then where the likelihood lies."""
    same = Counter(sorted(rows))  # sums of floats depend on their order: the order in which rows come may not
    sizes = sorted(size for _, size in rows)
    usual = sizes[len(sizes) // 2]
    if kind == "mean" and variance <= 0.0:  # nothing varies within: what was seen is the truth
        return _Group(_mean_of(same, 0.0, kind), 0.0, len(rows), None)
    if len(rows) < 2:
        return _Group(_mean_of(same, usual, kind), usual, len(rows), None)
    rough = _likelihoods(kind, same, usual, variance, [-9.0 + 0.5 * n for n in range(37)])
    peak = max(height for _, height in rough)
    near = [step for step, height in rough if height > peak - 14.0]
    first, last = near[0] - 0.5, near[-1] + 0.5
    fine = _likelihoods(kind, same, usual, variance, [first + (last - first) * n / 40 for n in range(41)])
    peak = max(height for _, height in fine)
    weighted = total = 0.0
    for step, height in fine:
        shrinkage = 1.0 / (1.0 + exp(-step))
        weight = exp(height - peak) * shrinkage * (1.0 - shrinkage)
        weighted, total = weighted + weight * shrinkage, total + weight
    drawn = weighted / total
    strength = usual * drawn / (1.0 - drawn)
    alone = _chance_alone(kind, same, _mean_of(same, None, kind), variance)
    return _Group(_mean_of(same, strength, kind), strength, len(rows), 2.0 * (peak - alone) > TOLD_APART)


def _likelihoods(
    kind: Kind, same: Mapping[tuple[float, float], int], usual: float, variance: float, steps: Sequence[float]
) -> list[tuple[float, float]]:
    found = []
    for step in steps:
        strength = usual * exp(step)
        found.append((step, _log_likelihood(kind, same, _mean_of(same, strength, kind), strength, variance)))
    return found


def _mean_of(same: Mapping[tuple[float, float], int], strength: float | None, kind: Kind) -> float:
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


def _log_likelihood(
    kind: Kind, same: Mapping[tuple[float, float], int], mean: float, strength: float, variance: float
) -> float:
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


def _chance_alone(kind: Kind, same: Mapping[tuple[float, float], int], mean: float, variance: float) -> float:
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


def _as_one(kind: Kind, rows: Sequence[tuple[float, float]], strength: float) -> tuple[float, float]:
    """A stratum as one unit of the level above: as many independent cases as its units are worth together.

    A share of `size` cases varies by m(1−m)(size + s) / (size (s + 1)) around m, as size (s + 1) / (size + s) cases
    would; a rate or a mean as size · s / (size + s).
    """
    seen = size = 0.0
    for one, whole in sorted(rows):
        worth = whole * (strength + (kind == "share")) / (whole + strength) if strength else 1.0
        seen, size = seen + worth * one / whole, size + worth
    return seen, size


def _prior(kind: Kind, group: _Group, level: Level, variance: Fraction, mean: float) -> Prior:
    told = _rounded(mean, _MEAN_DIGITS)
    if kind == "share":
        told = min(max(told, _EDGE), 1 - _EDGE)
    return Prior(told, _rounded(group.strength, _STRENGTH_DIGITS), level, group.units, group.told_apart, variance)


def _rounded(number: float, digits: int) -> Fraction:
    """So many digits that count, halves to even; exact from here on."""
    return Fraction(Decimal(f"{number:.{digits - 1}e}"))
