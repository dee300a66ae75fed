"""The owners' register as a query: owners of a compound with exact areas and heads, and what is missing in it."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from gongzhi.common.access import Actor, require
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.registers.models import Status, Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules
from gongzhi.registers.sql import OWNERS


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner of one dwelling. `key` is the same wherever the same owner is met; None as share: joint."""

    pk: int
    key: str
    person_id: uuid.UUID | None
    organization_id: int | None
    share: Fraction | None
    since: dt.date


@dataclass(frozen=True, slots=True)
class Entry:
    """One exclusive unit of the owners' register; `head` numbers the heads, the same owners have the same number."""

    code: str
    address: str
    path: str
    owners: tuple[Owner, ...]
    area: rules.Area
    shares: str
    head: int


@dataclass(frozen=True, slots=True)
class Register:
    """The owners' register of a place on a day: the exact base of a vote, and entries by address, all or a page.

    `next_after`: behind which path the next page begins; empty after the last.
    """

    place: Place
    on: dt.date
    totals: rules.Totals
    sources: dict[str, int]
    entries: list[Entry]
    next_after: str


def areas_of(dwelling: Place) -> dict[str, int | None]:
    """The areas that are known, in hundredths of m²."""
    return {source: dwelling.features.get(f"area_{source}") for source in rules.AREA_SOURCES}


def owners_register(actor: Actor, place: Place, on: dt.date, *, after: str = "", most: int | None = None) -> Register:
    """Who owns what under a place on a day. Raises Forbidden. No name is read here: holders are keys.

    `most` entries behind the path `after`, without it all of them; the totals are always of the whole.
    """
    require(actor, queries.READ, path=place.path)
    return owners_under(place, on, after=after, most=most)


def owners_under(place: Place, on: dt.date, *, after: str = "", most: int | None = None) -> Register:
    """The same for rooms above that have checked who asks (a vote's roll): two statements whatever the size."""
    order = [*queries.law(on).params("area")["order"], "", "", ""][:3]
    asked: dict[str, Any] = {"on": on, "path": place.path, "after": after, "most": most + 1 if most else None}
    asked |= dict(zip(("first", "second", "third"), (f"area_{source}" for source in order), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, asked)
        rows = cursor.fetchall()
    totals, by_source = rules.Totals(*rows[0][:5]), rows[0][5]
    units = [row[6:] for row in rows if row[6] is not None]
    more, units = most is not None and len(units) > most, units[:most]
    held = _owners_of(place, on, [unit[0] for unit in units] if most else None)
    words = (*order, "")
    entries = [_entry(unit, tuple(held.get(unit[0], ())), words) for unit in units]
    sources = {source: count for source, count in zip(words, by_source, strict=True) if count}
    return Register(place, on, totals, sources, entries, entries[-1].path if more else "")


def _entry(unit: tuple[Any, ...], owners: tuple[Owner, ...], sources: Sequence[str]) -> Entry:
    _pk, code, address, path, area, source, head = unit
    state = rules.shares_state(owner.share for owner in owners)
    return Entry(code, address, path, owners, rules.Area(area, sources[source]), state, head)


def _owners_of(place: Place, on: dt.date, dwellings: list[int] | None) -> dict[int, list[Owner]]:
    """Owners in force by dwelling: of these dwellings, without a list of all under the place."""
    rows = Tenure.objects.filter(queries.held(on), capacity="owner").order_by("dwelling_id", "id")
    under = {"dwelling__in": dwellings} if dwellings is not None else {"dwelling__path__startswith": place.path}
    rows = rows.filter(**under)
    found: dict[int, list[Owner]] = defaultdict(list)
    shares: dict[tuple[int, int], Fraction] = {}
    holder = ("person_id", "organization_id", "stand_in")
    for row in rows.values_list("dwelling_id", "id", "valid_from", "share_numerator", "share_denominator", *holder):
        dwelling, pk, since, part, whole, person, body, stand_in = row
        share = None if part is None else shares.setdefault((part, whole), Fraction(part, whole))
        key = f"person:{person}" if person else f"organization:{body}" if body else f"stand-in:{stand_in}"
        found[dwelling].append(Owner(pk, key, person, body, share, since))
    return found


def names_for(actor: Actor, rows: Iterable[Tenure | Owner]) -> dict[int, str]:
    """Names as the actor sees them, by tenure; a body by its name; who is nobody is empty."""
    every = list(rows)
    shown = vault.shown_to(actor, [row.person_id for row in every if row.person_id])
    bodies = Organization.objects.in_bulk({row.organization_id for row in every if row.organization_id})
    found = {}
    for row in every:
        if row.person_id:
            found[row.pk] = shown.get(row.person_id, {}).get("name", "") or "—"
        elif row.organization_id:
            found[row.pk] = bodies[row.organization_id].name
        else:
            found[row.pk] = ""
    return found


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps the owners' register of a place from being complete: dwellings or tenures by what is wrong."""

    without_owner: list[Entry]
    shares_short: list[Entry]
    shares_over: list[Entry]
    without_area: list[Entry]
    expired: list[Tenure]
    unproved: list[Tenure]

    @property
    def complete(self) -> bool:
        """Whether every dwelling has its owners in whole and an area."""
        return not (self.without_owner or self.shares_short or self.shares_over or self.without_area)


def missing_in(actor: Actor, place: Place, on: dt.date) -> Missing:
    """What is missing in the owners' register of a place. Raises Forbidden."""
    entries = owners_register(actor, place, on).entries
    rows = queries.tenures_under(actor, place.path)
    return Missing(
        without_owner=[entry for entry in entries if entry.shares == "none"],
        shares_short=[entry for entry in entries if entry.shares == "short"],
        shares_over=[entry for entry in entries if entry.shares == "over"],
        without_area=[entry for entry in entries if entry.area.hundredths is None],
        expired=list(rows.filter(status=Status.APPROVED, expires_on__lte=on).order_by("expires_on", "id")),
        unproved=list(rows.filter(status=Status.DECLARED).order_by("declared_at", "id")),
    )


_SOURCES = {
    "registered": N_("登记簿"),
    "measured": N_("实测"),
    "contract": N_("合同"),
    "": N_("没有面积"),
}


def source_word(source: str) -> str:
    """Where an area comes from, for the page."""
    return gettext(_SOURCES[source])


def area_words(area: rules.Area) -> str:
    """An area for the page, "" when none is known."""
    return rules.write_area(area.hundredths) if area.hundredths is not None else ""
