"""挂点: a post looks after a project and goes there as often as the pack says; overdue visits are told of."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload
from gongzhi.duties.actions import open_duty, show_evidence
from gongzhi.people.models import Mandate
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.proposing import check_not_over
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.actions.working import add_files
from gongzhi.projects.models import Project, ProjectEvent


@transaction.atomic
def assign_sponsor(*, by: Actor, at: dt.datetime, number: str, mandate_id: int) -> Project:
    """Who looks after it from today on; visits are counted from then.

    Raises Forbidden, Conflict `project_over`, NotFound `sponsor_unknown`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.APPROVE, path=row.path)
    check_not_over(row)
    today = local_date(at)
    found: Mandate | None = queries.possible_sponsors(row, today).filter(pk=mandate_id).first()
    if found is None:
        raise NotFound("sponsor_unknown", N_("这个岗位现在没有人，或者管不到这里。请从列表里选。"), field="sponsor")
    if row.sponsor_id == found.pk:
        return row
    row.sponsor, row.sponsored_on = found, today
    row.save(update_fields=["sponsor", "sponsored_on"])
    happened(row, "sponsor", by=by, at=at, reference=f"mandate:{found.pk}")
    link(by=by, at=at, source=f"mandate:{found.pk}", relation="looks_after", target=row.reference)
    ask_visit(row, by=by, at=at)
    return row


@transaction.atomic
def record_visit(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    found: str,
    on: dt.date | None = None,
    uploads: Sequence[Upload] = (),
) -> ProjectEvent:
    """What the sponsor found there; the duty of the period is done by it. Never by somebody else.

    Raises Forbidden `not_the_sponsor`, Refused `line_missing`, `in_the_future`, `before_sponsor`, Conflict
    `project_over`.
    """
    row = queries.get_project_for(by, number, lock=True)
    if not queries.sponsors(by, row) or row.sponsored_on is None:
        raise Forbidden("not_the_sponsor", N_("走访由挂点的人自己记，别人不能代记。"))
    check_not_over(row)
    today = local_date(at)
    day = on or today
    if day > today:
        raise Refused("in_the_future", N_("这一天还没到。"), field="on")
    if day < row.sponsored_on:
        raise Refused("before_sponsor", N_("挂点从 {day} 开始。"), day=row.sponsored_on.isoformat(), field="on")
    note = rules.check_line(found, rules.LONGEST_NOTE, "found")
    event = happened(row, "visit", by=by, at=at, note=note, on=day)
    if uploads:
        add_files(row, f"visit:{event.pk}", uploads, "work", by=by, at=at)
    show_evidence(by=by, at=at, subject=row.reference, evidence=f"visit:{event.pk}", on=day)
    return event


def ask_visit(row: Project, *, by: Actor, at: dt.datetime) -> bool:
    """The visit of the period that runs, as a duty of the sponsor; asked again changes nothing."""
    if row.sponsor_id is None or row.sponsored_on is None:
        return False
    visits = queries.kind_of(row).visits
    spans = rules.visit_spans(visits.every, row.sponsored_on, local_date(at))
    if not spans:
        return False
    with suppress(NotFound):  # the schedule rules are not loaded: the page says all the same when a visit is late
        on, subject = spans[-1], row.reference
        open_duty(by=by, at=at, rule=visits.rule, subject=subject, path=row.path, on=on, holder=row.sponsor_id)
        return True
    return False


@transaction.atomic
def ask_visits(*, by: Actor, at: dt.datetime, number: str) -> bool:
    """Called by the worker for each project that runs. Raises Conflict `not_running`."""
    row = queries.get_project_for(by, number)
    if row.state not in rules.RUNNING:
        raise Conflict("not_running", N_("项目没有在办。"))
    return ask_visit(row, by=by, at=at)
