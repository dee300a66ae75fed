"""参与共治的单位和人: each counted once, whatever and however often they took part; of persons only how many.

A place is counted anew for itself and all below it, never by adding up the places inside: a body that took part in two
of them is one.
"""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from gongzhi.engines.suppression import is_small
from gongzhi.packs import queries as packs
from gongzhi.partnerships.registry import TakingPart, all_taking_part
from gongzhi.people.models import Organization
from gongzhi.places.models import Place


@dataclass(frozen=True, slots=True)
class Participant:
    """A body and how often it took part in what, in the order of the columns."""

    body: Organization
    counts: tuple[int, ...]

    @property
    def all(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Participants:
    """`words`: the columns; `kinds`: (word, how many bodies) of each kind; `persons` None where they are too few."""

    place: Place
    since: dt.date
    until: dt.date
    words: tuple[str, ...]
    rows: tuple[Participant, ...]
    kinds: tuple[tuple[str, int], ...]
    persons: int | None
    smallest: int


def participants(place: Place, since: dt.date, until: dt.date) -> Participants:
    """Of a place and all below it, in days that both count. The caller has checked who asks."""
    parts = all_taking_part(place.path, since, until)
    bodies = Organization.objects.filter(pk__in={pk for part in parts for pk in part.bodies}).order_by("name", "pk")
    rows = tuple(Participant(body, tuple(part.bodies.get(body.pk, 0) for part in parts)) for body in bodies)
    persons, smallest = len(_persons(parts)), packs.small_cell(until)
    counted = Counter(row.body.kind for row in rows)
    names = {one.code: one.name for one in packs.active_model().organization_kinds}
    kinds = tuple((names.get(code, code), n) for code, n in counted.most_common())
    told = None if is_small(persons, smallest) else persons
    return Participants(place, since, until, tuple(part.word for part in parts), rows, kinds, told, smallest)


def _persons(parts: list[TakingPart]) -> set[uuid.UUID]:
    """Each once; the set is counted here and goes nowhere."""
    found: set[uuid.UUID] = set()
    for part in parts:
        found |= set(part.persons)
    return found
