"""Party organizations on the ground: which places have one, who answers for which 片 and 栋. No member is in here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import laws
from gongzhi.packs import queries as packs
from gongzhi.packs.model_party import Party, PartyCover, ResponsibilityArea
from gongzhi.people.models import Charge, Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.people.queries.reporting import percent, reach_of
from gongzhi.places.models import Place
from gongzhi.places.queries import root_path
from gongzhi.places.rules import upwards


def party() -> Party:
    """What the model says; raises NotFound `no_party_in_model`."""
    found = packs.active_model().party
    if found is None:
        raise NotFound("no_party_in_model", N_("正在用的模式没有写党组织怎么覆盖。"))
    return found


def is_there() -> bool:
    """Whether the model in use says anything; false while there is none."""
    try:
        return packs.active_model().party is not None
    except Refused:
        return False


def cover_named(code: str) -> PartyCover:
    """Raises NotFound `no_such_cover`."""
    found = next((cover for cover in party().covers if cover.code == code), None)
    if found is None:
        raise NotFound("no_such_cover", N_("模式里没有这一项覆盖：{cover}。"), cover=code)
    return found


def area_at(level: str) -> ResponsibilityArea:
    """Raises NotFound `no_such_area`."""
    found = next((area for area in party().areas if area.level == level), None)
    if found is None:
        raise NotFound("no_such_area", N_("这一级不分责任区。"))
    return found


def branch_law(on: dt.date) -> laws.InForce:
    """The law on branches as it applies where the model stands."""
    return packs.law_at(party().law, region=laws.region_of(root_path()), on=on)


@dataclass(frozen=True, slots=True)
class Covered:
    """One cover in figures: of `total` places `own` have a body of their own, `shared` only one that covers several.

    `bodies` is how many there are: fewer than the places they cover where some are joint.
    """

    cover: PartyCover
    total: int
    own: int
    shared: int
    bodies: int

    @property
    def covered(self) -> int:
        return self.own + self.shared

    @property
    def without(self) -> int:
        return self.total - self.covered

    @property
    def rate(self) -> str:
        return percent(self.covered, self.total)


def _standing(kinds: Iterable[str], on: dt.date) -> QuerySet[Organization]:
    return Organization.objects.filter(in_force(on), kind__in=list(kinds))


def _places(actor: Actor, level: str) -> QuerySet[Place]:
    """Those of a level that the model is about and the actor may see."""
    return Place.objects.current().under(root_path()).filter(reach_of(actor, "path"), level=level)


def _covered_places(actor: Actor, cover: PartyCover, on: dt.date) -> QuerySet[Place]:
    """The places of the level, each with `own` and `shared`."""
    own = _standing(cover.kinds, on).filter(place=OuterRef("pk"))
    shared = Charge.objects.filter(
        in_force(on), in_force(on, "organization__"), place=OuterRef("pk"), organization__kind__in=cover.kinds
    )
    return _places(actor, cover.level).annotate(own=Exists(own), shared=Exists(shared))


def covered(actor: Actor, cover: PartyCover, on: dt.date) -> Covered:
    """Places counted, not bodies: two statements whatever their number."""
    counted = _covered_places(actor, cover, on).aggregate(
        total=Count("pk"), of_own=Count("pk", filter=Q(own=True)), only=Count("pk", filter=Q(own=False, shared=True))
    )
    bodies = _standing(cover.kinds, on).filter(place__in=_places(actor, cover.level)).count()
    return Covered(cover, counted["total"], counted["of_own"], counted["only"], bodies)


def uncovered(actor: Actor, cover: PartyCover, on: dt.date) -> QuerySet[Place]:
    """Places of the level without such a body, in the order of the tree."""
    rows = _covered_places(actor, cover, on).filter(Q(own=False), Q(shared=False))
    return rows.select_related("parent").defer("polygon", "parent__polygon").order_by("path")


def joint_charges(actor: Actor, cover: PartyCover, on: dt.date) -> QuerySet[Charge]:
    """Which joint body covers which further places."""
    rows = Charge.objects.filter(
        reach_of(actor, "place__path"), in_force(on), in_force(on, "organization__"), place__valid_to__isnull=True
    ).filter(organization__kind__in=cover.kinds, place__level=cover.level)
    return rows.select_related("organization__place", "place").order_by("organization__code", "place__path")


def branches_near(actor: Actor, place: Place, on: dt.date) -> QuerySet[Organization]:
    """Branches that a place could be joined to: those standing under the same place above, not its own."""
    above = place.parent.path if place.parent else place.path
    rows = _standing(party().branches, on).filter(reach_of(actor, "place__path"), place__path__startswith=above)
    units = Count("charges", filter=in_force(on, "charges__"))
    return rows.exclude(place=place).annotate(units=units + 1).select_related("place").order_by("code")


@dataclass(frozen=True, slots=True)
class AreaCount:
    """One level of areas: places, those somebody answers for, those several do."""

    area: ResponsibilityArea
    total: int
    held: int
    several: int

    @property
    def without(self) -> int:
        return self.total - self.held

    @property
    def rate(self) -> str:
        return percent(self.held, self.total)


def _many(rows: QuerySet[Charge] | QuerySet[Mandate], place: str) -> Coalesce:
    counted = rows.order_by().values(place).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def area_places(actor: Actor, area: ResponsibilityArea, on: dt.date) -> QuerySet[Place]:
    """The places of the level with `holders`, how many answer for each: by charge, or by a post right there."""
    charged = Charge.objects.filter(in_force(on), in_force(on, "mandate__"), place=OuterRef("pk"))
    posted = Mandate.objects.filter(
        in_force(on), in_force(on, "post__"), substitute_for=None, post__place=OuterRef("pk"), post__role__in=area.roles
    )
    holders = _many(charged, "place") + _many(posted, "post__place")
    return _places(actor, area.level).annotate(holders=holders).defer("polygon")


def area_count(actor: Actor, area: ResponsibilityArea, on: dt.date) -> AreaCount:
    """One statement."""
    counted = area_places(actor, area, on).aggregate(
        total=Count("pk"), held=Count("pk", filter=Q(holders__gt=0)), several=Count("pk", filter=Q(holders__gt=1))
    )
    return AreaCount(area, **counted)


def holders_of(places: Iterable[Place], area: ResponsibilityArea, on: dt.date) -> dict[int, list[Charge | Mandate]]:
    """Who answers for each of these places, by post: two statements."""
    keys = [place.pk for place in places]
    found: dict[int, list[Charge | Mandate]] = {}
    charges = Charge.objects.filter(in_force(on), in_force(on, "mandate__"), place__in=keys)
    for charge in charges.select_related("mandate__post__place").defer("mandate__post__place__polygon").order_by("pk"):
        found.setdefault(charge.place_id, []).append(charge)
    mandates = Mandate.objects.filter(in_force(on), in_force(on, "post__"), substitute_for=None, post__place__in=keys)
    for mandate in mandates.filter(post__role__in=area.roles).select_related("post").order_by("pk"):
        found.setdefault(mandate.post.place_id, []).append(mandate)
    return found


def get_charge(actor: Actor, charge_id: int) -> Charge:
    """Raises NotFound `charge_not_found`, for one outside the actor's places too."""
    rows = Charge.objects.filter(reach_of(actor, "place__path"), pk=charge_id)
    found = rows.select_related("place", "organization", "mandate__post").first()
    if found is None:
        raise NotFound("charge_not_found", N_("没有这一条责任范围。它可能已经改过了。"))
    return found


def candidates(actor: Actor, place: Place, on: dt.date) -> QuerySet[Mandate]:
    """Whoever holds a post above, at or beside the place: in the same village, nearest first."""
    beside = place.parent.path if place.parent else place.path
    near = Q(post__place__path__in=upwards(place.path)) | Q(post__place__path__startswith=beside)
    rows = Mandate.objects.filter(
        near, reach_of(actor, "post__place__path"), in_force(on), in_force(on, "post__"), substitute_for=None
    ).exclude(post__place=place)
    return rows.exclude(person__kind="service").select_related("post__place").order_by(
        F("post__place__path").desc(), "post__code", "pk"
    )
