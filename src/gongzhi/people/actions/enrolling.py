"""Many people at once, known from a list: no password; the first sign-in proves the telephone by a code."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.people import vault
from gongzhi.people.models import Person, VaultKey, VaultValue

_AT_ONCE = 2_000


@transaction.atomic
def enrol_people(
    *, by: Actor, at: dt.datetime, values: Sequence[Mapping[str, str]], is_demo: bool = False
) -> tuple[list[Person], list[VaultValue]]:
    """Accounts for `values` (clean name, phone, email), in their order; one entry in the trail for all of them.

    The caller has checked the permission, and that no telephone or mail address is taken.
    """
    keys, people, sealed = [], [], []
    nobody = make_password(None)
    for one in values:
        row, key = vault.new_key("person", at)
        person = Person(key=row, is_demo=is_demo, created_at=at, password=nobody)
        keys.append(row)
        people.append(person)
        sealed += [_sealed(person, key, field, value, at) for field, value in one.items() if value]
    VaultKey.objects.bulk_create(keys, batch_size=_AT_ONCE)
    Person.objects.bulk_create(people, batch_size=_AT_ONCE)
    made = VaultValue.objects.bulk_create(sealed, batch_size=_AT_ONCE)
    if people:
        record(by=by, at=at, action="people.enrol", subject="people:list", changes={"count": len(people)})
    return people, made


def _sealed(person: Person, key: bytes, field: str, value: str, at: dt.datetime) -> VaultValue:
    index = vault.blind_index(field, value) if field in ("phone", "email") else None
    return VaultValue(
        person=person,
        field=field,
        sealed=vault.seal_value(key, person.pk, field, value),
        blind_index=index,
        updated_at=at,
    )
