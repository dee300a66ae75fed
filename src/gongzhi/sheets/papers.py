"""通报: a filled sheet, or a month of public figures, as a paper. Its sentences come from the figures alone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.documents import templating
from gongzhi.documents.papers import Paper
from gongzhi.engines.change import rounded
from gongzhi.packs.schedule_contents import PaperPack
from gongzhi.places.models import Place
from gongzhi.sheets.queries.filled import Filled, Row
from gongzhi.sheets.queries.public import PublicFigure, figure_of, month_span
from gongzhi.sheets.rules import Total

TEMPLATE = "bulletin"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the bulletin: an indicator with its definition, or something that was judged (`definition` None)."""

    name: str
    figure: PublicFigure | None
    mark: tuple[Decimal, Decimal] | None = None


def sheet_bulletin(filled: Filled, *, on: dt.date) -> Paper:
    """Of one place and time of a sheet. Raises NotFound `no_pack_in_force`."""
    lines = [_line(row) for row in filled.rows]
    notes = [_("评分表：{name}，第 {n} 版。{source}").format(
        name=filled.sheet.content["name"], n=filled.sheet.version, source=filled.sheet.content.get("source", "")
    )]  # fmt: skip
    notes += [_("{name}：{note}").format(name=row.item["name"], note=row.entry.note)
              for row in filled.rows if row.entry and row.entry.note]  # fmt: skip
    weighed = filled.total if filled.total.whole else None
    return _paper(filled.place, filled.since, filled.until, lines, notes, weighed, on)


def public_bulletin(
    place: Place, month: dt.date, figures: Sequence[PublicFigure], *, smallest: int, on: dt.date
) -> Paper:
    """Of a month's public figures. Raises NotFound `no_pack_in_force`."""
    lines = [Told(one.definition.get("name", one.code), one) for one in figures]
    notes = [_("只数公开的事。不到 {k} 个的、说得一样的不公布。定下以后不再改。").format(k=smallest)]
    return _paper(place, *month_span(month), lines, notes, None, on)


def _line(row: Row) -> Told:
    entry, name = row.entry, row.item["name"]
    if row.item.get("indicator"):
        return Told(name, figure_of(row.item["indicator"], entry, None) if entry else None)
    return Told(name, None, (entry.numerator, entry.denominator) if entry else None)


def _paper(
    place: Place,
    since: dt.date,
    until: dt.date,
    lines: Sequence[Told],
    notes: Sequence[str],
    total: Total | None,
    on: dt.date,
) -> Paper:
    pack = templating.template(TEMPLATE, on)
    told = [one.figure for one in lines if one.figure and one.figure.value is not None]
    values = {
        "place": place.name,
        "month": _span(since, until),
        "summary": [*_totals(pack, total), *(_sentence(pack, one) for one in lines)],
        "figures": [[one.definition["name"], f"{_percent(one)}%", _fraction(one), _interval(one)] for one in told],
        "definitions": [_definition(one) for one in told],
        "notes": list(notes),
        "body": place.name,
        "on": on,
    }
    return templating.fill(pack, values)


def _span(since: dt.date, until: dt.date) -> str:
    if (since, until) == month_span(since):
        return _("{year}年{month}月").format(year=since.year, month=since.month)
    return _("{since}至{until}").format(since=since.isoformat(), until=until.isoformat())


def _totals(pack: PaperPack, total: Total | None) -> list[str]:
    if total is None:
        return []
    parts = {"points": total.points, "reachable": total.reachable, "whole": total.whole}
    return [templating.sentence(pack, "total", {name: f"{rounded(value, 2)}" for name, value in parts.items()})]


def _sentence(pack: PaperPack, one: Told) -> str:
    if one.mark is not None:
        given, scale = (f"{value.normalize():f}" for value in one.mark)
        return templating.sentence(pack, "mark", {"name": one.name, "numerator": given, "denominator": scale})
    if one.figure is None or one.figure.value is None or one.figure.numerator is None:
        return templating.sentence(pack, "untold", {"name": one.name})
    low, high = one.figure.interval or ("", "")
    values: dict[str, Any] = {"name": one.name, "value": _percent(one.figure), "low": str(low), "high": str(high)}
    values |= {"numerator": _count(one.figure.numerator), "denominator": str(one.figure.denominator)}
    return templating.sentence(pack, "figure", values)


def _percent(one: PublicFigure) -> str:
    return f"{one.value:.{one.definition.get('decimals', 2)}f}"


def _count(value: Decimal | None) -> str:
    return "" if value is None else f"{rounded(Fraction(value), 2).normalize():f}"


def _fraction(one: PublicFigure) -> str:
    return f"{_count(one.numerator)} ÷ {one.denominator}"


def _interval(one: PublicFigure) -> str:
    return f"{one.interval[0]}–{one.interval[1]}" if one.interval else ""


def _definition(one: PublicFigure) -> list[str]:
    words = [str(one.definition.get(key, "")) for key in ("name", "numerator", "denominator", "exclusions")]
    return [*words, f"{one.code} {one.definition.get('version', '')}"]
