"""Reads of claims: one's own, those that a provider answers, who waits, one with what happened to it."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor
from gongzhi.common.clock import ends, starts
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules
from gongzhi.exchange.models import LIVE, Claim, Fulfilment, Offer, State

_UNKNOWN = N_("没有这个预约，或者它不给您看。请核对编号。")
_WITH = ("offer__organization", "offer__place", "offer__venue", "need__place", "organization", "key")


def own(actor: Actor) -> QuerySet[Claim]:
    """What one took, or took for one's body; the newest first."""
    reach = Q(person=actor.person_id)
    if bodies := actor.organizations_for(rules.SERVE) + actor.organizations_for(rules.KEEP):
        reach |= Q(organization__in=bodies)
    return Claim.objects.filter(reach).select_related(*_WITH)


def page_of_own(actor: Actor, *, over: bool, cursor: str = "", limit: int = queries.PAGE) -> Page[Claim]:
    """What runs, or what is over."""
    rows = own(actor).filter(person=actor.person_id)
    return keyset(rows.exclude(state__in=LIVE) if over else rows.filter(state__in=LIVE), cursor, limit)


def keyset(rows: QuerySet[Claim], cursor: str = "", limit: int = queries.PAGE) -> Page[Claim]:
    """Claims by their number of time, the newest first."""
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        rows = rows.filter(number__lt=str(last)[:24]) if isinstance(last, str) and "\0" not in last else rows.none()
    return page_of(rows.order_by("-number")[: limit + 1], limit, lambda row: (row.number,))


def answered_by(actor: Actor) -> QuerySet[Claim]:
    """Claims on what the actor's place keeps or body gives."""
    return Claim.objects.filter(offer__in=queries.kept_by(actor)).select_related(*_WITH)


def to_answer(actor: Actor) -> QuerySet[Claim]:
    return answered_by(actor).filter(state=State.ASKED)


def on_day(actor: Actor, first: dt.datetime, end: dt.datetime) -> list[Claim]:
    """Who comes between two instants, and who has something that is due back."""
    rows = answered_by(actor).filter(state__in=("held", "running"))
    coming = Q(starts_at__gte=first, starts_at__lt=end) | Q(state="running", ends_at__lt=end)
    return list(rows.filter(coming).order_by("starts_at", "number")[:200])


def appealed(actor: Actor) -> QuerySet[Claim]:
    """Missed ones whose taker says why, not yet answered."""
    said = Fulfilment.objects.filter(step="appeal").values("claim")
    answered = Fulfilment.objects.filter(step__in=("excuse", "keep")).values("claim")
    return answered_by(actor).filter(state=State.MISSED, pk__in=said).exclude(pk__in=answered)


def get_claim_for(actor: Actor, number: str, *, lock: bool = False) -> Claim:
    """Whoever took it, gives it, keeps its place, or asked for it. Raises NotFound `claim_not_found`."""
    rows = Claim.objects.select_related(*_WITH)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None or not (takes(actor, found) or gives(actor, found) or queries.may_read(actor, found)):
        raise NotFound("claim_not_found", _UNKNOWN)
    return found


def takes(actor: Actor, claim: Claim) -> bool:
    """Whether the actor is on the side that took it."""
    if actor.person_id is not None and claim.person_id == actor.person_id:
        return True
    bodies = actor.organizations_for(rules.SERVE) + actor.organizations_for(rules.KEEP)
    return claim.organization_id is not None and claim.organization_id in bodies


def gives(actor: Actor, claim: Claim) -> bool:
    """Whether the actor is on the other side: of an offer, whoever gives it; of a need, whoever has it or helped."""
    if claim.offer is not None:
        return queries.may_serve(actor, claim.offer)
    need = claim.need
    return need is not None and actor.person_id is not None and actor.person_id in (need.person_id, need.helper_id)


def waiting_for(offer: Offer) -> list[Claim]:
    """Who waits, in the order they came; the caller holds the offer."""
    rows = offer.claims.filter(state=State.WAITING).select_related("person", "organization", "dwelling", "key")
    return list(rows.order_by("asked_at", "number"))


def place_in_line(claim: Claim) -> int:
    """1: the next."""
    rows = Claim.objects.filter(offer=claim.offer, state=State.WAITING, starts_at__lt=claim.ends_at)
    before = Q(asked_at__lt=claim.asked_at) | Q(asked_at=claim.asked_at, number__lt=claim.number)
    return rows.filter(before, ends_at__gt=claim.starts_at).count() + 1


def enrolled(offer: Offer) -> list[Claim]:
    """Those whom a place of day care has taken in, in the order they came; for marking who is there."""
    rows = offer.claims.filter(state=State.RUNNING).select_related(*_WITH)
    return list(rows.order_by("asked_at", "number")[:500])


def attended(offer: Offer, day: dt.date) -> set[str]:
    """Numbers of the claims that were marked as there on a day."""
    rows = Fulfilment.objects.filter(claim__offer=offer, step="attend", at__gte=starts(day), at__lt=ends(day))
    return set(rows.values_list("claim__number", flat=True))


def steps_of(claim: Claim) -> Sequence[Fulfilment]:
    return list(claim.steps.order_by("id"))


def by_code(actor: Actor, code: str) -> Claim:
    """The claim that a code on a taker's screen stands for, among those the actor may hand over.

    Raises NotFound `code_unknown`.
    """
    rows = answered_by(actor).filter(state__in=("held", "running"), code_digest=queries.code_digest(code))
    for claim in rows:
        if claim.offer and queries.may_serve(actor, claim.offer):
            return claim
    message = N_("没有这个码，或者已经用过了。请让对方打开“我的约和借”，看最新的码。")
    raise NotFound("code_unknown", message, field="code")
