"""When a duty opens, when it is due, what state it is in, whom the ladder tells. Pure: the day is passed in.

Sources: 民法典 第201、203条 (the first day is not counted, a last day of rest moves on); calendar quarters as
村民委员会组织法 第26、30条 use them, rolling ones as 慈善法 第79条 does (law.md 2.7).
"""

import calendar as months
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs.schedule_contents import Alarm, Every, Schedule

State = Literal["ahead", "due", "overdue", "dormant", "done", "excused"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAY = dt.timedelta(days=1)
_ROLLS_FOR = 30  # no run of rest days is longer; an odd calendar must not loop for ever
STATE_WORDS: dict[str, str] = {
    "ahead": N_("还没开始"),
    "due": N_("该做了"),
    "overdue": N_("过期没做"),
    "dormant": N_("很久没做"),
    "done": N_("做了"),
    "excused": N_("不用做"),
}
EVIDENCE_WORDS: dict[str, str] = {
    "media": N_("照片或文件"),
    "case": N_("诉求编号"),
    "talk": N_("谈心记录"),
    "publication": N_("公开的内容"),
    "gathering": N_("会议或活动"),
    "instrument": N_("文本"),
    "assessment": N_("影响评估"),
    "patrol": N_("巡查记录"),
    "visit": N_("走访记录"),
}
EVERY_WORDS: dict[str, str] = {
    "week": N_("每周"),
    "month": N_("每月"),
    "quarter": N_("每季度"),
    "half_year": N_("每半年"),
    "year": N_("每年"),
    "before_expiry": N_("到期前"),
    "once": N_("只一次"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time, both days counted; `ordinal` numbers the periods of a rule without gaps."""

    label: str
    ordinal: int
    first: dt.date
    last: dt.date


def period_of(every: Every, day: dt.date) -> Period:
    """The calendar period that a day lies in: ISO week, month, quarter, half-year or year."""
    if every == "week":
        monday = day - dt.timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Period(f"{year}-W{week:02d}", (monday.toordinal() - 1) // 7, monday, monday + 6 * _DAY)
    length = _MONTHS[every]
    part = (day.month - 1) // length
    ordinal = day.year * (12 // length) + part
    first = dt.date(day.year, part * length + 1, 1)
    return Period(_label(every, day.year, part + 1), ordinal, first, _months_on(first, length) - _DAY)


def _label(every: Every, year: int, part: int) -> str:
    return {"month": f"{year}-{part:02d}", "quarter": f"{year}-Q{part}", "half_year": f"{year}-H{part}"}.get(
        every, str(year)
    )


def _months_on(day: dt.date, count: int) -> dt.date:
    """The same day `count` months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _rolling(every: Every, anchor: dt.date, index: int) -> Period:
    """The index-th period after the day on which it all began; each start is counted from that day itself."""
    if every == "week":
        first, after = anchor + 7 * index * _DAY, anchor + 7 * (index + 1) * _DAY
    else:
        first, after = (_months_on(anchor, _MONTHS[every] * n) for n in (index, index + 1))
    return Period(first.isoformat(), index, first, after - _DAY)


def _rolling_at(every: Every, anchor: dt.date, day: dt.date) -> Period:
    if every == "week":
        return _rolling(every, anchor, (day - anchor).days // 7)
    index = ((day.year - anchor.year) * 12 + day.month - anchor.month) // _MONTHS[every]
    found = _rolling(every, anchor, index)
    return found if found.first <= day else _rolling(every, anchor, index - 1)


def period_after(every: Every, last: dt.date) -> Period:
    """The period that runs from the day on which it was last done; that day itself is not counted (民法典 201)."""
    return _rolling(every, last + _DAY, 0)


def periods_between(
    every: Every, first: dt.date, last: dt.date, *, rolling_from: dt.date | None = None
) -> list[Period]:
    """The periods that touch [first, last], in order; none before `rolling_from` began."""
    found = []
    day = max(first, rolling_from) if rolling_from else first
    while day <= last:
        period = _rolling_at(every, rolling_from, day) if rolling_from else period_of(every, day)
        found.append(period)
        day = period.last + _DAY
    return found


def due_day(rule: Schedule, period: Period, work: WorkCalendar) -> dt.date:
    """The last day in time: of the period, in it (`due_day`), or behind it (`due_after`); moved off rest days if ruled.

    A day that moves back stays inside the period.
    """
    day = period.last
    if rule.due_day:
        day = min(period.first + (rule.due_day - 1) * _DAY, period.last)
    elif rule.due_after and rule.due_unit == "working_days":
        day = work.add_working_days(dt.datetime.combine(day, dt.time(12), work.zone), rule.due_after).at.date()
    elif rule.due_after:
        day += rule.due_after * _DAY
    return _shifted(day, rule.shift, work, period.first)


def _shifted(day: dt.date, shift: str, work: WorkCalendar, earliest: dt.date) -> dt.date:
    if shift == "none":
        return day
    step = _DAY if shift == "next" else -_DAY
    moved = day
    for _ in range(_ROLLS_FOR):
        if work.is_working_day(moved):
            return max(moved, earliest)
        moved += step
    return day


class Standing(Protocol):
    """What of a duty its state depends on."""

    @property
    def opens_on(self) -> dt.date: ...
    @property
    def due_on(self) -> dt.date: ...
    @property
    def ordinal(self) -> int: ...
    @property
    def is_open(self) -> bool: ...


def missed_in_a_row(duties: Iterable[Standing], today: dt.date) -> int:
    """How many periods without a gap, up to the newest that is over, were missed; `duties` are of one rule and subject.

    A period that was done or excused ends the run, and so does one that nobody was asked about.
    """
    over = sorted((duty for duty in duties if duty.due_on < today), key=lambda duty: -duty.ordinal)
    count = 0
    for duty in over:
        if not duty.is_open or (count and over[count - 1].ordinal != duty.ordinal + 1):
            break
        count += 1
    return count


def state_of(duty: Standing, *, done: bool, excused: bool, missed: int, dormant_after: int, today: dt.date) -> State:
    """The state on a day; `missed` is how many in a row its rule and subject missed up to then."""
    if done:
        return "done"
    if excused:
        return "excused"
    if today > duty.due_on:
        return "dormant" if missed >= dormant_after else "overdue"
    return "due" if today >= duty.opens_on else "ahead"


def ladder(alarms: Sequence[Alarm], due_on: dt.date, step: int, today: dt.date) -> tuple[Alarm | None, int]:
    """The step to tell of today, if one has come, and how many are behind from now on.

    When several came at once (the worker was away, the duty was made late) only the last of them is told.
    """
    reached = sum(1 for alarm in alarms if due_on + alarm.days * _DAY <= today)
    return (alarms[reached - 1] if reached > step else None), max(reached, step)


def next_alarm(alarms: Sequence[Alarm], due_on: dt.date, step: int) -> dt.date | None:
    """The day of the step after those that are behind."""
    return due_on + alarms[step].days * _DAY if step < len(alarms) else None


def type_of(reference: str) -> str:
    return reference.partition(":")[0]


def check_evidence(reference: str, accepted: Sequence[str]) -> None:
    """Raises Refused `wrong_evidence` unless the reference is of a type that the rule takes."""
    if type_of(reference) not in accepted:
        raise Refused(
            "wrong_evidence", N_("这一项不认这种凭据。能用的：{kinds}。"), kinds="、".join(accepted), field="reference"
        )


def check_reason(reason: str) -> None:
    """Raises Refused `reason_missing`."""
    if len(reason.strip()) < 4:
        raise Refused("reason_missing", N_("请写明为什么这次不用做，至少 4 个字。"), field="reason")
