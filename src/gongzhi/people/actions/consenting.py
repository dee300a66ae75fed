"""同意 and 撤回: one step each, as easy one way as the other (个人信息保护法 15); for children their guardian (31)."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common import sealing
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, SignInRequired
from gongzhi.common.registry import check_activity, purposes, withdrawals
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.models import ConsentRecord, Person
from gongzhi.people.rules import CONSENTS, MINOR, Guardian, Purpose, check_guardian


def _person_of(by: Actor) -> Person:
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return Person.objects.select_related("key").get(pk=by.person_id)


def purpose_of(code: str) -> Purpose:
    """What a consent says: one of everybody's, or one that a room asks (a form). Raises NotFound `no_such_purpose`."""
    asked = (function(code) for function in purposes())
    found: Purpose | None = CONSENTS.get(code) or next((one for one in asked if one is not None), None)
    if found is None:
        raise NotFound("no_such_purpose", N_("没有这一项同意。"))
    return found


def text_hash(known: Purpose) -> str:
    """SHA-256 of the words that were agreed to, so that it can be shown what they were."""
    return hashlib.sha256(f"{known.title}\n{known.words}".encode()).hexdigest()


def _sealed(person: Person, guardian: Guardian | None) -> bytes | None:
    if guardian is None:
        return None
    value = json.dumps({"name": guardian.name, "relation": guardian.relation}, ensure_ascii=False)
    return sealing.seal(vault.open_key(person.key), value.encode(), f"person:{person.pk}:guardian")


@transaction.atomic
def grant_consent(
    *, by: Actor, at: dt.datetime, purpose: str, version: str, guardian: Guardian | None = None
) -> ConsentRecord:
    """The actor's own consent; an older version of the same purpose ends.

    Who said to be under fourteen needs a guardian, who is named and stands beside. Raises Refused
    `guardian_needed`, `not_for_children`, NotFound `no_such_purpose`.
    """
    person, known = _person_of(by), purpose_of(purpose)
    check_activity(known.activity)
    check_guardian(minor=is_minor(person), purpose=purpose, guardian=guardian)
    current = ConsentRecord.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True)
    current.update(withdrawn_at=at)
    consent = ConsentRecord.objects.create(
        person=person,
        purpose=purpose,
        version=version,
        text_hash=text_hash(known),
        how="guardian" if guardian else "self",
        guardian=_sealed(person, guardian),
        by=by.reference,
        granted_at=at,
    )
    subject = f"person:{person.pk}"
    record(by=by, at=at, action="people.consent", subject=subject, changes={purpose: [None, version]})
    return consent


@transaction.atomic
def withdraw_consent(*, by: Actor, at: dt.datetime, purpose: str) -> None:
    """One step, as easy as granting (个人信息保护法 15); nobody has to stand beside. What rested on it ends now.

    Raises NotFound `no_consent`.
    """
    own = ConsentRecord.objects.filter(purpose=purpose, withdrawn_at__isnull=True)
    if by.person_id is None or not own.filter(person_id=by.person_id).update(withdrawn_at=at):
        raise NotFound("no_consent", N_("您没有给过这项同意，不用撤回。"))
    subject = f"person:{by.person_id}"
    record(by=by, at=at, action="people.withdraw", subject=subject, changes={purpose: ["granted", None]})
    _end(by.person_id, [purpose], at)


def _end(person_id: uuid.UUID, ended: Iterable[str], at: dt.datetime) -> None:
    """What rested on these consents ends in every room."""
    for purpose in ended:
        for end in withdrawals():
            end(person_id, purpose, at)


def is_minor(person: Person) -> bool:
    """Whether the person said to be under fourteen; no year of birth is kept."""
    return ConsentRecord.objects.filter(person=person, purpose=MINOR, withdrawn_at__isnull=True).exists()


@transaction.atomic
def say_minor(*, by: Actor, at: dt.datetime, minor: bool) -> None:
    """不满 14 岁, by the person's own word. What was agreed to without a guardian ends at once."""
    person = _person_of(by)
    if minor == is_minor(person):
        return
    if not minor:
        withdraw_consent(by=by, at=at, purpose=MINOR)
        return
    alone = ConsentRecord.objects.filter(person=person, withdrawn_at__isnull=True, guardian__isnull=True)
    ended = list(alone.values_list("purpose", flat=True))
    alone.update(withdrawn_at=at)
    _end(person.pk, ended, at)
    ConsentRecord.objects.create(person=person, purpose=MINOR, version="1", how="self", by=by.reference, granted_at=at)
    record(by=by, at=at, action="people.say_minor", subject=f"person:{person.pk}", changes={"ended": ended})
