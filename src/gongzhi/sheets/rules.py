"""How figures are read and added up: refusals, rounding, weights. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines import change
from gongzhi.engines.suppression import is_small, suppress_tree

MOST_DECIMALS, MOST_DIGITS = 8, 16
_REASONS = {
    "years": N_("至少要隔 1 年才能算年均变化。请选两个不同的年份。"),
    "base": N_("起点是 0，算不出变化了百分之几。请换一个起点年份。"),
    "negative": N_("起点或终点是负数，年均变化没有意义。"),
}


def read_exact(text: str) -> tuple[Decimal, int]:
    """A number as the source writes it, and how many decimals it has: "21.20" → 21.20, 2; "3.14万" → 31400, 0.

    Raises ValueError for anything else, and for more digits than are kept.
    """
    clean = text.strip().replace(",", "").replace("，", "").replace("％", "%").removesuffix("%").strip()
    times = 10_000 if clean.endswith("万") else 1
    try:
        given = Decimal(clean.removesuffix("万"))
    except InvalidOperation as wrong:
        raise ValueError(text) from wrong
    value = given * times if times > 1 else given
    exponent = value.as_tuple().exponent
    if not value.is_finite() or not isinstance(exponent, int) or value.adjusted() >= MOST_DIGITS:
        raise ValueError(text)
    if -exponent > MOST_DECIMALS:
        raise ValueError(text)
    if times > 1 and value == value.to_integral_value():
        return value.quantize(Decimal(1)), 0
    return value, max(-exponent, 0)


def shown(value: Decimal, decimals: int) -> str:
    """With exactly the decimals that it was given with: 21.20 stays 21.20."""
    return f"{value:,.{decimals}f}"


def average_annual(begin: Fraction, end: Fraction, years: int, *, decimals: int, alike: bool) -> Decimal:
    """Percent a year. Raises Refused `no_average` where it would mislead; its message says why and what to do."""
    if not alike:
        message = N_("这几年里边界调整过，前后不是同一个地方，不能直接算年均变化。请分段看，或者用调整后的口径。")
        raise Refused("unlike_boundaries", message)
    if reason := change.check(begin, end, years):
        raise Refused(f"no_average_{reason}", _REASONS[reason])
    return change.average_annual_change(begin, end, years, decimals=decimals)


def year_on_year(before: Fraction, now: Fraction, *, decimals: int, alike: bool) -> Decimal | None:
    """Percent against the year before; None where the base is 0 or the boundaries differ."""
    if not alike or change.check(before, now, 1):
        return None
    return change.rounded(100 * change.relative_change(before, now), decimals)


def hides(numerator: Fraction, denominator: int, k: int) -> bool:
    """Whether a share of persons would tell of fewer than k of them: in it, out of it, or in all."""
    top = int(numerator)
    return any(is_small(count, k) for count in (top, denominator - top, denominator))


def told_places(counts: Mapping[str, tuple[int, int]], k: int) -> dict[str, bool]:
    """Which places may be told of, by path, from what lies in each and in none of its parts: (in the share, out of it).

    Whoever reads the pages of all of them, the place above and its parts, works out nobody.
    """
    parents: dict[str, str | None] = {"/": None}
    for path in counts:
        here = path
        while here != "/":
            upper = here[: here.rstrip("/").rfind("/") + 1]
            parents[here], here = upper, upper
    return {path: values is not None for path, values in suppress_tree(counts, parents, k=k).items()}


def told_answers(measured: Mapping[str, tuple[int, int]], k: int) -> set[str]:
    """The paths of which may be told what reporters answered, from (this, otherwise) of each with all inside it.

    From k up on either side, and never where all say the same: whoever knows of one report would know its answer.
    """
    parents = {path: nearest(path, measured) for path in measured}
    own = {path: list(sides) for path, sides in measured.items()}
    for path, upper in parents.items():
        if upper is not None:
            own[upper] = [max(a - b, 0) for a, b in zip(own[upper], measured[path], strict=True)]
    same = {path for path, sides in measured.items() if sum(sides) and not all(sides)}
    told = suppress_tree({path: (one, other) for path, (one, other) in own.items()}, parents, k=k, kept=same)
    return {path for path, sides in told.items() if sides is not None}


def nearest(path: str, paths: Collection[str]) -> str | None:
    """The nearest of the paths in which this one lies, not itself."""
    here = path
    while here != "/":
        here = here[: here.rstrip("/").rfind("/") + 1]
        if here in paths:
            return here
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """One item as it goes into a total: its weight, and what it got of what it could get; None: not countable."""

    weight: Fraction
    got: Fraction | None


@dataclass(frozen=True, slots=True)
class Total:
    """`points` out of `reachable`, which is `whole` only when every item could be counted."""

    points: Fraction
    reachable: Fraction
    whole: Fraction

    @property
    def complete(self) -> bool:
        return self.reachable == self.whole


def total_of(parts: Iterable[Part]) -> Total:
    """Weights times shares; what cannot be counted is left out of what could be reached, never put at 0."""
    rows = list(parts)
    counted = [(row.weight, row.got) for row in rows if row.got is not None]
    points = sum((weight * got for weight, got in counted), Fraction(0))
    return Total(points, sum((w for w, _ in counted), Fraction(0)), sum((row.weight for row in rows), Fraction(0)))


def got_of(share: Fraction | None, direction: str) -> Fraction | None:
    """What an indicator earns of its weight: its share, or what is left of it where lower is better."""
    if share is None:
        return None
    inside = min(max(share, Fraction(0)), Fraction(1))
    return 1 - inside if direction == "lower" else inside


def check_period(since: dt.date, until: dt.date) -> None:
    """Raises Refused `period_backwards`."""
    if until < since:
        raise Refused("period_backwards", N_("结束日期早于开始日期。请改过来。"), field="until")


def check_weights(weights: Iterable[Decimal], total: Decimal) -> None:
    """Raises Refused `weights_do_not_add_up`, `weight_negative`."""
    rows = list(weights)
    if any(weight < 0 for weight in rows):
        raise Refused("weight_negative", N_("权重不能是负数。"))
    if (now := sum(rows, Decimal(0))) != total:
        message = N_("各项权重加起来要正好 {total}，现在是 {now}。")
        raise Refused("weights_do_not_add_up", message, total=f"{total:f}", now=f"{now:f}")
