"""Sheets and what was filled into them, with the total worked out again from the entries every time."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gongzhi.common.access import Actor, require
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.models import Sheet, SheetEntry
from gongzhi.sheets.queries.definitions import library
from gongzhi.sheets.rules import Part, Total

READ = "statistics.read"


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a filled sheet: what it weighs, what was filled, what it earns."""

    item: dict[str, Any]
    weight: Fraction
    entry: SheetEntry | None
    got: Fraction | None

    @property
    def points(self) -> Fraction | None:
        return None if self.got is None else self.weight * self.got


@dataclass(frozen=True, slots=True)
class Filled:
    """One place and time on a sheet."""

    sheet: Sheet
    place: Place
    since: dt.date
    until: dt.date
    rows: tuple[Row, ...]
    total: Total
    about: str = ""

    @property
    def filled_at(self) -> dt.datetime | None:
        return max((row.entry.filled_at for row in self.rows if row.entry), default=None)


def sheets() -> list[Sheet]:
    """The newest version of every sheet in use, by code."""
    newest: dict[str, Sheet] = {}
    for row in Sheet.objects.order_by("code", "version"):
        newest[row.code] = row
    return list(newest.values())


def offered() -> list[tuple[str, str]]:
    """(code, name) of the packs' sheets that nobody has taken yet."""
    taken = set(Sheet.objects.values_list("code", flat=True))
    return [(code, entry.name) for code, (entry, _) in library().sheets.items() if code not in taken]


def versions_of(code: str) -> list[Sheet]:
    return list(Sheet.objects.filter(code=code).order_by("-version"))


def filled_of(actor: Actor, sheet: Sheet) -> list[Filled]:
    """What was filled into one version, for the actor's places, the newest time first. Raises Forbidden."""
    require(actor, READ)
    rows = SheetEntry.objects.filter(sheet=sheet).select_related("place", "definition").defer("place__polygon")
    if actor.kind != "system":
        mine = SheetEntry.objects.none()
        for path in actor.paths_for(READ):
            mine = mine | rows.filter(place__path__startswith=path)
        rows = mine
    by_time: dict[tuple[int, dt.date, dt.date, str], dict[str, SheetEntry]] = {}
    for entry in rows.order_by("id"):
        by_time.setdefault((entry.place_id, entry.since, entry.until, entry.about), {})[entry.item] = entry
    found = [_filled(sheet, entries) for entries in by_time.values()]
    return sorted(found, key=lambda one: (one.until, one.place.name), reverse=True)


def filled_about(about: str) -> Filled | None:
    """What was filled last about one thing, on its newest sheet; the room of that thing has checked who may see it."""
    return filled_about_each([about]).get(about)


def filled_about_each(abouts: Collection[str]) -> dict[str, Filled]:
    """The same for several things, those of which something was filled: one statement."""
    rows = SheetEntry.objects.filter(about__in=abouts).select_related("sheet", "place", "definition").order_by("id")
    newest: dict[str, dict[str, SheetEntry]] = {}
    for entry in rows.defer("place__polygon"):
        found = newest.setdefault(entry.about, {})
        if found and next(iter(found.values())).sheet_id != entry.sheet_id:
            found.clear()
        found[entry.item] = entry
    return {about: _filled(next(iter(found.values())).sheet, found) for about, found in newest.items()}


def _filled(sheet: Sheet, entries: dict[str, SheetEntry]) -> Filled:
    rows = tuple(_row(item, entries.get(item["code"])) for item in sheet.content["items"])
    first = next(iter(entries.values()))
    return Filled(sheet, first.place, first.since, first.until, rows, total(rows), first.about)


def _row(item: dict[str, Any], entry: SheetEntry | None) -> Row:
    weight = Fraction(item["weight"])
    if entry is None:
        return Row(item, weight, None, None)
    share = Fraction(entry.numerator) / Fraction(entry.denominator)
    direction = entry.definition.definition.get("direction", "none") if entry.definition else "none"
    return Row(item, weight, entry, rules.got_of(share, direction))


def total(rows: Sequence[Row]) -> Total:
    return rules.total_of(Part(row.weight, row.got) for row in rows)
