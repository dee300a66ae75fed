"""Facts written down: answers of a visit, one's own answers, what an import brought, a choice between two sayings."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.sealing import seal
from gongzhi.common.text import N_, tidy
from gongzhi.packs.field_contents import FieldDef
from gongzhi.people import vault
from gongzhi.people.actions import grant_consent
from gongzhi.people.models import Person
from gongzhi.people.queries import consents_to, person_of
from gongzhi.people.rules import Guardian
from gongzhi.registers.models import CollectionTask, Fact, Form, How
from gongzhi.registers.queries import facts as reading
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries.dictionary import dictionary, get_field, whole_dictionary
from gongzhi.registers.queries.facts import Subject
from gongzhi.registers.rules.facts import Standing, canonical


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page of answers came to: how many were asked, confirmed, corrected; what is still open."""

    asked: int = 0
    confirmed: int = 0
    corrected: int = 0
    left: int = 0

    @property
    def written(self) -> int:
        return self.asked + self.confirmed + self.corrected


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a fact comes from: copied onto each of a page's facts."""

    source: str
    basis: str
    purpose: str
    keep_days: int
    form: Form | None = None
    task: CollectionTask | None = None
    entry: uuid.UUID | None = None


def check_asking(task: CollectionTask, on: dt.date) -> None:
    """Whether anybody may be asked now. Raises Conflict `task_closed`, `form_not_open`."""
    form = task.form
    check_activity("facts" if task.form.scene is None else "emergency")
    if task.closed_at is not None:
        raise Conflict("task_closed", N_("这项采集任务已经结束。"))
    over = form.scene is not None and form.scene.ended_at is not None
    within = form.opens_on is not None and form.closes_on is not None and form.opens_on <= on <= form.closes_on
    if form.status != "open" or over or not within:
        raise Conflict("form_not_open", N_("这张表还没批准，或者停用了，不能拿去采集。"))


@transaction.atomic
def answer_form(
    *,
    by: Actor,
    at: dt.datetime,
    task_id: int,
    subject_code: str,
    given: Mapping[str, str],
    confirm: bool,
    entry: uuid.UUID,
) -> Answered:
    """Answers about one place or body. What is left empty stays open; `confirm`: the rest of what is known was checked.

    The same `entry` again changes nothing. Raises NotFound, Forbidden, Conflict (see `check_asking`), Refused
    `bad_value`, `nothing_answered`.
    """
    task = queries.get_task_for(by, task_id)
    subject = reading.subject_for(by, task.form.about, subject_code, "registers.fill")
    require(by, "registers.fill", path=subject.path)
    if not subject.path.startswith(task.path):
        raise Refused("outside_task", N_("这里不在这项任务的范围内。"))
    check_asking(task, local_date(at))
    return _write_page(task, subject, given, confirm, entry, by=by, at=at)


@transaction.atomic
def answer_for_myself(
    *,
    by: Actor,
    at: dt.datetime,
    task_id: int,
    given: Mapping[str, str],
    confirm: bool,
    agreed: bool,
    entry: uuid.UUID,
    guardian: Guardian | None = None,
) -> Answered:
    """One's own answers; where the basis is consent, after saying so, which is kept (个人信息保护法 14, 15, 31).

    Raises SignInRequired, NotFound `task_not_found`, Conflict, Refused `consent_missing`, `guardian_needed`,
    `bad_value`.
    """
    person = person_of(by)
    task = own_task(task_id, local_date(at))
    if task.form.basis_kind == "consent" and not consents_to(person.pk, task.form.reference):
        if not agreed:
            raise Refused("consent_missing", N_("请先看上面的告知，同意了再填。不填也照样办您的事。"), field="agreed")
        grant_consent(by=by, at=at, purpose=task.form.reference, version="1", guardian=guardian)
    subject = reading.person_subject(person, task.path)
    return _write_page(task, subject, given, confirm, entry, by=by, at=at)


def own_task(task_id: int, on: dt.date) -> CollectionTask:
    """A task that asks people about themselves. Raises NotFound `task_not_found`, Conflict as `check_asking`."""
    rows = CollectionTask.objects.filter(pk=task_id, form__about="person")
    task = rows.select_related("form__scene", "form__unit", "form__place").first()
    if task is None:
        raise NotFound("task_not_found", N_("没有这项采集任务，或者不归您管。"))
    check_asking(task, on)
    return task


def _write_page(
    task: CollectionTask,
    subject: Subject,
    given: Mapping[str, str],
    confirm: bool,
    entry: uuid.UUID,
    *,
    by: Actor,
    at: dt.datetime,
) -> Answered:
    form, on = task.form, local_date(at)
    if Fact.objects.filter(entry=entry, subject=subject.reference).exists():
        return _counted([], form, subject, on)
    known = whole_dictionary(on, form.scene).fields
    stands = reading.standings(subject.reference, on, form.codes)
    origin = _Origin(
        form.reference, form.basis, form.purpose_code, form.retention_days or 0, form, task, entry
    )
    written = []
    for code in form.codes:
        field, held = get_field(known, code), stands.get(code)
        text = tidy(given.get(code, ""))
        if text:
            value = canonical(field, text)
        elif confirm and held is not None and held.sure:
            value = held.fact.value
        else:
            continue
        written.append(_write(subject, field, value, origin, held, by=by, at=at, observed_on=on))
    if not written:
        raise Refused("nothing_answered", N_("还没有填，也没有核对。填一项就能先存下。"))
    changes = {"task": task.pk, "fields": [fact.field for fact in written], "facts": [fact.pk for fact in written]}
    record(by=by, at=at, action="registers.answer_form", subject=subject.reference, changes=changes)
    return _counted(written, form, subject, on)


def _counted(written: list[Fact], form: Form, subject: Subject, on: dt.date) -> Answered:
    hows = [fact.how for fact in written]
    known = reading.standings(subject.reference, on, form.codes)
    left = sum(1 for code in form.codes if code not in known or not known[code].sure)
    corrected = hows.count(How.CORRECTED) + hows.count(How.CHOSEN)
    return Answered(hows.count(How.ASKED), hows.count(How.CONFIRMED), corrected, left)


def _how(value: Any, held: Standing | None) -> tuple[How, list[int]]:
    """Whether an answer is new, confirms, corrects or chooses; and what it quotes."""
    if held is None:
        return How.ASKED, []
    if held.disputed:
        return How.CHOSEN, [one.id for one in held.disputed]
    return (How.CONFIRMED if held.fact.value == value else How.CORRECTED), [held.fact.id]


def _write(
    subject: Subject,
    field: FieldDef,
    value: Any,
    origin: _Origin,
    held: Standing | None,
    *,
    by: Actor,
    at: dt.datetime,
    observed_on: dt.date,
) -> Fact:
    how, quotes = _how(value, held)
    keep = min(field.keep_days, origin.keep_days or field.keep_days)
    fact = Fact(
        subject=subject.reference,
        person=subject.person,
        path=subject.path,
        field=field.code,
        observed_on=observed_on,
        valid_from=observed_on,
        source=origin.source,
        how=how,
        basis=origin.basis,
        purpose=origin.purpose,
        quotes=quotes,
        task=origin.task,
        form=origin.form,
        scene=origin.form.scene if origin.form else None,
        entry=origin.entry,
        recorded_by=by.reference,
        recorded_at=at,
        keep_until=local_date(at) + dt.timedelta(days=keep),
    )
    if subject.person is None:
        fact.value = value
    else:
        fact.sealed = _sealed(subject.person, field.code, value)
    fact.save(force_insert=True)
    return fact


def _sealed(person: Person, field: str, value: Any) -> bytes:
    key = vault.open_key(person.key)
    return seal(key, msgspec.json.encode(value), reading.context_of(person.pk, field))


@transaction.atomic
def record_fact(
    *,
    by: Actor,
    at: dt.datetime,
    subject: Subject,
    field: str,
    given: str,
    observed_on: dt.date,
    source: str,
    basis: str,
    purpose: str,
) -> Fact:
    """A fact that another register, a list or a sensor brings; it stands beside what others said, quoting nothing.

    Raises Forbidden, Refused `unknown_field`, `bad_value`, `purpose_not_allowed`, `future_fact`, `fact_about_person`.
    """
    require(by, "registers.fill", path=subject.path)
    on = local_date(at)
    known = get_field(dictionary(on).fields, field)
    if subject.person is not None or known.about == "person":
        raise Refused("fact_about_person", N_("关于人的只由本人填，不成批导入。"))
    if purpose not in known.purposes:
        raise Refused("purpose_not_allowed", N_("“{name}”不许用于这个用途。"), name=known.name)
    if observed_on > on:
        raise Refused("future_fact", N_("日期不能在今天以后。"))
    origin = _Origin(source, basis, purpose, known.keep_days)
    fact = _write(subject, known, canonical(known, given), origin, None, by=by, at=at, observed_on=observed_on)
    changes = {"field": field, "fact": fact.pk, "source": source}
    record(by=by, at=at, action="registers.record_fact", subject=subject.reference, changes=changes)
    return fact


@transaction.atomic
def choose_fact(*, by: Actor, at: dt.datetime, fact_id: int) -> Fact:
    """Two sources say different things: one of them is taken, by a new fact that quotes them all.

    Raises NotFound `fact_not_found`, Forbidden, Conflict `not_disputed`.
    """
    chosen = Fact.objects.select_related("form__scene", "task").filter(pk=fact_id, person__isnull=True).first()
    if chosen is None:
        raise NotFound("fact_not_found", N_("没有这一条，或者已经到期删除了。"))
    require(by, "registers.fill", path=chosen.path)
    on = local_date(at)
    held = reading.standings(chosen.subject, on, [chosen.field]).get(chosen.field)
    if held is None or chosen.pk not in [one.id for one in held.disputed]:
        raise Conflict("not_disputed", N_("这一项现在没有两种说法了。"))
    field = get_field(whole_dictionary(on, chosen.scene).fields, chosen.field)
    subject = Subject(chosen.subject, "", chosen.path)
    keep = (chosen.keep_until - on).days
    origin = _Origin(chosen.source, chosen.basis, chosen.purpose, keep, chosen.form, chosen.task)
    fact = _write(subject, field, chosen.value, origin, held, by=by, at=at, observed_on=on)
    changes = {"field": field.code, "fact": fact.pk, "quotes": fact.quotes, "chosen": chosen.pk}
    record(by=by, at=at, action="registers.choose_fact", subject=chosen.subject, changes=changes)
    return fact
