"""Living somewhere: who speaks for the household, moving out, renewing."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload
from gongzhi.registers.actions.deciding import close_tenure
from gongzhi.registers.actions.declaring import _keep_papers, _locked
from gongzhi.registers.models import Capacity, Status, Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules


def _own(tenure: Tenure, by: Actor) -> Tenure:
    """The row held, for its holder; a number of tenants for the owner who declared it."""
    _locked(tenure.dwelling)
    row = Tenure.objects.select_for_update(of=("self",)).select_related("dwelling__parent", "key").get(pk=tenure.pk)
    counted = row.proof == "owner_word" and row.declared_by == by.reference
    if by.kind != "person" or not (row.person_id == by.person_id or counted):
        raise Forbidden("not_yours", N_("只有本人能办。"))
    if row.status != Status.APPROVED:
        raise Conflict("not_running", N_("这一条现在不在生效。请刷新再看。"))
    return row


@transaction.atomic
def choose_representative(*, by: Actor, at: dt.datetime, own: Tenure, choice: Tenure) -> bool:
    """One member of a household says who shall speak for it; whether all now say the same.

    Nobody speaks for a home without the word of everyone verified there. Raises Forbidden, Conflict `not_running`,
    NotFound `not_in_household`.
    """
    row = _own(own, by)
    members = queries.household_of(row.dwelling, local_date(at))
    known = {member.pk: member for member in members}
    if row.pk not in known or choice.pk not in known:
        raise NotFound("not_in_household", N_("户代表要在这一户认定过、住在这里的人里选。"))
    row.chooses_id = choice.pk
    row.save(update_fields=["chooses"])
    choices = {member.pk: choice.pk if member.pk == row.pk else member.chooses_id for member in members}
    speaker = rules.speaks_for(list(known), choices)
    spoke = Tenure.objects.filter(dwelling=row.dwelling, representative=True)
    spoke.exclude(pk=speaker or 0).update(representative=False)
    if speaker is not None:
        Tenure.objects.filter(pk=speaker).update(representative=True)
    changes = {"choice": choice.reference, "speaks": f"tenure:{speaker}" if speaker else None}
    record(by=by, at=at, action="registers.choose", subject=row.reference, changes=changes)
    return speaker is not None


@transaction.atomic
def move_out(*, by: Actor, at: dt.datetime, tenure: Tenure, on: dt.date) -> Tenure:
    """Nobody lives here by this tenure from a day on: a tenant's ends; an owner stays owner and lives elsewhere.

    Raises Forbidden, Conflict `not_running`, Refused `bad_day` for a day to come or before it began.
    """
    row, today = _own(tenure, by), local_date(at)
    if not row.valid_from <= on <= today:
        raise Refused("bad_day", N_("搬走的日子写今天，或者以前的一天。"), field="on")
    row.moved_out_on, row.lives_here, row.representative, row.chooses = on, False, False, None
    row.save(update_fields=["moved_out_on", "lives_here", "representative", "chooses"])
    Tenure.objects.filter(chooses=row).update(chooses=None)
    record(by=by, at=at, action="registers.move_out", subject=row.reference, changes={"on": on.isoformat()})
    if row.capacity != Capacity.OWNER:
        close_tenure(row, on=on, reason="moved_out", by=by, at=at)
    return row


@transaction.atomic
def renew_tenure(
    *, by: Actor, at: dt.datetime, tenure: Tenure, expires_on: dt.date, photos: Sequence[Upload] = ()
) -> Tenure:
    """Renew before the contract runs out: the same tenure, a later day, with the new paper where the first needed one.

    What the owner said, the owner renews. Raises Forbidden, Conflict `not_running`, Refused `paper_missing`, …
    """
    row, today = _own(tenure, by), local_date(at)
    if row.expires_on is None or row.expires_on <= today:
        raise Conflict("not_running", N_("已经过期了，请重新登记一次。"))
    if row.proof == "owner_word" and row.declared_by != by.reference:
        raise Forbidden("owner_renews", N_("当时是业主申报的，请业主来续。"))
    rules.check_period(row.valid_from, today, expires_on, queries.limits(today)["tenant_days"])
    rules.check_proof(queries.proofs(today), row.proof, row.capacity, papers=len(photos))
    if photos:
        _keep_papers(row, photos, by, at)
    before, row.expires_on, row.reminded_on = row.expires_on, expires_on, None
    row.save(update_fields=["expires_on", "reminded_on"])
    changes = {"expires_on": [before.isoformat(), expires_on.isoformat()]}
    record(by=by, at=at, action="registers.renew", subject=row.reference, changes=changes)
    return row
