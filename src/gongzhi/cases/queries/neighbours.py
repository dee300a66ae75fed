"""Who else has raised the same thing: near duplicates by engines.similarity on blind bigrams, nobody's words opened."""

import datetime as dt
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from gongzhi.cases.grams import blind
from gongzhi.cases.models import Case
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.published import listed
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.merging import MAIN_STATES
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor
from gongzhi.common.registry import activity_on
from gongzhi.engines.similarity import Demand, Knobs, Rarity, Score, likeness
from gongzhi.packs import queries as packs

SHOWN = 3
# Rarity is learnt from the newest cases of the instance and kept a while: it changes slowly.
_LEARNT_FROM, _FRESH_SECONDS = 2_000, 600.0
# A candidate shares one of the heaviest bigrams, which together weigh three quarters of the text.
_SHARE, _MOST_GRAMS, _MOST_CANDIDATES = 0.25, 48, 300
_COLUMNS = ("pk", "grams", "received_at", "path", "longitude", "latitude", "category")


class _RarityTable:
    """Weights of bigrams, learnt again every ten minutes by whoever asks first."""

    def __init__(self) -> None:
        self._lock, self._weights, self._read_at = threading.Lock(), Rarity(), float("-inf")

    def clear(self) -> None:
        self._read_at = float("-inf")

    def weights(self) -> Rarity:
        with self._lock:
            if time.monotonic() - self._read_at > _FRESH_SECONDS:
                self._weights, self._read_at = _learn(), time.monotonic()
            return self._weights


def _learn() -> Rarity:
    rows = Case.objects.filter(grams__isnull=False).order_by("-id").values_list("grams", flat=True)
    common = {gram for phrase in packs.active_model().duplicates.phrases for gram in blind(phrase)}
    return Rarity([row or [] for row in rows[:_LEARNT_FROM]], common=common)


_table = _RarityTable()
forget_rarity = _table.clear


@dataclass(frozen=True, slots=True)
class Near:
    """A case that is probably about the same thing, why, and how many are behind it."""

    case: Case
    score: Score
    heads: int


def near_case(actor: Actor, case: Case, at: dt.datetime, *, limit: int = SHOWN) -> list[Near]:
    """For the desk: open cases that the actor works on, the likeliest first."""
    if case.privacy in PRIVATE or not case.grams or case.main_id:
        return []
    known = worked_by(actor).exclude(pk=case.pk)
    percent = packs.active_model().duplicates.desk_percent
    return _nearest(known, _demand_of(case), case.received_at, percent, limit)


def near_report(
    *, text: str, detail: str, where: Where, category: str, at: dt.datetime, limit: int = SHOWN
) -> list[Near]:
    """For a neighbour before sending: open cases that the public page lists."""
    grams = blind(f"{text}\n{detail}")
    point = None if where.longitude is None or where.latitude is None else (where.longitude, where.latitude)
    path = where.path if where.place_id or where.grid_id else ""
    demand = Demand(grams, _days(at), path, point, category)
    return _nearest(Case.objects.filter(listed()), demand, at, packs.active_model().duplicates.neighbour_percent, limit)


def public_neighbours(
    *, text: str, detail: str, where: Where, category: str, at: dt.datetime
) -> list[dict[str, Any]]:
    """What anybody may learn of them: category, rough place, state, day, how many; a missing category is guessed."""
    if not category:
        guesses = packs.guess_category(text)
        category = guesses[0].category.code if guesses else ""
    return [
        {
            "number": one.case.number,
            "category": one.case.category or None,
            "place": _rough_place(one.case),
            "status": one.case.status,
            "received_at": one.case.received_at,
            "reporters": one.heads,
        }
        for one in near_report(text=text, detail=detail, where=where, category=category, at=at)
    ]


def _rough_place(case: Case) -> str | None:
    """The grid or community, never a building or a dwelling."""
    if case.grid is not None:
        return case.grid.name
    return case.place.name if case.place and case.place.kind in ("region", "grid") else None


def score_of(one: Case, other: Case) -> Score:
    """How alike two cases are, for the page that shows them side by side."""
    return likeness(_demand_of(one), _demand_of(other), _table.weights(), _knobs())


def _knobs() -> Knobs:
    given = packs.active_model().duplicates
    return Knobs(
        half_metres=given.half_metres,
        half_days=given.half_days,
        unknown_place=given.unknown_place_percent / 100,
        kind_share=given.kind_percent / 100,
    )


def _days(at: dt.datetime) -> float:
    return at.timestamp() / 86_400


def _demand(
    grams: Collection[int] | None,
    at: dt.datetime,
    path: str,
    longitude: float | None,
    latitude: float | None,
    category: str,
) -> Demand:
    point = None if longitude is None or latitude is None else (longitude, latitude)
    return Demand(frozenset(grams or ()), _days(at), path if path.count("/") > 2 else "", point, category)


def _demand_of(case: Case) -> Demand:
    located = case.path if case.place_id or case.grid_id else ""
    return _demand(case.grams, case.received_at, located, case.longitude, case.latitude, case.category)


def _nearest(known: QuerySet[Case], demand: Demand, at: dt.datetime, percent: int, limit: int) -> list[Near]:
    """One statement for the candidates; another for the rows, if any is near enough. None while it is not in use."""
    if not activity_on("suggesting"):
        return []
    weights, window = _table.weights(), dt.timedelta(days=packs.active_model().duplicates.window_days)
    heavy = weights.prefix(demand.shingles, _SHARE)[:_MOST_GRAMS]
    if not heavy:
        return []
    open_ones = known.filter(status__in=MAIN_STATES, main__isnull=True, grams__overlap=heavy)
    recent = open_ones.exclude(privacy__in=PRIVATE).filter(received_at__range=(at - window, at + window))
    rows: list[Any] = list(recent.order_by("-id").values_list(*_COLUMNS)[:_MOST_CANDIDATES])
    scored = [(likeness(demand, _demand(*row[1:]), weights, _knobs()), row[0]) for row in rows]
    best = sorted((pair for pair in scored if pair[0].total * 100 >= percent), key=lambda pair: -pair[0].total)[:limit]
    return _near_rows(best) if best else []


def _near_rows(best: list[tuple[Score, int]]) -> list[Near]:
    heads = Count("reporters", distinct=True) + Count("merged__reporters", distinct=True)
    found = Case.objects.filter(pk__in=[pk for _, pk in best]).annotate(heads=heads)
    rows = {row.pk: row for row in found.select_related("key", "unit", "place", "grid").defer("place__polygon")}
    return [Near(rows[pk], score, max(rows[pk].heads, 1)) for score, pk in best if pk in rows]
