"""A small procedure and how to drive any definition: the next event that counts, with figures that satisfy a need."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from gongzhi.engines.calendar import WorkCalendar
from gongzhi.engines.procedure import next_steps
from gongzhi.engines.procedure_checks import CORRECTION
from gongzhi.engines.procedure_terms import (
    Basis,
    Branch,
    Caller,
    Definition,
    Ending,
    Event,
    Gate,
    Needs,
    Next,
    Period,
    Reserved,
    Step,
)
from gongzhi.engines.thresholds import Requirement, Threshold

DAY = dt.date(2026, 3, 2)  # a Monday
CALENDAR = WorkCalendar(
    holidays=[dt.date(2026, 4, 6)],
    workdays=[],
    hours=[(dt.time(9), dt.time(17))],
    known_from=dt.date(2026, 1, 1),
    known_until=dt.date(2026, 12, 25),
)
WHOLE = 90


def day(text: str) -> dt.date:
    return dt.date(2026, *(int(part) for part in text.split("-")))


def share(counts: str, text: str, of: str, *, inclusive: bool = True, measure: str = "heads") -> Threshold:
    return Threshold(counts, measure, Fraction(text), inclusive, of)


def needs(*ways: Sequence[Threshold], article: str = "") -> Needs:
    return Needs(Requirement(tuple(tuple(way) for way in ways)), (), Basis(article))


MAJORITY = needs([share("yes", "1/2", "present", inclusive=False)], article="第26条")
SMALL = Definition(
    code="small",
    title="小程序",
    openers=(Caller("branch"),),
    aborters=("branch",),
    steps=(
        Step("propose", "提议", "branch", evidence=("proposal",), sign_off=("supervisors",)),
        Step(
            "draft",
            "公示方案",
            "committee",
            records=False,
            gate=Gate(Period(5), "committee", Period(5), Period(3)),
        ),
        Step(
            "decide",
            "决议",
            "assembly",
            callers=(
                Caller("committee"),
                Caller("delegates", needs([share("calling", "1/5", "delegates")], article="第26条")),
            ),
            notice=Period(10, basis=Basis("第21条")),
            due=("plan",),
            sums={"present": ("yes", "no", "abstain")},
            quorum=needs([share("present", "2/3", "members")], article="第26条"),
            evidence=("minutes",),
            sign_off=("supervisors",),
            branches=(Branch("passed", "通过", "result", MAJORITY), Branch("rejected", "未通过", "rejected")),
            not_after=Period(90, lapses=True),
            decides=True,
        ),
        Step(
            "result",
            "决议公开",
            "committee",
            records=False,
            sign_off=("supervisors",),
            gate=Gate(Period(7), "supervisors", Period(7), Period(3), upheld="stopped"),
        ),
        Step("archive", "归档", "committee", evidence=("file",), to="decided"),
    ),
    endings=(
        Ending("decided", "办完", "decided"),
        Ending("rejected", "没通过", "rejected"),
        Ending("stopped", "撤回", "withdrawn"),
    ),
    reserved={
        "fund": Reserved(("assembly",), Basis("第278条")),
        "land": Reserved(("owners_assembly",), Basis("第278条")),
    },
    expires=Period(365),
)


# How to drive any definition


def figures_for(step: Step, *, outcome: str = "") -> dict[str, int]:
    """Figures that meet the quorum and the limits of a step and lead to `outcome` (the first branch otherwise)."""
    branch = next((branch for branch in step.branches if branch.code == outcome), next(iter(step.branches), None))
    found = dict.fromkeys(step.counted, 0)
    wanted = [step.quorum, step.limits, *([branch.needs] if branch and branch.needs else [])]
    for need in wanted:
        fill(need, found)
    if branch and not step.chosen:
        spoil(step, branch, found)
    for total, parts in step.sums.items():
        found[total] = max(found[total], sum(found[part] for part in parts))
        found[parts[-1]] += found[total] - sum(found[part] for part in parts)
    for part, whole in step.within.items():
        found[whole] = max(found[whole], found[part])
    return found


def spoil(step: Step, wanted: Branch, found: dict[str, int]) -> None:
    """Raise what should have stayed low, so that none of the branches before the wanted one is met."""
    kept = {bound.figure for bound in wanted.needs.bounds}
    for branch in step.branches[: step.branches.index(wanted)]:
        for bound in branch.needs.bounds if not branch.needs.requirement.alternatives else ():
            if bound.limit == "at_most" and bound.number is not None and bound.figure not in kept:
                found[bound.figure] = bound.number + 1


def fill(need: Needs, found: dict[str, int]) -> None:
    """Raise (or set) the figures so that the first way of a requirement and all bounds hold; wholes are WHOLE."""
    for one in next(iter(need.requirement.alternatives), ()):
        tail = "" if one.measure == "heads" else f".{one.measure}"
        whole, part = one.of + tail, one.counts + tail
        found[whole] = found.get(whole) or WHOLE
        if one.limit == "at_least":
            found[part] = max(found.get(part, 0), one.bound(found[whole]))
    for bound in need.bounds:
        if bound.limit == "at_least" and bound.number is not None:
            found[bound.figure] = max(found.get(bound.figure, 0), bound.number)


def event_for(definition: Definition, ready: Next, *, prefer: dict[str, str] | None = None, key: str = "o1") -> Event:
    """An event that takes up what may be done next, on the first day on which it may be done."""
    wanted = (prefer or {}).get(ready.step, "")
    outcome = ready.outcomes[0] if ready.kind == "recorded" and ready.outcomes else ""
    figures: dict[str, int] = {}
    if ready.kind == "recorded":
        outcome = wanted if wanted in ready.outcomes else outcome
        figures = figures_for(definition.step(ready.step), outcome=wanted)
    if ready.kind in ("noticed", "opened"):
        callers = definition.step(ready.step).callers if ready.step else definition.openers
        for caller in callers:
            if caller.body == ready.by[0]:
                fill(caller.needs, figures)
    return Event(
        ready.kind,
        ready.earliest,
        ready.by[0] if ready.by else "villager",
        ready.step,
        for_day=ready.earliest_day if ready.kind == "noticed" else None,
        figures=figures,
        documents=(*ready.documents, *([CORRECTION] if ready.kind == "answered" else [])),
        outcome="rejected" if ready.kind == "answered" else outcome,
        key=key if ready.kind == "objected" else (ready.keys[0] if ready.keys else ""),
        matter=ready.outcomes[0] if ready.kind == "opened" and ready.outcomes else "",
        note="说明" if ready.kind in ("aborted", "called_off") else "",
    )


ORDER = ("opened", "noticed", "recorded", "signed", "published")


def happy_path(
    definition: Definition, calendar: WorkCalendar, start: dt.date = DAY, *, prefer: dict[str, str] | None = None
) -> tuple[list[Event], dt.date]:
    """The events of a course in which all goes well (or as `prefer` says), and the day on which it has ended."""
    events: list[Event] = []
    today = start
    for _ in range(400):
        ready = [each for each in next_steps(definition, events, today, calendar) if each.kind in ORDER]
        if not ready:
            if stands_still(definition, events, today, calendar):
                return events, today
            today += dt.timedelta(days=1)
            continue
        event = event_for(definition, ready[0], prefer=prefer)
        today = event.on
        events.append(event)
    raise AssertionError("this procedure does not end")


def stands_still(definition: Definition, events: Sequence[Event], today: dt.date, calendar: WorkCalendar) -> bool:
    return not next_steps(definition, events, today, calendar)


def moved(event: Event, **changes: object) -> Event:
    return replace(event, **changes)  # type: ignore[arg-type]
