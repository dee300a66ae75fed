"""Done, and what shows it: by whoever holds the duty, or by the very act in another room that it asks for."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.audit.queries import links_of
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, mask_personal_numbers, tidy
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.duties import queries, registry, rules
from gongzhi.duties.models import OPEN, Duty
from gongzhi.duties.schedules import rule_of
from gongzhi.people import vault

MOST_FILES = 6


def _locked(by: Actor, duty_id: uuid.UUID) -> Duty:
    queries.get_duty_for(by, duty_id)
    return Duty.objects.select_for_update(of=("self",)).select_related("key").get(pk=duty_id)


def _check_open(duty: Duty) -> None:
    if not duty.is_open:
        raise Conflict("duty_settled", N_("这一项已经做了，或已经不用做了。请刷新看看。"))


@transaction.atomic
def fulfil_duty(
    *,
    by: Actor,
    at: dt.datetime,
    duty_id: uuid.UUID,
    reference: str = "",
    note: str = "",
    uploads: Sequence[Upload] = (),
) -> Duty:
    """Mark it done by a reference ("case:GZ-…") or by photos and papers; the first file stands as the reference.

    Raises Forbidden `not_your_duty`, Refused `evidence_missing`, `wrong_evidence`, `evidence_unknown`, `not_open_yet`,
    `too_many_files`; Conflict `duty_settled`.
    """
    check_activity("duties")
    duty = _locked(by, duty_id)
    if not queries.may_fulfil(by, duty):
        raise Forbidden("not_your_duty", N_("这一项由在这个岗位上的人做，您可以看，不能代做。"))
    _check_open(duty)
    if local_date(at) < duty.opens_on:
        raise Refused("not_open_yet", N_("这一项从 {day} 起才能做。"), day=duty.opens_on.isoformat())
    accepted = rule_of(duty.pack, duty.rule).rule.evidence
    reference = reference.strip()
    if reference:
        rules.check_evidence(reference, accepted)
        _check_known(by, reference)
    elif uploads:
        rules.check_evidence("media:", accepted)
        reference = _store(by, at, duty, uploads)
    else:
        raise Refused("evidence_missing", N_("请传照片或文件，或者填一个编号，写明凭什么说做了。"), field="reference")
    return _done(by, at, duty, reference, note)


def _check_known(by: Actor, reference: str) -> None:
    if registry.resolve(by, reference) is None:
        raise Refused(
            "evidence_unknown", N_("没有找到 {reference}。请核对编号。"), reference=reference, field="reference"
        )


def _store(by: Actor, at: dt.datetime, duty: Duty, uploads: Sequence[Upload]) -> str:
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", N_("一次最多传 {most} 个文件。"), most=MOST_FILES, field="files")
    if duty.key is None:
        key, _plain = vault.new_key("duty", at)
        key.save(force_insert=True)
        duty.key = key
        duty.save(update_fields=["key"])
    stored = [store_upload(by=by, at=at, key=duty.key, upload=upload) for upload in uploads]
    for media in stored:
        attach_evidence(by=by, at=at, media=media, subject=str(duty), purpose="document")
    return str(stored[0])


def _done(by: Actor, at: dt.datetime, duty: Duty, reference: str, note: str = "") -> Duty:
    duty.evidence, duty.fulfilled_at, duty.fulfilled_by = reference[:120], at, by.reference
    duty.note = mask_personal_numbers(tidy(note))[:300]
    duty.next_alarm_on = None
    duty.save(update_fields=["evidence", "fulfilled_at", "fulfilled_by", "note", "next_alarm_on"])
    link(by=by, at=at, source=reference, relation="fulfils", target=str(duty))
    record(by=by, at=at, action="duties.fulfil", subject=str(duty), changes={"evidence": ["", reference]})
    return duty


@transaction.atomic
def show_evidence(
    *, by: Actor, at: dt.datetime, subject: str, evidence: str, on: dt.date, session: str = ""
) -> int:
    """An act in another room is what a duty asks for: the open duties of its subject that take it are done.

    `on` is the day of the act; it counts for the period that it lies in, or for one that was due and still open.
    What had to be done once is done however late. Called inside that room's action, which has checked the actor.
    `session`: what kind of meeting it was; a meeting meets only the rules that name its kind. Returns how many were
    done.
    """
    kind, done = rules.type_of(evidence), 0
    open_ones = Duty.objects.select_for_update().filter(OPEN, subject=subject, opens_on__lte=on)
    seen = set[str]()
    for duty in open_ones.order_by("due_on", "id"):
        rule = rule_of(duty.pack, duty.rule).rule
        counts = rule.every == "once" or (max(duty.closes_on, duty.due_on) >= on and duty.rule not in seen)
        if counts and kind in rule.evidence and (not session or session in rule.sessions):
            seen.add(duty.rule)
            _done(by, at, duty, evidence)
            done += 1
    return done


@transaction.atomic
def show_one(*, by: Actor, at: dt.datetime, duty_id: uuid.UUID, evidence: str) -> bool:
    """An act in another room is said to be what this one duty asks for; whether it was still open and takes it.

    Called inside that room's action, which has checked the actor.
    """
    duty = Duty.objects.select_for_update().filter(OPEN, pk=duty_id, opens_on__lte=local_date(at)).first()
    if duty is None or rules.type_of(evidence) not in rule_of(duty.pack, duty.rule).rule.evidence:
        return False
    _done(by, at, duty, evidence)
    return True


@transaction.atomic
def reopen_duty(*, by: Actor, at: dt.datetime, duty_id: uuid.UUID, reason: str) -> Duty:
    """What was shown does not show it: the duty is open again. Never by the one who said it was done.

    Raises Forbidden `not_yours_to_judge`, Conflict `duty_not_done`, Refused `reason_missing`.
    """
    duty = _locked(by, duty_id)
    if not queries.may_decide(by, duty) or duty.fulfilled_by == by.reference:
        raise Forbidden("not_yours_to_judge", N_("凭据够不够，由管这里的另一个人来看。"))
    if duty.fulfilled_at is None:
        raise Conflict("duty_not_done", N_("这一项还没有做，不用退回。"))
    rules.check_reason(reason)
    return _open_again(by, at, duty, reason)


@transaction.atomic
def take_back_evidence(*, by: Actor, at: dt.datetime, evidence: str, reason: str) -> int:
    """What showed duties done is no longer there (a notice taken down): they are open again; how many.

    Called inside that room's action, which has checked the actor.
    """
    meant = [one.target.removeprefix("duty:") for one in links_of(evidence) if one.relation == "fulfils"]
    shown = Duty.objects.select_for_update().filter(pk__in=meant, evidence=evidence, fulfilled_at__isnull=False)
    return len([_open_again(by, at, duty, reason) for duty in shown.order_by("id")])


def _open_again(by: Actor, at: dt.datetime, duty: Duty, reason: str) -> Duty:
    before = duty.evidence
    ladder = rule_of(duty.pack, duty.rule).rule.alarms
    duty.evidence, duty.fulfilled_at, duty.fulfilled_by = "", None, ""
    duty.note = mask_personal_numbers(tidy(reason))[:300]
    duty.next_alarm_on = rules.next_alarm(ladder, duty.due_on, duty.step)
    duty.save(update_fields=["evidence", "fulfilled_at", "fulfilled_by", "note", "next_alarm_on"])
    record(by=by, at=at, action="duties.reopen", subject=str(duty), changes={"evidence": [before, ""]})
    return duty
