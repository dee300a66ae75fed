"""The desk: approving and refusing what others declared, with four eyes; ending what is over."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common import sealing
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.notifications.actions import notify_person
from gongzhi.people import vault
from gongzhi.registers.actions.declaring import _locked
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules

LONGEST_NOTE = 300


def _taken(tenure: Tenure, by: Actor) -> Tenure:
    """The row and its dwelling held, still to be decided, by somebody it does not concern."""
    require(by, queries.DECIDE, path=tenure.dwelling.path)
    _locked(tenure.dwelling)
    row = Tenure.objects.select_for_update(of=("self",)).select_related("dwelling__parent", "key").get(pk=tenure.pk)
    if row.status != Status.DECLARED:
        raise Conflict("already_decided", N_("这一条已经有人审过了。请刷新再看。"))
    return row


def _check_eyes(row: Tenure, by: Actor) -> None:
    living = Tenure.objects.filter(dwelling=row.dwelling, status__in=(Status.DECLARED, Status.APPROVED))
    household = [by.reference] if by.person_id and living.filter(person_id=by.person_id).exists() else []
    holder = f"person:{row.person_id}" if row.person_id else ""
    rules.check_four_eyes(row.declared_by, by.reference, holder, household)


@transaction.atomic
def approve_tenure(*, by: Actor, at: dt.datetime, tenure: Tenure, replaces: Tenure | None = None) -> Tenure:
    """Let a declaration count from now on. `replaces`: the seller's tenure, which ends the day the new one begins.

    Raises Forbidden, Conflict `already_decided`, Refused `four_eyes`, `not_agreed`, `proof_short`, `paper_missing`,
    `shares_over`, `bad_transfer`.
    """
    row, today = _taken(tenure, by), local_date(at)
    _check_eyes(row, by)
    if replaces is not None:
        row.transferred_from = _replaced(row, replaces, today)
    if row.person_id and row.confirmed_at is None:
        raise Refused("not_agreed", N_("本人还没有答应，不能认定。"))
    rules.check_proof(queries.proofs(today), row.proof, row.capacity, papers=len(queries.papers_of(row)))
    if row.capacity == Capacity.OWNER:
        leaving = [row.transferred_from_id] if row.transferred_from_id else []
        rules.check_shares(queries.shares_held(row.dwelling, today, leaving), queries.share_of(row))
    _take_over(row, by, at)
    row.status, row.decided_by, row.decided_at = Status.APPROVED, by.reference, at
    row.save(update_fields=["status", "decided_by", "decided_at", "transferred_from"])
    record(by=by, at=at, action="registers.approve", subject=row.reference, changes=_of_law(row, today))
    _tell(row, by, at, "tenure_approved")
    return row


def _replaced(row: Tenure, old: Tenure, today: dt.date) -> Tenure:
    """The tenure that is taken over: of the same dwelling and capacity, and in force."""
    same = Tenure.objects.filter(queries.held(today), pk=old.pk, dwelling=row.dwelling, capacity=row.capacity)
    others = same.exclude(person_id=row.person_id) if row.person_id else same
    if row.transferred_from_id is not None or (found := others.first()) is None:
        raise Refused("bad_transfer", N_("要代替的那一条不在了，或者不是这一户的。请刷新再看。"), field="replaces")
    return found


def _of_law(row: Tenure, today: dt.date) -> dict[str, str]:
    """By which version of which pack it was decided, and on what."""
    pack = queries.law(today)
    return {"pack": f"pack:law/{pack.name}/{pack.version}", "proof": row.proof, "capacity": row.capacity}


def _take_over(row: Tenure, by: Actor, at: dt.datetime) -> None:
    """The seller's tenure ends; of a number of tenants, one less is without a name."""
    old = row.transferred_from
    if old is None:
        return
    old = Tenure.objects.select_for_update(of=("self",)).select_related("dwelling").get(pk=old.pk)
    if old.heads is not None and old.heads > 1 and old.stand_in is None:
        old.heads -= 1
        old.save(update_fields=["heads"])
        record(by=by, at=at, action="registers.count_named", subject=old.reference, changes={"heads": old.heads})
    elif old.status in (Status.APPROVED, Status.DECLARED):
        close_tenure(old, on=max(row.valid_from, old.valid_from), reason="transferred", by=by, at=at)


def close_tenure(row: Tenure, *, on: dt.date, reason: str, by: Actor, at: dt.datetime) -> None:
    """End a tenure on a day, whoever asked; nobody speaks for a home by it any more."""
    row.status, row.valid_to, row.reason, row.representative = Status.ENDED, on, reason, False
    row.chooses = None
    row.save(update_fields=["status", "valid_to", "reason", "representative", "chooses"])
    Tenure.objects.filter(chooses=row).update(chooses=None)
    changes = {"on": on.isoformat(), "reason": reason}
    record(by=by, at=at, action="registers.end", subject=row.reference, changes=changes)


@transaction.atomic
def refuse_tenure(*, by: Actor, at: dt.datetime, tenure: Tenure, reason: str, note: str = "") -> Tenure:
    """Say no, with a reason from the list and, where it helps, in words (sealed).

    Raises Forbidden, Conflict `already_decided`, Refused `reason_missing`, `note_missing`, `four_eyes`.
    """
    row, today = _taken(tenure, by), local_date(at)
    _check_eyes(row, by)
    if reason not in queries.reasons(today):
        raise Refused("reason_missing", N_("请选一条没通过的理由。居民看得到。"), field="reason")
    note = tidy(note)[:LONGEST_NOTE]
    if reason == "other" and not note:
        raise Refused("note_missing", N_("请用一句话写明理由，和要补什么。"), field="note")
    row.status, row.reason, row.decided_by, row.decided_at = Status.REFUSED, reason, by.reference, at
    if note:
        _seal_note(row, note, at)
    row.save(update_fields=["status", "reason", "decided_by", "decided_at", "note", "key"])
    record(by=by, at=at, action="registers.refuse", subject=row.reference, changes={"reason": reason})
    _tell(row, by, at, "tenure_refused")
    return row


def _seal_note(row: Tenure, note: str, at: dt.datetime) -> None:
    if row.key is None:
        row.key, plain = vault.new_key("tenure", at)
        row.key.save(force_insert=True)
    else:
        plain = vault.open_key(row.key)
    row.note = sealing.seal(plain, note.encode(), queries.note_context(row.key_id))


def _tell(row: Tenure, by: Actor, at: dt.datetime, kind: str) -> None:
    """The holder; for a number of tenants, the owner who declared it."""
    person_id = row.person_id or row.declared_by.removeprefix("person:")
    if not row.person_id and not row.declared_by.startswith("person:"):
        return
    notify_person(
        by=by,
        at=at,
        person_id=person_id,
        kind=kind,
        params={"address": queries.address_of(row.dwelling)},
        subject=row.reference,
        dedupe_key=f"{row.reference}:{kind}:{at.isoformat()}",
    )


@transaction.atomic
def end_tenure(*, by: Actor, at: dt.datetime, tenure: Tenure, reason: str = "office") -> Tenure:
    """The office ends what is over and what it knows to be wrong, from today on. Raises Forbidden, Conflict."""
    require(by, queries.DECIDE, path=tenure.dwelling.path)
    _locked(tenure.dwelling)
    row = Tenure.objects.select_for_update(of=("self",)).select_related("dwelling__parent").get(pk=tenure.pk)
    if row.status != Status.APPROVED:
        raise Conflict("not_running", N_("这一条已经不在生效。请刷新再看。"))
    close_tenure(row, on=max(local_date(at), row.valid_from), reason=reason, by=by, at=at)
    _tell(row, by, at, "tenure_ended")
    return row


def remind_expiring(*, by: Actor, at: dt.datetime) -> int:
    """Tell each holder once before their tenure runs out; how many were told. The number of days is the pack's."""
    today = local_date(at)
    until = today + dt.timedelta(days=queries.limits(today)["remind_days"])
    rows = Tenure.objects.filter(
        status=Status.APPROVED, expires_on__lte=until, expires_on__gt=today, reminded_on__isnull=True
    )
    told = 0
    for row in rows.select_related("dwelling__parent").order_by("id"):
        told += _remind(row, by, at, today)
    return told


@transaction.atomic
def _remind(row: Tenure, by: Actor, at: dt.datetime, today: dt.date) -> int:
    if not Tenure.objects.filter(pk=row.pk, reminded_on__isnull=True).update(reminded_on=today):
        return 0
    person_id = row.person_id or row.declared_by.removeprefix("person:")
    if not row.person_id and not row.declared_by.startswith("person:"):
        return 0
    notify_person(
        by=by,
        at=at,
        person_id=person_id,
        kind="tenure_expires",
        params={"address": queries.address_of(row.dwelling), "ends_at": (row.expires_on or today).isoformat()},
        subject=row.reference,
        dedupe_key=f"{row.reference}:expires:{row.expires_on}",
    )
    return 1
