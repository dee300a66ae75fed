"""The public figures of a place: what was set down for a month, with its definition; nothing is counted here."""

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.engines.change import rounded
from gongzhi.engines.intervals import wilson
from gongzhi.places.models import Place
from gongzhi.places.queries import find_place
from gongzhi.sheets.models import SheetEntry
from gongzhi.sheets.queries.definitions import Defined, library
from gongzhi.sheets.queries.figures import source_of

PUBLIC = "public"
MONTHS = 24


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """One indicator of one month. `value` is None where it is not told: few, all alike, or nothing to count."""

    code: str
    definition: dict[str, Any]
    source: str
    numerator: Decimal | None
    denominator: int | None
    value: Decimal | None
    interval: tuple[Decimal, Decimal] | None


def public_indicators() -> list[Defined]:
    """Marked public, counted by a room that is installed."""
    every = library().indicators.values()
    return [one for one in every if one.entry.public and one.entry.form == "share" and _has(one)]


def _has(defined: Defined) -> bool:
    try:
        return bool(source_of(defined))
    except NotFound:
        return False


def public_places() -> list[Place]:
    """Of the public levels, those above before their parts."""
    rows = Place.objects.current().filter(level__in=library().public_levels, kind__in=("region", "grid"))
    return sorted(rows.defer("polygon"), key=lambda place: (place.path.count("/"), place.path))


def month_span(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_due(today: dt.date) -> dt.date:
    """The first day of the last month that is over for as long as the pack says."""
    month = (today - dt.timedelta(days=library().public_after_days)).replace(day=1)
    return (month - dt.timedelta(days=1)).replace(day=1)


def public_place(code: str) -> Place:
    """The region or grid whose public figures these are. Raises NotFound `unknown_place`."""
    place = find_place(code)
    if place is None or place.kind not in ("region", "grid"):
        raise NotFound("unknown_place", N_("没有这个社区。请核对网址，或从首页进。"))
    return place


def months_of(place: Place) -> list[dt.date]:
    """The first days of the months that are set down for a place, the newest first."""
    rows = SheetEntry.objects.filter(sheet__code=PUBLIC, place=place).order_by("-since")
    return list(rows.values_list("since", flat=True).distinct()[:MONTHS])


def public_figures(place: Place, month: dt.date) -> list[PublicFigure]:
    """Every public indicator of a month in the pack's order, by the definition that was used then."""
    rows = SheetEntry.objects.filter(sheet__code=PUBLIC, place=place, since=month).select_related("definition", "sheet")
    entries = {row.item: row for row in rows.order_by("id")}
    known = library().indicators
    items = next(iter(entries.values())).sheet.content["items"] if entries else []
    return [figure_of(item["code"], entries.get(item["code"]), known.get(item["code"])) for item in items]


def figure_of(code: str, entry: SheetEntry | None, defined: Defined | None) -> PublicFigure:
    """An entry by the definition that it was counted by; `defined` is the library's, for its source and its words."""
    source = defined.source if defined else ""
    if entry is None or entry.definition is None:
        words = defined.as_json() if defined else {"name": code}
        return PublicFigure(code, words, source, None, None, None, None)
    definition, whole = entry.definition.definition, int(entry.denominator)
    decimals = definition.get("decimals", 2)
    share = Fraction(entry.numerator) / whole
    value = rounded(100 * share, decimals, down=definition.get("rounding") == "down")
    bounds = wilson(min(round(entry.numerator), whole), whole)
    interval = None
    if bounds is not None:
        interval = (rounded(Fraction(100 * bounds[0]), decimals), rounded(Fraction(100 * bounds[1]), decimals))
    return PublicFigure(code, definition, source, entry.numerator, whole, value, interval)
