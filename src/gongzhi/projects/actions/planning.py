"""Writing a plan: measures under its chapters, each for a goal, some with a figure that shows how far it is."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.projects import plans, queries, rules
from gongzhi.projects.actions.proposing import check_not_over
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.actions.working import last_position
from gongzhi.projects.models import Milestone, Project

MOST_MEASURES = 120


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its chapter, what it is for, what is done until when, what shows it; maybe a figure to reach."""

    section: str
    goal: str
    name: str
    shown: str
    due_on: dt.date
    indicator: str = ""
    target: Decimal | None = None


@transaction.atomic
def add_measure(*, by: Actor, at: dt.datetime, number: str, measure: Measure) -> Milestone:
    """Written into the plan; where it has a figure, what that is today is kept beside what it is to reach.

    Raises Forbidden, Refused `no_plan`, `section_unknown`, `line_missing`, `line_too_long`, `target_missing`,
    `indicator_unknown`, `due_in_the_past`, Conflict `project_over`, `too_many_steps`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    check_not_over(row)
    _check(row, measure, at)
    last = last_position(row)
    if last >= MOST_MEASURES:
        raise Conflict("too_many_steps", N_("一个项目最多 {most} 步。"), most=MOST_MEASURES)
    made = Milestone(project=row, position=last + 1, section=measure.section, due_on=measure.due_on)
    made.goal = _line(measure.goal, "goal")
    made.name = _line(measure.name, "name")
    made.shown = rules.check_line(measure.shown, rules.LONGEST_THING, "shown")
    if measure.indicator:
        made.indicator, made.target = measure.indicator, measure.target
        made.start = plans.figure_now(by, row, measure.indicator, at)
    made.save(force_insert=True)
    happened(row, "measure", by=by, at=at, code=measure.section, note=made.name)
    return made


def _line(text: str, field: str) -> str:
    return rules.check_line(mask_personal_numbers(text), rules.LONGEST_NAME, field)


def _check(row: Project, measure: Measure, at: dt.datetime) -> None:
    pack = queries.kind_of(row)
    if not pack.sections:
        raise Refused("no_plan", N_("这不是规划。规划在“立项目”里选“治理规划”。"))
    if pack.section(measure.section) is None:
        raise Refused("section_unknown", N_("没有这一章。请从列表里选。"), field="section")
    if measure.due_on < plans.today(at):
        raise Refused("due_in_the_past", N_("这一天已经过了。请写以后的日子。"), field="due_on")
    if measure.indicator and measure.indicator not in plans.figures():
        raise Refused("indicator_unknown", N_("没有这个指标。请从列表里选。"), field="indicator")
    if bool(measure.indicator) != (measure.target is not None):
        raise Refused("target_missing", N_("选了指标，也要写到多少；没选，就不写。"), field="target")
