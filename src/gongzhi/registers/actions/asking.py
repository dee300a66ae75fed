"""Forms: drawn up, sent in, approved or refused by a second person, closed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.registers.models import CollectionTask, Form, FormStatus, Scene
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries.dictionary import whole_dictionary
from gongzhi.registers.rules import asking

WORDS = ("title", "purpose_code", "purpose", "basis_kind", "basis", "authority", "receiver", "notice")
OTHERS = ("about", "for_government", "retention_days", "opens_on", "closes_on")
ABOUT = ("dwelling", "building", "grid", "region", "organization", "person")


def _new_code(at: dt.datetime) -> str:
    return f"F{local_date(at):%y%m%d}-{uuid7().hex[-6:].upper()}"


def _unit_of(by: Actor, path: str) -> Organization | None:
    """The body in whose post the asker asks, the nearest to the place."""
    ids = by.organizations_for("registers.ask")
    return Organization.objects.filter(pk__in=ids).order_by("-place__path").first() if ids else None


@transaction.atomic
def draw_up_form(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    values: dict[str, Any],
    fields: Sequence[asking.Asked],
    scene: Scene | None = None,
    code: str = "",
) -> Form:
    """A draft; nothing is asked with it yet, so it may be incomplete. `code` of an own draft changes that one.

    Raises Forbidden, Refused `form_without_title`, `unknown_about`, Conflict `form_sent_in`.
    """
    require(by, "registers.ask", path=place.path)
    form = queries.get_form_for(by, code, lock=True) if code else Form(code=_new_code(at))
    if code and (form.status != FormStatus.DRAFT or form.asked_by != by.reference):
        raise Conflict("form_sent_in", N_("这张表已经送出，不能再改。要改请另拟一张。"))
    if not str(values.get("title", "")).strip():
        raise Refused("form_without_title", N_("请给表起个名称。"), field="title")
    if values.get("about") not in ABOUT:
        raise Refused("unknown_about", N_("请选这张表问的是什么对象。"), field="about")
    for name in WORDS:
        setattr(form, name, tidy(str(values.get(name) or "")))
    for name in OTHERS:
        setattr(form, name, values.get(name) if values.get(name) is not None else getattr(form, name))
    form.fields = [{"code": one.code, "why": tidy(one.why)} for one in fields]
    form.place, form.path, form.scene = place, place.path, scene
    form.unit, form.asked_by, form.asked_at = _unit_of(by, place.path), by.reference, at
    form.save()
    changes = {"fields": form.codes, "place": place.code}
    record(by=by, at=at, action="registers.draw_up_form", subject=form.reference, changes=changes)
    return form


@transaction.atomic
def send_in_form(*, by: Actor, at: dt.datetime, code: str) -> Form:
    """To the one who approves, with what others already ask written beside it.

    Raises NotFound, Forbidden, Conflict `form_sent_in`, Refused `form_incomplete` naming everything that is missing.
    """
    form = queries.get_form_for(by, code, lock=True)
    require(by, "registers.ask", path=form.path)
    if form.status != FormStatus.DRAFT:
        raise Conflict("form_sent_in", N_("这张表已经送出，不能再改。要改请另拟一张。"))
    on = local_date(at)
    asking.check_complete(asking.needs(queries.draft_of(form), whole_dictionary(on, form.scene).fields))
    found = queries.overlap_of(form, on)
    form.overlap = {
        "fields": found.fields_saved,
        "subjects": found.subjects,
        "held": found.answers_held,
        "asked": found.answers_asked,
        "twice": [[one.field, one.other_form, one.other_field, one.percent] for one in found.twice],
    }
    form.status, form.asked_at = FormStatus.WAITING, at
    form.save()
    changes = {"status": ["draft", "waiting"], "twice": found.fields_saved, "held": found.answers_held}
    record(by=by, at=at, action="registers.send_in_form", subject=form.reference, changes=changes)
    return form


@transaction.atomic
def decide_form(*, by: Actor, at: dt.datetime, code: str, approved: bool, reason: str = "") -> Form:
    """A second person approves, or refuses with a reason.

    Raises NotFound, Forbidden (also `own_form`), Conflict `form_not_waiting`, Refused `refusal_without_reason`,
    `form_incomplete` (a scene has ended meanwhile).
    """
    form = queries.get_form_for(by, code, lock=True)
    require(by, "registers.approve", path=form.path)
    asking.check_other_person(by.reference, form.asked_by)
    if form.status != FormStatus.WAITING:
        raise Conflict("form_not_waiting", N_("这张表不在等批准。"))
    reason = tidy(reason)
    if not approved and not reason:
        raise Refused("refusal_without_reason", N_("不批要写理由，提的人才知道怎么改。"), field="reason")
    if approved:
        known = whole_dictionary(local_date(at), form.scene).fields
        asking.check_complete(asking.needs(queries.draft_of(form), known))
    before, form.status = form.status, FormStatus.OPEN if approved else FormStatus.REFUSED
    form.decided_by, form.decided_at, form.decision = by.reference, at, reason
    form.save()
    changes = {"status": [before, str(form.status)]}
    record(by=by, at=at, action="registers.decide_form", subject=form.reference, changes=changes)
    return form


@transaction.atomic
def close_form(*, by: Actor, at: dt.datetime, code: str) -> Form:
    """Nobody is asked with it any more; its open tasks end. Facts stay as long as was promised."""
    form = queries.get_form_for(by, code, lock=True)
    require(by, "registers.approve", path=form.path)
    if form.status != FormStatus.OPEN:
        raise Conflict("form_not_open", N_("这张表没有在用。"))
    form.status = FormStatus.CLOSED
    form.save(update_fields=["status"])
    ended = CollectionTask.objects.filter(form=form, closed_at__isnull=True).update(closed_at=at)
    changes = {"status": ["open", "closed"], "tasks": ended}
    record(by=by, at=at, action="registers.close_form", subject=form.reference, changes=changes)
    return form


@transaction.atomic
def open_task(*, by: Actor, at: dt.datetime, code: str, place: Place, deadline: dt.date) -> CollectionTask:
    """Send an approved form out over a place.

    Raises NotFound, Forbidden, Conflict `form_not_open`, `task_open`, Refused `outside_form`, `bad_deadline`.
    """
    form = queries.get_form_for(by, code, lock=True)
    require(by, "registers.ask", path=place.path)
    check_activity("facts")
    if form.status != FormStatus.OPEN:
        raise Conflict("form_not_open", N_("这张表还没批准，或者停用了，不能拿去采集。"))
    if not place.path.startswith(form.path):
        raise Refused("outside_form", N_("这张表只批准在{place}用。"), place=form.place.name, field="place")
    today = local_date(at)
    if not (form.opens_on and form.closes_on and today <= deadline <= form.closes_on):
        raise Refused("bad_deadline", N_("截止日要在今天和 {until} 之间。"), until=form.closes_on, field="deadline")
    if CollectionTask.objects.filter(form=form, place=place, closed_at__isnull=True).exists():
        raise Conflict("task_open", N_("这张表在这里已经有一项没做完的任务。"))
    task = CollectionTask.objects.create(
        form=form, place=place, path=place.path, deadline=deadline, opened_by=by.reference, opened_at=at
    )
    changes = {"task": task.pk, "place": place.code, "deadline": deadline.isoformat()}
    record(by=by, at=at, action="registers.open_task", subject=form.reference, changes=changes)
    return task


@transaction.atomic
def close_task(*, by: Actor, at: dt.datetime, task_id: int) -> CollectionTask:
    """End a task; its answers stay as long as was promised."""
    task = queries.get_task_for(by, task_id, lock=True)
    require(by, "registers.ask", path=task.path)
    if task.closed_at is not None:
        raise Conflict("task_closed", N_("这项采集任务已经结束。"))
    task.closed_at = at
    task.save(update_fields=["closed_at"])
    record(by=by, at=at, action="registers.close_task", subject=task.form.reference, changes={"task": task.pk})
    return task
