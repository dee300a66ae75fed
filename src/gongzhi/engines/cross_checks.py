"""Sums that figures of a region must pass: shares, means, totals that should agree, sizes the law allows. Exact.

Nothing here refuses: a figure that does not fit is a question to whoever wrote it down. Fixture: S4, fixtures.md 3.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from gongzhi.engines.change import rounded

Verdict = Literal["", "fits", "doubtful"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out: the exact value, its bounds where a size has them, and whether it fits what is said."""

    value: Fraction | None
    verdict: Verdict = ""
    low: Fraction | None = None
    high: Fraction | None = None


def share(part: Fraction, whole: Fraction) -> Fraction | None:
    """Percent; None of nothing."""
    return 100 * part / whole if whole else None


def fewer(before: Fraction, after: Fraction) -> Fraction | None:
    """撤并率: how many percent fewer."""
    return 100 * (before - after) / before if before else None


def mean(total: Fraction, count: Fraction) -> Fraction | None:
    return total / count if count else None


def worked_out(rule: str, values: Sequence[Fraction]) -> Fraction | None:
    """The value of one rule over its inputs. Raises KeyError for an unknown rule."""
    first, last = values[0], values[-1]
    product = Fraction(1)
    for value in values:
        product *= value
    return {
        "share": share(first, last),
        "fewer": fewer(first, last),
        "mean": mean(first, last),
        "difference": first - last,
        "sum": sum(values, Fraction(0)),
        "product": product,
        "agree": max(values) - min(values),
        "size_range": first,
    }[rule]


def spread_percent(values: Sequence[Fraction]) -> Fraction:
    """How far apart totals are that should be one, in percent of the largest."""
    return 100 * (max(values) - min(values)) / max(values) if max(values) else Fraction(0)


def size_bounds(counts: Sequence[Fraction], least: Sequence[int], most: Sequence[int]) -> tuple[Fraction, Fraction]:
    """The fewest and the most that so many bodies may have: 168 × 3 + 56 × 5 = 784 to 168 × 7 + 56 × 9 = 1680."""
    low = sum((count * n for count, n in zip(counts, least, strict=True)), Fraction(0))
    return low, sum((count * n for count, n in zip(counts, most, strict=True)), Fraction(0))


def checked(
    rule: str,
    values: Sequence[Fraction],
    *,
    stated: Decimal | None = None,
    decimals: int = 1,
    tolerance_percent: Fraction = Fraction(0),
    least: Sequence[int] = (),
    most: Sequence[int] = (),
) -> Outcome:
    """The outcome of one check. With `stated`, the value fits when it rounds to what is stated.

    A stated figure is compared at its own decimals (89.3 at one), unless a tolerance in percent is given.
    """
    value = worked_out(rule, values)
    if value is None:
        return Outcome(None)
    if rule == "agree":
        return Outcome(value, "fits" if spread_percent(values) <= tolerance_percent else "doubtful")
    if rule == "size_range":
        low, high = size_bounds(values[1:], least, most)
        return Outcome(value, "fits" if low <= value <= high else "doubtful", low, high)
    if stated is None:
        return Outcome(value)
    return Outcome(value, "fits" if _says(value, stated, decimals, tolerance_percent) else "doubtful")


def _says(value: Fraction, stated: Decimal, decimals: int, tolerance_percent: Fraction) -> bool:
    said = Fraction(stated)
    exponent = stated.as_tuple().exponent
    places = min(decimals, -exponent) if isinstance(exponent, int) and exponent < 0 else 0
    if rounded(value, places) == rounded(said, places):
        return True
    return abs(value - said) * 100 <= tolerance_percent * abs(said)
