"""Bearer tokens, of service accounts and of people for themselves: shown once, kept as digests."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.limits import count_use
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.people.actions.accounts import create_person
from gongzhi.people.actions.organizations import appoint, service_post
from gongzhi.people.models import ApiToken, Person
from gongzhi.people.queries import person_of
from gongzhi.places.models import Place

PREFIX = 8  # of 46 signs: enough to tell one from another, no help in guessing it
MOST_OWN, LONGEST_LABEL = 5, 40
_USED = (5, 3600)  # so many new ones in so many seconds


@transaction.atomic
def create_token(*, by: Actor, at: dt.datetime, role: str, place: Place) -> str:
    """A bearer token for a service account that holds `role` over `place`; shown once, kept as a digest."""
    require(by, "people.manage")
    post = service_post(role=role, place=place, at=at)
    person = create_person(by=by, at=at, kind="service")
    appoint(by=system_actor("token"), at=at, person=person, post=post, decision="token")
    token = _new_token(person, at)
    record(by=by, at=at, action="people.token", subject=f"person:{person.pk}", changes={"role": role})
    return token


def _new_token(person: Person, at: dt.datetime, **own: Any) -> str:
    token = f"gz_{secrets.token_urlsafe(32)}"
    digest = hashlib.sha256(token.encode()).digest()
    ApiToken.objects.create(person=person, digest=digest, prefix=token[:PREFIX], created_at=at, **own)
    return token


@transaction.atomic
def create_reader(*, by: Actor, at: dt.datetime) -> tuple[Person, str]:
    """A service account without any post, and its token: it may do what another room grants it, nothing else.

    The caller has checked who may grant; the token is shown once.
    """
    person = create_person(by=by, at=at, kind="service")
    token = _new_token(person, at)
    record(by=by, at=at, action="people.token", subject=f"person:{person.pk}", changes={"role": ""})
    return person, token


@transaction.atomic
def create_own_token(*, by: Actor, at: dt.datetime, purpose: str) -> str:
    """A token of one's own, without the rights of one's posts; shown once.

    Raises SignInRequired, Refused `missing_purpose`, Conflict `too_many_tokens`, TooMany `rate_limited`.
    """
    person = person_of(by)
    purpose = " ".join(tidy(purpose).split())[:LONGEST_LABEL]
    if not purpose:
        raise Refused("missing_purpose", N_("请写这个令牌给哪个程序用。"), field="purpose")
    Person.objects.select_for_update().get(pk=person.pk)
    if ApiToken.objects.filter(person=person, own=True, revoked_at=None).count() >= MOST_OWN:
        message = N_("最多同时有 {most} 个令牌。先停用一个不用的。")
        raise Conflict("too_many_tokens", message, most=MOST_OWN, field="purpose")
    count_use(what="own-token", who=by.reference, limit=_USED[0], seconds=_USED[1], at=at)
    token = _new_token(person, at, own=True, purpose=purpose)
    made = ApiToken.objects.filter(person=person, own=True).latest("id")
    record(by=by, at=at, action="people.own_token", subject=f"person:{person.pk}", changes={"token": made.pk})
    return token


@transaction.atomic
def revoke_own_token(*, by: Actor, at: dt.datetime, token_id: int) -> ApiToken:
    """End one of one's own tokens, at once. Raises SignInRequired, NotFound `no_such_token`."""
    person = person_of(by)
    found = ApiToken.objects.select_for_update().filter(pk=token_id, person=person, own=True, revoked_at=None).first()
    if found is None:
        raise NotFound("no_such_token", N_("没有这个令牌，或者已经停用。"))
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    record(by=by, at=at, action="people.revoke_own_token", subject=f"person:{person.pk}", changes={"token": found.pk})
    return found


def note_use(*, token_id: int, at: dt.datetime) -> None:
    """The day of its last use: once a day, and not the hour, so that it says nothing of what was done with it."""
    ApiToken.objects.filter(pk=token_id).update(used_on=local_date(at))


@transaction.atomic
def revoke_tokens(*, by: Actor, at: dt.datetime, person: Person) -> int:
    """End all tokens of a service account; returns how many. The caller has checked who may."""
    count = ApiToken.objects.filter(person=person, person__kind="service", revoked_at=None).update(revoked_at=at)
    record(by=by, at=at, action="people.revoke_tokens", subject=f"person:{person.pk}", changes={"count": count})
    return count
