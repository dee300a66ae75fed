"""场景: what a picture of life is made of at a place, counting no person; emergencies that an order runs."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from gongzhi.common.clock import starts
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.exchange import queries as exchange
from gongzhi.exchange.models import Need, Wish
from gongzhi.gatherings.models import Gathering, Status
from gongzhi.packs.sharing_contents import Scenario, Way
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards
from gongzhi.registers.models import Scene
from gongzhi.registers.queries.dictionary import pack_of

DAYS = 365
KEPT = 90


@dataclass(frozen=True, slots=True)
class Shown:
    """A way, where it leads here, how many there are (none: not counted), and of how many."""

    way: Way
    address: str
    count: int | None
    of: int | None


def scenarios(on: dt.date) -> tuple[Scenario, ...]:
    return exchange.sharing(on).scenarios


def scenario(code: str, on: dt.date) -> Scenario:
    """Raises NotFound `unknown_scenario`."""
    found = next((one for one in scenarios(on) if one.code == code), None)
    if found is None:
        raise NotFound("unknown_scenario", N_("没有这个场景。请从场景页进。"))
    return found


def ways(scene: Scenario, place: Place, on: dt.date) -> list[Shown]:
    """The ways of a scene at a place; three statements, however many ways there are."""
    offers = Counter(exchange.around(exchange.takeable(on), place.path).values_list("kind", flat=True))
    since = starts(on - dt.timedelta(days=DAYS))
    wishes = Need.objects.filter(path__startswith=place.path, asked_at__gte=since)
    needs = {
        row["kind"]: (row["n"], row["done"])
        for row in wishes.values("kind").annotate(n=Count("pk"), done=Count("pk", filter=Q(status=Wish.DONE)))
    }
    held = Gathering.objects.filter(path__startswith=place.path, status=Status.CLOSED, starts_at__gte=since)
    meetings = Counter(held.filter(public=True).values_list("kind", flat=True))
    return [_shown(way, place, offers, needs, meetings) for way in scene.ways]


def _shown(
    way: Way, place: Place, offers: Counter[str], needs: dict[str, tuple[int, int]], meetings: Counter[str]
) -> Shown:
    address = way.address.replace("{place}", place.code)
    if way.counts == "offers":
        return Shown(way, address, sum(offers[kind] for kind in way.kinds), None)
    if way.counts == "gatherings":
        return Shown(way, address, sum(meetings[kind] for kind in way.kinds), None)
    if way.counts == "needs":
        asked = [needs.get(kind, (0, 0)) for kind in way.kinds]
        return Shown(way, address, sum(done for _n, done in asked), sum(n for n, _done in asked))
    return Shown(way, address, None, None)


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency as everybody may know it: its name, the order, until when, what may be asked; over: what went."""

    scene: Scene
    title: str
    asks: tuple[str, ...]


def emergencies(place: Place, at: dt.datetime) -> list[Emergency]:
    """Those that run over the place, and those that ended lately with what their end deleted; the newest first."""
    over = Q(ended_at__gte=at - dt.timedelta(days=KEPT))
    reach = Q(path__in=upwards(place.path)) | Q(path__startswith=place.path)
    rows = Scene.objects.filter(Q(ended_at__isnull=True) | over, reach).select_related("place").order_by("-begun_at")
    found = []
    for scene in rows.defer("place__polygon")[:20]:
        pack = pack_of(scene)
        found.append(Emergency(scene, pack.title, tuple(one.name for one in pack.fields)))
    return found
