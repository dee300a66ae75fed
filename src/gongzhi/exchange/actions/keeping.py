"""What the room holds about a person; what goes along when bodies merge."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q

from gongzhi.exchange import words
from gongzhi.exchange.models import LIVE, Claim, Fulfilment, Need, Offer, Rating, Standing, Wish
from gongzhi.people.actions.accounts import destroy_key

OPEN_OFFERS = (Standing.ASKED, Standing.OPEN, Standing.PAUSED)


def export_exchange(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person offered, wished for, took, said of it; with the words that are sealed."""
    offers = Offer.objects.filter(Q(person=person_id) | Q(entered_by=person_id)).order_by("pk")
    needs = Need.objects.filter(Q(person=person_id) | Q(helper=person_id)).select_related("key").order_by("pk")
    claims = Claim.objects.filter(person=person_id).select_related("key").order_by("asked_at")
    columns = ("number", "state", "starts_at", "ends_at", "quantity", "asked_at")
    return {
        "offers": list(offers.values("number", "title", "standing", "entered_at")),
        "needs": [
            {"number": one.number, "title": one.title, "status": one.status, "asked_at": one.asked_at}
            | {"words": words.opened(one)}
            for one in needs
        ],
        "claims": [
            {name: getattr(one, name) for name in columns} | {"words": words.opened(one)} for one in claims
        ],
        "ratings": list(Rating.objects.filter(claim__person=person_id).values("claim__number", "points", "at")),
        "steps": list(Fulfilment.objects.filter(by=person_id).order_by("at").values("claim__number", "step", "at")),
    }


def erase_exchange(person_id: uuid.UUID, at: dt.datetime) -> None:
    """What was written is destroyed with its keys; what is open is called off; figures stay without a name."""
    needs = Need.objects.filter(Q(person=person_id) | Q(helper=person_id))
    needs.filter(status__in=(Wish.ASKED, Wish.OPEN, Wish.TAKEN)).update(status=Wish.WITHDRAWN)
    claims = Claim.objects.filter(person=person_id)
    keys = {*needs.values_list("key", flat=True), *claims.filter(key__isnull=False).values_list("key", flat=True)}
    for key in keys:
        destroy_key(key, at)
    for claim in claims.filter(state__in=LIVE):
        claim.state, claim.next_at = "cancelled", None
        claim.save(update_fields=["state", "next_at"])
        if slot := getattr(claim, "slot", None):
            slot.let_go_at = at
            slot.save(update_fields=["let_go_at"])
    claims.update(dwelling=None)
    own = Offer.objects.filter(person=person_id, standing__in=OPEN_OFFERS)
    own.update(standing=Standing.ENDED, reason="提供的人不再参加", ends_on=at.date())


def hand_on_offers(organization_id: int, heir_id: int, at: dt.datetime) -> int:
    """A body went up in another: the heir gives what it gave, and has what it took."""
    moved = Offer.objects.filter(organization=organization_id, standing__in=OPEN_OFFERS).update(organization=heir_id)
    return moved + Claim.objects.filter(organization=organization_id, state__in=LIVE).update(organization=heir_id)
