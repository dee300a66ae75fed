"""What is still possible for one figure after the data: a distribution as a table, made with portable arithmetic.

A share is tabulated over its logit, a rate over its logarithm, a mean as it is: there the densities are smooth and have
one top. Areas are taken by the trapezoid rule with its end correction (Euler–Maclaurin: the slope of the density is
known), tails beyond the table by the exponential that bounds them. Between two points the density is a straight line.
Quantiles are right to about four digits.
"""

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import fsum, sqrt
from typing import Literal

from gongzhi.engines.ranking.portable import exp, ln

Kind = Literal["share", "rate", "mean"]

_HALF = 120
_DEEP = 34.0  # e⁻³⁴ is 10⁻¹⁵: what lies further out than that below the top does not show
_FARTHEST = 60.0  # a share of 10⁻²⁶ is nought


@dataclass(frozen=True, slots=True)
class Curve:
    """`at` ascending on the scale of `kind`; `below` how much lies below each point, `dense` the density
    there, `mass` how much lies around it."""

    kind: Kind
    at: tuple[float, ...]
    below: tuple[float, ...]
    dense: tuple[float, ...]
    mass: tuple[float, ...]
    middle: float
    spread: float

    def quantile(self, part: float) -> float:
        """The value (share, rate, mean) below which `part` lies. Raises ValueError unless 0 < part < 1."""
        if not 0.0 < part < 1.0:
            raise ValueError("part: between 0 and 1")
        return self._natural(self._point(part))

    def draws(self, parts: Sequence[float]) -> list[float]:
        """As `quantile` for many."""
        return [self._natural(self._point(part)) for part in parts]

    def points(self, parts: Sequence[float]) -> list[float]:
        """As `draws`, on the table's own scale: enough to put figures of one kind in order."""
        return [self._point(part) for part in parts]

    def _point(self, part: float) -> float:
        place = bisect_left(self.below, part)
        if place == 0:
            return self.at[0]
        if place == len(self.at):
            return self.at[-1]
        left, right = self.at[place - 1], self.at[place]
        step, low, high = right - left, self.below[place - 1], self.below[place]
        first, last = self.dense[place - 1], self.dense[place]
        if not first + last > 0.0:
            return left + step * (part - low) / (high - low)
        inside = (part - low) / (high - low) * step * (first + last) / 2.0
        root = sqrt(max(0.0, first * first + 2.0 * (last - first) * inside / step))
        return min(right, left + 2.0 * inside / (first + root)) if first + root > 0.0 else right

    def _natural(self, point: float) -> float:
        if self.kind == "mean":
            return point
        if self.kind == "rate":
            return exp(point)
        return 1.0 / (1.0 + exp(-point)) if point > 0 else 1.0 - 1.0 / (1.0 + exp(point))


def share_curve(a: float, b: float) -> Curve:
    """The beta distribution with a and b above 0."""

    def shape(z: float) -> tuple[float, float]:
        # ln x and ln(1 − x) for x = 1/(1 + e⁻ᶻ), without losing either near 0 or 1
        less = exp(-abs(z))
        bend, part = ln(1.0 + less), 1.0 / (1.0 + less)
        if z < 0.0:
            return a * (z - bend) - b * bend, a - (a + b) * (less * part)
        return -a * bend - b * (z + bend), a - (a + b) * part

    top = min(max(ln(a / b), -_FARTHEST), _FARTHEST)
    return _tabulated("share", shape, top, sqrt(1.0 / a + 1.0 / b), (a, b))


def rate_curve(cases: float, size: float) -> Curve:
    """The gamma distribution of that shape, with mean cases / size."""

    def shape(z: float) -> tuple[float, float]:
        grown = size * exp(z)
        return cases * z - grown, cases - grown

    return _tabulated("rate", shape, ln(cases / size), sqrt(1.0 / cases), (cases, 0.0))


def mean_curve(middle: float, variance: float) -> Curve:
    """The normal distribution; with variance 0 all of it lies at the middle."""
    if variance <= 0.0:
        return Curve("mean", (middle, middle), (0.0, 1.0), (0.0, 0.0), (0.5, 0.5), middle, 0.0)
    standard = _standard()
    spread = sqrt(variance)
    at = tuple(middle + spread * z for z in standard.at)
    dense = tuple(each / spread for each in standard.dense)
    return Curve("mean", at, standard.below, dense, standard.mass, middle, spread)


def wrong_way(upper: Curve, lower: Curve) -> float:
    """How likely it is that the one placed above is in truth the smaller one: ∫ P(upper < x) of what lower can be."""
    found, place, points = 0.0, 0, upper.at
    last = len(points)
    for point, mass in zip(lower.at, lower.mass, strict=True):
        while place < last and points[place] < point:
            place += 1
        if place == last:
            found += mass
        elif place:
            found += mass * _below(upper, place, point)
    return min(1.0, found)


def _below(curve: Curve, place: int, point: float) -> float:
    """How much lies below a point between the points place − 1 and place of the table."""
    left, low = curve.at[place - 1], curve.below[place - 1]
    step, first, last = curve.at[place] - left, curve.dense[place - 1], curve.dense[place]
    way = (point - left) / step
    whole = first + last
    part = way * (2.0 * first + (last - first) * way) / whole if whole > 0.0 else way
    return low + part * (curve.below[place] - low)


@cache
def normal_quantile(part: float) -> float:
    """Of the standard normal distribution: 1.96 for 0.975."""
    return _standard().quantile(part)


def lots(seed: str, name: str, count: int) -> tuple[float, ...]:
    """`count` numbers between 0 and 1 for one name, as anybody can draw them again: SHAKE-256 of seed, line feed, name.

    Eight bytes each, most significant first, the upper 53 bits and a half, divided by 2⁵³. A name's numbers do not
    depend on the other names or on their order.
    """
    stream = hashlib.shake_256(f"{seed}\n{name}".encode()).digest(8 * count)
    return tuple(((number >> 11) + 0.5) * 2.0**-53 for number in struct.unpack(f">{count}Q", stream))


@cache
def _standard() -> Curve:
    return _tabulated("mean", lambda z: (-0.5 * z * z, -z), 0.0, 1.0, (8.0, 8.0))


def _tabulated(
    kind: Kind,
    shape: Callable[[float], tuple[float, float]],
    top: float,
    spread: float,
    decay: tuple[float, float],
) -> Curve:
    """`shape` is the logarithm of the density and its slope, `decay` how fast it falls in the tails left and right."""
    peak = shape(top)[0]
    at, stretch, bend = _grid(
        _reach(shape, top, -8.0 * spread, peak, kind), _reach(shape, top, 8.0 * spread, peak, kind)
    )
    at = [top + each for each in at]
    shapes = [shape(z) for z in at]
    dense = [exp(height - peak) for height, _ in shapes]
    parts = [density * wide for density, wide in zip(dense, stretch, strict=True)]
    slopes = [part * (slope * wide + bend) for part, (_, slope), wide in zip(parts, shapes, stretch, strict=True)]
    total = dense[0] / decay[0] if decay[0] else 0.0
    sums, mass = [total], list(parts)
    mass[0] = mass[0] / 2.0 + total
    for number in range(1, len(at)):
        total += _between(parts[number - 1], parts[number], (slopes[number - 1] - slopes[number]) / 12.0)
        sums.append(total)
    beyond = dense[-1] / decay[1] if decay[1] else 0.0
    mass[-1] = mass[-1] / 2.0 + beyond
    whole, total = fsum(mass), total + beyond
    mass = [each / whole for each in mass]
    middle = fsum(z * each for z, each in zip(at, mass, strict=True))
    around = fsum((z - middle) * (z - middle) * each for z, each in zip(at, mass, strict=True))
    below, dense = [each / total for each in sums], [each / total for each in dense]
    return Curve(kind, tuple(at), tuple(below), tuple(dense), tuple(mass), middle, sqrt(around))


def _between(first: float, last: float, correction: float) -> float:
    """The area of one step: trapezoid and its correction; where that is large, far out, a curve of one exponent."""
    half = (first + last) / 2.0
    if abs(correction) <= half / 4.0:
        return half + correction
    if min(first, last) <= 0.0 or first == last:
        return half
    return (last - first) / (ln(last) - ln(first))


def _grid(left: float, right: float) -> tuple[list[float], list[float], float]:
    """Points around 0 whose steps grow smoothly towards the wider side, the width of each step, and how it grows.

    z(u) = a (eᵏᵘ − 1) with eᵏ = right / left; the trapezoid rule is taken over u. Alike sides have equal steps.
    """
    first, last, bend = -left, right, ln(right / -left)
    steps = [(number - _HALF) / _HALF for number in range(2 * _HALF + 1)]
    if abs(bend) < 1e-6:
        return [each * last for each in steps], [last / _HALF] * len(steps), 0.0
    wide = first * last / (last - first)
    grown = [exp(bend * each) for each in steps]
    return [wide * (each - 1.0) for each in grown], [wide * bend * each / _HALF for each in grown], bend / _HALF


def _reach(
    shape: Callable[[float], tuple[float, float]], top: float, distance: float, peak: float, kind: Kind
) -> float:
    """How far the table goes to one side: until the density is e⁻³⁴ of its top, or the farthest point that matters."""
    farthest = _FARTHEST if kind != "mean" else abs(distance) * 4.0
    distance = max(-farthest, min(distance, farthest))
    while abs(distance) < farthest and shape(top + distance)[0] > peak - _DEEP:
        distance *= 1.4
    while shape(top + distance)[0] < peak - 1.5 * _DEEP:
        distance *= 0.8
    return distance
