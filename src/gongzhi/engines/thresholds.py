"""Shares that a decision must reach: exact smallest numbers, several bases at once, and what is still missing.

A law says who counts (heads, area, households), of whom (all registered, those who take part, those present, members
due, ballots cast) and whether the share itself is enough: 以上、以下 include the number, 超过、不满 do not
(民法典 第1259条), 过半数 is strictly more than half. Nothing here knows a legal number: a share comes in as a
parameter of a law pack. Amounts are whole numbers of the smallest unit (heads; area in square decimetres, so that
89.60 ㎡ is 8960); shares are fractions; nothing is ever rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

Limit = Literal["at_least", "at_most"]
# What is counted → measure → amount: {"participating": {"heads": 640, "area": 5_760_000}, …}.
Amounts = Mapping[str, Mapping[str, int]]

_KEYS = {"counts", "measure", "share", "inclusive", "of", "limit"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """`counts` must reach `share` of `of`, both in `measure`: yes, heads, 3/4, of those participating.

    With `limit` "at_most" it must not go beyond: 河南省物业管理条例 第66条 lets a motion pass when those against are
    a third or fewer.
    """

    counts: str
    measure: str
    share: Fraction
    inclusive: bool
    of: str
    limit: Limit = "at_least"

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"share: {self.share} is not between 0 and 1")
        if self.limit == "at_least" and (self.share == 0 or (self.share == 1 and not self.inclusive)):
            raise ValueError(f"share: nothing or nobody could reach {self.share}, inclusive {self.inclusive}")
        if self.limit == "at_most" and self.share == 0 and not self.inclusive:
            raise ValueError("share: nobody can stay below nothing")

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Threshold":
        """From the words of a pack or a record; a share is text ("2/3"), never a float. Raises ValueError."""
        if unknown := set(params) - _KEYS:
            raise ValueError(f"{min(unknown)}: no such key of a threshold")
        if missing := _KEYS - {"limit"} - set(params):
            raise ValueError(f"{min(missing)}: a threshold needs it")
        if not isinstance(params["inclusive"], bool):
            raise ValueError("inclusive: true or false")
        limit = params.get("limit", "at_least")
        if limit not in get_args(Limit):
            raise ValueError("limit: at_least or at_most")
        words = [params[key] for key in ("counts", "measure", "of")]
        if not all(isinstance(word, str) and word for word in words):
            raise ValueError("counts, measure, of: words")
        return cls(words[0], words[1], exact_share(params["share"]), params["inclusive"], words[2], limit)

    def to_params(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "measure": self.measure,
            "share": f"{self.share.numerator}/{self.share.denominator}",
            "inclusive": self.inclusive,
            "of": self.of,
            "limit": self.limit,
        }

    def bound(self, base: int) -> int:
        """The smallest amount that is enough (never below 1), or the largest that is allowed, of this base."""
        if base < 0:
            raise ValueError(f"{self.of}: an amount is not negative")
        product = self.share.numerator * base
        whole, rest = divmod(product, self.share.denominator)
        if self.limit == "at_most":
            return whole if self.inclusive or rest else whole - 1
        return max(1, whole + (1 if rest or not self.inclusive else 0))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a threshold stands: its base, the number that decides, the number reached."""

    threshold: Threshold
    base: int
    bound: int
    reached: int

    @property
    def met(self) -> bool:
        """Nothing is decided by nobody: an empty base is never enough."""
        if not self.base:
            return False
        return self.reached <= self.bound if self.threshold.limit == "at_most" else self.reached >= self.bound

    @property
    def missing(self) -> int:
        """Still needed (还差); 0 when met. For "at_most": how many too many."""
        gap = self.bound - self.reached
        return max(0, -gap if self.threshold.limit == "at_most" else gap)

    def to_record(self) -> dict[str, Any]:
        own = {"base": self.base, "bound": self.bound, "reached": self.reached}
        return {**self.threshold.to_params(), **own, "missing": self.missing, "met": self.met}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A requirement over amounts: the alternatives, each a list of standings that must all be met."""

    alternatives: tuple[tuple[Standing, ...], ...]

    @property
    def met(self) -> bool:
        return not self.alternatives or any(all(one.met for one in each) for each in self.alternatives)

    @property
    def unmet(self) -> tuple[Standing, ...]:
        """What is missing on the way with the fewest unmet thresholds; nothing when met."""
        if self.met:
            return ()
        ways = [tuple(one for one in each if not one.met) for each in self.alternatives]
        return min(ways, key=len)

    def to_record(self) -> dict[str, Any]:
        return {"met": self.met, "alternatives": [[one.to_record() for one in each] for each in self.alternatives]}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of several ways, each with all its thresholds: more than half of the adults, or two thirds of the households.

    No alternative at all means that nothing is required.
    """

    alternatives: tuple[tuple[Threshold, ...], ...] = ()

    def __post_init__(self) -> None:
        if not all(self.alternatives):
            raise ValueError("a way without a threshold would always be met")

    @classmethod
    def from_params(cls, params: Sequence[Sequence[Mapping[str, Any]]]) -> "Requirement":
        return cls(tuple(tuple(Threshold.from_params(one) for one in each) for each in params))

    def to_params(self) -> list[list[dict[str, Any]]]:
        return [[one.to_params() for one in each] for each in self.alternatives]

    def thresholds(self) -> Iterable[Threshold]:
        return (one for each in self.alternatives for one in each)

    def judge(self, amounts: Amounts) -> Verdict:
        """Raises ValueError when the amounts lack what a threshold counts or its base."""
        return Verdict(tuple(tuple(standing(one, amounts) for one in each) for each in self.alternatives))


def exact_share(text: object) -> Fraction:
    """A share written "2/3" or "1"; raises ValueError for anything else, floats and decimals with a point too."""
    if not isinstance(text, str) or not text.isascii() or not text.replace("/", "", 1).isdigit():
        raise ValueError(f'share: {text!r} is not a fraction written "2/3"')
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"share: {text!r} divides by nothing") from None


def standing(threshold: Threshold, amounts: Amounts) -> Standing:
    """One threshold over amounts. Raises ValueError when one of its two amounts is not given."""
    base, reached = (_amount(amounts, name, threshold.measure) for name in (threshold.of, threshold.counts))
    return Standing(threshold, base, threshold.bound(base), reached)


def _amount(amounts: Amounts, name: str, measure: str) -> int:
    try:
        return amounts[name][measure]
    except KeyError:
        raise ValueError(f"{name}.{measure}: this amount is not given") from None
