"""Writing the trail. Called by every action of every room, inside that action's transaction."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gongzhi.audit import queries, rules
from gongzhi.audit.models import Access, Entry, Link, Seal
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.sealing import load_keyring

_SEAL_LOCK = 7_301_001
_RECENT = 20_000
_COPY_SEALS = "COPY audit_seal (position, entry_id, hash, mac) FROM STDIN"


def _mandate_of(actor: Actor) -> int | None:
    return next((scope.mandate_id for scope in actor.scopes if scope.mandate_id), None)


def new_entry(
    *,
    by: Actor,
    at: dt.datetime,
    action: str,
    subject: str,
    changes: dict[str, Any] | None = None,
    purpose: str = "",
) -> Entry:
    """An entry ready to insert; `changes` must be JSON with codes and references only."""
    values: dict[str, Any] = {
        "at": at,
        "actor": by.reference,
        "mandate_id": _mandate_of(by),
        "action": action,
        "subject": subject,
        "purpose": purpose or by.purpose,
        "changes": changes or {},
    }
    return Entry(**values, digest=rules.entry_digest(**values))


def record(
    *,
    by: Actor,
    at: dt.datetime,
    action: str,
    subject: str,
    changes: dict[str, Any] | None = None,
    purpose: str = "",
) -> None:
    """Write one entry in the caller's transaction."""
    new_entry(by=by, at=at, action=action, subject=subject, changes=changes, purpose=purpose).save()


def log_access(*, by: Actor, at: dt.datetime, subjects: list[str], fields: str, purpose: str = "") -> None:
    """Write that protected values were read: one row however many subjects a page shows."""
    if subjects:
        Access.objects.create(
            at=at, actor=by.reference, purpose=purpose or by.purpose, subjects=subjects, fields=fields
        )


def log_refusal(*, by: Actor, at: dt.datetime, refused: Refused) -> None:
    """Write that a reading of protected values was refused: who, of what, why not; nothing of somebody unknown."""
    if refused.reading is None or by.kind == "anonymous":
        return
    subject, fields = refused.reading
    changes = {"fields": fields[:120], "code": refused.code}
    record(by=by, at=at, action="audit.refuse_reading", subject=subject[:80], changes=changes)


def link(*, by: Actor, at: dt.datetime, source: str, relation: str, target: str) -> None:
    """Join two objects; a second time changes nothing."""
    Link.objects.bulk_create(
        [Link(at=at, by=by.reference, source=source, relation=relation, target=target)], ignore_conflicts=True
    )


@transaction.atomic
def seal_entries(*, by: Actor, at: dt.datetime, everything: bool = False) -> int:
    """Append seals for entries that have none, one sealer at a time; returns how many.

    Writers never wait for the chain: entries are inserted unsealed and take their place here. `everything` looks
    through the whole trail, else only its recent part (a long transaction may commit low numbers late).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEAL_LOCK])
    last = Seal.objects.order_by("-position").first()
    position, previous = (last.position, bytes(last.hash)) if last else (0, rules.GENESIS)
    floor = 0 if everything or last is None else last.entry_id - _RECENT
    unsealed = Entry.objects.filter(id__gt=floor).extra(
        where=["NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = audit_entry.id)"]
    )
    key = load_keyring(settings.KEYS_DIR).derive("audit-seal")
    seals = []
    for entry_id, digest in unsealed.order_by("id").values_list("id", "digest").iterator(5000):
        position, previous = position + 1, rules.next_hash(previous, digest)
        seals.append((position, entry_id, previous, rules.seal_mac(key, position, previous)))
    # An import brings tens of thousands of entries at once: COPY takes a fifth of the time of rows made one by one.
    with connection.cursor() as cursor, cursor.copy(_COPY_SEALS) as copy:
        for seal in seals:
            copy.write_row(seal)
    return len(seals)


def verify_trail(*, by: Actor, at: dt.datetime) -> queries.Verification:
    """Seal what is new, then recompute every digest, hash and mac from the first entry on."""
    seal_entries(by=by, at=at, everything=True)
    report = queries.check_chain()
    if report.valid:
        queries.note_head()
    return report
