"""Which events count: a step is never skipped, repeated or backdated, and every refusal says what is missing.

Each check yields every reason it finds, so that people are told all at once. The course has been advanced to the day
of the event; it is only read here.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from gongzhi.engines.procedure_course import Course, first_day_after, last_day, outcome_of
from gongzhi.engines.procedure_figures import beyond, lacking, met, told, unset
from gongzhi.engines.procedure_terms import Caller, Event, Gate, Refusal, Step

Found = Iterator[Refusal]
CORRECTION = "correction"
# Other people's days run from these, so they are entered on the day itself.
AT_ONCE = ("opened", "noticed", "published")
ANSWERS = ("rejected", "upheld", "withdrawn")


def refusals(course: Course, event: Event) -> list[Refusal]:
    """Why the event does not count; nothing when it does."""
    found = list(_when(course, event))
    if event.kind == "opened":
        return found + list(_opening(course, event))
    if closed := _closed(course):
        return [*found, closed]
    if event.kind == "aborted":
        return found + list(_aborting(course, event))
    if away := _not_at_hand(course, event):
        return [*found, away]
    return found + list(_BY_KIND[event.kind](course, course.steps[event.step], event))


def _when(course: Course, event: Event) -> Found:
    last, late = course.last, (event.entered - event.on).days
    if last and (event.on < last.on or event.entered < last.entered):
        yield Refusal("backdated", event.step, {"on": _iso(event.on), "last": _iso(last.on)})
    if late < 0:
        yield Refusal("in_future", event.step, {"on": _iso(event.on), "today": _iso(event.entered)})
    if late > 0 and event.kind in AT_ONCE:
        yield Refusal("not_entered_at_once", event.step, {"on": _iso(event.on), "days": late})
    elif late > course.definition.late_entry_days:
        facts = {"on": _iso(event.on), "days": late, "most": course.definition.late_entry_days}
        yield Refusal("entered_late", event.step, facts)


def _closed(course: Course) -> Refusal | None:
    if course.status == "running":
        return None
    code = {"not_begun": "not_opened", "ended": "ended_already"}.get(course.status, course.status)
    limit = course.expires() or course.lapses()
    return Refusal(code, course.current, {"ending": course.ending, "limit": _iso(limit.on) if limit else ""})


def _not_at_hand(course: Course, event: Event) -> Refusal | None:
    """The step is another than the one at hand: done before, not on this way, or still locked."""
    if event.step == course.current:
        return None
    if event.step not in course.steps:
        return Refusal("unknown_step", event.step, {"step": event.step})
    marks = course.marks.get(event.step)
    if marks is None:
        return Refusal("step_skipped", event.step, {"waits_for": course.current, **_missing(course)})
    done = _iso(marks.done_on) if marks.done_on else ""
    code = "objection_late" if event.kind in ("objected", "answered") else "step_done"
    return Refusal(code, event.step, {"done_on": done, "until": done})


def _missing(course: Course) -> dict[str, Any]:
    """What the step at hand still lacks, for whoever wanted to go past it."""
    step, marks = course.steps[course.current], course.marks[course.current]
    until = course.gate_until(step.gate, marks.published.on) if step.gate and marks.published else None
    return {
        "record": step.records and marks.recorded is None,
        "unsigned": list(course.unsigned(step.code)),
        "unpublished": bool(step.gate) and marks.published is None,
        "until": _iso(until.on) if until else "",
        "objections": list(marks.open_objections),
    }


def _opening(course: Course, event: Event) -> Found:
    definition = course.definition
    if course.opened:
        yield Refusal("opened_already", "", {"on": _iso(course.opened.on)})
        return
    yield from _caller(definition.openers, event, "")
    if definition.matters and event.matter not in definition.matters:
        yield Refusal("matter_elsewhere", "", {"matter": event.matter, "matters": list(definition.matters)})
    reserved = definition.reserved.get(event.matter)
    deciding = {step.body for step in definition.steps if step.decides}
    if reserved and not (deciding and deciding <= set(reserved.bodies)):
        facts = {"matter": event.matter, "bodies": list(reserved.bodies), "decided_by": sorted(deciding)}
        yield Refusal("reserved_matter", "", {**facts, "article": reserved.basis.article, "rule": reserved.basis.rule})


def _caller(callers: tuple[Caller, ...], event: Event, step: str) -> Found:
    """Who calls must be one who may, and enough of them; several rules for one body are alternatives."""
    rules = [caller.needs for caller in callers if caller.body == event.by]
    if not rules:
        yield Refusal("may_not_call", step, {"by": event.by, "callers": [caller.body for caller in callers]})
        return
    if not any(met(needs, event.figures) for needs in rules):
        missing = lacking(rules[0], event.figures)
        needs = {} if missing else told(rules[0], event.figures)
        yield Refusal("callers_short", step, {"by": event.by, "figures": missing, "needs": needs})


def _noticing(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if not step.convened:
        yield Refusal("no_notice_needed", step.code)
        return
    if marks.recorded or marks.noticed:
        yield Refusal("noticed_already", step.code)
        return
    yield from _caller(step.callers or (Caller(step.body),), event, step.code)
    yield from _documents(step, step.due, event)
    if event.for_day is None:
        yield Refusal("day_missing", step.code)
        return
    earliest = first_day_after(step.notice, event.on, course.calendar)
    if event.for_day < earliest:
        yield _short_notice(step, event.for_day, earliest)
    yield from _in_its_days(course, step, event.for_day)


def _short_notice(step: Step, for_day: dt.date, earliest: dt.date) -> Refusal:
    days = step.notice.days if step.notice else 0
    article = step.notice.basis.article if step.notice else ""
    facts = {"for_day": _iso(for_day), "earliest": _iso(earliest), "days": days, "article": article}
    return Refusal("notice_short", step.code, facts)


def _in_its_days(course: Course, step: Step, day: dt.date) -> Found:
    """Not before and not after the days that the procedure leaves between two steps."""
    earliest, limit = course.earliest(), course.lapses()
    if day < earliest:
        article = step.not_before.basis.article if step.not_before else ""
        yield Refusal("too_early", step.code, {"earliest": _iso(earliest), "on": _iso(day), "article": article})
    if limit and day > limit.on:
        article = step.not_after.basis.article if step.not_after else ""
        yield Refusal("too_late", step.code, {"latest": _iso(limit.on), "on": _iso(day), "article": article})


def _calling_off(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if marks.noticed is None or marks.recorded:
        yield Refusal("nothing_called", step.code)
    if event.by not in {step.body, *(caller.body for caller in step.callers)}:
        yield Refusal("may_not_call", step.code, {"by": event.by, "callers": [c.body for c in step.callers]})
    if not event.note:
        yield Refusal("reason_missing", step.code)


def _falling_through(course: Course, step: Step, event: Event) -> Found:
    """流会: it was called, the day came, and too few were there. The meeting may be called again."""
    yield from _held(course, step, event)
    if not step.quorum:
        yield Refusal("no_quorum_needed", step.code)
    elif missing := lacking(step.quorum, event.figures):
        yield Refusal("figures_missing", step.code, {"figures": missing})
    elif met(step.quorum, event.figures):
        yield Refusal("quorum_met", step.code, {"needs": told(step.quorum, event.figures)})


def _held(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if not step.records:
        yield Refusal("nothing_to_record", step.code)
    elif marks.recorded:
        yield Refusal("recorded_already", step.code, {"on": _iso(marks.recorded.on)})
    elif step.convened and marks.noticed is None:
        yield Refusal("notice_missing", step.code, {"days": step.notice.days if step.notice else 0})
    elif marks.noticed and marks.noticed.for_day and event.on < marks.noticed.for_day:
        yield Refusal("before_the_day", step.code, {"for_day": _iso(marks.noticed.for_day), "on": _iso(event.on)})
    yield from _body(step.body, step, event)


def _body(body: str, step: Step, event: Event) -> Found:
    if event.by != body:
        yield Refusal("wrong_body", step.code, {"by": event.by, "body": body})


def _recording(course: Course, step: Step, event: Event) -> Found:
    yield from _held(course, step, event)
    yield from _in_its_days(course, step, event.on)
    yield from _documents(step, step.evidence, event)
    if missing := sorted(name for name in step.counted if name not in event.figures):
        yield Refusal("figures_missing", step.code, {"figures": missing})
        return
    yield from _sound(step, event)
    yield from _enough(step, event)
    yield from _outcome(step, event)


def _documents(step: Step, due: tuple[str, ...], event: Event) -> Found:
    if missing := [code for code in due if code not in event.documents]:
        yield Refusal("documents_missing", step.code, {"documents": missing})


def _sound(step: Step, event: Event) -> Found:
    """Figures that contradict themselves are a mistake of the pen, not a result."""
    if negative := sorted(name for name, value in event.figures.items() if value < 0):
        yield Refusal("figure_negative", step.code, {"figures": negative})
    for total, parts in step.sums.items():
        found = sum(event.figures[part] for part in parts)
        if found != event.figures[total]:
            facts = {"total": total, "parts": list(parts), "stated": str(event.figures[total]), "sum": str(found)}
            yield Refusal("sum_wrong", step.code, facts)
    for part, whole in dict.fromkeys([*beyond(step.asked, event.figures), *_larger(step, event)]):
        stated, most = event.figures[part], event.figures[whole]
        facts = {"figure": part, "whole": whole, "stated": str(stated), "most": str(most), "over": str(stated - most)}
        yield Refusal("figure_beyond", step.code, facts)


def _larger(step: Step, event: Event) -> Iterator[tuple[str, str]]:
    return (pair for pair in step.within.items() if event.figures[pair[0]] > event.figures[pair[1]])


def _enough(step: Step, event: Event) -> Found:
    if open_ := [bound for needs in step.asked for bound in unset(needs)]:
        facts = {"figures": [bound.figure for bound in open_], "article": open_[0].basis.article}
        yield Refusal("number_unset", step.code, facts)
        return
    for code, needs in (("quorum_short", step.quorum), ("limit_passed", step.limits)):
        if not met(needs, event.figures):
            yield Refusal(code, step.code, {"needs": told(needs, event.figures)})


def _outcome(step: Step, event: Event) -> Found:
    if not step.branches:
        return
    found, known = outcome_of(step, event), [branch.code for branch in step.branches]
    if found is None:
        yield Refusal("outcome_unknown", step.code, {"outcome": event.outcome, "outcomes": known})
    elif event.outcome not in ("", found.code):
        yield Refusal("outcome_contradicts", step.code, {"outcome": event.outcome, "counted": found.code})


def _signing(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if event.by not in step.sign_off:
        yield Refusal("not_a_signer", step.code, {"by": event.by, "signers": list(step.sign_off)})
    elif event.by in marks.signed:
        yield Refusal("signed_already", step.code, {"by": event.by, "on": _iso(marks.signed[event.by])})
    if (marks.recorded if step.records else marks.published) is None:
        yield Refusal("nothing_to_sign", step.code)


def _publishing(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if step.gate is None:
        yield Refusal("nothing_to_publish", step.code)
        return
    if marks.published:
        yield Refusal("published_already", step.code, {"on": _iso(marks.published.on)})
        return
    yield from _body(step.body, step, event)
    if not step.records:
        yield from _in_its_days(course, step, event.on)
        yield from _documents(step, step.evidence, event)
        return
    if marks.recorded is None:
        yield Refusal("record_missing", step.code)
    if unsigned := course.unsigned(step.code):
        yield Refusal("sign_off_missing", step.code, {"bodies": list(unsigned)})


def _objecting(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if step.gate is None or marks.published is None:
        yield Refusal("nothing_published", step.code)
        return
    until = objections_until(course, step.gate, marks.published.on)
    if event.on > until:
        yield Refusal("objection_late", step.code, {"until": _iso(until), "on": _iso(event.on)})
    if not event.key or event.key in marks.objections:
        yield Refusal("objection_known", step.code, {"key": event.key})


def objections_until(course: Course, gate: Gate, published_on: dt.date) -> dt.date:
    """The last day on which somebody may object; a last day of rest moves on (民法典 203)."""
    return last_day(gate.objection_days, published_on, course.calendar).on


def _answering(course: Course, step: Step, event: Event) -> Found:
    marks = course.marks[step.code]
    if step.gate is None or event.key not in marks.open_objections:
        yield Refusal("no_such_objection", step.code, {"key": event.key, "open": list(marks.open_objections)})
        return
    yield from _body(step.gate.decider, step, event)
    if event.outcome not in ANSWERS:
        yield Refusal("outcome_unknown", step.code, {"outcome": event.outcome, "outcomes": list(ANSWERS)})
    if event.outcome == "upheld" and not step.gate.upheld and CORRECTION not in event.documents:
        yield Refusal("documents_missing", step.code, {"documents": [CORRECTION]})


def _aborting(course: Course, event: Event) -> Found:
    definition = course.definition
    if event.by not in definition.aborters:
        yield Refusal("may_not_abort", course.current, {"by": event.by, "aborters": list(definition.aborters)})
    if not event.note:
        yield Refusal("reason_missing", course.current)
    decided = [step.code for step in definition.steps if step.decides and _is_recorded(course, step.code)]
    if decided:
        yield Refusal("decided_already", decided[0], {"step": decided[0]})


def _is_recorded(course: Course, code: str) -> bool:
    marks = course.marks.get(code)
    return bool(marks and marks.recorded)


def _iso(day: dt.date) -> str:
    return day.isoformat()


_BY_KIND: dict[str, Callable[[Course, Step, Event], Found]] = {
    "noticed": _noticing,
    "called_off": _calling_off,
    "fell_through": _falling_through,
    "recorded": _recording,
    "signed": _signing,
    "published": _publishing,
    "objected": _objecting,
    "answered": _answering,
}
