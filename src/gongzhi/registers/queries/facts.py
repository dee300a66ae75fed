"""Facts as they stand: of one subject, of many, about one person; every reading goes by mandate path."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.db.models import Count, Q, QuerySet

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.sealing import Unreadable, unseal
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.models import Organization, Person
from gongzhi.places.models import Place
from gongzhi.registers.models import Fact
from gongzhi.registers.rules.facts import Said, Standing, standing

PLACE_KINDS = {"dwelling": "dwelling", "building": "building", "grid": "grid", "region": "region"}


class Subject(NamedTuple):
    """Whom or what facts are about: its reference, what it is called, and where it lies."""

    reference: str
    name: str
    path: str
    code: str = ""
    person: Person | None = None


def place_subject(place: Place) -> Subject:
    """Kinds share codes, so a place is named by both."""
    return Subject(f"place:{place.kind}/{place.code}", place.name, place.path, place.code)


def person_subject(person: Person, path: str = "/") -> Subject:
    return Subject(f"person:{person.pk}", "", path, "", person)


def organization_subject(body: Organization) -> Subject:
    path = body.place.path if body.place else "/"
    return Subject(f"organization:{body.code}", body.name, path, body.code)


def subject_for(actor: Actor, about: str, code: str, permission: str) -> Subject:
    """A place or body within the actor's reach; the same NotFound for what is unknown and what is elsewhere."""
    found: Subject | None = None
    if about == "organization":
        bodies = Organization.objects.select_related("place")
        body = bodies.filter(code=code, valid_to__isnull=True).first()
        found = organization_subject(body) if body else None
    elif about in PLACE_KINDS:
        place = Place.objects.current().filter(kind=PLACE_KINDS[about], code=code).defer("polygon").first()
        found = place_subject(place) if place else None
    if found is None or not any(found.path.startswith(path) for path in actor.paths_for(permission)):
        raise NotFound("unknown_subject", N_("没有代码是 {subject} 的对象，或者不归您管。请核对代码。"), subject=code)
    return found


def subjects_under(about: str, path: str) -> QuerySet[Any]:
    """Everything of a kind at or below a place: places, or bodies."""
    if about == "organization":
        return Organization.objects.filter(valid_to__isnull=True, place__path__startswith=path).order_by("code")
    kind = PLACE_KINDS.get(about, "")
    return Place.objects.current().under(path).filter(kind=kind).defer("polygon").order_by("path")


def facts_under(about: str, path: str, fields: Collection[str]) -> QuerySet[Fact]:
    """Facts of these fields about subjects of a kind at or below a place."""
    kind = "organization:" if about == "organization" else f"place:{PLACE_KINDS.get(about, '-')}/"
    return Fact.objects.filter(path__startswith=path, subject__startswith=kind, field__in=list(fields))


def in_force(on: dt.date) -> Q:
    """Facts that hold on a day and are still kept."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return lasting & Q(valid_from__lte=on, keep_until__gte=on)


def context_of(person_id: uuid.UUID, field: str) -> str:
    return f"fact:{person_id}:{field}"


def value_of(fact: Fact) -> Any:
    """The value; of a person's fact after unsealing, None where the key is gone."""
    if fact.person_id is None or fact.person is None:
        return fact.value
    try:
        key = vault.open_key(fact.person.key)
        return msgspec.json.decode(unseal(key, bytes(fact.sealed or b""), context_of(fact.person_id, fact.field)))
    except Unreadable:
        return None


def said(fact: Fact) -> Said:
    return Said(fact.pk, value_of(fact), fact.source, fact.observed_on, tuple(fact.quotes), fact.how)


def standings(subject: str, on: dt.date, fields: Collection[str] | None = None) -> dict[str, Standing]:
    """What stands about one subject, by field."""
    return many_standings([subject], on, fields).get(subject, {})


def many_standings(
    subjects: Sequence[str], on: dt.date, fields: Collection[str] | None = None
) -> dict[str, dict[str, Standing]]:
    """What stands about each subject, by field: one statement."""
    rows = Fact.objects.filter(in_force(on), subject__in=subjects).select_related("person__key").order_by("id")
    if fields is not None:
        rows = rows.filter(field__in=list(fields))
    return _by_subject(rows)


def standings_where(path: str, on: dt.date, fields: Iterable[str]) -> dict[str, dict[str, Standing]]:
    """What stands at or below a place, of things and bodies, never of people: one statement."""
    rows = Fact.objects.filter(in_force(on), path__startswith=path, field__in=list(fields), person__isnull=True)
    return _by_subject(rows.order_by("id"))


def _by_subject(rows: Iterable[Fact]) -> dict[str, dict[str, Standing]]:
    grouped: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for row in rows:
        grouped[row.subject, row.field].append(said(row))
    found: dict[str, dict[str, Standing]] = {}
    for (subject, field), facts in grouped.items():
        if stands := standing(facts):
            found.setdefault(subject, {})[field] = stands
    return found


def history_of(subject: str) -> list[Fact]:
    """Every fact about a subject that is still kept, the newest first."""
    return list(Fact.objects.filter(subject=subject).select_related("person__key").order_by("-id"))


def facts_of_person(person_id: uuid.UUID) -> list[Fact]:
    """What is held about one person, for that person."""
    rows = Fact.objects.filter(person_id=person_id).select_related("person__key", "form")
    return list(rows.order_by("field", "-id"))


def disputes_under(actor: Actor, on: dt.date, permission: str) -> list[tuple[str, str, Standing]]:
    """(subject, field, what differs) in the actor's places: where two sources say different things, by subject."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(path__startswith=path)
    rows = Fact.objects.filter(reach, in_force(on), person__isnull=True)
    return sorted(_unsure(rows, on), key=lambda row: row[:2])


def unsure_under(about: str, path: str, on: dt.date, fields: Collection[str]) -> set[tuple[str, str]]:
    """(subject, field) in which two sources differ, of subjects of a kind at or below a place."""
    rows = facts_under(about, path, fields).filter(in_force(on))
    return {(subject, field) for subject, field, _ in _unsure(rows, on)}


def _unsure(rows: QuerySet[Fact], on: dt.date) -> list[tuple[str, str, Standing]]:
    """Of what several sources speak about, that in which they differ: two statements."""
    pairs = rows.values("subject", "field").order_by("subject", "field").distinct()
    several = pairs.annotate(sources=Count("source", distinct=True)).filter(sources__gt=1)
    doubtful = set(several.values_list("subject", "field"))
    known = many_standings(sorted({subject for subject, _ in doubtful}), on)
    every = [(subject, code, one) for subject, stands in known.items() for code, one in stands.items()]
    return [row for row in every if row[:2] in doubtful and not row[2].sure]


def names_of(subjects: Iterable[str]) -> Mapping[str, str]:
    """What subjects are called, by reference; people are not named."""
    wanted = set(subjects)
    codes = [one.partition("/")[2] for one in wanted if one.startswith("place:")]
    found = {
        f"place:{kind}/{code}": name
        for kind, code, name in Place.objects.filter(code__in=codes).values_list("kind", "code", "name")
    }
    bodies = [one.partition(":")[2] for one in wanted if one.startswith("organization:")]
    for code, name in Organization.objects.filter(code__in=bodies).values_list("code", "name"):
        found[f"organization:{code}"] = name
    return {one: found.get(one, one) for one in wanted}
