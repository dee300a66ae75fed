"""Who may volunteer, when a code works, how minutes are counted, who may confirm. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.text import N_

FEW = 5
HOW_WORDS = {"codes": N_("签到签退"), "staff": N_("补录")}


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the pack: minutes around an activity in which codes work, and what a record may hold."""

    adult_age: int
    start_before: int
    late_after: int
    end_after: int
    least: int
    most: int
    back_days: int

    @classmethod
    def of(cls, age: dict[str, Any], codes: dict[str, Any], records: dict[str, Any]) -> "Numbers":
        return cls(
            adult_age=age["adult"],
            start_before=codes["start_before"],
            late_after=codes["late_after"],
            end_after=codes["end_after"],
            least=records["least"],
            most=records["most"],
            back_days=records["back_days"],
        )


@dataclass(frozen=True, slots=True)
class Span:
    """From–to, the end not included."""

    start: dt.datetime
    end: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def check_age(of_age: bool, guardian: bool, age: int) -> None:
    """Raises Refused `guardian_needed`."""
    if not of_age and not guardian:
        message = N_("没满 {age} 岁，要监护人同意才能登记。请监护人一起来，勾上“监护人同意”。")
        raise Refused("guardian_needed", message, age=age, field="guardian")


def check_start_time(planned: Span, at: dt.datetime, numbers: Numbers) -> None:
    """Raises Refused `code_not_yet`, `code_over`."""
    if at < planned.start - dt.timedelta(minutes=numbers.start_before):
        message = N_("还没到签到的时间。开始前 {n} 分钟起可以签到。")
        raise Refused("code_not_yet", message, n=numbers.start_before, field="code")
    if at >= planned.end:
        raise Refused("code_over", N_("活动的时间已经过了，不能再签到。"), field="code")


def check_end_time(planned: Span, at: dt.datetime, numbers: Numbers) -> None:
    """Raises Refused `code_not_yet`, `code_over`."""
    if at <= planned.start:
        raise Refused("code_not_yet", N_("活动还没开始，不能签退。"), field="code")
    if at > planned.end + dt.timedelta(minutes=numbers.end_after):
        message = N_("结束 {n} 分钟以后，签退码就不能用了。请社区补录。")
        raise Refused("code_over", message, n=numbers.end_after, field="code")


def is_late(planned: Span, came: dt.datetime, numbers: Numbers) -> bool:
    return came > planned.start + dt.timedelta(minutes=numbers.late_after)


def counted(planned: Span, came: dt.datetime, left: dt.datetime) -> Span | None:
    """What of one's stay lies inside the planned time; None when nothing does."""
    start, end = max(planned.start, came), min(planned.end, left)
    return Span(start, end) if start < end else None


def minutes_in(span: Span) -> int:
    """Whole minutes, the rest dropped: never more than were served."""
    return (span.end - span.start) // dt.timedelta(minutes=1)


def check_minutes(minutes: int, numbers: Numbers) -> None:
    """Raises Refused `too_short`, `too_long`."""
    if minutes < numbers.least:
        raise Refused("too_short", N_("不到 {n} 分钟，不记时长。"), n=numbers.least)
    if minutes > numbers.most:
        raise Refused("too_long", N_("一次最多记 {n} 分钟。请分开写。"), n=numbers.most)


def check_overlap(span: Span, others: Iterable[Span]) -> None:
    """Raises Conflict `time_overlaps`."""
    if any(span.overlaps(other) for other in others):
        raise Conflict("time_overlaps", N_("这段时间已经记过别的服务了。一个人同一时间只能记一次。"))


def check_confirmer(volunteer: Any, confirmer: Any) -> None:
    """Raises Forbidden `own_record`."""
    if volunteer == confirmer:
        raise Forbidden("own_record", N_("自己的服务不能自己确认。请受助的人或者别的负责人来确认。"))


def check_second(entered_by: Any, approver: Any, volunteer: Any) -> None:
    """Raises Forbidden `second_person`."""
    if approver in (entered_by, volunteer):
        raise Forbidden("second_person", N_("补录要另一个人来审。填的人和本人都不能审。"))


def check_back_entry(span: Span, at: dt.datetime, numbers: Numbers, reason: str) -> None:
    """Raises Refused `bad_times`, `too_old`, `missing_reason`."""
    if span.end <= span.start or span.end > at:
        raise Refused("bad_times", N_("结束要在开始之后，也不能晚于现在。"), field="ends_at")
    if span.start < at - dt.timedelta(days=numbers.back_days):
        raise Refused("too_old", N_("超过 {n} 天的服务不能补录。"), n=numbers.back_days, field="starts_at")
    if not reason:
        raise Refused("missing_reason", N_("请写为什么补录。"), field="reason")


def shown_count(people: int) -> int | None:
    """A count of people that names nobody: few are kept back."""
    return None if 0 < people < FEW else people
