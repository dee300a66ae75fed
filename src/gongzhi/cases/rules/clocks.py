"""When a case is due, and when somebody must look at it again. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from gongzhi.cases.rules.moves import FINISHED
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.calendar import Deadline

# Clocks that move the case themselves instead of calling somebody higher.
UNLADDERED = frozenset({"confirm", "defer", "pause", "remind", "judicial_tell", "judicial", "duty"})
AddMinutes = Callable[[dt.datetime, int], dt.datetime]


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A promise not yet kept; `level` counts the steps of the ladder already taken.

    `steps` are its ladder's working minutes past the deadline.
    """

    kind: str
    due_at: dt.datetime
    level: int = 0
    steps: tuple[int, ...] = ()


def next_clock(
    *, status: str, clocks: Iterable[RunningClock], add_minutes: AddMinutes
) -> tuple[str, dt.datetime | None]:
    """The one moment at which a job must look again, and for which clock.

    `add_minutes(start, minutes)` is the calendar's. A clock whose ladder is used up is looked at no more; of a
    finished case only the review of an objection is.
    """
    moments = []
    for clock in clocks:
        if status in FINISHED and clock.kind != "review":
            continue
        if clock.kind in UNLADDERED:
            moments.append((clock.due_at, clock.kind))
        elif clock.level < len(clock.steps):
            moments.append((add_minutes(clock.due_at, clock.steps[clock.level]), clock.kind))
    if not moments:
        return "", None
    moment, kind = min(moments)
    return kind, moment


class WorkingTime(Protocol):
    """What pausing needs of a calendar."""

    def add_working_minutes(self, start: dt.datetime, minutes: int) -> Deadline: ...

    def working_minutes_between(self, a: dt.datetime, b: dt.datetime) -> int: ...


def moved_by_pause(
    due_at: dt.datetime, paused_at: dt.datetime, until: dt.datetime, *, unit: str, calendar: WorkingTime
) -> Deadline:
    """The deadline after a pause: later by exactly the whole working minutes that were paused.

    A promise in minutes of the clock on the wall moves by those instead: nobody's office hours were meant.
    """
    if unit == "minutes":
        return Deadline(due_at + dt.timedelta(minutes=(until - paused_at) // dt.timedelta(minutes=1)), True)
    return calendar.add_working_minutes(due_at, calendar.working_minutes_between(paused_at, until))


def check_pause(*, due_at: dt.datetime | None, at: dt.datetime, days: int, longest: int) -> None:
    """A pause is asked for before the deadline, and ends within the pack's days."""
    if due_at is not None and due_at <= at:
        raise Refused("over_already", N_("已经过了时限，不能再暂停。来不及的，请说明情况，接着办。"))
    if not 0 < days <= longest:
        raise Refused(
            "pause_too_long",
            N_("暂停要写到哪天为止，最长 {longest} 天。更久的，请申请挂账。"),
            longest=longest,
            field="until",
        )


def check_second_person(*, asked_by: str, approver: str) -> None:
    if asked_by == approver:
        raise Refused("own_request", N_("提出的人和批准的人要是两个人。请另一位来批。"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clock stands in front of people: over, soon (last fifth, at least 30 minutes) or running."""

    state: str
    minutes: int


def standing(*, started_at: dt.datetime, due_at: dt.datetime, at: dt.datetime) -> Standing:
    left = int((due_at - at).total_seconds() // 60)
    if left < 0:
        return Standing("over", -left)
    fifth = max(30, int((due_at - started_at).total_seconds() // 300))
    return Standing("soon" if left <= fifth else "running", left)
