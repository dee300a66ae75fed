"""One course of a procedure, folded from its events: what has been done, which gates are open on which day.

Gates open by themselves, by the days of the calendar; nothing else happens without an event. `procedure_checks` says
which events count; here they are only put in. Mutable while it is folded, never handed out.
"""

import datetime as dt
from dataclasses import dataclass, field

from gongzhi.engines.calendar import WorkCalendar
from gongzhi.engines.procedure_figures import met
from gongzhi.engines.procedure_terms import Branch, Definition, Event, Gate, Period, Status, Step

_NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class Last:
    """The last day of a period, and whether the calendar knew every day up to it."""

    on: dt.date
    certain: bool = True


def last_day(period: Period, start: dt.date, calendar: WorkCalendar, *, rolls: bool = True) -> Last:
    """民法典 201, 203: the first day is not counted; a last day of rest moves on, unless it is one to wait for."""
    if not period.days:
        return Last(start)
    noon = dt.datetime.combine(start, _NOON, calendar.zone)
    if period.unit == "working_days":
        found = calendar.add_working_days(noon, period.days)
    else:
        found = calendar.add_calendar_days(noon, period.days, roll_if_rest_day=rolls)
    return Last(found.at.date(), found.certain)


def first_day_after(period: Period | None, start: dt.date, calendar: WorkCalendar) -> dt.date:
    """The first day on which so many whole days lie in between; `start` itself when nothing is asked."""
    if period is None or not period.days:
        return start
    return last_day(period, start, calendar, rolls=False).on + dt.timedelta(days=1)


@dataclass(slots=True)
class Marks:
    """What happened at one step so far."""

    begun_on: dt.date
    noticed: Event | None = None
    recorded: Event | None = None
    outcome: str = ""
    signed: dict[str, dt.date] = field(default_factory=dict)
    published: Event | None = None
    objections: dict[str, Event] = field(default_factory=dict)
    answers: dict[str, Event] = field(default_factory=dict)
    done_on: dt.date | None = None

    @property
    def open_objections(self) -> tuple[str, ...]:
        return tuple(sorted(key for key in self.objections if key not in self.answers))

    @property
    def upheld(self) -> bool:
        return any(answer.outcome == "upheld" for answer in self.answers.values())


class Course:
    """The fold. `advance` opens what time opens; `apply` puts in an event that was checked."""

    def __init__(self, definition: Definition, calendar: WorkCalendar) -> None:
        self.definition, self.calendar = definition, calendar
        self.steps = {step.code: step for step in definition.steps}
        self.endings = {ending.code: ending for ending in definition.endings}
        self.marks: dict[str, Marks] = {}
        self.status: Status = "not_begun"
        self.opened: Event | None = None
        self.last: Event | None = None
        self.current = ""
        self.ending = ""

    # What time does

    def advance(self, day: dt.date) -> None:
        """Pass every gate that is open on `day`; let lapse what came too late."""
        while self.status == "running" and (finished := self._finished_on(day)):
            self._finish(finished)
        if self.status == "running" and self._lapsed(day):
            self.status = "expired"

    def _finished_on(self, day: dt.date) -> dt.date | None:
        """The day on which the step at hand was complete, if it is on `day`."""
        step, marks = self.steps[self.current], self.marks[self.current]
        if (step.records and marks.recorded is None) or self.unsigned(step.code):
            return None
        days = [event.on for event in (marks.recorded, marks.published) if event] + list(marks.signed.values())
        if step.gate:
            if marks.published is None or marks.open_objections:
                return None
            until = self.gate_until(step.gate, marks.published.on).on
            if day <= until:
                return None
            days += [until, *(answer.on for answer in marks.answers.values())]
        return max(days)

    def gate_until(self, gate: Gate, published_on: dt.date) -> Last:
        """The last day of a posting: its days are over and nobody can object any more."""
        ends = [last_day(period, published_on, self.calendar) for period in (gate.days, gate.objection_days)]
        return max(ends, key=lambda last: last.on)

    def _finish(self, on: dt.date) -> None:
        marks = self.marks[self.current]
        marks.done_on = on
        if (limit := self.expires()) and on > limit.on:
            self.status = "expired"
            return
        to = self._leads_to(self.steps[self.current], marks)
        if to in self.endings:
            self.status, self.ending = "ended", to
            return
        self.current = to
        self.marks[to] = Marks(begun_on=on)

    def _leads_to(self, step: Step, marks: Marks) -> str:
        if step.gate and step.gate.upheld and marks.upheld:
            return step.gate.upheld
        branch = next((branch for branch in step.branches if branch.code == marks.outcome), None)
        return branch.to if branch else self.definition.after(step)

    def _lapsed(self, day: dt.date) -> bool:
        whole, step = self.expires(), self.lapses()
        return bool(whole and day > whole.on) or bool(step and day > step.on)

    # Days that matter

    def expires(self) -> Last | None:
        period = self.definition.expires
        return last_day(period, self.opened.on, self.calendar) if period and self.opened else None

    def act_by(self) -> Last | None:
        """Until when the step at hand should be recorded (or made public), if somebody set a day and it is not yet."""
        if self.status != "running":
            return None
        step, marks = self.steps[self.current], self.marks[self.current]
        if step.not_after is None or (marks.recorded if step.records else marks.published):
            return None
        return last_day(step.not_after, self._since(step.not_after), self.calendar)

    def lapses(self) -> Last | None:
        limit = self.act_by()
        period = self.steps[self.current].not_after if limit else None
        return limit if period and period.lapses else None

    def earliest(self) -> dt.date:
        """The first day on which the step at hand may be recorded (or made public)."""
        period, begun_on = self.steps[self.current].not_before, self.marks[self.current].begun_on
        return max(begun_on, first_day_after(period, self._since(period), self.calendar)) if period else begun_on

    def _since(self, period: Period) -> dt.date:
        """From when a period between steps counts; a step that was not on the way counts from the last one."""
        marks = self.marks.get(period.since)
        event = (marks.recorded or marks.published) if marks else None
        return event.on if event else self.marks[self.current].begun_on

    def unsigned(self, code: str) -> tuple[str, ...]:
        marks = self.marks.get(code)
        signed = marks.signed if marks else {}
        return tuple(body for body in self.steps[code].sign_off if body not in signed)

    # What events do

    def apply(self, event: Event) -> None:
        """Put in an event that `procedure_checks` has let through."""
        getattr(self, f"_{event.kind}")(event)
        self.last = event
        self.advance(event.on)

    def _opened(self, event: Event) -> None:
        self.opened, self.status = event, "running"
        self.current = self.definition.steps[0].code
        self.marks[self.current] = Marks(begun_on=event.on)

    def _noticed(self, event: Event) -> None:
        self.marks[event.step].noticed = event

    def _called_off(self, event: Event) -> None:
        self.marks[event.step].noticed = None

    _fell_through = _called_off

    def _recorded(self, event: Event) -> None:
        marks = self.marks[event.step]
        marks.recorded = event
        found = outcome_of(self.steps[event.step], event)
        marks.outcome = found.code if found else ""

    def _signed(self, event: Event) -> None:
        self.marks[event.step].signed[event.by] = event.on

    def _published(self, event: Event) -> None:
        self.marks[event.step].published = event

    def _objected(self, event: Event) -> None:
        self.marks[event.step].objections[event.key] = event

    def _answered(self, event: Event) -> None:
        self.marks[event.step].answers[event.key] = event

    def _aborted(self, event: Event) -> None:
        self.status = "aborted"


def outcome_of(step: Step, event: Event) -> Branch | None:
    """The branch that a record leads into: the chosen one, or the first whose conditions the figures meet."""
    if step.chosen:
        return next((branch for branch in step.branches if branch.code == event.outcome), None)
    return next((branch for branch in step.branches if met(branch.needs, event.figures)), None)
