"""The register of brands and honours of a place: what was made public as one, and what was held under its name."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from gongzhi.gatherings.models import Gathering, Status
from gongzhi.places.models import Place
from gongzhi.publications.queries import public
from gongzhi.publications.queries import settings as said
from gongzhi.publications.queries.public import Item

MOST = 50
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, how many activities carried its name, and the last of them."""

    item: Item
    held: int
    last: Sequence[Gathering]


def _items(place: Place, register: str, at: dt.datetime) -> list[Item]:
    codes = [kind.code for kind in said().kinds if kind.register == register]
    rows = public.running_at(place, at).filter(kind__in=codes).order_by("-released_at", "-number")
    return [one for one in public.items_of(list(rows[:MOST]), at) if one.title]


def brands(place: Place, at: dt.datetime) -> list[Brand]:
    """The newest first; an activity counts that is over, was open to residents and has the brand's name in its title.

    Four statements, however many brands there are.
    """
    items = _items(place, "brand", at)
    if not items:
        return []
    held = Gathering.objects.filter(path__startswith=place.path, status=Status.CLOSED, public=True)
    named = [Q(title__contains=one.title) for one in items]
    counts = held.aggregate(**{f"n{n}": Count("pk", filter=name) for n, name in enumerate(named)})
    either = named[0]
    for name in named[1:]:
        either |= name
    last = list(held.filter(either).order_by("-starts_at", "-id")[: MOST * SHOWN])
    return [
        Brand(one, counts[f"n{n}"], [row for row in last if one.title in row.title][:SHOWN])
        for n, one in enumerate(items)
    ]


def honours(place: Place, at: dt.datetime) -> list[Item]:
    """The newest first: of bodies, places and matters; of a person only with a consent of their own."""
    return _items(place, "honour", at)
