"""Guides: matters that can be done here, what each asks for, and when an application should be done."""

import datetime as dt
from collections.abc import Iterable

from gongzhi.common.clock import local_date
from gongzhi.exchange import queries
from gongzhi.exchange.models import Claim, Offer
from gongzhi.packs import queries as packs
from gongzhi.packs.sharing_contents import Listed


def guide_kinds(on: dt.date) -> tuple[str, ...]:
    """Names of the kinds that are matters to be done with papers."""
    return tuple(name for name, (pack, _reference) in queries.offer_kinds(on).items() if pack.guide)


def guide_of(offer: Offer, on: dt.date) -> Listed | None:
    """What the list says of the matter; none where the office wrote one of its own."""
    return queries.listed_item(offer.item, on) if offer.item else None


def guides_of(offers: Iterable[Offer], on: dt.date) -> dict[int, Listed]:
    """What the lists say of several matters; the lists are read once."""
    listed = {
        f"{name}/{one.code}": one for name, (pack, _ref) in queries.catalogues(on).items() for one in pack.items
    }
    return {offer.pk: listed[offer.item] for offer in offers if offer.item in listed}


def due_on(claim: Claim, guide: Listed | None) -> dt.date | None:
    """The day by which it is done, from when it was taken up; none before that, or where no days are promised."""
    taken_up = claim.steps.filter(step="approve").order_by("id").first()
    if guide is None or not guide.days or taken_up is None:
        return None
    return local_date(packs.calendar().deadline(taken_up.at, guide.days, guide.unit).at)
