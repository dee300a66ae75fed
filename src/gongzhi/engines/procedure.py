"""Lawful stepwise decisions (四议两公开, elections, owners' decisions …): where a course stands, what may come next.

A definition says the steps; the state is an append-only list of events and nothing else. Every function replays the
events, so the same events always give the same state; an event that does not count is refused with everything that
is missing, and changes nothing. Days are dates of the calendar's zone; periods follow 民法典 201 and 203. A notice
of ten days leaves ten whole days between the notice and the meeting. Pure: no Django, no clock.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from gongzhi.engines.calendar import WorkCalendar
from gongzhi.engines.procedure_checks import objections_until, refusals
from gongzhi.engines.procedure_course import Course, Last, Marks, first_day_after, last_day, outcome_of
from gongzhi.engines.procedure_figures import told
from gongzhi.engines.procedure_terms import (
    Basis,
    Decision,
    Definition,
    Due,
    Event,
    Next,
    Phase,
    Refusal,
    Standing,
    Step,
    StepRefused,
    StepState,
)

Events = Sequence[Event]


def check(
    definition: Definition, events: Events, event: Event, today: dt.date, calendar: WorkCalendar
) -> tuple[Refusal, ...]:
    """Everything that is in the way of `event`; nothing when it counts. `today` is the day on which it is entered.

    Raises StepRefused when the events before it do not count themselves.
    """
    course = _replayed(definition, events, calendar)
    course.advance(event.on)
    found = refusals(course, event)
    if event.entered > today:
        found.append(Refusal("in_future", event.step, {"on": event.entered.isoformat(), "today": today.isoformat()}))
    return tuple(found)


def accepted(
    definition: Definition, events: Events, event: Event, today: dt.date, calendar: WorkCalendar
) -> tuple[Event, ...]:
    """The events with this one behind them. Raises StepRefused with everything that is missing."""
    if found := check(definition, events, event, today, calendar):
        raise StepRefused(found, len(events))
    return (*events, event)


def where_it_stands(definition: Definition, events: Events, today: dt.date, calendar: WorkCalendar) -> Standing:
    """The state on a day. Raises StepRefused (with the position) for events that do not count."""
    return _standing(_on(definition, events, today, calendar))


def next_steps(definition: Definition, events: Events, today: dt.date, calendar: WorkCalendar) -> tuple[Next, ...]:
    """What may be done on that day, by whom, with what; empty when everything waits for a day or has ended."""
    course = _on(definition, events, today, calendar)
    if course.status == "not_begun":
        bodies = tuple(dict.fromkeys(caller.body for caller in definition.openers))
        figures = tuple(name for caller in definition.openers for name in caller.needs.figures)
        return (Next("opened", "", bodies, today, figures=figures, outcomes=definition.matters),)
    if course.status != "running":
        return ()
    return tuple(_next(course, today))


def deadlines(definition: Definition, events: Events, today: dt.date, calendar: WorkCalendar) -> tuple[Due, ...]:
    """The last days that run now, soonest first."""
    course = _on(definition, events, today, calendar)
    found = list(_dues(course)) if course.status == "running" else []
    return tuple(sorted(found, key=lambda due: (due.on, due.code, due.key)))


def outcome(definition: Definition, events: Events, calendar: WorkCalendar) -> Decision | None:
    """What was decided, with the figures and each requirement as it was worked out; None as long as it is open.

    A decision stands from the vote on; whether everything after it (publicity, filing, archive) has been done too is
    said by `where_it_stands`: only then its ending is reached.
    """
    course = _replayed(definition, events, calendar)
    done = [step for step in definition.steps if step.decides and _recorded(course, step)]
    return _decision(course, max(done, key=lambda step: _position(events, step))) if done else None


def _recorded(course: Course, step: Step) -> bool:
    marks = course.marks.get(step.code)
    return bool(marks and marks.recorded)


def _position(events: Events, step: Step) -> int:
    return max(i for i, event in enumerate(events) if event.kind == "recorded" and event.step == step.code)


def _decision(course: Course, step: Step) -> Decision | None:
    event = course.marks[step.code].recorded
    if event is None:
        return None
    branch = outcome_of(step, event)
    worked = tuple(told(needs, event.figures) for needs in step.asked if needs)
    code, title = (branch.code, branch.title) if branch else ("done", step.title)
    return Decision(step.code, event.on, code, title, dict(event.figures), worked)


def _replayed(definition: Definition, events: Events, calendar: WorkCalendar) -> Course:
    course = Course(definition, calendar)
    for position, event in enumerate(events):
        course.advance(event.on)
        if found := refusals(course, event):
            raise StepRefused(tuple(found), position)
        course.apply(event)
    return course


def _on(definition: Definition, events: Events, today: dt.date, calendar: WorkCalendar) -> Course:
    course = _replayed(definition, events, calendar)
    course.advance(max(today, course.last.on) if course.last else today)
    return course


# How steps look


def _standing(course: Course) -> Standing:
    states = tuple(_state(course, step) for step in course.definition.steps)
    opened = course.opened
    return Standing(
        course.status,
        states,
        course.current if course.status == "running" else "",
        course.endings.get(course.ending),
        opened.on if opened else None,
        opened.matter if opened else "",
    )


def _state(course: Course, step: Step) -> StepState:
    marks = course.marks.get(step.code)
    if marks is None:
        ahead = course.status in ("not_begun", "running") and step.code in _ahead(course)
        return StepState(step.code, "locked" if ahead else "left_out", waits_for=course.current if ahead else "")
    until = course.gate_until(step.gate, marks.published.on) if step.gate and marks.published else None
    noticed = marks.noticed
    return StepState(
        step.code,
        _phase(course, step, marks),
        since=marks.done_on or marks.begun_on,
        until=until.on if until else None,
        for_day=noticed.for_day if noticed else None,
        outcome=marks.outcome,
        objections=marks.open_objections,
        unsigned=course.unsigned(step.code),
        certain=until.certain if until else True,
    )


def _ahead(course: Course) -> set[str]:
    """The steps that can still come from where the course stands."""
    found: set[str] = set()
    to_see = [course.current or course.definition.steps[0].code]
    while to_see:
        code = to_see.pop()
        if code in course.steps and code not in found:
            found.add(code)
            to_see += leads_to(course.definition, course.steps[code])
    return found


def leads_to(definition: Definition, step: Step) -> list[str]:
    """Every step or ending that can follow this step."""
    ways = [branch.to for branch in step.branches] or [definition.after(step)]
    return [*ways, *([step.gate.upheld] if step.gate and step.gate.upheld else [])]


def _phase(course: Course, step: Step, marks: Marks) -> Phase:
    if marks.done_on:
        return "done"
    if step.records and marks.recorded is None:
        if not step.convened:
            return "to_record"
        return "noticed" if marks.noticed else "to_notice"
    if step.records and course.unsigned(step.code):
        return "to_sign"
    if step.gate and marks.published is None:
        return "to_publish"
    return "public" if step.gate else "to_sign"


# What may come next


def _next(course: Course, today: dt.date) -> Iterator[Next]:
    step, marks = course.steps[course.current], course.marks[course.current]
    phase = _phase(course, step, marks)
    limit = course.act_by()
    earliest, latest = max(today, course.earliest()), limit.on if limit else None
    if phase == "to_notice":
        yield _notice(course, step, today, latest)
    elif phase in ("noticed", "to_record"):
        yield from _to_record(step, marks, earliest, latest)
    elif phase == "to_publish":
        documents = () if step.records else step.evidence
        yield Next("published", step.code, (step.body,), earliest, latest, documents=documents)
    yield from _signatures(course, step, marks, today)
    yield from _objections(course, step, marks, today)
    decided = any(_recorded(course, each) for each in course.definition.steps if each.decides)
    if course.definition.aborters and not decided:
        yield Next("aborted", "", course.definition.aborters, today)


def _notice(course: Course, step: Step, today: dt.date, latest: dt.date | None) -> Next:
    callers = step.callers
    bodies = tuple(dict.fromkeys(caller.body for caller in callers)) or (step.body,)
    figures = tuple(dict.fromkeys(name for caller in callers for name in caller.needs.figures))
    day = max(first_day_after(step.notice, today, course.calendar), course.earliest())
    return Next("noticed", step.code, bodies, today, latest, day, step.due, figures)


def _to_record(step: Step, marks: Marks, earliest: dt.date, latest: dt.date | None) -> Iterator[Next]:
    if marks.noticed and marks.noticed.for_day:
        earliest = max(earliest, marks.noticed.for_day)
    outcomes = tuple(branch.code for branch in step.branches) if step.chosen else ()
    yield Next("recorded", step.code, (step.body,), earliest, latest, None, step.evidence, step.counted, outcomes)
    if not marks.noticed:
        return
    if step.quorum:
        yield Next("fell_through", step.code, (step.body,), earliest, figures=step.quorum.figures)
    bodies = tuple(dict.fromkeys([step.body, *(caller.body for caller in step.callers)]))
    yield Next("called_off", step.code, bodies, marks.noticed.on)


def _signatures(course: Course, step: Step, marks: Marks, today: dt.date) -> Iterator[Next]:
    unsigned = course.unsigned(step.code)
    if unsigned and (marks.recorded if step.records else marks.published):
        yield Next("signed", step.code, unsigned, today)


def _objections(course: Course, step: Step, marks: Marks, today: dt.date) -> Iterator[Next]:
    if step.gate is None or marks.published is None:
        return
    until = objections_until(course, step.gate, marks.published.on)
    if today <= until:
        yield Next("objected", step.code, (), today, until)
    if keys := marks.open_objections:
        yield Next("answered", step.code, (step.gate.decider,), today, keys=keys)


# Last days


def _dues(course: Course) -> Iterator[Due]:
    step, marks = course.steps[course.current], course.marks[course.current]
    if (limit := course.expires()) and (whole := course.definition.expires):
        yield _due("expires", "", limit, True, whole.basis)
    if (limit := course.act_by()) and step.not_after:
        yield _due("act_by", step.code, limit, step.not_after.lapses, step.not_after.basis)
    if marks.noticed and marks.noticed.for_day and not marks.recorded:
        yield Due("meeting", step.code, marks.noticed.for_day, False, True)
    if step.gate and marks.published:
        until = course.gate_until(step.gate, marks.published.on)
        yield _due("public_until", step.code, until, False, step.gate.days.basis)
        for key in marks.open_objections:
            last = last_day(step.gate.decide_days, marks.objections[key].on, course.calendar)
            yield _due("decide_objection", step.code, last, False, step.gate.decide_days.basis, key)


def _due(code: str, step: str, last: Last, lapses: bool, basis: Basis, key: str = "") -> Due:
    return Due(code, step, last.on, lapses, last.certain, key, basis)
