"""Which moves an agreement takes, when a line is due or late, what assets come to. Pure: days passed in."""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

READ, KEEP, SERVE = "partnerships.read", "partnerships.keep", "partnerships.serve"
LONGEST_TITLE, LONGEST_WHAT, LONGEST_NOTE, LONGEST_REASON = 80, 120, 200, 300
MOST_PARTIES, MOST_LINES, MOST_ASSETS, MOST_PAPERS = 30, 60, 100, 9
SOON = 30  # days before the end from which a page says so; the duty's own days are the pack's
LARGEST_AREA = Decimal("9999999999.99")
_REFERENCE = re.compile(r"^[a-z_-]{2,20}:[\w./-]{1,58}$")
# What shows that work was done is a meeting, a case, a project; never somebody.
_NOBODY = ("person:", "mandate:")

# from: {move: to}. A draft nobody signs is ended too; what is over stays as it is.
MOVES: dict[str, dict[str, str]] = {
    "draft": {"sign": "signed", "end": "ended"},
    "signed": {"start": "running", "end": "ended"},
    "running": {"end": "ended", "renew": "renewed", "expire": "expired"},
    "expired": {"renew": "renewed"},
    "renewed": {},
    "ended": {},
}


def moved(state: str, move: str) -> str:
    """The state after a move. Raises Conflict `not_now`."""
    if move not in MOVES[state]:
        raise Conflict("not_now", N_("协议现在不在能办这一步的状态。请刷新看看。"))
    return MOVES[state][move]


def state_on(state: str, starts_on: dt.date, ends_on: dt.date | None, today: dt.date) -> str:
    """What a signed or running one is on a day: it starts on its first day and is over after its last."""
    if state == "signed" and starts_on <= today:
        state = "running"
    return "expired" if state == "running" and ends_on is not None and ends_on < today else state


def check_term(term: str, starts_on: dt.date, ends_on: dt.date | None) -> dt.date | None:
    """The last day. Raises Refused `end_missing`, `ends_before`."""
    if term == "year":
        return dt.date(starts_on.year, 12, 31)
    if ends_on is None and term == "needed":
        raise Refused("end_missing", N_("请写到哪天为止。"), field="ends_on")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("ends_before", N_("最后一天不能早于第一天。"), field="ends_on")
    return ends_on


def years_after(day: dt.date, years: int) -> dt.date:
    """The last day of so many years that begin on a day: 20 years from 2021-04-01 end on 2041-03-31."""
    year = day.year + years
    last = calendar.monthrange(year, day.month)[1]
    return dt.date(year, day.month, min(day.day, last)) - dt.timedelta(days=1 if day.day <= last else 0)


def due_day(days: int | None, anchor: dt.date | None, starts_on: dt.date) -> dt.date | None:
    """Counted from the anchor, or from the first day; none where the line runs to the end."""
    return None if days is None else (anchor or starts_on) + dt.timedelta(days=days)


def line_state(progress: int, due_on: dt.date | None, today: dt.date) -> str:
    """done, late, soon or open."""
    if progress >= 100:
        return "done"
    if due_on is None or due_on > today + dt.timedelta(days=SOON):
        return "open"
    return "late" if due_on < today else "soon"


def progress_of(total: int, target: int | None, said: int | None) -> int | None:
    """How far a line is now: what was counted over its target, never more than the whole; else what was said."""
    if target:
        return min(100, total * 100 // target)
    return said


def parse_area(text: str) -> Decimal:
    """Square metres as people write them, exact: at most two decimals. Raises Refused `area_wrong`."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("平方米").removesuffix("m2")
    plain = plain.replace(",", "").strip()
    try:
        area = Decimal(plain)
    except InvalidOperation:
        area = Decimal("NaN")
    if not area.is_finite() or not 0 < area <= LARGEST_AREA or area != area.quantize(Decimal("0.01")):
        raise Refused("area_wrong", N_("面积写成数字，单位平方米，最多两位小数，比如 203.53。"), field="area")
    return area.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Lent:
    """What one asset adds: its kind, how many pieces, how many square metres."""

    kind: str
    pieces: int
    area: Decimal


def totals(assets: Iterable[Lent]) -> tuple[int, Decimal]:
    """Pieces and square metres together, exact."""
    pieces, area = 0, Decimal("0.00")
    for one in assets:
        pieces, area = pieces + one.pieces, area + one.area
    return pieces, area


def check_roles(needed: Mapping[str, str], single: Iterable[str], roles: Sequence[str]) -> None:
    """Every role that is needed stands in it, one that is single once. `needed`: code to name.

    Raises Refused `party_missing`, `party_twice`.
    """
    for code, name in needed.items():
        if code not in roles:
            raise Refused("party_missing", N_("还缺一方：{name}。"), name=name, field="parties")
    if any(roles.count(code) > 1 for code in single):
        raise Refused("party_twice", N_("有一方只能写一个单位，现在写了两个。"), field="parties")


def check_progress(amount: int, progress: int | None, *, counted: bool, now: int) -> None:
    """What is counted says how many, anything else how far. Raises Refused `amount_missing`, `progress_missing`,
    `nothing_new`."""
    if counted:
        if amount < 1:
            raise Refused("amount_missing", N_("请写这次做了多少，至少是 1。"), field="amount")
        return
    if progress is None or not 0 <= progress <= 100:
        raise Refused("progress_missing", N_("请写做到百分之几，0 到 100。"), field="progress")
    if progress < now:
        message = N_("已经做到 {now}%，不能往回写。写错了，在说明里写清楚。")
        raise Refused("nothing_new", message, now=now, field="progress")


def check_papers(count: int) -> None:
    """Raises Refused `too_many`."""
    if count > MOST_PAPERS:
        raise Refused("too_many", N_("一次最多传 {most} 份。"), most=MOST_PAPERS, field="files")


def check_reference(text: str) -> str:
    """The number of what shows the work, "" where there is none. Raises Refused `reference_wrong`."""
    text = text.strip()
    if text and (not _REFERENCE.match(text) or text.startswith(_NOBODY)):
        raise Refused("reference_wrong", N_("编号写成 gathering:HY-1、case:GZ-1 这样。"), field="shows")
    return text
