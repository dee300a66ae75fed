"""A plan as it is read: chapters, under each its goals, under each goal the measures with their figures."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.packs.project_contents import PlanSection
from gongzhi.projects import queries
from gongzhi.projects.models import Milestone, Project
from gongzhi.sheets.queries import figures as counted
from gongzhi.sheets.queries.definitions import Defined, library


@dataclass(frozen=True, slots=True)
class Written:
    """A measure with its figure: `now` is None where it may not be said or cannot be counted."""

    measure: Milestone
    figure: Defined | None
    now: Decimal | None
    late: bool

    @property
    def reached(self) -> bool:
        """Whether the figure is where it was to be; by the direction in which it is better."""
        if self.figure is None or self.now is None or self.measure.target is None:
            return False
        lower = self.figure.entry.direction == "lower"
        return self.now <= self.measure.target if lower else self.now >= self.measure.target


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter with its goals in the order in which they were written."""

    section: PlanSection
    goals: dict[str, list[Written]] = field(default_factory=dict)

    @property
    def measures(self) -> list[Written]:
        return [one for found in self.goals.values() for one in found]

    @property
    def done(self) -> int:
        return sum(one.measure.done_at is not None for one in self.measures)


def figures() -> dict[str, Defined]:
    """What a plan may be measured by: what is counted from rows and shown to everybody, persons never."""
    return {
        code: one
        for code, one in library().indicators.items()
        if one.entry.lineage and one.entry.form in ("share", "count") and not one.entry.persons
    }


def today(at: dt.datetime) -> dt.date:
    return local_date(at)


def figure_now(actor: Actor, project: Project, code: str, at: dt.datetime) -> Decimal | None:
    """The figure for the place of the plan as it is now; None where the actor may not have it counted."""
    one = figures().get(code)
    if one is None or not counted.may_read(one, actor):
        return None
    try:
        scope = counted.scope_for(actor, region=project.place.code, at=at)
        return counted.value_of(one, scope).value
    except Refused:
        return None


def chapters_of(project: Project, on: dt.date, now: dict[str, Decimal | None] | None = None) -> list[Chapter]:
    """Every chapter of the kind, empty ones too; one statement. `now`: figures that were counted before."""
    rows = project.milestones.exclude(section="").order_by("position")
    known, found = figures(), {one.code: Chapter(one) for one in queries.kind_of(project).sections}
    for row in rows:
        written = Written(row, known.get(row.indicator), (now or {}).get(row.indicator), _late(row, on))
        if row.section in found:
            found[row.section].goals.setdefault(row.goal, []).append(written)
    return list(found.values())


def _late(row: Milestone, on: dt.date) -> bool:
    return row.done_at is None and row.due_on < on


def figures_now(actor: Actor, project: Project, at: dt.datetime) -> dict[str, Decimal | None]:
    """Each figure of the plan counted once."""
    codes = project.milestones.exclude(indicator="").values_list("indicator", flat=True).distinct()
    return {code: figure_now(actor, project, code, at) for code in codes.order_by("indicator")}


def empty_chapters(project: Project) -> list[str]:
    """The names of the chapters under which nothing is written."""
    written = set(project.milestones.exclude(section="").values_list("section", flat=True))
    return [one.name for one in queries.kind_of(project).sections if one.code not in written]


def counts(chapters: Sequence[Chapter]) -> tuple[int, int]:
    """How many measures are done, of how many."""
    return sum(one.done for one in chapters), sum(len(one.measures) for one in chapters)
