"""结项评价: the sheet that the kind names, filled for one project by whoever reviews, with evidence."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Project
from gongzhi.sheets.actions.filling import fill_sheet, take_sheet


@transaction.atomic
def evaluate(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    marks: Mapping[str, str],
    evidence: Mapping[str, Sequence[str]],
    notes: Mapping[str, str],
    step: int | None = None,
) -> Project:
    """Every item once more; the newest counts. Not by whoever proposed the project. `step`: one that is judged midway.

    Raises Forbidden, NotFound `step_unknown`, Refused `own_project`, Conflict `not_yet_to_evaluate`, `no_sheet`, and
    what fill_sheet raises.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.REVIEW, path=row.path)
    if row.proposed_by == by.reference:
        raise Refused("own_project", N_("自己申报的项目自己不评。请另一个人来。"))
    about = row.reference if step is None else queries.get_judged_step(row, step).reference
    if row.state not in (rules.JUDGED_AT_END if step is None else rules.JUDGED_MIDWAY):
        raise Conflict("not_yet_to_evaluate", N_("做完、开始验收以后才评价；中期的，动工以后评。"))
    code = queries.kind_of(row).sheet
    if not code:
        raise Conflict("no_sheet", N_("这种项目没有评价表。"))
    # Which sheet it is comes from the pack: nobody chooses it here, so nobody needs the right to make sheets.
    sheet = queries.newest_sheet(code) or take_sheet(by=system_actor("projects"), at=at, code=code)
    span = {"since": local_date(row.proposed_at), "until": local_date(at)}
    fill_sheet(
        by=by, at=at, sheet=sheet, place=row.place, about=about,
        marks=marks, evidence=evidence, notes=notes, **span,
    )  # fmt: skip
    happened(row, "evaluated", by=by, at=at, code="" if step is None else str(step), reference=sheet.reference)
    return row
