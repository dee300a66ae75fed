"""Accounts: making one, its personal values, its export and its erasure."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.progress import Progress, Silent
from gongzhi.common.registry import holdings
from gongzhi.common.text import N_, normalize_email, normalize_phone
from gongzhi.people import vault
from gongzhi.people.models import ApiToken, Mandate, Person, VaultKey, VaultValue

_LOOKED_UP = ("phone", "email")
_REWRAPPED_AT_ONCE = 1_000


def contact_field(contact: str) -> str:
    return "email" if "@" in contact else "phone"


def clean_contact(field: str, value: str) -> str:
    """A telephone or mail address in its stored form; raises Refused `bad_phone` or `bad_email`."""
    if field == "phone":
        phone = normalize_phone(value)
        if not (phone.isdigit() and 7 <= len(phone) <= 12):
            raise Refused("bad_phone", N_("电话号码不完整。请写 11 位手机号，或带区号的座机号。"), field="phone")
        return phone
    email = normalize_email(value)
    local, at_sign, domain = email.partition("@")
    if not (local and at_sign and "." in domain and len(email) <= 254 and " " not in email):
        raise Refused("bad_email", N_("邮箱地址不完整。请写成 name@example.cn 这样。"), field="email")
    return email


@transaction.atomic
def create_person(
    *,
    by: Actor,
    at: dt.datetime,
    values: dict[str, str] | None = None,
    password: str | None = None,
    kind: str = "person",
    is_demo: bool = False,
) -> Person:
    """An account with its own key; `values` (name, phone, email, address) go to the vault."""
    row, key = vault.new_key("person", at)
    row.save(force_insert=True)
    person = Person(key=row, kind=kind, is_demo=is_demo, created_at=at)
    person.password = make_password(password)
    person.save(force_insert=True)
    for field, value in (values or {}).items():
        _store(person, key, field, value, at)
    record(by=by, at=at, action="people.create", subject=f"person:{person.pk}", changes={"kind": kind})
    return person


def _store(person: Person, key: bytes, field: str, value: str, at: dt.datetime) -> None:
    clean = clean_contact(field, value) if field in _LOOKED_UP else value.strip()
    index = vault.blind_index(field, clean) if field in _LOOKED_UP else None
    taken = index and VaultValue.objects.filter(field=field, blind_index=index).exclude(person=person).exists()
    if taken:
        raise Refused("contact_taken", N_("这个号码或邮箱已有账号。请用它登录，或换一个。"), field=field)
    VaultValue.objects.update_or_create(
        person=person,
        field=field,
        defaults={
            "sealed": vault.seal_value(key, person.pk, field, clean),
            "blind_index": index,
            "updated_at": at,
        },
    )


def check_may_manage(by: Actor, person: Person) -> None:
    """Nothing for oneself; for a colleague people.manage over every place that the colleague holds a post in."""
    if by.person_id == person.pk:
        return
    require(by, "people.manage")
    for path in Mandate.objects.filter(person=person).values_list("post__place__path", flat=True).distinct():
        require(by, "people.manage", path=path)


@transaction.atomic
def set_value(*, by: Actor, at: dt.datetime, person: Person, field: str, value: str) -> None:
    """Change one of a person's own values (or, with people.manage, a colleague's)."""
    check_may_manage(by, person)
    _store(person, vault.open_key(person.key), field, value, at)
    record(by=by, at=at, action="people.set_value", subject=f"person:{person.pk}", changes={"field": field})


@transaction.atomic
def set_password(*, by: Actor, at: dt.datetime, person: Person, password: str) -> None:
    """A password of one's own; the caller has checked its strength, and the old one where there is one."""
    if by.person_id != person.pk:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    person.password = make_password(password)
    person.save(update_fields=["password"])
    record(by=by, at=at, action="people.set_password", subject=f"person:{person.pk}")


@transaction.atomic
def set_preferences(
    *, by: Actor, at: dt.datetime, person: Person, language: str | None = None, text_size: str | None = None
) -> None:
    """Remember the person's own language and text size ('', 'large', 'max')."""
    if by.person_id != person.pk:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if language in ("", "zh-hans", "en"):
        person.language = language
    if text_size in ("", "large", "max"):
        person.text_size = text_size
    person.save(update_fields=["language", "text_size"])


@transaction.atomic
def export_account(*, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Everything every room holds about the actor, for the actor (个人信息保护法 45)."""
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    record(by=by, at=at, action="people.export", subject=f"person:{by.person_id}")
    return {holding.room: holding.export_for(by.person_id) for holding in holdings()}


def _check_may_erase(by: Actor, person: Person) -> None:
    check_may_manage(by, person)
    if Mandate.objects.filter(person=person, valid_to__isnull=True).exists():
        raise Refused("still_in_post", N_("您还有在任的岗位。先办离任交接，再注销账号。"))


@transaction.atomic
def erase_account(*, by: Actor, at: dt.datetime, person: Person) -> None:
    """Erase a person: every room's holdings, then the key; the trail stays whole (个人信息保护法 47).

    Raises Refused `still_in_post` while a mandate holds.
    """
    _check_may_erase(by, person)
    for holding in holdings():
        holding.erase_for(person.pk, at)
    record(by=by, at=at, action="people.erase", subject=f"person:{person.pk}")


def erase_people(person_id: uuid.UUID, at: dt.datetime) -> None:
    """This room's part of an erasure: values, sign-in, and the key itself."""
    person = Person.objects.get(pk=person_id)
    VaultValue.objects.filter(person=person).delete()
    ApiToken.objects.filter(person=person).delete()
    destroy_key(person.key_id, at)
    person.is_active, person.erased_at, person.second_factor = False, at, None
    person.saved_filters = []
    person.password = make_password(None)
    person.save()


def destroy_key(key_id: uuid.UUID, at: dt.datetime) -> None:
    """Destroy a key: what it sealed can never be read again, here or in a backup without keys."""
    VaultKey.objects.filter(pk=key_id, destroyed_at__isnull=True).update(wrapped=b"", destroyed_at=at)


def rewrap_keys(*, by: Actor, at: dt.datetime, progress: Progress | None = None) -> int:
    """After a new master key: wrap every older key with it; returns how many. Values stay as they are.

    In batches, each with its entry: cut off half-way, the next call goes on with what is left.
    """
    require(by, "instance.manage")
    progress, count = progress or Silent(), 0
    progress.start(N_("重新包装密钥"), vault.keys_left().count())
    while wrapped := _rewrap_some(by, at):
        count += wrapped
        progress.advance(wrapped)
    progress.finish()
    return count


@transaction.atomic
def _rewrap_some(by: Actor, at: dt.datetime) -> int:
    """Locked, so that a key that is being destroyed stays destroyed."""
    ring, rows = vault.keyring(), list(vault.keys_left().select_for_update().order_by("pk")[:_REWRAPPED_AT_ONCE])
    for row in rows:
        row.master_id, row.wrapped = ring.wrap(ring.unwrap(row.master_id, bytes(row.wrapped)))
    VaultKey.objects.bulk_update(rows, ["master_id", "wrapped"])
    if rows:
        changes = {"count": len(rows), "master": ring.current}
        record(by=by, at=at, action="people.rewrap", subject="vault:keys", changes=changes)
    return len(rows)
