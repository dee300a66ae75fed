"""Changes of staff in a period: who began and ended by one decision on one day (a batch), as counts, without names."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q

from gongzhi.common.access import Actor
from gongzhi.engines.suppression import is_small, suppress_list
from gongzhi.packs import queries as packs
from gongzhi.people.models import Employment, Entry, Mandate
from gongzhi.people.queries.reporting import reach_of
from gongzhi.places.models import Place

_Told = dict[str, int | None]


@dataclass(slots=True)
class Moves:
    """How many began, ended and were recruited."""

    begun: int = 0
    ended: int = 0
    recruited: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a period: by batch (day and decision), by role, and how those who began came and serve."""

    batches: dict[tuple[dt.date, str], Moves]
    roles: dict[str, Moves]
    employment: dict[str, int | None]
    terms: dict[str, int | None]
    entries: dict[str, int | None]
    total: Moves = field(default_factory=Moves)
    smallest: int = 0


def places_of(actor: Actor, words: str) -> list[Place]:
    """Current places of the actor's that have this code or name."""
    rows = Place.objects.current().filter(reach_of(actor, "path")).defer("polygon")
    return list(rows.filter(Q(code=words) | Q(name=words)).order_by("path")[:2])


def changes(actor: Actor, first: dt.date, last: dt.date, place: Place | None = None) -> Changes:
    """Mandates of the actor's places that began or ended from `first` to `last`; substitutes and programs left out.

    An end has no decision of its own: it belongs to the batch that gives somebody the same post on that day.
    """
    rows = Mandate.objects.filter(reach_of(actor, "post__place__path"), substitute_for=None, person__kind="person")
    if place is not None:
        rows = rows.filter(post__place__path__startswith=place.path)
    begun = list(rows.filter(valid_from__range=(first, last)).select_related("post").order_by("valid_from", "pk"))
    ended = list(rows.filter(valid_to__range=(first, last)).select_related("post").order_by("valid_to", "pk"))
    heirs = {(one.post_id, one.valid_from): one.decision for one in begun}
    found = Changes({}, {}, *_structure(begun, last), smallest=packs.small_cell(last))
    for one in begun:
        for count in _counts(found, one.valid_from, one.decision, one.post.role):
            count.begun += 1
            count.recruited += one.entry == Entry.RECRUITED
    for one in ended:
        day = one.valid_to or last
        for count in _counts(found, day, heirs.get((one.post_id, day), ""), one.post.role):
            count.ended += 1
    return found


def _counts(found: Changes, day: dt.date, decision: str, role: str) -> tuple[Moves, Moves, Moves]:
    batch = found.batches.setdefault((day, decision), Moves())
    return batch, found.roles.setdefault(role, Moves()), found.total


def _structure(begun: list[Mandate], on: dt.date) -> tuple[_Told, _Told, _Told]:
    """Employment, term and way of those who began, as they may be told; nothing at all of a few."""
    k = packs.small_cell(on)
    fixed = sum(one.valid_to is not None for one in begun)
    found: tuple[dict[str, int], dict[str, int], dict[str, int]] = (
        _counted(Employment.values, [one.employment for one in begun]),
        {code: count for code, count in (("fixed", fixed), ("open", len(begun) - fixed)) if count},
        _counted(Entry.values, [one.entry for one in begun]),
    )
    if is_small(len(begun), k):
        return dict.fromkeys(found[0]), dict.fromkeys(found[1]), dict.fromkeys(found[2])
    ways, terms, entries = (suppress_list(one, k=k)[0] for one in found)
    return ways, terms, entries


def _counted(known: list[str], held: list[str]) -> dict[str, int]:
    count = Counter(held)
    return {code: count[code] for code in [*known, ""] if count[code]}
