"""Figures with year and source: the newest word on each year, series of one place, what lies between two years."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.errors import Refused
from gongzhi.places import comparing
from gongzhi.places.models import Place, PlaceVersion
from gongzhi.places.rules import upwards
from gongzhi.sheets import rules
from gongzhi.sheets.models import Observation

READ = "statistics.read"
_HOUSE = system_actor("sheets.boundaries")


def current() -> QuerySet[Observation]:
    """The rows that no later one corrects."""
    return Observation.objects.filter(superseded_by__isnull=True)


def visible_to(actor: Actor) -> QuerySet[Observation]:
    """Figures of places inside the actor's, and of those above: how one's town stands is no secret to its village."""
    require(actor, READ)
    rows = current().select_related("place", "indicator").defer("place__polygon")
    if actor.kind == "system":
        return rows
    above = {path for one in actor.paths_for(READ) for path in upwards(one)}
    found = rows.filter(place__path__in=above)
    for path in actor.paths_for(READ):
        found = found | rows.filter(place__path__startswith=path)
    return found


def series_of(actor: Actor, code: str, place: Place) -> list[Observation]:
    """One figure of one place by year."""
    return list(visible_to(actor).filter(indicator__code=code, place=place).order_by("year"))


def corrections_of(observation: Observation) -> list[Observation]:
    """What was said before, the newest first."""
    found, row = [], observation.supersedes
    while row is not None:
        found.append(row)
        row = row.supersedes
    return found


def unlike(place: Place, first: dt.date, last: dt.date) -> bool:
    """Whether a change of boundaries changed this place between two days (first < change ≤ last)."""
    days = [batch.on for batch in comparing.batches(_HOUSE, limit=1000) if first < batch.on <= last]
    return bool(days) and PlaceVersion.objects.filter(place=place, valid_to__in=days).exists()


@dataclass(frozen=True, slots=True)
class Step:
    """One year of a series and how it stands to the year before it in the series; None: it cannot be compared."""

    row: Observation
    change: Decimal | None
    why_not: str


def steps_of(rows: Sequence[Observation]) -> list[Step]:
    """Year on year; a gap of years, a base of 0 or other boundaries are said, not glossed over."""
    found: list[Step] = []
    for at, row in enumerate(rows):
        before = rows[at - 1] if at else None
        found.append(_step(row, before))
    return found


def _step(row: Observation, before: Observation | None) -> Step:
    if before is None:
        return Step(row, None, "first")
    if row.year - before.year != 1:
        return Step(row, None, "gap")
    if unlike(row.place, before.boundaries_on, row.boundaries_on):
        return Step(row, None, "boundaries")
    change = rules.year_on_year(Fraction(before.value), Fraction(row.value), decimals=2, alike=True)
    return Step(row, change, "" if change is not None else "base")


@dataclass(frozen=True, slots=True)
class Average:
    """The average annual change over a span, or why there is none."""

    first: Observation
    last: Observation
    percent: Decimal | None
    refusal: Refused | None

    @property
    def years(self) -> int:
        return self.last.year - self.first.year


def average_of(first: Observation, last: Observation, *, decimals: int = 2) -> Average:
    """From one year to another of the same series, by the geometric mean."""
    alike = not unlike(last.place, first.boundaries_on, last.boundaries_on)
    try:
        percent = rules.average_annual(
            Fraction(first.value), Fraction(last.value), last.year - first.year, decimals=decimals, alike=alike
        )
    except Refused as refused:
        return Average(first, last, None, refused)
    return Average(first, last, percent, None)


def latest(
    codes: Iterable[str], place: Place, *, before: dt.date | None = None, since: dt.date | None = None
) -> dict[str, Observation]:
    """The newest year of each figure of a place; `before`/`since` narrow by the day of its boundaries."""
    rows = current().filter(place=place, indicator__code__in=list(codes)).select_related("indicator")
    if before is not None:
        rows = rows.filter(boundaries_on__lt=before)
    if since is not None:
        rows = rows.filter(boundaries_on__gte=since)
    return {row.indicator.code: row for row in rows.order_by("year", "id")}
