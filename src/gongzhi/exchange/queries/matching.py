"""What is offered that sounds like a wish: by pairs of characters, rare ones first; a suggestion, a person decides."""

from collections.abc import Sequence

from django.db.models import QuerySet

from gongzhi.engines.similarity import Rarity, resemblance, shingles
from gongzhi.exchange.models import Need, Offer

MOST_OFFERS, SHOWN, LEAST = 400, 3, 0.05


def match(needs: Sequence[Need], offers: QuerySet[Offer]) -> list[tuple[Need, list[Offer]]]:
    """Each wish with the offers nearest to it, those of its own place or around it; two statements."""
    given = list(offers.order_by("-pk")[:MOST_OFFERS])
    texts = [shingles(f"{one.title} {one.about}") for one in given]
    weights = Rarity([*texts, *(shingles(f"{one.title} {one.about}") for one in needs)])
    return [(one, _nearest(one, given, texts, weights)) for one in needs]


def _nearest(need: Need, offers: Sequence[Offer], texts: Sequence[frozenset[str]], weights: Rarity) -> list[Offer]:
    wanted = shingles(f"{need.title} {need.about}")
    found = []
    for offer, text in zip(offers, texts, strict=True):
        if need.path.startswith(offer.path) or offer.path.startswith(need.path):
            likeness = sum(resemblance(wanted, text, weights)) / 2
            if likeness >= LEAST:
                found.append((likeness, -offer.pk, offer))
    return [offer for _likeness, _key, offer in sorted(found, reverse=True, key=lambda one: one[:2])[:SHOWN]]
