"""Amounts, who must look twice, what an entry lacks, what is left. Pure: whole numbers, times passed in."""

import calendar
import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

READ, PROPOSE, APPROVE, OPEN = "ledger.read", "ledger.propose", "ledger.approve", "ledger.open"
DEBITS_ADD = ("assets", "expenses")
LONGEST_NARRATION, LONGEST_PARTY, LONGEST_REASON = 120, 60, 200
MOST_PAPERS = 9
LARGEST = 10**15
_YUAN = re.compile(r"^(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d{1,2}))?$")
_REFERENCE = re.compile(r"^[a-z-]{2,20}:[\w./-]{1,58}$")
# A reference that names a person is refused: what money is for is a matter, never somebody.
_NOBODY = ("person:", "mandate:")


def parse_amount(text: str, unit: str) -> int:
    """A positive amount as people write it, exact: yuan with at most two decimals, or a whole number.

    Raises Refused `amount_wrong`, `amount_zero`.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removesuffix("元").replace(" ", "")
    found = _YUAN.match(plain)
    if found is None or (unit != "fen" and found["part"]):
        message = N_("金额写成数字，最多两位小数，比如 1,200.50。") if unit == "fen" else N_("请写一个整数，比如 120。")
        raise Refused("amount_wrong", message, field="amount")
    whole = int(found["whole"].replace(",", ""))
    amount = whole * 100 + int((found["part"] or "0").ljust(2, "0")) if unit == "fen" else whole
    if not 0 < amount <= LARGEST:
        raise Refused("amount_zero", N_("金额要大于 0，也不能大得离谱。请再看一眼。"), field="amount")
    return amount


def amount_text(amount: int, unit: str) -> str:
    """12,345.60, −3.05, 120: without the unit's word, without losing anything."""
    sign = "-" if amount < 0 else ""
    if unit != "fen":
        return f"{sign}{abs(amount):,}"
    whole, part = divmod(abs(amount), 100)
    return f"{sign}{whole:,}.{part:02d}"


def natural(kind: str, balance: int) -> int:
    """A balance as people read it: income, liabilities and net assets grow by credits."""
    return balance if kind in DEBITS_ADD else -balance


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry: an account and how much more (or, below zero, less) it holds; of a person's, until when."""

    account: int
    amount: int
    expires_on: dt.date | None = None


def check_balanced(lines: Sequence[Line]) -> int:
    """What the debits come to. Raises Refused `not_balanced`."""
    amounts = [line.amount for line in lines]
    if len(amounts) < 2 or 0 in amounts or sum(amounts) != 0:
        raise Refused("not_balanced", N_("借和贷不相等，或者少了一行。请重新填。"))
    return sum(amount for amount in amounts if amount > 0)


def reversed_lines(lines: Iterable[Line]) -> list[Line]:
    """The same lines the other way round: both together come to nothing."""
    return [Line(line.account, -line.amount, line.expires_on) for line in lines]


def needs_second(amount: int, limit: int, *, undoing: bool = False) -> bool:
    """More than the limit, which is still one person's; an undoing always."""
    return undoing or amount > limit


def check_second_person(proposer: object, approver: object) -> None:
    """Raises Refused `second_person`."""
    if proposer == approver:
        raise Refused("second_person", N_("自己记的账自己不能批。请另一位有审批权的人来。"))


def check_reference(text: str, field: str) -> str:
    """What an entry is for, or by which decision: "case:…", "resolution:…". Raises Refused `reference_wrong`."""
    text = text.strip()
    if text and (not _REFERENCE.match(text) or text.startswith(_NOBODY)):
        raise Refused("reference_wrong", N_("编号写法不对。写成 case:GZ-1、resolution:JY-1 这样。"), field=field)
    return text


def check_papers(needed: Collection[str], shown: Collection[str], files: int) -> None:
    """Every paper that the movement asks for is among those shown. Raises Refused `papers_missing`, `too_many`."""
    missing = [name for name in needed if name not in shown]
    if missing or (needed and not files):
        message = N_("还缺单据：{missing}。请拍照或传文件，并勾上有哪几样。")
        raise Refused("papers_missing", message, missing="、".join(missing or needed), field="papers")
    if files > MOST_PAPERS:
        raise Refused("too_many", N_("一笔最多传 {most} 个文件。"), most=MOST_PAPERS, field="files")


def check_own_share(amount: int, own: int, share: Fraction) -> None:
    """自筹: the getter's own part is at least `share` of the whole cost. Raises Refused `own_share_missing`."""
    if own < share * (own + amount):
        short = -(-(share * amount) // (1 - share)) - own
        message = N_("自筹还差 {short} 元：要占总花费的 {share} 以上。")
        facts = {"short": amount_text(int(short), "fen"), "share": percent(share)}
        raise Refused("own_share_missing", message, field="own", **facts)


def check_most(amount: int, before: int, most: int) -> None:
    """In all for one matter. Raises Refused `over_the_most`."""
    if before + amount > most:
        message = N_("一个项目最多 {most} 元，已经给了 {before} 元。")
        facts = {"most": amount_text(most, "fen"), "before": amount_text(before, "fen")}
        raise Refused("over_the_most", message, field="amount", **facts)


def check_floor(name: str, balance: int, change: int, floor: int | None, unit: str) -> None:
    """Raises Refused `overdrawn` with what is missing."""
    if floor is not None and balance + change < floor:
        message = N_("“{name}”不够：还有 {left}，差 {short}。先划进来，或者改小金额。")
        facts = {"left": amount_text(balance, unit), "short": amount_text(floor - balance - change, unit)}
        raise Refused("overdrawn", message, field="amount", name=name, **facts)


def check_ceiling(name: str, balance: int, change: int, ceiling: int | None, unit: str) -> None:
    """Raises Refused `over_ceiling`."""
    if ceiling is not None and balance + change > ceiling:
        message = N_("“{name}”到上限了：最多 {most}，现在 {now}。")
        facts = {"most": amount_text(ceiling, unit), "now": amount_text(balance, unit)}
        raise Refused("over_ceiling", message, field="amount", name=name, **facts)


def check_day(on: dt.date, *, opened_on: dt.date, closed_until: dt.date | None, today: dt.date) -> None:
    """Raises Refused `before_opening`, `in_the_future`; Conflict `period_closed`."""
    if on < opened_on:
        raise Refused("before_opening", N_("这本账从 {day} 开始记。请选那天或以后。"), day=opened_on, field="on")
    if on > today:
        raise Refused("in_the_future", N_("这一天还没到。账按实际收付的那天记。"), field="on")
    if closed_until is not None and on <= closed_until:
        message = N_("{day} 及以前已经结账，不能再记。请记在今天，在摘要里写明是哪一期的。")
        raise Conflict("period_closed", message, day=closed_until, field="on")


# --- periods ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A month or quarter of the calendar, both ends counted."""

    label: str
    first: dt.date
    last: dt.date


def span_of(every: str, day: dt.date) -> Span:
    """The month or quarter in which a day lies."""
    size = 3 if every == "quarter" else 1
    begins = day.replace(month=(day.month - 1) // size * size + 1, day=1)
    ends = _month_after(begins, size) - dt.timedelta(days=1)
    label = f"{begins.year}-Q{begins.month // 3 + 1}" if size == 3 else f"{begins:%Y-%m}"
    return Span(label, begins, ends)


def span_named(label: str) -> Span:
    """The period that 2026-03 or 2026-Q1 names."""
    year, _, part = label.partition("-")
    quarter = part.startswith("Q")
    month = int(part[1:]) * 3 - 2 if quarter else int(part)
    return span_of("quarter" if quarter else "month", dt.date(int(year), month, 1))


def _month_after(first: dt.date, months: int) -> dt.date:
    ahead = first.month - 1 + months
    return first.replace(year=first.year + ahead // 12, month=ahead % 12 + 1)


def next_span(every: str, opened_on: dt.date, closed_until: dt.date | None) -> Span:
    """The oldest period that is not closed."""
    return span_of(every, closed_until + dt.timedelta(days=1) if closed_until else opened_on)


def spans_between(every: str, first: dt.date, last: dt.date) -> list[Span]:
    """Every period from the one of `first` to the one of `last`, the newest first."""
    found = [span_of(every, first)]
    while found[-1].last < last:
        found.append(span_of(every, found[-1].last + dt.timedelta(days=1)))
    return found[::-1]


def check_closing(span: Span, *, today: dt.date, waiting: int) -> None:
    """Raises Conflict `period_running`, `entries_wait`."""
    if today <= span.last:
        message = N_("{label} 还没过完，到 {last} 以后才能结账。")
        raise Conflict("period_running", message, label=span.label, last=span.last)
    if waiting:
        message = N_("{label} 还有 {count} 笔等审批。先批或者退回，再结账。")
        raise Conflict("entries_wait", message, label=span.label, count=waiting)


# --- what is left -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """How full a fund is: left, of what, where the alarm stands; drawn in thousandths."""

    left: int
    total: int
    share: Fraction

    @property
    def line(self) -> int:
        """The least that is enough: the smallest whole amount that is not below the share."""
        return -(-self.total * self.share.numerator // self.share.denominator)

    @property
    def low(self) -> bool:
        """不足 is strictly less (民法典 1259)."""
        return self.left * self.share.denominator < self.total * self.share.numerator

    @property
    def missing(self) -> int:
        return max(self.line - self.left, 0)

    @property
    def filled(self) -> int:
        return max(0, min(1000, self.left * 1000 // self.total))

    @property
    def mark(self) -> int:
        return self.line * 1000 // self.total


def percent(share: Fraction) -> str:
    """30%, 33.3%: for reading only."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


# --- accounts of persons ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """Points or minutes of one person that end on the same day; `None`: they do not end."""

    amount: int
    expires_on: dt.date | None


def expiry(on: dt.date, months: int, *, with_year: bool) -> dt.date | None:
    """The last day on which what is earned on a day can be used: that of the year, or of so many months after."""
    if with_year:
        return dt.date(on.year, 12, 31)
    if not months:
        return None
    ahead = on.month - 1 + months
    year, month = on.year + ahead // 12, ahead % 12 + 1
    return dt.date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def living(lots: Iterable[Lot], today: dt.date) -> list[Lot]:
    """What can be used on a day: the first to end first, the endless last."""
    held = [one for one in lots if one.amount > 0 and (one.expires_on is None or one.expires_on >= today)]
    return sorted(held, key=lambda one: one.expires_on or dt.date.max)


def over(lots: Iterable[Lot], today: dt.date) -> list[Lot]:
    """What has ended before a day and was not used."""
    held = [one for one in lots if one.amount > 0 and one.expires_on is not None and one.expires_on < today]
    return sorted(held, key=lambda one: one.expires_on or dt.date.max)


def taken(lots: Iterable[Lot], amount: int, today: dt.date) -> list[Lot]:
    """Which lots an amount is taken from: always from the first to end. Raises Refused `points_short`."""
    rest, found = amount, []
    if amount <= 0:
        raise Refused("amount_zero", N_("要大于 0。"), field="amount")
    usable = living(lots, today)
    for lot in usable:
        part = min(rest, lot.amount)
        if part:
            found.append(Lot(part, lot.expires_on))
            rest -= part
    if rest:
        have = sum(lot.amount for lot in usable)
        message = N_("不够：能用的有 {have}，还差 {short}。荣誉分和过期的不能兑换。")
        raise Refused("points_short", message, have=have, short=rest, field="amount")
    return found


def gained(done: int, gives: int, per: int) -> int:
    """For each whole `per`; what is left over counts for nothing."""
    return max(done, 0) // per * gives


def clipped(amount: int, limits: Iterable[tuple[int, int]]) -> int:
    """What of an amount still fits under every limit: (most, already), a most of 0 is none."""
    return max(0, min([amount, *(most - already for most, already in limits if most)]))


def kept(amount: int, balance: int, most: int) -> int:
    """What of an amount somebody may keep; the rest is given to all. A most of 0 is none."""
    return amount if not most else max(0, min(amount, most - balance))


def request_of(what: str, source: object, number: str) -> uuid.UUID:
    """The same for the same act in the same fund: written once, however often it is told."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"gongzhi:{number}:{what}:{source}")
