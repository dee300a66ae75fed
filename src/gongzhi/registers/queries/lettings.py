"""What is let: how many dwellings and tenants in a place and in each of its parts. Numbers only, small ones hidden."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from gongzhi.common.access import Actor, require
from gongzhi.engines.suppression import suppress_tree
from gongzhi.packs import queries as packs
from gongzhi.places.models import Kind, Place
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures as queries


@dataclass(frozen=True, slots=True)
class Let:
    """One place: dwellings let, tenants, dwellings whose contract is filed; None where it is not told."""

    place: Place
    dwellings: int | None
    tenants: int | None
    filed: int | None


def lettings_in(actor: Actor, place: Place, on: dt.date) -> tuple[Let, list[Let]]:
    """How many dwellings are let and to how many tenants, of the place and of its parts. Raises Forbidden.

    Every place of the instance is weighed together, so that the page of the place above and those of its parts do not
    tell by subtraction what one of them keeps back (个人信息保护法 6; k: `packs.small_cell`).
    """
    require(actor, queries.READ, path=place.path)
    parents = dict(Place.objects.on(on).exclude(kind=Kind.DWELLING).values_list("pk", "parent_id"))
    parts = list(Place.objects.on(on).filter(parent=place).exclude(kind=Kind.DWELLING).order_by("code"))
    counts, k = _counts(on), packs.small_cell(on)
    told = [
        suppress_tree({at: (values[n],) for at, values in counts.items()}, parents, k=k)
        for n in range(3)  # each of the three is a table of its own
    ]

    def let(one: Place) -> Let:
        # Where nothing at all is let, a place has no count: ().
        numbers = [None if (values := shown.get(one.pk, ())) is None else sum(values) for shown in told]
        return Let(one, *numbers)

    return let(place), [let(part) for part in parts]


def _counts(on: dt.date) -> dict[int, tuple[int, int, int]]:
    """(dwellings let, tenants, dwellings filed) by the place in which the dwellings lie directly: one statement."""
    whole = IntegerField()
    heads = Case(When(person_id__isnull=False, then=Value(1)), default=Coalesce(F("heads"), 0, output_field=whole))
    rows = Tenure.objects.filter(queries.held(on), capacity="tenant").values_list("dwelling__parent_id")
    counted = rows.annotate(
        dwellings=Count("dwelling_id", distinct=True),
        tenants=Sum(heads),
        filed=Count("dwelling_id", distinct=True, filter=~Q(contract_number="")),
    )
    return {parent: (dwellings, tenants, filed) for parent, dwellings, tenants, filed in counted.order_by()}
