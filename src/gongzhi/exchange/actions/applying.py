"""A matter with papers (办事): what is missing is told once, brought, looked at again; who came to a window when."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload
from gongzhi.documents.queries import evidence_of
from gongzhi.exchange import rules
from gongzhi.exchange.actions.answering import attach_to, providing, step_on, taking
from gongzhi.exchange.actions.claiming import Wanted, claim_offer
from gongzhi.exchange.actions.steps import happened
from gongzhi.exchange.models import Claim, Fulfilment, State


@transaction.atomic
def ask_supplement(
    *, by: Actor, at: dt.datetime, number: str, missing: Sequence[str], note: str = ""
) -> Claim:
    """一次性告知: everything that is missing, at once; the taker has the kind's days to bring it.

    Raises Conflict `not_a_matter`, `supplement_once`, `not_now`; Refused `nothing_missing`, `too_long`.
    """
    found = providing(by, number)
    if not found.pack.guide:
        raise Conflict("not_a_matter", N_("只有网上办事才要补材料。"))
    if found.claim.steps.filter(step="supplement").exists():
        message = N_("补材料只能告知一次，这件已经告知过。现在要么受理，要么写明理由不受理。")
        raise Conflict("supplement_once", message)
    named = [one.strip() for one in (*missing, note) if one.strip()]
    if not named:
        raise Refused("nothing_missing", N_("请点差哪几样，或者写清差什么，一次说全。"), field="missing")
    told = rules.check_length("；".join(named), rules.LONGEST_STEP, "note")
    return step_on(found, "supplement", by=by, at=at, note=told)


@transaction.atomic
def supply(*, by: Actor, at: dt.datetime, number: str, note: str = "", uploads: Sequence[Upload] = ()) -> Claim:
    """The taker brings what was missing: papers, or words where none is needed. Raises Refused `nothing_brought`."""
    found = taking(by, number)
    if not uploads and not note.strip():
        raise Refused("nothing_brought", N_("请传上差的材料，或者写明怎么补。"), field="files")
    claim = step_on(found, "supply", by=by, at=at, note=note)
    attach_to(claim, uploads, by=by, at=at)
    return claim


@transaction.atomic
def apply_for(*, by: Actor, at: dt.datetime, number: str, wanted: Wanted, uploads: Sequence[Upload] = ()) -> Claim:
    """An application with its papers, all or nothing. Raises what taking raises, and Refused `too_many_files`."""
    claim = claim_offer(by=by, at=at, number=number, wanted=wanted)[0]
    handed_in = evidence_of([one.reference for one in claim.steps.all()])
    if not handed_in:  # sent twice, handed in once
        attach_to(claim, uploads, by=by, at=at)
    return claim


@transaction.atomic
def arrive(*, by: Actor, at: dt.datetime, number: str) -> Fulfilment:
    """到了: whoever booked a window is there; said by them or at the desk. Once, on the day itself.

    Raises Conflict `not_booked`, `not_today`, `arrived`.
    """
    found = taking(by, number) if _takes(by, number) else providing(by, number)
    claim = found.claim
    if claim.state != State.HELD or claim.starts_at is None or found.pack.booking is None:
        raise Conflict("not_booked", N_("只有约好时间、还没开始的，才记“到了”。"))
    if abs(at - claim.starts_at) > dt.timedelta(hours=2):
        raise Conflict("not_today", N_("约的时间前后两小时里，才记“到了”。"))
    if claim.steps.filter(step="arrive").exists():
        raise Conflict("arrived", N_("已经记过“到了”。"))
    return happened(claim, "arrive", by=by, at=at, next_at=claim.next_at)


def _takes(by: Actor, number: str) -> bool:
    return Claim.objects.filter(number=number, person=by.person_id).exists()
