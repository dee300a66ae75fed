"""Which places have a body that governs itself, and which have none; where one may be founded, by which text."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongzhi.common.access import Actor
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.documents.models import Instrument
from gongzhi.gatherings.queries.bodies import reach_of
from gongzhi.people.models import Organization
from gongzhi.people.queries import governing, standing
from gongzhi.people.rules import FOUND
from gongzhi.places.models import Place
from gongzhi.places.queries import level_names
from gongzhi.places.rules import upwards


@dataclass(frozen=True, slots=True)
class Cover:
    """A level: how many of its places have a body that governs itself."""

    tier: str
    level: str
    name: str
    form: str
    places: int
    covered: int

    @property
    def missing(self) -> int:
        return self.places - self.covered


def _with_body(level: str = "") -> Q:
    """Places that have a body standing, of a kind that stands at their level."""
    said, wanted = governing.said(), Q(pk__in=[])
    for one in (level,) if level else said.levels if said else ():
        kinds = [kind.code for kind in governing.kinds() if kind.governs and one in kind.governs.levels]
        bodies = Organization.objects.filter(standing(), kind__in=kinds, place=OuterRef("pk"))
        wanted |= Q(Exists(bodies), level=one)
    return wanted


def coverage(actor: Actor, path: str = "") -> list[Cover]:
    """Each level of self-government with its places and those that have a body: one statement."""
    said = governing.said()
    if said is None:
        return []
    places = Place.objects.current().filter(reach_of(actor, "path"), level__in=said.levels)
    places = places.filter(path__startswith=path) if path else places
    counted = places.order_by().values("level").annotate(n=Count("pk"), covered=Count("pk", filter=_with_body()))
    by_level: Mapping[str, tuple[int, int]] = {row["level"]: (row["n"], row["covered"]) for row in counted}
    names = level_names()
    return [
        Cover(tier.name, unit.level, names.get(unit.level, unit.level), unit.form, *by_level[unit.level])
        for tier in said.tiers
        for unit in tier.units
        if unit.level in by_level
    ]


def without_body(actor: Actor, level: str, path: str = "") -> QuerySet[Place]:
    """The places of a level that have none, by path."""
    places = Place.objects.current().filter(reach_of(actor, "path"), level=level).exclude(_with_body(level))
    places = places.filter(path__startswith=path) if path else places
    return places.defer("polygon").order_by("path")


def missing_page(places: QuerySet[Place], *, cursor: str = "", limit: int | None = None) -> tuple[list[Place], str]:
    if cursor:
        places = places.filter(path__gt=str(decode_cursor(cursor, 1)[0]))
    size = clamp_limit(limit)
    found = list(places[: size + 1])
    return found[:size], encode_cursor(found[size - 1].path) if len(found) > size else ""


def places_to_found(actor: Actor) -> list[Place]:
    """Where the actor may found a body: places of the levels that a kind stands at."""
    levels = {level for kind in governing.kinds() if kind.governs for level in kind.governs.levels}
    reach = Q(pk__in=[])
    for path in actor.paths_for(FOUND):
        reach |= Q(path__startswith=path)
    return list(Place.objects.current().filter(reach, level__in=levels).defer("polygon").order_by("path")[:500])


def charters_at(path: str) -> list[Instrument]:
    """Adopted charters and rules of a place, of those below and of those it lies in; the newest version of each."""
    rows = Instrument.objects.filter(adopted_at__isnull=False, kind__in=("charter", "rules", "covenant"))
    rows = rows.filter(Q(place__path__in=upwards(path)) | Q(place__path__startswith=path)).defer("text")
    return list({one.code: one for one in rows.order_by("code", "version")}.values())
