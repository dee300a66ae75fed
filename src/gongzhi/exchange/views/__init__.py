"""Who the pages are for, and how they show offers, claims and wishes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules, shown
from gongzhi.exchange.models import Claim, Need, Offer
from gongzhi.packs.sharing_contents import OfferPack, SharingPack

OFFICE = N_("这一页给提供场地和服务的单位用。要约、要借，请看“约和借”。")
KEEPERS = N_("这一页给社区书记用。要约、要借，请看“约和借”。")


def staff(request: HttpRequest) -> Actor:
    return staff_of(request, rules.READ, rules.KEEP, rules.SERVE, otherwise=OFFICE)


def keeper(request: HttpRequest) -> Actor:
    return staff_of(request, rules.KEEP, otherwise=KEEPERS)


def badge_of(tones: dict[str, tuple[str, str]], state: str, word: Any) -> dict[str, Any]:
    tone, icon = tones[state]
    return {"tone": tone, "icon": icon, "word": _(str(word))}


def names_of(shared: SharingPack) -> dict[str, str]:
    """Words of ways of serving and of fees, by code."""
    return {one.code: one.name for one in (*shared.modes, *shared.fees)}


def offer_rows(
    offers: Iterable[Offer], kinds: dict[str, tuple[OfferPack, str]], shared: SharingPack
) -> list[dict[str, Any]]:
    """Offers as lists show them: kind, provider, price, how it was."""
    offers, words = list(offers), names_of(shared)
    rated = queries.rated(offers)
    return [
        {
            **badge_of(shown.OFFER_TONES, one.standing, one.get_standing_display()),
            "one": one,
            "kind": kinds[one.kind][0].title if one.kind in kinds else one.kind,
            "by": one.organization.name if one.organization else _("邻居"),
            "mode": words.get(one.mode, one.mode),
            "fee": words.get(one.fee, one.fee),
            "rated": rated.get(one.pk),
        }
        for one in offers
    ]


def claim_row(claim: Claim) -> dict[str, Any]:
    """A claim as lists show it."""
    of = claim.offer.title if claim.offer else claim.need.title if claim.need else ""
    where = (claim.offer.to_go_to or claim.offer.place.name) if claim.offer else ""
    return {
        **badge_of(shown.CLAIM_TONES, claim.state, claim.get_state_display()),
        "one": claim,
        "title": of,
        "where": where,
        "url": reverse("share-claim", args=[claim.number]) if claim.offer else reverse("need", args=[_need(claim)]),
    }


def _need(claim: Claim) -> str:
    return claim.need.number if claim.need else ""


def need_row(need: Need, words: dict[tuple[str, str], str]) -> dict[str, Any]:
    """A wish as lists show it; `words`: names of categories by kind and code."""
    return {
        **badge_of(shown.NEED_TONES, need.status, need.get_status_display()),
        "one": need,
        "category": words.get((need.kind, need.category), ""),
    }


def category_words(on: dt.date) -> dict[tuple[str, str], str]:
    found = queries.need_kinds(on)
    return {(name, one.code): one.name for name, (pack, _reference) in found.items() for one in pack.categories}
