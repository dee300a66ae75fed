"""Saying who one is at a dwelling: owner, tenant, family; an owner's count of tenants; joining by the owner's code."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused, SignInRequired
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload, attach_evidence, store_photo
from gongzhi.people import vault
from gongzhi.places.models import Kind, Place
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules

MOST_PHOTOS = 6
_ONCE = ("tenure_person_once", "tenure_body_once")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody says: as what, by which proof, since when. `share` None: joint owner, or no owner at all."""

    capacity: str
    proof: str
    valid_from: dt.date
    share: Fraction | None = None
    lives_here: bool = True
    expires_on: dt.date | None = None
    contract_number: str = ""
    heads: int | None = None


def _signed_in(by: Actor) -> None:
    if by.kind != "person" or by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))


def _check(said: Declaration, dwelling: Place, today: dt.date, *, papers: int) -> None:
    if dwelling.kind != Kind.DWELLING or dwelling.valid_to is not None:
        raise Refused("no_dwelling", N_("请选一处房屋，写到门牌。"), field="room")
    if said.capacity not in Capacity.values:
        raise Refused("bad_capacity", N_("请选您在这里是什么身份。"), field="capacity")
    limits = queries.limits(today)
    rules.check_period(said.valid_from, today, said.expires_on, limits["tenant_days"])
    if said.capacity == Capacity.TENANT and said.expires_on is None:
        raise Refused("until_missing", N_("请写租到哪一天。到期前会提醒您，续一次就好。"), field="until")
    rules.check_proof(queries.proofs(today), said.proof, said.capacity, papers=papers)
    if len(said.contract_number) > 60:
        raise Refused("bad_number", N_("备案号最多 60 个字。"), field="number")


def _locked(dwelling: Place) -> Place:
    """The dwelling's row, held: shares and speakers of one home are decided one after the other."""
    return Place.objects.select_for_update().only("id").get(pk=dwelling.pk)


def _built(said: Declaration, dwelling: Place, by: Actor, at: dt.datetime, **holder: Any) -> Tenure:
    share = said.share if said.capacity == Capacity.OWNER else None
    return Tenure(
        dwelling=dwelling,
        capacity=said.capacity,
        proof=said.proof,
        share_numerator=share.numerator if share else None,
        share_denominator=share.denominator if share else None,
        lives_here=said.lives_here,
        valid_from=said.valid_from,
        expires_on=said.expires_on,
        contract_number=said.contract_number.strip(),
        declared_by=by.reference,
        declared_at=at,
        **holder,
    )


def _insert(row: Tenure) -> Tenure:
    """Raises Conflict `already_declared` for what the same holder says a second time, `activity_off`."""
    check_activity("tenure")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if any(name in str(error) for name in _ONCE):
            raise Conflict(
                "already_declared", N_("这一户已经有您同样身份的登记了。要改的话，先把原来的撤回或者办搬走。")
            ) from error
        raise
    return row


def _keep_papers(row: Tenure, photos: Sequence[Upload], by: Actor, at: dt.datetime) -> None:
    for photo in photos[:MOST_PHOTOS]:
        media = store_photo(by=by, at=at, key=row.key, upload=photo)  # type: ignore[arg-type]  # made with the row
        attach_evidence(by=by, at=at, media=media, subject=row.reference, purpose="document")


def _note(row: Tenure, by: Actor, at: dt.datetime, action: str) -> None:
    changes = {
        "dwelling": row.dwelling.reference,
        "capacity": row.capacity,
        "proof": row.proof,
        "heads": row.heads,
        "since": row.valid_from.isoformat(),
        "transferred_from": row.transferred_from.reference if row.transferred_from else None,
    }
    record(by=by, at=at, action=action, subject=row.reference, changes=changes)


@transaction.atomic
def declare_tenure(
    *, by: Actor, at: dt.datetime, dwelling: Place, said: Declaration, photos: Sequence[Upload] = ()
) -> Tenure:
    """Say of oneself that one is owner, tenant, family or user of a dwelling; somebody else approves it.

    What others hold there is not told to who declares: shares are added up at the desk. Raises SignInRequired,
    Conflict `already_declared`, Refused for what is missing (`proof_short`, `paper_missing`, `until_missing` …).
    """
    _signed_in(by)
    today = local_date(at)
    _check(said, dwelling, today, papers=len(photos))
    _locked(dwelling)
    key, _ = vault.new_key("tenure", at)
    key.save(force_insert=True)
    row = _insert(_built(said, dwelling, by, at, person_id=by.person_id, key=key, confirmed_at=at))
    _keep_papers(row, photos, by, at)
    _note(row, by, at, "registers.declare")
    return row


@transaction.atomic
def declare_tenants(
    *,
    by: Actor,
    at: dt.datetime,
    dwelling: Place,
    heads: int,
    since: dt.date,
    expires_on: dt.date,
    contract_number: str = "",
) -> Tenure:
    """An owner says how many people rent the dwelling, without a name (the default for tenants).

    Raises Forbidden `not_owner` for who is neither a verified owner nor in charge there, Refused `bad_heads`, …
    """
    _signed_in(by)
    today = local_date(at)
    office = allows(by, queries.DECIDE, path=dwelling.path)
    if not office and not queries.owned_by(by.person_id, dwelling, today):
        raise Forbidden("not_owner", N_("只有认定过的业主，才能申报租客。先登记您是业主。"))
    rules.check_heads(heads, queries.limits(today)["most_heads"])
    proof = "filed_lease" if contract_number.strip() and office else "owner_word"
    said = Declaration("tenant", proof, since, None, True, expires_on, contract_number, heads)
    _check(said, dwelling, today, papers=1)
    _locked(dwelling)
    row = _insert(_built(said, dwelling, by, at, heads=heads))
    _note(row, by, at, "registers.declare_tenants")
    return row


@transaction.atomic
def join_tenants(*, by: Actor, at: dt.datetime, code: str) -> Tenure:
    """A tenant says with the owner's code: I am one of them. Only so does a tenant get a name here.

    Raises NotFound `unknown_code`, Conflict `already_declared`, Refused `own_code`.
    """
    _signed_in(by)
    count = queries.tenure_by_code(code, local_date(at))
    if count.declared_by == by.reference:
        raise Refused("own_code", N_("这是您自己开的邀请码。请发给租客，让租客自己填。"), field="code")
    _locked(count.dwelling)
    said = Declaration("tenant", "owner_word", count.valid_from, None, True, count.expires_on, count.contract_number)
    row = _built(said, count.dwelling, by, at, person_id=by.person_id, confirmed_at=at)
    row.declared_by, row.transferred_from = count.declared_by, count
    _insert(row)
    _note(row, by, at, "registers.join_tenants")
    return row


@transaction.atomic
def retract_tenure(*, by: Actor, at: dt.datetime, tenure: Tenure) -> Tenure:
    """Take back what nobody has decided yet. Raises Conflict `already_decided`, Forbidden."""
    row = Tenure.objects.select_for_update(of=("self",)).select_related("dwelling").get(pk=tenure.pk)
    if row.person_id != by.person_id and row.declared_by != by.reference:
        raise Forbidden("not_yours", N_("只有登记的人自己能撤回。"))
    if row.status != Status.DECLARED:
        raise Conflict("already_decided", N_("这一条已经审过了，不能撤回。搬走了请办“搬走”。"))
    row.status, row.valid_to = Status.ENDED, row.valid_from
    row.save(update_fields=["status", "valid_to"])
    record(by=by, at=at, action="registers.retract", subject=row.reference)
    return row
