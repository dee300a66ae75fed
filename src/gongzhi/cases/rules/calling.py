"""回访: which week is drawn, from what seed, who may call, and when the unit hears of it. Pure.

The seed holds the hash of the first sealed entry of the trail made after the week had ended: nobody can choose it,
and nobody can draw again until the sample pleases.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.engines.sampling import lot

_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")
CALL_ANSWERS = ("yes", "partly", "no")


def week_of(date: dt.date) -> str:
    """2026-W12 by ISO 8601."""
    year, week, _day = date.isocalendar()
    return f"{year}-W{week:02d}"


def week_span(week: str) -> tuple[dt.date, dt.date]:
    """Monday of the week and of the next. Raises Refused `bad_week`."""
    found = _WEEK.match(week)
    try:
        first = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None:
        raise Refused("bad_week", N_("请选一个星期，写成 2026-W12 这样。"), field="week")
    return first, first + dt.timedelta(days=7)


def check_week_over(week: str, today: dt.date) -> None:
    if week_span(week)[1] > today:
        raise Refused("week_not_over", N_("这个星期还没过完，过完才能抽。请选上一个星期。"), field="week")


def check_drawn_once(drawn: bool) -> None:
    if drawn:
        raise Conflict("drawn_before", N_("这个地方这个星期已经抽过。一个星期只抽一次，不能重抽。"))


def draw_subject(place: str, week: str) -> str:
    """How the trail names a draw."""
    return f"draw:{place}:{week}"


def draw_seed(subject: str, chain_hash: str) -> str:
    return f"{subject}|{chain_hash}"


def choose_caller(seed: str, number: str, units: Iterable[tuple[int, str]], involved: Collection[int]) -> int | None:
    """Which unit calls: by lot among those that had nothing to do with the case; None where there is none.

    `units` are (id, code); the unit with the smallest number over seed, case and code calls.
    """
    free = [(lot(f"{seed}|{number}", code), unit_id) for unit_id, code in units if unit_id not in involved]
    return min(free)[1] if free else None


def check_caller(*, caller: str, handlers: Collection[str]) -> None:
    """Who had a hand in the work does not ask how it went."""
    if caller in handlers:
        raise Refused("own_work", N_("您经手过这件事，不能由您来回访。请交给同单位的另一位。"))


def check_call(*, reached: bool, solved: str, satisfied: int | None, note: str) -> None:
    """Raises Refused `missing_answer`, `bad_rating`, `missing_note`."""
    if not reached:
        return
    if solved not in CALL_ANSWERS:
        raise Refused("missing_answer", N_("请选解决了没有：解决了、部分解决、没解决。"), field="solved")
    if satisfied is not None and not 1 <= satisfied <= 5:
        raise Refused("bad_rating", N_("满意程度请选 1 到 5。"), field="satisfied")
    if solved != "yes" and not note.strip():
        raise Refused("missing_note", N_("没解决的，请写一句差在哪里。重新办的单位只看得到这一句。"), field="note")
