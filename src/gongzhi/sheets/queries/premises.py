"""社区阵地 and idle assets: venues with what a register needs to know of them; 三无 compounds in order of need."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.packs import rules as pack_rules
from gongzhi.places.models import Kind, Place
from gongzhi.sheets.queries.definitions import library

READ, CHANGE = "places.read", "places.change"
PREMISES, ASSET = "premises", "idle_asset"
OWNERSHIP = {"owned": N_("自有"), "borrowed": N_("借用"), "rented": N_("租用"), "none": N_("没有")}
PLANS = {"build": N_("新建"), "convert": N_("改建"), "rent": N_("租赁")}
VERDICTS = {"pass": N_("达标"), "fail": N_("不达标"), "unknown": N_("缺户数")}


@dataclass(frozen=True, slots=True)
class Standard:
    """So many square metres for so many households, from which pack, and how sure that is."""

    square_metres: int
    households: int
    source: str
    confidence: str
    illustrative: bool

    def needed(self, households: int) -> Fraction:
        return Fraction(self.square_metres * households, self.households)


@dataclass(frozen=True, slots=True)
class Premise:
    """The premises of one community against the standard; `needed` is None while its households are unknown."""

    place: Place
    community: Place
    area: Decimal
    needed: Fraction | None
    verdict: str

    @property
    def office(self) -> Decimal | None:
        """What of the area is only for offices; None where nobody has said."""
        said = self.place.features.get("office_m2")
        return None if said is None else Decimal(str(said))

    @property
    def ownership(self) -> str:
        return str(self.place.features.get("ownership", ""))

    @property
    def plan(self) -> str:
        return str(self.place.features.get("plan", ""))

    @property
    def plan_note(self) -> str:
        return str(self.place.features.get("plan_note", ""))


def standard() -> Standard | None:
    """The standard of the loaded packs; None where no pack has one."""
    found = library().premises
    if found is None:
        return None
    entry, pack = found
    source = entry.source or pack.source
    return Standard(
        entry.square_metres, entry.households, source, entry.confidence or pack.confidence, entry.illustrative
    )


def _venues(actor: Actor, level: str, path: str = "") -> QuerySet[Place]:
    require(actor, READ, path=path or None)
    rows = Place.objects.current().filter(kind=Kind.VENUE, level=level).select_related("parent").defer("polygon")
    if actor.kind != "system":
        paths = actor.paths_for(READ)
        reach = Place.objects.none()
        for one in paths:
            reach = reach | rows.filter(path__startswith=one)
        rows = reach
    return (rows.filter(path__startswith=path) if path else rows).order_by("path")


def premises(actor: Actor, path: str = "") -> list[Premise]:
    """Every community with premises on the register in the actor's places. Raises Forbidden."""
    known = standard()
    found = []
    for place in _venues(actor, PREMISES, path):
        community = place.parent or place
        area = Decimal(str(place.features.get("area_m2", "0")))
        needed = known.needed(community.households) if known and community.households else None
        found.append(Premise(place, community, area, needed, _verdict(area, needed)))
    return found


def _verdict(area: Decimal, needed: Fraction | None) -> str:
    if needed is None:
        return "unknown"
    return "pass" if Fraction(area) >= needed else "fail"


def assets(actor: Actor) -> list[Place]:
    """闲置资产 on the register: candidate uses, the decision once there is one, the outcome."""
    return list(_venues(actor, ASSET))


def get_asset(actor: Actor, code: str) -> Place:
    """One asset in the actor's places, or NotFound `no_such_asset`."""
    if (found := _venues(actor, ASSET).filter(code=code).first()) is None:
        raise NotFound("no_such_asset", N_("没有这处闲置资产，或者不在您管的地方。"))
    return found


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound that lacks some of the three; the more it lacks, the sooner somebody should look."""

    place: Place
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    whole: bool


def compounds(actor: Actor, path: str = "") -> list[Compound]:
    """三无 first, then by how much is lacking; those that lack nothing are not listed. Raises Forbidden."""
    require(actor, READ, path=path or None)
    rows = Place.objects.current().exclude(features={}).filter(kind=Kind.REGION).defer("polygon").order_by("path")
    paths = [path] if path else ["/"] if actor.kind == "system" else list(actor.paths_for(READ))
    seen: dict[int, Compound] = {}
    for one in paths:
        for place in rows.under(one):
            three = pack_rules.three_without(place.features)
            if three.lacking:
                seen[place.pk] = Compound(place, three.lacking, three.unknown, three.facet == "three_without")
    return sorted(seen.values(), key=lambda row: (-len(row.lacking), row.place.path))


def answered_compounds(actor: Actor, path: str = "") -> list[Place]:
    """Compounds for which at least one of the three is known."""
    require(actor, READ, path=path or None)
    paths = [path] if path else ["/"] if actor.kind == "system" else list(actor.paths_for(READ))
    rows = Place.objects.current().exclude(features={}).filter(kind=Kind.REGION).defer("polygon").order_by("path")
    found = {place.pk: place for one in paths for place in rows.under(one) if _asked(place.features)}
    return list(found.values())


def _asked(features: dict[str, Any]) -> bool:
    return any(features.get(name) in (True, False, "yes", "no") for name in pack_rules.THREE)


@dataclass(frozen=True, slots=True)
class Division:
    """办公 against 服务, over the premises where the office area is known; `known` of them, `unknown` left out."""

    office: Decimal
    service: Decimal
    known: int
    unknown: int


def division(rows: Sequence[Premise]) -> Division:
    """How the area divides between offices and service. What nobody has measured is left out, not taken as 0."""
    told = [(row.area, row.office) for row in rows if row.office is not None]
    office = sum((part for _, part in told), Decimal())
    area = sum((whole for whole, _ in told), Decimal())
    return Division(office, area - office, len(told), len(rows) - len(told))


def failing_share(rows: Sequence[Premise]) -> tuple[int, int]:
    """How many fail, of how many that can be judged."""
    judged = [row for row in rows if row.verdict != "unknown"]
    return sum(row.verdict == "fail" for row in judged), len(judged)
