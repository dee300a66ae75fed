"""When a thing can be had: opening hours, holidays, steps, buffers, series. Pure; civil time of the country.

Hours are `[[weekday, "09:00", "12:00"], …]`, Monday is 1; "24:00" is the end of the day. A booking lies within one
opening of one day, and its buffers may reach beyond it.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongzhi.common.clock import CHINA, starts
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs.sharing_contents import Booking

Hours = Sequence[Sequence[int | str]]
_CLOCK = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")
MOST_OPENINGS = 42
_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_WEEKDAYS |= {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_DAY = "(?:周|星期)?([一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun)"
_LINE = re.compile(rf"^{_DAY}(?:[至到–-]{_DAY})?\s*(.+)$")
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至到]\s*(\d{1,2}:\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant until before another."""

    start: dt.datetime
    end: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


def minutes_of(text: str) -> int:
    """Minutes after midnight. Raises Refused `hours_wrong`."""
    found = _CLOCK.match(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= 1440:
        raise Refused("hours_wrong", N_("“{text}”不是钟点，写成 09:00 这样。"), text=text, field="hours")
    return minutes


def read_hours(text: str) -> list[list[int | str]]:
    """Opening hours as people write them, a line each: 周一至周五 09:00-12:00，14:00-17:30.

    Raises Refused `hours_wrong`, `hours_overlap`.
    """
    found: list[list[int | str]] = []
    for line in filter(None, (part.strip() for part in re.split(r"[\n；;]", text))):
        days = _LINE.match(line.lower())
        spans = _SPAN.findall(days[3]) if days else []
        if days is None or not spans:
            message = N_("“{line}”看不懂，写成“周一至周五 09:00-12:00，14:00-17:00”这样，一行一种。")
            raise Refused("hours_wrong", message, line=line[:40], field="hours")
        first = _WEEKDAYS[days[1]]
        last = _WEEKDAYS[days[2]] if days[2] else first
        if last < first:
            raise Refused("hours_wrong", N_("“{line}”的星期要从前往后写。"), line=line[:40], field="hours")
        found += [[day, begin.zfill(5), end.zfill(5)] for day in range(first, last + 1) for begin, end in spans]
    check_hours(found)
    return sorted(found, key=lambda one: (int(one[0]), minutes_of(str(one[1]))))


def check_hours(hours: Hours) -> None:
    """Raises Refused `hours_wrong`, `hours_overlap`."""
    if len(hours) > MOST_OPENINGS:
        raise Refused("hours_wrong", N_("开放时间写得太多，一周最多 {most} 段。"), most=MOST_OPENINGS, field="hours")
    by_day: dict[int, list[tuple[int, int]]] = {}
    for day, begin, end in hours:
        first, last = minutes_of(str(begin)), minutes_of(str(end))
        if last <= first:
            message = N_("{begin} 到 {end}：结束要晚于开始。")
            raise Refused("hours_wrong", message, begin=begin, end=end, field="hours")
        by_day.setdefault(int(day), []).append((first, last))
    for spans in by_day.values():
        spans.sort()
        if any(after[0] < before[1] for before, after in pairwise(spans)):
            raise Refused("hours_overlap", N_("同一天的开放时间有重叠，请合成一段。"), field="hours")


def written(hours: Hours) -> list[tuple[int, str]]:
    """Weekday and its openings, in order, for people: (1, "09:00–12:00，14:00–17:00")."""
    by_day: dict[int, list[str]] = {}
    for day, begin, end in hours:
        by_day.setdefault(int(day), []).append(f"{begin}–{end}")
    return [(day, "，".join(by_day[day])) for day in sorted(by_day)]


def opens_on(
    hours: Hours, day: dt.date, closed: Collection[str], rests: Callable[[dt.date], bool], *, holidays: bool
) -> list[Span]:
    """The openings of a day; none on a day it is closed, or on a holiday where it keeps holidays."""
    if day.isoformat() in closed or (not holidays and rests(day)):
        return []
    begin = starts(day)
    return sorted(
        Span(begin + dt.timedelta(minutes=minutes_of(str(first))), begin + dt.timedelta(minutes=minutes_of(str(last))))
        for weekday, first, last in hours
        if int(weekday) == day.isoweekday()
    )


def blocked(span: Span, booking: Booking) -> Span:
    """What a booking keeps free of others: itself with its buffers."""
    return Span(span.start - dt.timedelta(minutes=booking.before), span.end + dt.timedelta(minutes=booking.after))


def check_span(span: Span, openings: Iterable[Span], booking: Booking, at: dt.datetime) -> None:
    """A time that may be booked: ahead, of the right length, on a step, within one opening.

    Raises Refused `in_the_past`, `too_far_ahead`, `length_wrong`, `not_on_a_step`, `closed_then`.
    """
    if span.start < at:
        raise Refused("in_the_past", N_("这个时间已经过了，请另选。"), field="starts_at")
    if span.start.astimezone(CHINA).date() > at.astimezone(CHINA).date() + dt.timedelta(days=booking.ahead):
        raise Refused("too_far_ahead", N_("最多提前 {days} 天约。"), days=booking.ahead, field="starts_at")
    length = (span.end - span.start) / dt.timedelta(minutes=1)
    if length % booking.step or not booking.shortest <= length <= booking.longest:
        message = N_("一次约 {shortest} 到 {longest} 分钟，每 {step} 分钟一档。")
        facts = {"shortest": booking.shortest, "longest": booking.longest, "step": booking.step}
        raise Refused("length_wrong", message, field="minutes", **facts)
    home = next((one for one in openings if one.holds(span)), None)
    if home is None:
        raise Refused("closed_then", N_("那个时间不开放，请看开放时间另选。"), field="starts_at")
    if (span.start - home.start) % dt.timedelta(minutes=booking.step):
        message = N_("请从整档开始，每 {step} 分钟一档。")
        raise Refused("not_on_a_step", message, step=booking.step, field="starts_at")


def beginnings(openings: Iterable[Span], minutes: int, booking: Booking, at: dt.datetime) -> Iterator[Span]:
    """Every time of so many minutes that could be booked in these openings, from now on."""
    length, step = dt.timedelta(minutes=minutes), dt.timedelta(minutes=booking.step)
    for opening in openings:
        start = opening.start
        while start + length <= opening.end:
            if start >= at:
                yield Span(start, start + length)
            start += step


def free_pieces(span: Span, booking: Booking, taken: Iterable[tuple[int, Span]], pieces: int) -> list[int]:
    """Which of so many alike are free then; `taken`: piece and what it blocks."""
    wanted = blocked(span, booking)
    busy = {piece for piece, other in taken if other.overlaps(wanted)}
    return [piece for piece in range(1, pieces + 1) if piece not in busy]


def weekly(span: Span, weeks: int) -> list[Span]:
    """The same time for so many weeks, by the civil clock."""
    return [Span(span.start + dt.timedelta(weeks=n), span.end + dt.timedelta(weeks=n)) for n in range(weeks)]


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of its calendar month."""
    first = day.replace(day=1)
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return first, after - dt.timedelta(days=1)
