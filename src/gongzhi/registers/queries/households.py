"""Households of a place: who lives where, how many, who speaks for the household."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from gongzhi.common.access import Actor, require
from gongzhi.places.models import Place
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures as queries


@dataclass(slots=True)
class Household:
    """A dwelling that people live in: how many are named, how many only counted, and who speaks."""

    dwelling: Place
    named: list[Tenure] = field(default_factory=list)
    counted: int = 0
    speaker: Tenure | None = None

    @property
    def address(self) -> str:
        return queries.address_of(self.dwelling)


@dataclass(frozen=True, slots=True)
class Households:
    """The households of a place on a day: numbers of the whole, and homes by address, all or a page.

    `next_after`: behind which path the next page begins; empty after the last.
    """

    count: int
    people: int
    spoken: int
    homes: list[Household]
    next_after: str


def households_register(
    actor: Actor, place: Place, on: dt.date, *, after: str = "", most: int | None = None
) -> Households:
    """The households of a place on a day; dwellings that nobody lives in are not among them. Raises Forbidden.

    `most` homes behind the path `after`, without it all of them; the numbers are always of the whole.
    """
    require(actor, queries.READ, path=place.path)
    rows = Tenure.objects.filter(queries.held(on), dwelling__path__startswith=place.path, organization__isnull=True)
    rows = rows.filter(Q(moved_out_on__isnull=True, lives_here=True) | Q(moved_out_on__gt=on))
    counted = rows.aggregate(
        homes=Count("dwelling", distinct=True),
        named=Count("person"),
        heads=Sum("heads", filter=Q(person__isnull=True), default=0),
        spoken=Count("dwelling", distinct=True, filter=Q(representative=True)),
    )
    next_after = ""
    if most is not None:
        behind = rows.filter(dwelling__path__gt=after).order_by("dwelling__path")
        paths = list(behind.values_list("dwelling__path", flat=True).distinct()[: most + 1])
        rows, next_after = rows.filter(dwelling__path__in=paths[:most]), paths[most - 1] if len(paths) > most else ""
    people = counted["named"] + counted["heads"]
    return Households(counted["homes"], people, counted["spoken"], _homes_of(rows), next_after)


def _homes_of(rows: QuerySet[Tenure]) -> list[Household]:
    found: dict[int, Household] = {}
    for row in rows.select_related("dwelling__parent").order_by("dwelling__path", "id"):
        home = found.setdefault(row.dwelling_id, Household(row.dwelling))
        if row.person_id:
            home.named.append(row)
        else:
            home.counted += row.heads or 0
        if row.representative:
            home.speaker = row
    return list(found.values())
