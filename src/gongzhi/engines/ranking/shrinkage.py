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

How sure a value is also says how sure m and s are, which the units themselves had to tell (Morris 1983). With
B = s / (size + s), M the variance of m and T that of ln s, the variance of a value v is

    v (1 − v) / (size + s + 1)  +  B² · M  +  (raw − m)² · B² (1 − B)² · T

for a share; the first term is v / (size + s) for a rate, variance / (size + s) for a mean. What is still possible is
taken to be the beta, gamma or normal distribution with this mean and this variance (Christiansen and Morris 1997, JASA
92, 618–632).

Groups have two levels. A stratum with enough units has its own strength and a mean of its own, drawn in turn towards
the whole by the same formula, a stratum counting as one unit; one with too few units uses the whole's, and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from gongzhi.engines.ranking.curves import Curve, Kind, mean_curve, rate_curve, share_curve
from gongzhi.engines.ranking.groups import Group, as_one, fit_group, same_of

Origin = Literal["stratum", "whole", "given"]

_MEAN_DIGITS, _STRENGTH_DIGITS = 6, 4
_EDGE = Fraction(1, 10**_MEAN_DIGITS)
_FEWEST = Fraction(1, 10)  # however open a share is, it is worth that many cases


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

    `mean_doubt` and `strength_doubt` are the variances of m and of ln s. `variance` is for means: that of one value
    within a unit. `units` gave the estimate; `told_apart` says whether their differences are more than chance (at
    5 %), `goes_with_size` whether larger ones do better or worse; None where that cannot be told.
    """

    mean: Fraction
    strength: Fraction
    origin: Origin
    units: int = 0
    told_apart: bool | None = None
    variance: Fraction = Fraction(0)
    mean_doubt: Fraction = Fraction(0)
    strength_doubt: Fraction = Fraction(0)
    goes_with_size: bool | None = None

    def __post_init__(self) -> None:
        amounts = (self.strength, self.variance, Fraction(self.units), self.mean_doubt, self.strength_doubt)
        if any(each < 0 for each in amounts):
            raise ValueError("strength, variance, units, doubts: not below 0")
        if self.origin not in get_args(Origin):
            raise ValueError("origin: stratum, whole or given")

    def to_params(self) -> dict[str, Any]:
        return {
            "mean": text_of(self.mean),
            "strength": text_of(self.strength),
            "origin": self.origin,
            "units": self.units,
            "told_apart": self.told_apart,
            "variance": text_of(self.variance),
            "mean_doubt": text_of(self.mean_doubt),
            "strength_doubt": text_of(self.strength_doubt),
            "goes_with_size": self.goes_with_size,
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
    whole = fit_group(kind, [_plain(row) for row in counted], float(variance))
    return Priors(_published(kind, whole, "whole", variance), _fit_strata(kind, counted, variance, least_units))


def _fit_strata(kind: Kind, counted: Iterable[Seen], variance: Fraction, least_units: int) -> dict[str, Prior]:
    """Of the strata with enough units; none where all units are of one stratum."""
    strata: dict[str, list[tuple[float, float]]] = {}
    for row in counted:
        strata.setdefault(row.stratum, []).append(_plain(row))
    if len(strata) < 2:
        return {}
    enough = {name: rows for name, rows in sorted(strata.items()) if len(rows) >= least_units}
    groups = {name: fit_group(kind, rows, float(variance)) for name, rows in enough.items()}
    own = {name: _published(kind, group, "stratum", variance) for name, group in groups.items()}
    if len(own) < 2:
        return own
    upper = {name: as_one(kind, same_of(enough[name]), group.strength) for name, group in groups.items()}
    above = _published(kind, fit_group(kind, list(upper.values()), float(variance)), "whole", variance)
    return {name: _drawn(kind, own[name], upper[name], above) for name in own}


def value(row: Seen, prior: Prior) -> Fraction:
    """(seen + m · s) / (size + s), exact; of a unit of which nothing was counted it is the group's mean."""
    seen, size = Fraction(row.seen or 0), Fraction(row.size or 0)
    whole = size + prior.strength
    return (seen + prior.mean * prior.strength) / whole if whole else prior.mean


def spread(kind: Kind, row: Seen, prior: Prior) -> Fraction:
    """The variance of a value, exact, by the formula above. 0 where everything is known."""
    middle, size = value(row, prior), Fraction(row.size or 0)
    whole = size + prior.strength
    if not whole:
        return Fraction(0)
    own = {"share": middle * (1 - middle) / (whole + 1), "rate": middle / whole, "mean": prior.variance / whole}[kind]
    drawn = prior.strength / whole
    off = row.raw - prior.mean if row.raw is not None else Fraction(0)
    by_strength = (off * drawn * (1 - drawn)) ** 2 * prior.strength_doubt
    return own + drawn**2 * prior.mean_doubt + by_strength


def curve(kind: Kind, row: Seen, prior: Prior) -> Curve:
    """What is still possible for a unit. Raises ValueError where neither data nor prior leave anything open."""
    middle, varies = value(row, prior), spread(kind, row, prior)
    if kind == "mean":
        return mean_curve(float(middle), float(varies))
    if not varies:
        raise ValueError(f"{row.unit}: nothing is open, so there is no curve")
    if kind == "rate":
        return rate_curve(float(middle**2 / varies), float(middle / varies))
    cases = max(middle * (1 - middle) / varies - 1, _FEWEST)
    return share_curve(float(middle * cases), float((1 - middle) * cases))


def check(kind: Kind, row: Seen) -> None:
    """Raises ValueError for counts that no unit can have."""
    if kind == "mean" or row.seen is None or row.size is None:
        return
    if row.seen < 0:
        raise ValueError(f"{row.unit}: a count is not below 0")
    if kind == "share" and row.seen > row.size:
        raise ValueError(f"{row.unit}: more than there are")


def check_priors(kind: Kind, priors: Priors) -> None:
    """Raises ValueError for given priors with which nothing can be worked out."""
    for each in (*priors.strata.values(), *([priors.whole] if priors.whole else [])):
        if kind != "mean" and (each.strength <= 0 or each.mean <= 0):
            raise ValueError("prior: mean and strength above 0")
        if kind == "share" and each.mean >= 1:
            raise ValueError("prior: the mean of a share is below 1")


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
    whole = str(abs(int(exact * 10**digits))).rjust(digits + 1, "0")
    sign, cut = "-" if exact < 0 else "", len(whole) - digits
    return f"{sign}{whole[:cut]}.{whole[cut:]}" if digits else f"{sign}{whole}"


def _plain(row: Seen) -> tuple[float, float]:
    return float(row.seen or 0), float(row.size or 0)


def _published(kind: Kind, group: Group, origin: Origin, variance: Fraction) -> Prior:
    """Rounded to what is told; from here on everything is exact."""
    mean, doubts = _rounded(group.mean, _MEAN_DIGITS), (group.mean_doubt, group.strength_doubt)
    told = min(max(mean, _EDGE), 1 - _EDGE) if kind == "share" else mean
    strength = _rounded(group.strength, _STRENGTH_DIGITS)
    mean_doubt, strength_doubt = (_rounded(each, _STRENGTH_DIGITS) for each in doubts)
    alike, size = group.told_apart, group.goes_with_size
    return Prior(told, strength, origin, group.units, alike, variance, mean_doubt, strength_doubt, size)


def _drawn(kind: Kind, own: Prior, both: tuple[float, float], above: Prior) -> Prior:
    """A stratum's prior with its mean drawn towards the whole, as a unit of the level above."""
    seen, size = (_rounded(each, _MEAN_DIGITS) for each in both)
    if kind == "share":
        seen = min(seen, size)
    row = Seen("stratum", seen, size)
    mean = _rounded(float(value(row, above)), _MEAN_DIGITS)
    told = min(max(mean, _EDGE), 1 - _EDGE) if kind == "share" else mean
    return replace(own, mean=told, mean_doubt=_rounded(float(spread(kind, row, above)), _STRENGTH_DIGITS))


def _rounded(number: float, digits: int) -> Fraction:
    """So many digits that count, halves to even; exact from here on."""
    return Fraction(Decimal(f"{number:.{digits - 1}e}"))
