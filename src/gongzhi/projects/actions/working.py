"""The work itself: steps with their days, done with what shows it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.proposing import check_not_over
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Milestone, Project
from gongzhi.sheets.queries.filled import filled_about

MOST_STEPS, MOST_FILES = 40, 9
PURPOSES = ("before", "work", "after", "document")


def lay_out(row: Project, *, at: dt.datetime) -> None:
    """The steps of the kind, counted from the day on which it was approved; once."""
    if row.milestones.filter(section="").exists():
        return
    today, last = local_date(at), last_position(row)
    steps = queries.kind_of(row).milestones
    Milestone.objects.bulk_create(
        Milestone(
            project=row,
            position=n,
            name=one.name,
            shown=one.shown,
            due_on=today + dt.timedelta(days=one.day),
            pays=one.pays or "",
            judged=one.judged,
        )
        for n, one in enumerate(steps, start=last + 1)
    )


def last_position(row: Project) -> int:
    """Of its steps and measures; they are counted together."""
    return row.milestones.aggregate(last=Max("position"))["last"] or 0


@transaction.atomic
def add_milestone(*, by: Actor, at: dt.datetime, number: str, name: str, shown: str, due_on: dt.date) -> Milestone:
    """A step of one's own. Raises Forbidden, Refused `line_missing`, Conflict `project_over`, `too_many_steps`."""
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    check_not_over(row)
    last = last_position(row)
    if last >= MOST_STEPS:
        raise Conflict("too_many_steps", N_("一个项目最多 {most} 步。"), most=MOST_STEPS)
    made = Milestone(project=row, position=last + 1, due_on=due_on)
    made.name = rules.check_line(mask_personal_numbers(name), rules.LONGEST_NAME, "name")
    made.shown = rules.check_line(shown, rules.LONGEST_THING, "shown")
    made.save(force_insert=True)
    return made


@transaction.atomic
def finish_milestone(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    position: int,
    note: str = "",
    uploads: Sequence[Upload] = (),
    purpose: str = "work",
) -> Milestone:
    """Done, with photos or papers that show it; `purpose` before, work, after or document.

    Raises Forbidden, NotFound `step_unknown`, Refused `evidence_missing`, `too_many_files`, `purpose_unknown`,
    Conflict `not_running`, `step_done`, `step_not_judged`, `step_below`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    if row.state != "implementing":
        raise Conflict("not_running", N_("动工以后才能记进度。"))
    step = row.milestones.select_for_update().filter(position=position).first()
    if step is None:
        raise NotFound("step_unknown", N_("没有这一步。请刷新再看。"))
    if step.done_at is not None:
        raise Conflict("step_done", N_("这一步已经记过了。"))
    _check_judged(row, step)
    if not uploads:
        raise Refused("evidence_missing", N_("请传{shown}，别人才看得到。"), shown=step.shown, field="files")
    add_files(row, step.reference, uploads, purpose, by=by, at=at)
    step.done_at, step.done_by = at, by.reference
    step.note = mask_personal_numbers(" ".join(note.split()))[:200]
    step.save(update_fields=["done_at", "done_by", "note"])
    happened(row, "milestone", by=by, at=at, code=str(position), reference=step.reference, note=step.name)
    return step


def _check_judged(row: Project, step: Milestone) -> None:
    """中期、末期评估: such a step is done once its sheet is whole and reaches what the kind asks for."""
    if not step.judged:
        return
    found, line = filled_about(step.reference), queries.kind_of(row).pass_points
    if found is None or not found.total.complete:
        raise Conflict("step_not_judged", N_("这一步要先评价。请审项目的人来填评价表。"))
    if found.total.points < line:
        points = f"{float(found.total.points):.1f}"
        message = N_("评价 {points} 分，没到 {line} 分。改好再评，评过了再付下一笔。")
        raise Conflict("step_below", message, points=points, line=line)


@transaction.atomic
def add_photos(*, by: Actor, at: dt.datetime, number: str, uploads: Sequence[Upload], purpose: str) -> int:
    """Photos of before and after, or papers of the acceptance, beside the project itself; returns how many.

    Raises Forbidden, Refused `evidence_missing`, `too_many_files`, `purpose_unknown`, Conflict `project_over`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    if row.state != "closed":
        check_not_over(row)
    if not uploads:
        raise Refused("evidence_missing", N_("请传{shown}，别人才看得到。"), shown=N_("照片或文件"), field="files")
    add_files(row, row.reference, uploads, purpose, by=by, at=at)
    happened(row, "shown", by=by, at=at, code=f"photos.{purpose}", facts={"files": len(uploads)})
    return len(uploads)


def add_files(
    row: Project, subject: str, uploads: Sequence[Upload], purpose: str, *, by: Actor, at: dt.datetime
) -> None:
    """Under the project's key. Raises Refused `too_many_files`, `purpose_unknown`."""
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", N_("一次最多传 {most} 个文件。"), most=MOST_FILES, field="files")
    if purpose not in PURPOSES:
        raise Refused("purpose_unknown", N_("请选照片是什么时候的。"), field="purpose")
    for upload in uploads:
        media = store_upload(by=by, at=at, key=row.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=subject, purpose=purpose)
