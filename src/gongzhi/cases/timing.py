"""What packs and the calendar make of a case's clocks."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gongzhi.cases import rules
from gongzhi.cases.models import Case, Clock
from gongzhi.engines.calendar import Deadline
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import EscalationStep, Period


@dataclass(frozen=True, slots=True)
class Planned:
    """A clock about to start, with what it rests on."""

    kind: str
    started_at: dt.datetime
    due_at: dt.datetime
    certain: bool
    period: dict[str, Any]


def plan(kind: str, period: Period, at: dt.datetime) -> Planned:
    """One clock from now by a period of the model pack."""
    deadline = packs.calendar().deadline(at, period.amount, period.unit)
    basis = {"amount": period.amount, "unit": period.unit, "pack": packs.in_use().model_reference}
    return Planned(kind, at, deadline.at, deadline.certain, basis)


def plan_for(priority: str, kind: str, at: dt.datetime) -> Planned:
    """`kind` is first_contact, resolve, confirm or extension, of the priority class."""
    return plan(kind, getattr(packs.active_model().clocks_for(priority), kind), at)


def after_pause(clock: Clock, due_at: dt.datetime, began: dt.datetime, ended: dt.datetime) -> Deadline:
    """The deadline `due_at` of a clock that stood still between two moments."""
    unit = clock.period.get("unit", "")
    return rules.moved_by_pause(due_at, began, ended, unit=unit, calendar=packs.calendar())


def ladder(priority: str, kind: str = "") -> tuple[EscalationStep, ...]:
    """Who is told, step by step, when a clock of this kind has run out."""
    model = packs.active_model()
    own = {"ruling": model.joint.ruling_escalation, "whistle": model.joint.whistle_escalation}
    return own.get(kind) or model.clocks_for(priority).escalation


def _later(start: dt.datetime, minutes: int) -> dt.datetime:
    return packs.calendar().add_working_minutes(start, minutes).at if minutes else start


def step_at(clock: Clock, steps: tuple[EscalationStep, ...]) -> dt.datetime:
    """When a running clock's next step of the ladder is due."""
    return _later(clock.due_at, steps[clock.level].after_minutes)


def next_look(
    status: str, priority: str, clocks: Iterable[Planned | Clock]
) -> tuple[str, dt.datetime | None]:
    """The materialised next clock of a case."""
    running = [
        rules.RunningClock(
            clock.kind,
            clock.due_at,
            clock.level if isinstance(clock, Clock) else 0,
            tuple(step.after_minutes for step in ladder(priority, clock.kind)),
        )
        for clock in clocks
    ]
    return rules.next_clock(status=status, clocks=running, add_minutes=_later)


def refresh_next_clock(case: Case) -> None:
    """Set the case's next clock from its running clocks; the caller saves the case. A merged one is not looked at."""
    if case.main_id is not None:
        case.next_clock, case.next_clock_at = "", None
        return
    running = Clock.objects.filter(case=case, met_at__isnull=True)
    case.next_clock, case.next_clock_at = next_look(case.status, case.priority, running)
