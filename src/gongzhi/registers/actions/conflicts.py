"""名册出入 decided: what a list said against the register, by somebody who did not bring the list in."""

import datetime as dt
import uuid
from collections.abc import Sequence
from fractions import Fraction

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.people.actions.enrolling import enrol_people
from gongzhi.registers.actions.areas import take_area
from gongzhi.registers.actions.bringing import ListedTenure, tenure_of
from gongzhi.registers.actions.deciding import close_tenure
from gongzhi.registers.actions.declaring import _locked
from gongzhi.registers.actions.keeping import words_of
from gongzhi.registers.models import Capacity, RegisterConflict, Status, Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules


def open_conflict(conflict: RegisterConflict) -> ListedTenure:
    """The row of a list of owners and tenants as it was written."""
    return ListedTenure(**words_of(conflict))


def known_people(conflicts: Sequence[RegisterConflict]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Whom the register knows in the place of each row's name: by telephone, else who holds the tenure."""
    phones = {one.pk: open_conflict(one).phone for one in conflicts}
    found = vault.people_by_phone([phone for phone in phones.values() if phone])
    return {one.pk: found.get(phones[one.pk]) or (one.held.person_id if one.held else None) for one in conflicts}


CHOICES = {
    "other_name": ("same", "other", "kept"),
    "shares": ("took", "kept"),
    "other_count": ("took", "kept"),
    "area": ("took", "kept"),
}


@transaction.atomic
def decide_conflict(*, by: Actor, at: dt.datetime, conflict: RegisterConflict, decision: str) -> RegisterConflict:
    """Pick: keep what the register holds, or take what the list says; the row is then destroyed.

    `same`: one person, under the name that is known; `other`: somebody else, whose telephone stays with the first.
    Raises Forbidden, Conflict `already_decided`, Refused `four_eyes`, `bad_choice`, `shares_over`.
    """
    require(by, queries.DECIDE, path=conflict.dwelling.path)
    _locked(conflict.dwelling)
    rows = RegisterConflict.objects.select_for_update(of=("self",)).select_related("dwelling", "key", "held")
    row = rows.get(pk=conflict.pk)
    if row.decision:
        raise Conflict("already_decided", N_("这一处已经有人定了。请刷新再看。"))
    if by.reference == row.brought_by:
        raise Refused("four_eyes", N_("您导入的表，出入要由另一位同事来定。"))
    if decision not in CHOICES[row.kind]:
        raise Refused("bad_choice", N_("请选一个。"), field="decision")
    if decision != "kept" and row.kind == "area":
        take_area(row, at=at)
    elif decision != "kept":
        _take(row, open_conflict(row), decision, by, at)
    row.decision, row.decided_by, row.decided_at, row.row = decision, by.reference, at, b""
    row.save(update_fields=["decision", "decided_by", "decided_at", "row"])
    destroy_key(row.key_id, at)
    changes = {"dwelling": row.dwelling.reference, "decision": decision, "kind": row.kind}
    record(by=by, at=at, action="registers.decide_conflict", subject=str(row), changes=changes)
    return row


def _take(row: RegisterConflict, listed: ListedTenure, decision: str, by: Actor, at: dt.datetime) -> None:
    today, replaced = local_date(at), decision == "took"
    held = Tenure.objects.select_for_update(of=("self",)).filter(pk=row.held_id or 0, status=Status.APPROVED).first()
    if replaced and held is not None:
        on = max(dt.date.fromisoformat(listed.since), held.valid_from)
        close_tenure(held, on=on, reason="corrected", by=by, at=at)
    if listed.capacity == Capacity.OWNER:
        share = Fraction(listed.share) if listed.share else None
        rules.check_shares(queries.shares_held(row.dwelling, today), share)
    known = vault.people_by_phone([listed.phone]) if listed.phone else {}
    person_id = known.get(listed.phone) if decision != "other" else None
    if listed.name and person_id is None:
        phone = "" if decision == "other" or listed.phone in known else listed.phone
        (person,), _ = enrol_people(by=by, at=at, values=[{"name": listed.name, "phone": phone}])
        person_id = person.pk
    tenure_of(listed, person_id, by, at).save(force_insert=True)


def read_conflict(*, by: Actor, at: dt.datetime, conflict: RegisterConflict, purpose: str) -> dict[str, str]:
    """The list's name and telephone in clear, after writing who read it and why. Raises Forbidden, NotFound."""
    require(by, queries.DECIDE, path=conflict.dwelling.path)
    if conflict.kind == "area":
        raise NotFound("unknown_conflict", N_("这一处已经定了，或者不归您管。"))
    listed = open_conflict(conflict)
    log_access(by=by, at=at, subjects=[str(conflict)], fields="name,phone", purpose=purpose)
    return {"name": listed.name, "phone": listed.phone}
