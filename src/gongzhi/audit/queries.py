"""Reading the trail, and checking that nobody changed it."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from gongzhi.audit import rules
from gongzhi.audit.models import Access, Entry, Link, Seal
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import starts
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.sealing import load_keyring

_CHAIN = """
SELECT s.position, s.entry_id, s.hash, s.mac, e.at, e.actor, e.mandate_id, e.action, e.subject, e.purpose,
       e.changes, e.digest
FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry_id ORDER BY s.position
"""
_MAX_FAILURES = 100


@dataclass
class Verification:
    """What `audit verify` says: `failures` are {code, where}, at most 100."""

    checked: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not self.failures

    def fail(self, code: str, where: str) -> None:
        if len(self.failures) < _MAX_FAILURES:
            self.failures.append({"code": code, "where": where})


def head_file() -> Path:
    return Path(settings.DATA_DIR) / "audit-head.json"


def lost_head() -> tuple[str, str] | None:
    """(code, where) when the chain no longer holds what was noted outside: its tail was cut off, or written anew."""
    path = head_file()
    if not path.exists():
        return None
    noted = json.loads(path.read_text())
    seal = Seal.objects.filter(position=noted["position"]).first()
    if seal is None:
        return "tail_missing", f"seal:{noted['position']}"
    return None if bytes(seal.hash).hex() == noted["hash"] else ("tail_replaced", f"seal:{noted['position']}")


def note_head() -> None:
    """Keep the newest position and hash beside the keys, so that a cut-off tail is noticed.

    A head that the chain no longer holds stays as it is: it is the evidence.
    """
    last = Seal.objects.order_by("-position").first()
    if last is None or lost_head():
        return
    path = head_file()
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"position": last.position, "hash": bytes(last.hash).hex()}))
    fresh.replace(path)


def _chain_rows() -> Iterator[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as plain:
        cursor = plain.connection.cursor(name="audit_chain")
        cursor.itersize = 5000
        cursor.execute(_CHAIN)
        yield from cursor
        cursor.close()


def _check_row(report: Verification, key: bytes, expected: int, previous: bytes, row: tuple[Any, ...]) -> None:
    position, entry_id, chain_hash, mac, at, actor, mandate_id, action, subject, purpose, changes, stored = row
    where = f"seal:{position}"
    if position != expected:
        report.fail("seal_missing", f"seal:{expected}")
    if at is None:
        report.fail("entry_missing", f"entry:{entry_id}")
        return
    changes = json.loads(changes) if isinstance(changes, str) else changes
    digest = rules.entry_digest(
        at=at,
        actor=actor,
        mandate_id=mandate_id,
        action=action,
        subject=subject,
        purpose=purpose,
        changes=changes,
    )
    if digest != bytes(stored):
        report.fail("entry_changed", f"entry:{entry_id}")
    if rules.next_hash(previous, digest) != bytes(chain_hash):
        report.fail("chain_broken", where)
    if rules.seal_mac(key, position, bytes(chain_hash)) != bytes(mac):
        report.fail("seal_forged", where)


def check_chain() -> Verification:
    """Recompute every digest, hash and mac of what is sealed; `actions.verify_trail` seals the rest first."""
    key = load_keyring(settings.KEYS_DIR).derive("audit-seal")
    report, expected, previous = Verification(), 1, rules.GENESIS
    for row in _chain_rows():
        _check_row(report, key, expected, previous, row)
        report.checked += 1
        expected, previous = row[0] + 1, bytes(row[2])
    if lost := lost_head():
        report.fail(*lost)
    return report


def _page(rows: models.QuerySet[Any], cursor: str, limit: int) -> Page[Any]:
    if cursor:
        last = decode_cursor(cursor, 1)[0]
        rows = rows.filter(pk__lt=last if isinstance(last, int) else 0)
    return page_of(rows.order_by("-pk")[: limit + 1], limit, lambda row: (row.pk,))


def entries_page(
    actor: Actor,
    *,
    subject: str = "",
    actor_text: str = "",
    action: str = "",
    since: dt.date | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[Any]:
    """Entries for those who may read the trail, newest first; `actor_text` and `action` match from their beginning."""
    require(actor, "audit.read")
    rows = Entry.objects.all()
    if subject:
        rows = rows.filter(subject=subject.strip())
    if actor_text:
        rows = rows.filter(actor__startswith=actor_text.strip())
    if action:
        rows = rows.filter(action__startswith=action.strip())
    if since:
        rows = rows.filter(at__gte=starts(since))
    return _page(rows, cursor, limit)


def readings_page(
    actor: Actor,
    *,
    subject: str = "",
    actor_text: str = "",
    since: dt.date | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[Any]:
    """Readings of protected values, newest first."""
    require(actor, "audit.read")
    rows = Access.objects.all()
    if subject:
        rows = rows.filter(subjects__contains=[subject.strip()])
    if actor_text:
        rows = rows.filter(actor__startswith=actor_text.strip())
    if since:
        rows = rows.filter(at__gte=starts(since))
    return _page(rows, cursor, limit)


def who_saw(subject: str) -> models.QuerySet[Access]:
    """Readings of one person's or case's protected values, newest first (shown to that person)."""
    return Access.objects.filter(subjects__contains=[subject]).order_by("-id")


def links_of(reference: str) -> models.QuerySet[Link]:
    """Every link that starts or ends at an object."""
    return Link.objects.filter(models.Q(source=reference) | models.Q(target=reference)).order_by("id")
