"""Figures with year and source come in, and are corrected by a new row: the old one stays readable."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.sheets.actions.using import use_definition
from gongzhi.sheets.models import Indicator, Observation
from gongzhi.sheets.queries.definitions import library
from gongzhi.sheets.queries.series import current

PERMISSION = "instance.manage"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it comes in."""

    indicator: str
    place_id: int
    year: int
    value: Decimal
    decimals: int
    unit: str
    source: str
    synthetic: bool
    boundaries_on: dt.date


@transaction.atomic
def record_figures(*, by: Actor, at: dt.datetime, figures: Sequence[Figure]) -> list[int]:
    """Keep figures; one that differs from what is there takes its place, the same again changes nothing.

    Returns the keys of the rows made. Raises Forbidden, Refused `not_a_figure`, Conflict `definition_changed`.
    """
    paths = dict(Place.objects.filter(pk__in={one.place_id for one in figures}).values_list("pk", "path"))
    for path in set(paths.values()):
        require(by, PERMISSION, path=path)
    used = {code: _definition(by, at, code) for code in sorted({one.indicator for one in figures})}
    known = _known(figures, used)
    rows = [row for one in figures if (row := _row(one, used[one.indicator], known, by, at)) is not None]
    made = Observation.objects.bulk_create(rows, batch_size=1000)
    if made:
        changes = {"rows": len(made), "corrected": sum(row.supersedes_id is not None for row in made)}
        audit.record(by=by, at=at, action="sheets.record_figures", subject="observations:bulk", changes=changes)
    return [row.pk for row in made]


def _definition(by: Actor, at: dt.datetime, code: str) -> Indicator:
    defined = library().indicators.get(code)
    if defined is None or defined.entry.form != "figure":
        raise Refused("not_a_figure", N_("{indicator} 不是按年导入的数。请从指标库里选。"), indicator=code)
    return use_definition(by=by, at=at, defined=defined)


Known = dict[tuple[int, int, int], Observation]


def _known(figures: Sequence[Figure], used: dict[str, Indicator]) -> Known:
    places = {one.place_id for one in figures}
    rows = current().filter(place_id__in=places, indicator__in=list(used.values()))
    return {(row.indicator_id, row.place_id, row.year): row for row in rows}


def _row(one: Figure, indicator: Indicator, known: Known, by: Actor, at: dt.datetime) -> Observation | None:
    before = known.get((indicator.pk, one.place_id, one.year))
    row = Observation(
        indicator=indicator,
        place_id=one.place_id,
        year=one.year,
        value=one.value,
        decimals=one.decimals,
        unit=one.unit,
        source=one.source,
        synthetic=one.synthetic,
        boundaries_on=one.boundaries_on,
        supersedes=before,
        recorded_at=at,
        recorded_by=by.reference,
    )
    return None if before is not None and same(before, row) else row


def same(one: Observation, other: Observation) -> bool:
    fields = ("value", "decimals", "unit", "source", "synthetic", "boundaries_on")
    return all(getattr(one, name) == getattr(other, name) for name in fields)
