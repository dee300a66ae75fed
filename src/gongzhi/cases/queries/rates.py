"""三率 and the other rates: numerator, denominator, what is left out and why, and the rows of each; exact.

Units, places, categories, channels and months may be set side by side. Persons never: GROUPS is the whole list.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import TruncMonth

from gongzhi.cases.models import Case
from gongzhi.cases.queries import parts
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import CHINA
from gongzhi.engines.intervals import wilson
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

THREE = ("response", "resolution", "satisfaction")
GROUPS = ("unit", "place", "category", "channel", "month")
_MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of some cases. `weighted` counts 基本满意 by its weight; `left_out` are cases by reason."""

    code: str
    numerator: int
    denominator: int
    weighted: Fraction
    left_out: Mapping[str, int]
    filters: Filters

    @property
    def share(self) -> Fraction | None:
        """Exact, 0–1; None out of nothing."""
        return self.weighted / self.denominator if self.denominator else None

    @property
    def percent(self) -> float | None:
        share = self.share
        return None if share is None else float(100 * share)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's bounds at 95 %, in percent."""
        bounds = wilson(round(self.weighted), self.denominator)
        return (100 * bounds[0], 100 * bounds[1]) if bounds else None

    def rows(self, part: str) -> Filters:
        """The filters that list "all" (the denominator), "top" (the numerator) or one reason."""
        return replace(self.filters, part=f"{self.code}.{part}")


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates of one set of cases. `received` is how many there are in all."""

    key: str
    name: str
    received: int
    rates: Mapping[str, Rate]
    filters: Filters = field(default_factory=Filters)

    @property
    def composite(self) -> Fraction | None:
        """综合分: the three rates by the pack's weights; None where one of them counts nothing."""
        scoring, shares = packs.active_model().scoring, [self.rates[code].share for code in THREE]
        if scoring is None:
            return None
        weights = (scoring.response_percent, scoring.resolution_percent, scoring.satisfaction_percent)
        return composite_of(shares, weights)


def composite_of(shares: list[Fraction | None], percents: tuple[int, int, int]) -> Fraction | None:
    """w1·响应率 + w2·解决率 + w3·满意率, out of 1."""
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return None
    return sum((share * Fraction(percent, 100) for share, percent in zip(known, percents, strict=True)), Fraction(0))


def rates(actor: Actor, filters: Filters, at: dt.datetime) -> Rates:
    """The rates of what the filters leave of the actor's cases: one statement. Raises Forbidden, SignInRequired."""
    cases = _cases(actor, filters, at)
    return _arranged("", "", cases.aggregate(**_counts(at)), filters, at)


def rate_of(actor: Actor, filters: Filters, at: dt.datetime, *, code: str) -> Rate:
    """One of the rates, counted by itself: a tenth of the statement. Raises as `rates`."""
    return _rate(code, _cases(actor, filters, at, (code,)).aggregate(**_counts(at, (code,))), filters, at)


def rates_by(actor: Actor, filters: Filters, at: dt.datetime, *, group: str) -> list[Rates]:
    """The same by unit, place (one level down), category (top), channel or month; by name, never by value.

    Raises KeyError for anything else to group by: there is no list of persons.
    """
    key = _KEYS[group](actor, filters)
    cases = _cases(actor, filters, at).annotate(group=key).values("group").annotate(**_counts(at))
    found = list(cases.order_by("group")[:_MOST_GROUPS])
    names = _names(group, [row["group"] for row in found], _base(actor, filters))
    made = [
        _arranged(str(row["group"] or ""), names.get(row["group"], ""), row, _narrowed(group, row, actor, filters), at)
        for row in found
    ]
    return sorted(made, key=lambda rates: (rates.name == "", rates.key if group == "month" else rates.name))


def _cases(
    actor: Actor, filters: Filters, at: dt.datetime, codes: Iterable[str] = tuple(parts.DEFINITIONS)
) -> QuerySet[Case]:
    require(actor, "statistics.read", path=filters.place or None)
    cases = parts.annotated(filtered(actor, filters, at))
    return cases.annotate(**{f"in_{code}": parts.part_of(code, at) for code in codes})


def _counts(at: dt.datetime, codes: Iterable[str] = tuple(parts.DEFINITIONS)) -> dict[str, Count]:
    counts = {"received": Count("pk")}
    for code in codes:
        for part in (*parts.COUNTED, *parts.left_out_of(code, at)):
            counts[f"{code}_{part}"] = Count("pk", filter=Q(**{f"in_{code}": part}))
    return counts


def _arranged(key: str, name: str, counts: Mapping[str, Any], filters: Filters, at: dt.datetime) -> Rates:
    made = {code: _rate(code, counts, filters, at) for code in parts.DEFINITIONS}
    return Rates(key, name, counts["received"], made, filters)


def _rate(code: str, counts: Mapping[str, Any], filters: Filters, at: dt.datetime) -> Rate:
    top, rest, basic = (counts[f"{code}_{part}"] for part in parts.COUNTED)
    left_out = {part: n for part in parts.left_out_of(code, at) if (n := counts[f"{code}_{part}"])}
    return Rate(code, top, top + rest + basic, top + basic * _basic_weight(), left_out, filters)


def _basic_weight() -> Fraction:
    scoring = packs.active_model().scoring
    return Fraction(scoring.basic_percent, 100) if scoring else Fraction(0)


def _base(actor: Actor, filters: Filters) -> str:
    """The path whose next level is compared: the filter's, else the narrowest that holds all the actor's."""
    if filters.place:
        return filters.place
    paths = [path.strip("/").split("/") for path in actor.paths_for("statistics.read")]
    shared: list[str] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return f"/{'/'.join(shared)}/" if shared else "/"


def _segment(source: str, separator: str, number: int) -> Func:
    arguments = (F(source), Value(separator), Value(number))
    return Func(*arguments, function="split_part", output_field=CharField())


def _by_place(actor: Actor, filters: Filters) -> Any:
    return _segment("path", "/", len([code for code in _base(actor, filters).split("/") if code]) + 2)


_KEYS: dict[str, Any] = {
    "unit": lambda actor, filters: F("unit_id"),
    "place": _by_place,
    "category": lambda actor, filters: _segment("category", ".", 1),
    "channel": lambda actor, filters: F("channel"),
    "month": lambda actor, filters: TruncMonth("received_at", tzinfo=CHINA),
}


def _names(group: str, keys: list[Any], base: str) -> dict[Any, str]:
    model = packs.active_model()
    if group == "unit":
        return dict(Organization.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))
    if group == "place":
        paths = {f"{base}{key}/": key for key in keys if key}
        rows = Place.objects.filter(path__in=paths).values_list("path", "name")
        return {paths[path]: name for path, name in rows}
    if group == "month":
        return {key: f"{key:%Y-%m}" for key in keys}
    table = model.category if group == "category" else model.channel
    found = {key: table(key) for key in keys if key}
    return {key: item.name if item else str(key) for key, item in found.items()}


def _narrowed(group: str, row: Mapping[str, Any], actor: Actor, filters: Filters) -> Filters:
    """The filters that leave just one group."""
    key = row["group"]
    if group == "unit":
        return replace(filters, unit=key or 0)
    if group == "place":
        return replace(filters, place=f"{_base(actor, filters)}{key}/") if key else filters
    if group == "category":
        return replace(filters, category=key or "-")
    if group == "channel":
        return replace(filters, channel=key)
    first = key.date()
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    since, until = max(first, filters.since or first), min(last, filters.until or last)
    return replace(filters, since=since, until=until)
