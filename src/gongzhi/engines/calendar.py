"""Working time: minutes, days and legal periods on a calendar of holidays and moved workdays (调休).

Sources: 民法典 第201条 (the first day is not counted; hours run from their start), 第203条 (a last day that
is a statutory rest day moves to the day after; the last day ends at 24:00, or at close of business). Every
deadline says whether it stayed inside the years whose holiday table is known; outside, plain weekends are
assumed and `certain` is False. Pure: no Django, no clock; instants are aware datetimes.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal
from zoneinfo import ZoneInfo

# The tables cover these years. Before 1992 China kept summer time; after 2099 nobody has asked.
_FIRST = dt.date(1992, 1, 1)
_LAST = dt.date(2099, 12, 31)
_ORIGIN = _FIRST.toordinal()
_MINUTE = 60_000_000

Unit = Literal["minutes", "working_minutes", "working_days", "calendar_days"]
Ending = Literal["close", "midnight"]
Span = tuple[dt.time, dt.time]


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant, and whether every day up to it was known when it was worked out."""

    at: dt.datetime
    certain: bool


def _microseconds(time: dt.time) -> int:
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond


def _checked_hours(hours: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Spans as microseconds of the day; raises ValueError unless they are ordered and apart."""
    spans = tuple((_microseconds(start), _microseconds(end)) for start, end in hours)
    flat = [moment for span in spans for moment in span]
    if not flat or any(later <= earlier for earlier, later in pairwise(flat)):
        raise ValueError("working hours must be ordered spans that do not touch")
    return spans


class WorkCalendar:
    """One country's working days and one office's working hours; immutable after construction.

    `holidays` are rest days by public notice, `workdays` are rest weekdays made into working days by the same
    notice. `known_from`/`known_until` bound the days whose notice is in the table. Adding working time costs
    a few microseconds: prefix sums over days are built once (about 20 ms).
    """

    def __init__(
        self,
        *,
        holidays: Iterable[dt.date],
        workdays: Iterable[dt.date],
        hours: Sequence[Span],
        known_from: dt.date,
        known_until: dt.date,
        rest_weekdays: Iterable[int] = (6, 7),
        zone: str = "Asia/Shanghai",
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.known_from, self.known_until = known_from, known_until
        self.hours = tuple(hours)
        self.rest_weekdays = frozenset(rest_weekdays)
        self._spans = _checked_hours(hours)
        self._per_day = sum(end - start for start, end in self._spans)
        self._holidays, self._workdays = frozenset(holidays), frozenset(workdays)
        if both := self._holidays & self._workdays:
            raise ValueError(f"{min(both)} is both a holiday and a working day")
        self._build()

    def _build(self) -> None:
        size = _LAST.toordinal() - _ORIGIN + 1
        # 0001-01-01 was a Monday, so ordinals give ISO weekdays without making dates.
        working = bytearray(((_ORIGIN + i - 1) % 7 + 1) not in self.rest_weekdays for i in range(size))
        for days, value in ((self._holidays, 0), (self._workdays, 1)):
            for day in days:
                working[self._index(day)] = value
        self._working = bytes(working)
        self._before = (0, *accumulate(working))
        self._nth = tuple(i for i, works in enumerate(working) if works)

    @staticmethod
    def _index(day: dt.date) -> int:
        if not _FIRST <= day <= _LAST:
            raise ValueError(f"{day} lies outside {_FIRST.year}–{_LAST.year}")
        return day.toordinal() - _ORIGIN

    def _local(self, at: dt.datetime) -> dt.datetime:
        if at.tzinfo is None:
            raise ValueError("an aware datetime is needed")
        return at.astimezone(self.zone)

    def is_working_day(self, day: dt.date) -> bool:
        return bool(self._working[self._index(day)])

    def is_holiday(self, day: dt.date) -> bool:
        """Whether a public notice makes this day a rest day (an ordinary weekend is not one)."""
        return day in self._holidays

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Working days in [first, last], both counted; 0 when last < first."""
        return max(0, self._before[self._index(last) + 1] - self._before[self._index(first)])

    def known(self, until: dt.datetime | dt.date, since: dt.datetime | dt.date | None = None) -> bool:
        """Whether the table covers every day from `since` (if given) to `until`."""
        last = self._local(until).date() if isinstance(until, dt.datetime) else until
        first = self._local(since).date() if isinstance(since, dt.datetime) else since
        return last <= self.known_until and (first or last) >= self.known_from

    def _position(self, local: dt.datetime) -> int:
        """Working microseconds from the origin to a local instant."""
        day = self._index(local.date())
        position = self._before[day] * self._per_day
        if not self._working[day]:
            return position
        now = _microseconds(local.time())
        return position + sum(min(now, end) - start for start, end in self._spans if now > start)

    def _instant(self, position: int) -> dt.datetime:
        """The earliest local instant at which `position` (> 0) working microseconds have passed."""
        whole, rest = divmod(position - 1, self._per_day)
        rest += 1
        day = dt.date.fromordinal(_ORIGIN + self._nth[whole])
        midnight = dt.datetime.combine(day, dt.time(), self.zone)
        for start, end in self._spans:
            if rest <= end - start:
                return midnight + dt.timedelta(microseconds=start + rest)
            rest -= end - start
        raise AssertionError("the rest of a day fits into its spans")

    def add_working_minutes(self, start: dt.datetime, minutes: int) -> Deadline:
        """The earliest instant by which `minutes` working minutes have passed since `start`."""
        local = self._local(start)
        if minutes < 0:
            raise ValueError("minutes must not be negative")
        at = self._instant(self._position(local) + minutes * _MINUTE) if minutes else local
        return Deadline(at, self.known(at.date(), local.date()))

    def working_minutes_before(self, end: dt.datetime, minutes: int) -> dt.datetime:
        """The latest instant from which `minutes` working minutes are left until `end` (T−n)."""
        if minutes < 1:
            raise ValueError("minutes must be at least 1")
        return self._last_instant(self._position(self._local(end)) - minutes * _MINUTE)

    def _last_instant(self, position: int) -> dt.datetime:
        """The latest instant of work at which no more than `position` (≥ 0) working microseconds have passed."""
        whole, rest = divmod(position, self._per_day)
        midnight = dt.datetime.combine(dt.date.fromordinal(_ORIGIN + self._nth[whole]), dt.time(), self.zone)
        for start, end in self._spans:
            if rest < end - start:
                return midnight + dt.timedelta(microseconds=start + rest)
            rest -= end - start
        raise AssertionError("the rest of a day fits into its spans")

    def working_minutes_between(self, a: dt.datetime, b: dt.datetime) -> int:
        """Whole working minutes from `a` to `b`; negative when `b` lies before `a`."""
        if b < a:
            return -self.working_minutes_between(b, a)
        return (self._position(self._local(b)) - self._position(self._local(a))) // _MINUTE

    def end_of(self, day: dt.date, ending: Ending = "midnight") -> dt.datetime:
        """The last instant of a day: 24:00 (as 23:59:59.999999) or close of business (第203条)."""
        time = self.hours[-1][1] if ending == "close" else dt.time.max
        return dt.datetime.combine(day, time, self.zone)

    def add_working_days(self, start: dt.datetime, days: int, *, ending: Ending = "close") -> Deadline:
        """The end of the `days`-th working day after the day of `start`, which is not counted (第201条)."""
        if days < 1:
            raise ValueError("days must be at least 1")
        begun = self._local(start).date()
        after = self._before[self._index(begun) + 1]
        day = dt.date.fromordinal(_ORIGIN + self._nth[after + days - 1])
        return Deadline(self.end_of(day, ending), self.known(day, begun))

    def add_calendar_days(
        self,
        start: dt.datetime,
        days: int,
        *,
        roll_if_rest_day: bool = True,
        weekends_roll: bool = True,
        ending: Ending = "midnight",
    ) -> Deadline:
        """The end of the `days`-th day after the day of `start`, which is not counted (第201条).

        A last day of rest moves to the next day that is none (第203条). Whether an ordinary weekend counts as
        statutory rest is a parameter of the law pack: `weekends_roll=False` moves for noticed holidays only.
        """
        begun = self._local(start).date()
        last = begun + dt.timedelta(days=days)
        certain = True
        if roll_if_rest_day:
            last = self._rolled(last, weekends_roll)
            certain = self.known(last, last)
        return Deadline(self.end_of(last, ending), certain)

    def _rolled(self, day: dt.date, weekends: bool) -> dt.date:
        while self.is_holiday(day) or (weekends and not self.is_working_day(day)):
            day += dt.timedelta(days=1)
        return day

    def deadline(self, start: dt.datetime, amount: int, unit: Unit) -> Deadline:
        """One door for packs: `amount` of `unit` after `start`, each unit by its own rule above."""
        if unit == "minutes":
            return Deadline(self._local(start) + dt.timedelta(minutes=amount), True)
        if unit == "working_minutes":
            return self.add_working_minutes(start, amount)
        if unit == "working_days":
            return self.add_working_days(start, amount)
        return self.add_calendar_days(start, amount)
