"""Councils: which places have one, who chairs it, how often it met; what came out of named places for talking."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.gatherings import rules
from gongzhi.gatherings.models import Attendance, Gathering, Outcome, Topic
from gongzhi.gatherings.queries import kinds, platforms
from gongzhi.packs.model_gatherings import GatheringKind, Platform
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place that should have a council: the council, the office of its chair ("": vacant), sessions in a year."""

    place: Place
    body: Organization | None
    chair: str
    members: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many places of a level have their council, and all of them with what they have."""

    kind: GatheringKind
    seats: list[Seat]

    @property
    def covered(self) -> int:
        return sum(seat.body is not None for seat in self.seats)

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.covered, len(self.seats)) if self.seats else None

    @property
    def missing(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.body is None]

    @property
    def unchaired(self) -> int:
        return sum(seat.body is not None and not seat.chair for seat in self.seats)


def covering() -> GatheringKind | None:
    """The kind that every place of a level should have a body for."""
    return next((kind for kind in kinds() if kind.covers), None)


def coverage(actor: Actor, at: dt.datetime) -> Coverage | None:
    """Of the places that the actor may read; five statements, however many there are."""
    kind = covering()
    if kind is None:
        return None
    paths = actor.paths_for(rules.READ)
    every = Place.objects.current().filter(level=kind.covers).defer("polygon").order_by("path")
    places = [one for one in every if any(one.path.startswith(path) for path in paths)]
    bodies = _bodies(kind, places)
    chairs, members = _seated([body.pk for body in bodies.values()], kind, local_date(at))
    held = _sessions([body.pk for body in bodies.values()], kind.code, at)
    return Coverage(kind, [_seat(place, bodies.get(place.pk), chairs, members, held) for place in places])


def _seat(
    place: Place,
    body: Organization | None,
    chairs: Mapping[int, str],
    members: Mapping[int, int],
    held: Mapping[int, int],
) -> Seat:
    if body is None:
        return Seat(place, None, "", 0, 0)
    return Seat(place, body, chairs.get(body.pk, ""), members.get(body.pk, 0), held.get(body.pk, 0))


def _bodies(kind: GatheringKind, places: list[Place]) -> dict[int, Organization]:
    rows = Organization.objects.filter(kind__in=kind.bodies, valid_to__isnull=True, place__in=places)
    return {row.place_id: row for row in rows.order_by("-id") if row.place_id}


def _seated(bodies: list[int], kind: GatheringKind, on: dt.date) -> tuple[dict[int, str], dict[int, int]]:
    """Who is in the chair, by office, and how many members there are."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__organization__in=bodies)
    chairs: dict[int, str] = {}
    people: defaultdict[int, set[object]] = defaultdict(set)
    for body, role, title, person in rows.order_by("id").values_list(
        "post__organization", "post__role", "post__title", "person"
    ):
        people[body].add(person)
        if role in kind.chairs:
            chairs.setdefault(body, title)
    return chairs, {body: len(found) for body, found in people.items()}


def _sessions(bodies: list[int], kind: str, at: dt.datetime) -> dict[int, int]:
    rows = Gathering.objects.filter(organization__in=bodies, kind=kind, status="closed", starts_at__gte=at - YEAR)
    return dict(rows.values_list("organization").annotate(n=Count("pk")).order_by())


@dataclass(frozen=True, slots=True)
class Used:
    """A named place for talking: how often people met there, how many came in all, what came out."""

    platform: Platform
    sessions: int
    came: int
    tasks: int
    cases: int
    topics: int


def platforms_used(actor: Actor) -> list[Used]:
    """Where the actor may read; what came out is a task, a case or a topic. Four statements."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.READ):
        reach |= Q(path__startswith=path)
    held = Gathering.objects.filter(reach, status="closed").exclude(platform="")
    sessions = _by_platform(held, "platform")
    came = _by_platform(Attendance.objects.filter(gathering__in=held, state="came"), "gathering__platform")
    out = Outcome.objects.filter(item__gathering__in=held)
    made = out.values_list("item__gathering__platform", "relation").annotate(n=Count("pk")).order_by()
    tasks, cases = defaultdict[str, int](int), defaultdict[str, int](int)
    for platform, relation, count in made:
        (cases if relation == "raised" else tasks)[platform] += count
    topics = _by_platform(Topic.objects.filter(item__gathering__in=held), "item__gathering__platform")
    return [
        Used(
            one,
            sessions=sessions.get(one.code, 0),
            came=came.get(one.code, 0),
            tasks=tasks[one.code],
            cases=cases[one.code],
            topics=topics.get(one.code, 0),
        )
        for one in platforms()
    ]


def _by_platform(rows: QuerySet[Any], field: str) -> dict[str, int]:
    return dict(rows.values_list(field).annotate(n=Count("pk")).order_by())
