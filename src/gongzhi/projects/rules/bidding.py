"""竞购: when offers are open, which is the best, what may be paid after which step. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

LONGEST_PLAN, LONGEST_HANDS = 600, 200
ASKING = "approved"  # the one state in which bodies are asked
# Money of the public, which is paid step by step; what residents, companies and givers bring is theirs to give.
BY_STEPS = ("public", "reward", "purchase", "fund")


@dataclass(frozen=True, slots=True)
class Judged:
    """One offer with the points that each reviewer gave it, whole sheets only."""

    position: int
    ask: int
    points: tuple[Fraction, ...] = ()

    @property
    def mean(self) -> Fraction:
        """0 where nobody has judged it."""
        return sum(self.points, Fraction()) / len(self.points) if self.points else Fraction()


def is_open(until: dt.date | None, today: dt.date) -> bool:
    """The last day is part of it."""
    return until is not None and today <= until


def is_over(until: dt.date | None, today: dt.date) -> bool:
    return until is not None and today > until


def check_until(until: dt.date, before: dt.date | None, today: dt.date, days: int) -> None:
    """A first window, or one begun anew, lasts `days`; a running one is only made longer.

    Raises Refused `until_too_early`, `until_not_later`.
    """
    if is_open(before, today):
        assert before is not None  # noqa: S101 - it is open
        if until <= before:
            message = N_("已经说了到 {day}，只能往后推。")
            raise Refused("until_not_later", message, day=before.isoformat(), field="until")
    elif until < (first := today + dt.timedelta(days=days)):
        message = N_("至少征集 {days} 天，最早到 {first}。请改晚一点。")
        raise Refused("until_too_early", message, days=days, first=first.isoformat(), field="until")


def check_open(state: str, until: dt.date | None, today: dt.date) -> None:
    """Only for a project that waits to begin. Raises Conflict `bids_closed`."""
    if state != ASKING or not is_open(until, today):
        raise Conflict("bids_closed", N_("现在不收申请。请看看别的项目。"))


def check_over(until: dt.date | None, today: dt.date) -> None:
    """Raises Conflict `bids_open`: nobody reads an offer while another may still come."""
    if not is_over(until, today):
        raise Conflict("bids_open", N_("申请还没截止。截止第二天再拆、再评。"))


def ranked(bids: Iterable[Judged]) -> list[Judged]:
    """The most points first, then who asks less; equal in both they keep the order in which they came."""
    return sorted(bids, key=lambda one: (-one.mean, one.ask, one.position))


def best(bids: Sequence[Judged], reviewers: int, pass_points: int) -> list[Judged]:
    """Who may be chosen: one, or those that are equal in points and price.

    Raises Conflict `bids_missing`, `scores_missing` with which, `no_bid_passes`.
    """
    if not bids:
        raise Conflict("bids_missing", N_("还没有单位申请。可以再征集一次。"))
    if lacking := [one.position for one in bids if len(one.points) < reviewers]:
        message = N_("第 {which} 份还没评够：每份要 {reviewers} 个人打全。")
        raise Conflict("scores_missing", message, which="、".join(map(str, lacking)), reviewers=reviewers)
    first = ranked(bids)[0]
    if first.mean < pass_points:
        raise Conflict("no_bid_passes", N_("没有一份到 {line} 分。可以再征集一次。"), line=pass_points)
    return [one for one in bids if (one.mean, one.ask) == (first.mean, first.ask)]


def check_best(position: int, tied: Sequence[Judged], reason: str) -> None:
    """Raises Refused `not_the_best`, `tie_needs_reason`."""
    if position not in {one.position for one in tied}:
        raise Refused("not_the_best", N_("这一份不是分最高的。请选分最高、报价低的那一份。"), field="position")
    if len(tied) > 1 and len(reason) < 4:
        raise Refused("tie_needs_reason", N_("有两份分数和报价都一样。请写明为什么选这一份。"), field="reason")


def payable(amount: int, done: Iterable[str]) -> int:
    """How much of an amount may be paid once steps that pay these parts are done, in fen, rounded down."""
    share = sum((Fraction(one) for one in done), Fraction())
    return int(amount * min(share, Fraction(1)))
