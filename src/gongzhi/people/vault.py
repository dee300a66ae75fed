"""The vault: the only way to a personal value. Masked by default; a clear reading needs a purpose and is logged.

Keys are made and destroyed here; `actions` decide when. Other rooms seal what they must keep (a case's words, a
photo) under a key of their own subject with `new_key` and `open_key`.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import QuerySet

from gongzhi.audit.actions import log_access
from gongzhi.common import personal, sealing, text
from gongzhi.common.access import Actor
from gongzhi.common.sealing import Keyring, Unreadable
from gongzhi.people.models import Person, VaultKey, VaultValue
from gongzhi.people.rules import VAULT_LEVELS

_NORMAL = {"phone": text.normalize_phone, "email": text.normalize_email}


def keyring() -> Keyring:
    return sealing.load_keyring(settings.KEYS_DIR)


def new_key(subject_kind: str, at: dt.datetime) -> tuple[VaultKey, bytes]:
    """An unsaved key row and the key itself (32 bytes)."""
    key = sealing.new_key()
    master_id, wrapped = keyring().wrap(key)
    return VaultKey(subject_kind=subject_kind, master_id=master_id, wrapped=wrapped, created_at=at), key


def open_key(row: VaultKey) -> bytes:
    """The key of a row; raises sealing.Unreadable when it was destroyed or its master is elsewhere."""
    return unwrap(row.master_id, bytes(row.wrapped))


def unwrap(master_id: str, wrapped: bytes) -> bytes:
    if not wrapped:
        raise Unreadable
    return keyring().unwrap(master_id, wrapped)


def keys_left() -> QuerySet[VaultKey]:
    """The living keys that an older master key wraps."""
    return VaultKey.objects.filter(destroyed_at__isnull=True).exclude(master_id=keyring().current)


def blind_index(field: str, value: str) -> bytes:
    """The look-up fingerprint of a value, normalised as the field asks."""
    return keyring().blind_index(field, _NORMAL.get(field, str.strip)(value))


def seal_value(key: bytes, person_id: uuid.UUID, field: str, value: str) -> bytes:
    return sealing.seal(key, value.encode(), f"person:{person_id}:{field}")


def _open_value(key: bytes, value: VaultValue) -> str:
    return sealing.unseal(key, bytes(value.sealed), f"person:{value.person_id}:{value.field}").decode()


def _values(person_ids: Iterable[uuid.UUID], fields: Sequence[str]) -> dict[uuid.UUID, dict[str, str]]:
    rows = VaultValue.objects.filter(person_id__in=set(person_ids), field__in=fields)
    found: dict[uuid.UUID, dict[str, str]] = {}
    for row in rows.select_related("person__key"):
        try:
            found.setdefault(row.person_id, {})[row.field] = _open_value(open_key(row.person.key), row)
        except Unreadable:
            continue
    return found


def as_seen(field: str, value: str, viewer: personal.Viewer) -> str:
    """A value as the viewer sees it, by the level that such values have."""
    return personal.show(field, value, level=VAULT_LEVELS[field], viewer=viewer)


def shown_to(
    actor: Actor, person_ids: Iterable[uuid.UUID], fields: Sequence[str] = ("name",), *, revealed: bool = False
) -> dict[uuid.UUID, dict[str, str]]:
    """What the actor sees of each value before asking (张**, 138****2046), by person and field: for lists.

    `revealed` is for who has asked: `reveal`, and a person's own page.
    """
    return {
        person_id: {
            field: as_seen(field, value, personal.viewer_of(actor, about=person_id, revealed=revealed))
            for field, value in values.items()
        }
        for person_id, values in _values(person_ids, fields).items()
    }


def holding(person_ids: Iterable[uuid.UUID], field: str, text: str) -> set[uuid.UUID]:
    """Those whose value holds the text: for a search that shows masked values only. The caller logs the hits."""
    return {person_id for person_id, values in _values(person_ids, [field]).items() if text in values.get(field, "")}


def reveal(
    *, by: Actor, at: dt.datetime, person_ids: Sequence[uuid.UUID], fields: Sequence[str], purpose: str
) -> dict[uuid.UUID, dict[str, str]]:
    """Clear values, after writing who read whose fields and why. The caller has checked permission."""
    values = shown_to(by, person_ids, fields, revealed=True)
    others = [f"person:{person_id}" for person_id in person_ids if person_id != by.person_id]
    log_access(by=by, at=at, subjects=others, fields=",".join(fields), purpose=purpose)
    return values


def own_values(person: Person) -> dict[str, str]:
    """A person's own values, read by that person: not logged."""
    return _values([person.pk], ["name", "phone", "email", "address"]).get(person.pk, {})


def find_person(field: str, value: str) -> Person | None:
    """The person with exactly this telephone or mail address."""
    return (
        Person.objects.filter(
            vault_values__field=field, vault_values__blind_index=blind_index(field, value), erased_at__isnull=True
        )
        .select_related("key")
        .first()
    )


def people_by_phone(phones: Iterable[str]) -> dict[str, uuid.UUID]:
    """Who has which of these (clean) telephone numbers; one statement however long the list."""
    wanted = {blind_index("phone", phone): phone for phone in phones}
    rows = VaultValue.objects.filter(field="phone", blind_index__in=list(wanted), person__erased_at__isnull=True)
    return {wanted[bytes(index)]: person for index, person in rows.values_list("blind_index", "person_id") if index}
