"""A person's rights over where they live: a copy, and erasure that leaves the register adding up."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import QuerySet

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.documents.actions import erase_media
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import tenures as queries

_NOBODY = "erased:-"


def export_tenures(person_id: uuid.UUID) -> dict[str, Any]:
    """Every tenure that is the person's own, and the numbers of tenants they declared."""
    rows = Tenure.objects.filter(person_id=person_id) | Tenure.objects.filter(declared_by=f"person:{person_id}")
    found = [
        {
            "address": queries.address_of(row.dwelling),
            "capacity": row.capacity,
            "share": str(queries.share_of(row) or ""),
            "heads": row.heads,
            "status": row.status,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "expires_on": row.expires_on,
            "contract_number": row.contract_number,
            "proof": row.proof,
            "declared_at": row.declared_at,
            "decided_at": row.decided_at,
            "reason": row.reason,
            "note": queries.note_of(row),
            "representative": row.representative,
        }
        for row in rows.select_related("dwelling__parent", "key").order_by("id")
    ]
    return {"tenures": found}


def erase_tenures(person_id: uuid.UUID, at: dt.datetime) -> None:
    """The holder becomes nobody: share, days and dwelling stay, so that the register still adds up (民法典 278).

    One and the same stand-in for all their tenures, drawn afresh: heads are still counted right, and nothing leads
    back. Papers and notes go with their key. Nobody speaks for a household by such a tenure.
    """
    stand_in, reference = uuid.uuid4(), f"person:{person_id}"
    for row in Tenure.objects.filter(person_id=person_id).select_related("key"):
        _unname(row, stand_in, reference, at)
    Tenure.objects.filter(declared_by=reference).update(declared_by=_NOBODY)
    Tenure.objects.filter(decided_by=reference).update(decided_by="erased:decided")


def _unname(row: Tenure, stand_in: uuid.UUID, reference: str, at: dt.datetime) -> None:
    row.person, row.heads, row.note, row.contract_number = None, 1, None, ""
    row.stand_in = stand_in if row.capacity == Capacity.OWNER else None
    row.representative, row.chooses = False, None
    if row.status == Status.DECLARED:
        row.status, row.valid_to = Status.ENDED, row.valid_from
    if row.declared_by == reference:
        row.declared_by = _NOBODY
    row.save()
    Tenure.objects.filter(chooses=row).update(chooses=None)
    if row.key_id is not None:
        erase_media(by=system_actor("erase"), at=at, key=row.key)  # type: ignore[arg-type]  # not None: it has an id
        destroy_key(row.key_id, at)


def _over(before: dt.datetime) -> QuerySet[Tenure]:
    ended = Tenure.objects.filter(status=Status.ENDED, valid_to__lt=local_date(before), person__isnull=False)
    return ended.order_by("id")


def tenures_over(before: dt.datetime) -> int:
    return _over(before).count()


def forget_tenures(before: dt.datetime, most: int) -> int:
    """Who moved out or sold long ago becomes nobody: days, share and dwelling stay (个人信息保护法 19)."""
    stand_ins: dict[uuid.UUID, uuid.UUID] = {}
    rows = list(_over(before).select_related("key")[:most])
    for row in rows:
        person_id = row.person_id
        assert person_id is not None  # noqa: S101 - the filter says so
        _unname(row, stand_ins.setdefault(person_id, uuid.uuid4()), f"person:{person_id}", before)
    return len(rows)
