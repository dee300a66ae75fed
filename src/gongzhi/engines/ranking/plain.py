"""Intervals: of what is still possible for a unit, and of its raw figure alone, for comparison."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from gongzhi.engines.intervals import wilson
from gongzhi.engines.ranking.curves import Curve, Kind, mean_curve, normal_quantile, rate_curve, share_curve
from gongzhi.engines.ranking.shrinkage import Seen


class Interval(NamedTuple):
    """Rounded to one more decimal than the value is shown with."""

    low: Decimal
    high: Decimal


def interval_of(curve: Curve, level: Fraction, decimals: int) -> Interval:
    """Without half of `level` on either side."""
    half = float(level) / 2.0
    return _interval(curve.quantile(half), curve.quantile(1.0 - half), decimals)


def plain_interval(kind: Kind, row: Seen, level: Fraction, variance: Fraction, decimals: int) -> Interval | None:
    """Of the unit's own data: Wilson for a share, the exact one for a rate (Garwood 1936, Biometrika 28, 437–442), the
    normal one for a mean. None out of nothing."""
    if not row.size or row.seen is None:
        return None
    seen, size, half = float(row.seen), float(row.size), float(level) / 2.0
    if kind == "share":
        found = wilson(row.seen, row.size, z=normal_quantile(1.0 - half))  # type: ignore[arg-type]  # fractions count too
        return _interval(*found, decimals) if found else None
    if kind == "mean":
        return interval_of(mean_curve(seen / size, float(variance) / size), level, decimals)
    low = rate_curve(seen, size).quantile(half) if seen else 0.0
    return _interval(low, rate_curve(seen + 1.0, size).quantile(1.0 - half), decimals)


def jeffreys(row: Seen, level: Fraction, decimals: int) -> Interval | None:
    """Of a share, with half a case added on either side; 0 and 1 belong to it where nobody or everybody shows it
    (Brown, Cai and DasGupta 2001, Statistical Science 16, 101–133). None out of nothing."""
    if not row.size or row.seen is None:
        return None
    seen, others = float(row.seen), float(row.size - row.seen)
    curve, half = share_curve(seen + 0.5, others + 0.5), float(level) / 2.0
    low = curve.quantile(half) if seen else 0.0
    return _interval(low, curve.quantile(1.0 - half) if others else 1.0, decimals)


def _interval(low: float, high: float, decimals: int) -> Interval:
    digits = decimals + 1
    return Interval(Decimal(f"{low:.{digits}f}"), Decimal(f"{high:.{digits}f}"))
