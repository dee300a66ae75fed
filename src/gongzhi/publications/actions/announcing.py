"""A decision or a call of another room as a draft: one press there, the desk here does the rest."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from gongzhi.audit.queries import links_of
from gongzhi.common.access import Actor, allows, require
from gongzhi.duties.models import Duty
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import ancestors
from gongzhi.publications import queries, rules, words
from gongzhi.publications.actions.writing import Subject, begin_publication
from gongzhi.publications.models import Publication, State
from gongzhi.publications.rules.records import Words


@dataclass(frozen=True, slots=True)
class Announced:
    """What is to be made public: `source` is the reference of what it is about ("vote:BJ-…"), for whose residents.

    `facts` by the fields of the kind; those that the kind does not have are left out. `fulfils`: the duty that its
    release shows done.
    """

    source: str
    place: Place
    title: str
    body: str
    facts: dict[str, str] = field(default_factory=dict)
    fulfils: Duty | None = None


@transaction.atomic
def announce(*, by: Actor, at: dt.datetime, kind: str, said: Announced) -> Publication:
    """A draft, or the item that the same press made before and nobody gave up.

    Raises Forbidden, and what begin_publication raises.
    """
    place = next((one for one in _reaching(said.place) if allows(by, rules.WRITE, path=one.path)), said.place)
    require(by, rules.WRITE, path=place.path)
    found = queries.kind_of(kind)
    title = said.title[: rules.LONGEST_TITLE]
    if before := _before(said.source, found.code, title):
        return before
    fields = {one.code for one in found.fields}
    facts = {code: value for code, value in said.facts.items() if code in fields}
    text = Words(title=title, body=said.body[: rules.LONGEST_BODY], about=title, facts=facts)
    subject = Subject("matter", reference=said.source, fulfils=said.fulfils)
    return begin_publication(by=by, at=at, kind=found.code, place=place, text=text, subject=subject, source=said.source)


def _reaching(place: Place) -> Iterator[Place]:
    """The place, then what it lies in, from below: only regions and grids have residents who read."""
    for one in (place, *reversed(ancestors(place))):
        if one.kind in (Kind.REGION, Kind.GRID):
            yield one


def _before(source: str, kind: str, title: str) -> Publication | None:
    targets = [one.target for one in links_of(source) if one.relation == "published_as"]
    numbers = [one.removeprefix("publication:") for one in targets if one.startswith("publication:")]
    rows = Publication.objects.filter(number__in=numbers, kind=kind).exclude(state=State.DROPPED)
    return next((row for row in rows.order_by("-created_at") if words.working(row).title == title), None)
