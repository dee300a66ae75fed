"""The lines of a works package: their steps, what each needs, how long a work is warranted, sums. Pure."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

LONGEST_PART, LONGEST_FOUND, MOST_HOMES, MOST_LINES = 30, 120, 5_000, 5_000
ENDING_WITHIN = 30  # days before a warranty ends: somebody looks at the work once more
URGENCIES = {"now": N_("马上修"), "soon": N_("今年修"), "later": N_("排着")}
# A room number, or a door of one household: 502室, 1-502, 502号.
_HOME = re.compile(r"\d{2,4}\s*[室户号房]|[-—－/]\s*\d{3,4}(?!\d)|(?<!\d)\d{3,4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed change of a line: which states it leaves, where it arrives, what it is called."""

    verb: str
    sources: tuple[str, ...]
    target: str
    word: str


STEPS: tuple[Step, ...] = (
    Step("triage", ("listed", "triaged"), "triaged", N_("看过现场，定轻重")),
    Step("budget", ("triaged", "budgeted"), "budgeted", N_("定预算")),
    Step("order", ("budgeted", "ordered"), "ordered", N_("定施工单位")),
    Step("done", ("ordered",), "done", N_("修好了")),
    Step("accept", ("done",), "accepted", N_("验收通过")),
    Step("redo", ("done",), "ordered", N_("没修好，返工")),
    Step("pay", ("done", "accepted"), "", N_("付款")),
    Step("drop", ("listed", "triaged", "budgeted"), "dropped", N_("不修了")),
)


def steps_from(state: str) -> tuple[Step, ...]:
    return tuple(one for one in STEPS if state in one.sources)


def get_step(state: str, verb: str) -> Step:
    """Raises Conflict `step_not_possible`."""
    found = next((one for one in STEPS if one.verb == verb and state in one.sources), None)
    if found is None:
        raise Conflict("step_not_possible", N_("这一处现在不在这一步。请刷新看看。"))
    return found


def check_part(text: str) -> str:
    """Which part of a building or a compound; never whose home. Raises Refused `part_missing`, `part_names_a_home`."""
    plain = " ".join(text.split())
    if not plain:
        raise Refused("part_missing", N_("写清是哪个部位，比如“2 单元屋面”。"), field="part")
    if len(plain) > LONGEST_PART:
        raise Refused("line_too_long", N_("最多写 {most} 个字。"), most=LONGEST_PART, field="part")
    if _HOME.search(plain):
        raise Refused("part_names_a_home", N_("只写到楼和单元，不写门牌号。请改成“2 单元屋面”这样。"), field="part")
    return plain


def check_homes(homes: int) -> int:
    """How many households it touches. Raises Refused `homes_wrong`."""
    if not 0 <= homes <= MOST_HOMES:
        raise Refused("homes_wrong", N_("户数写 0 到 {most} 的整数。"), most=MOST_HOMES, field="homes")
    return homes


def warranty_until(accepted: dt.date, months: int) -> dt.date | None:
    """The last day of the warranty, so many months on; None where none is promised. 31 January + 1 is 28 February."""
    if not months:
        return None
    year, month = divmod(accepted.year * 12 + accepted.month - 1 + months, 12)
    return dt.date(year, month + 1, min(accepted.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A line as it is counted: its sort of defect, where it stands, households, money in fen."""

    defect: str
    state: str
    homes: int
    budget: int
    paid: int


@dataclass(frozen=True, slots=True)
class Total:
    """The lines of one sort of defect, or of all: counts and money, never where."""

    defect: str
    lines: int
    homes: int
    done: int
    accepted: int
    homes_accepted: int
    budget: int
    paid: int


def totals(lines: Iterable[LineFigures]) -> list[Total]:
    """By sort of defect, in the order of the alphabet; dropped lines count nowhere."""
    by: dict[str, list[LineFigures]] = {}
    for one in lines:
        if one.state != "dropped":
            by.setdefault(one.defect, []).append(one)
    return [total_of(defect, by[defect]) for defect in sorted(by)]


def total_of(defect: str, lines: Iterable[LineFigures]) -> Total:
    found = list(lines)
    accepted = [one for one in found if one.state == "accepted"]
    return Total(
        defect,
        len(found),
        sum(one.homes for one in found),
        sum(one.state in ("done", "accepted") for one in found),
        len(accepted),
        sum(one.homes for one in accepted),
        sum(one.budget for one in found),
        sum(one.paid for one in found),
    )


def all_of(found: Iterable[Total]) -> Total:
    """The sum of sums."""
    rows = list(found)
    names = ("lines", "homes", "done", "accepted", "homes_accepted", "budget", "paid")
    return Total("", *(sum(getattr(row, name) for row in rows) for name in names))
