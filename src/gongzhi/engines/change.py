"""Change between two figures, from one year to the next, and on average in a year; exact to the decimals asked for.

The average annual change is the geometric one: what stays the same factor every year (end / begin) ** (1 / n) − 1, not
the whole change divided by the years. Roots are not taken in floating point: the rounded value is the integer whose
neighbourhood holds the root, found by comparing whole powers.
"""

from decimal import Decimal
from fractions import Fraction

MOST_YEARS = 200


def check(begin: Fraction, end: Fraction, years: int) -> str:
    """Why the change cannot be worked out ("years", "base", "negative"), or ""."""
    if not 1 <= years <= MOST_YEARS:
        return "years"
    if begin == 0:
        return "base"
    return "negative" if begin < 0 or end < 0 else ""


def relative_change(begin: Fraction, end: Fraction) -> Fraction:
    """(end − begin) / begin, exact. Raises ValueError for a base that is not above 0."""
    if reason := check(begin, end, 1):
        raise ValueError(reason)
    return (end - begin) / begin


def average_annual_change(begin: Fraction, end: Fraction, years: int, *, decimals: int) -> Decimal:
    """Percent a year, rounded half up at `decimals`: 100, 62.0944, 2 → -21.20. Raises ValueError with the reason."""
    if reason := check(begin, end, years):
        raise ValueError(reason)
    scale = 10 ** (decimals + 2)
    rounded = rounded_root(end / begin, years, scale)
    return Decimal(rounded - scale).scaleb(-decimals)


def rounded_root(ratio: Fraction, degree: int, scale: int) -> int:
    """The whole number nearest to scale · ratio ** (1 / degree), halves up."""
    low, high = 0, scale * (int(ratio) + 2) + 1
    while low < high:
        middle = (low + high + 1) // 2
        # middle − 1/2 ≤ scale · root  ⇔  (2·middle − 1) ** degree ≤ ratio · (2·scale) ** degree
        if Fraction(2 * middle - 1) ** degree <= ratio * (2 * scale) ** degree:
            low = middle
        else:
            high = middle - 1
    return low


def after_years(base: Fraction, percent_a_year: Fraction, years: int) -> Fraction:
    """What is left of a base after so many years of the same change: 100 at −21.2 % for 2 years is 62.0944."""
    return base * (1 + percent_a_year / 100) ** years


def rounded(value: Fraction, decimals: int, *, down: bool = False) -> Decimal:
    """A fraction with so many decimals, halves away from zero, or cut off."""
    scaled = abs(value) * 10**decimals
    whole = int(scaled) if down else int(scaled + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
