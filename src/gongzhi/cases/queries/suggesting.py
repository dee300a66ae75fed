"""To whom a case could go, and what speaks for each: the duty list, how much of the same lies there already."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q

from gongzhi.cases import rules
from gongzhi.cases.models import OPEN, Case
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.duties import admission_of, matter_for
from gongzhi.cases.queries.routing import lineage, route_for, units
from gongzhi.cases.rules import Unit
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.ledger.queries import funding_lines
from gongzhi.packs import queries as packs

SHOWN = 3
_COUNTED = ("similar", "solved", "open", "over")
_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit with its reasons: `code` is duty, fallback, nearest, superior (the route's), serves, there or returned.

    `outside`: a community whose list does not hold the matter, so that it needs 准入 first (`admitted`: it has it);
    `funded`: delegated work, which names its funding line.
    """

    unit: Unit
    code: str
    kind: str
    clause: str = ""
    outside: bool = False
    admitted: bool = False
    funded: bool = False
    similar: int = 0
    solved: int = 0
    open: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best ones as cards, every unit that works there as a list, and the pack that the reasons rest on.

    `lines`: accounts of the ledger that delegated work may name, where a card is of such work (费随事转).
    """

    cards: tuple[Suggestion, ...]
    units: tuple[Unit, ...]
    basis: str
    lines: tuple[str, ...] = ()


def suggestions_for(actor: Actor, case: Case, at: dt.datetime) -> Suggestions:
    """The routed unit first; one statement for the counts."""
    route = _route(case, at)
    categories = lineage(case.category)
    refused = _refused(case)
    near = _ordered(case, route, categories)
    chosen = near[:SHOWN]
    numbers = _numbers(actor, case, [unit.id for unit in chosen], at)
    cards = tuple(_card(unit, route, categories, numbers.get(unit.id, {}), refused) for unit in chosen)
    cards = tuple(_with_duty(card, case, at) for card in cards)
    basis = packs.duties(local_date(at)) if route.line else None
    pack = basis.pack if basis else packs.active_model()
    return Suggestions(cards, tuple(near), f"{pack.title} {pack.version}", _lines(cards, case, at))


def _lines(cards: tuple[Suggestion, ...], case: Case, at: dt.datetime) -> tuple[str, ...]:
    if not any(card.funded for card in cards):
        return ()
    return tuple(f"{one.code} {one.name}" for one in funding_lines(case.path, local_date(at))[:20])


def first_choice(case: Case, at: dt.datetime) -> Unit | None:
    """The unit of the first card, without counting what speaks for it; none that has just returned the case."""
    near = _ordered(case, _route(case, at), lineage(case.category))
    return near[0] if near and near[0].id != _refused(case) else None


def _ordered(case: Case, route: rules.Route, categories: list[str]) -> list[Unit]:
    refused = _refused(case)
    return sorted(_near(case, route), key=lambda unit: (unit.id == refused, _rank(unit, route, categories)))


def _refused(case: Case) -> int | None:
    return case.unit_id if case.status == "returned" else None


def _with_duty(card: Suggestion, case: Case, at: dt.datetime) -> Suggestion:
    """What the duty list says of giving the case to this unit."""
    unit = card.unit
    matter = matter_for(case.category, unit.kind, unit.level, local_date(at))
    if matter is None or not matter.community:
        return card
    if matter.open_line is not None:
        return replace(card, funded=matter.open_line.delegated)
    admitted = admission_of(case, unit.id, at) is not None
    return replace(card, outside=True, admitted=admitted, funded=admitted)


def _route(case: Case, at: dt.datetime) -> rules.Route:
    channel = packs.active_model().channel(case.channel)
    if channel is None:
        return rules.Route(None, "none")
    return route_for(case.path, case.category, channel, case.about_unit_id, local_date(at))


def _near(case: Case, route: rules.Route) -> list[Unit]:
    """Bodies that work at the place and can be given work; never the one complained of."""
    routed = route.unit.id if route.unit else None
    return [
        unit
        for unit in units()
        if unit.id == routed
        or (case.path.startswith(unit.path) and unit.id != case.about_unit_id and (unit.kind or unit.serves))
    ]


def _rank(unit: Unit, route: rules.Route, categories: list[str]) -> tuple[Any, ...]:
    routed = route.unit is not None and unit.id == route.unit.id
    return (not routed, not set(unit.serves) & set(categories), -len(unit.path), unit.id)


def _numbers(actor: Actor, case: Case, unit_ids: list[int], at: dt.datetime) -> dict[int, dict[str, int]]:
    same = Q(category=case.category) if case.category else Q(pk__in=[])
    recent = Q(received_at__gte=at - _YEAR)
    rows = worked_by(actor).filter(unit_id__in=unit_ids).exclude(pk=case.pk).values("unit_id")
    counted = rows.annotate(
        similar=Count("pk", filter=same & recent),
        solved=Count("pk", filter=same & recent & Q(status__in=["confirmed", "closed"])),
        open=Count("pk", filter=Q(status__in=[status for status in OPEN if status not in ("reported", "accepted")])),
        over=Count("pk", filter=Q(status__in=["dispatched", "in_progress", "rework"], due_at__lt=at)),
    )
    found = counted.values_list("unit_id", *_COUNTED)
    return {unit_id: dict(zip(_COUNTED, numbers, strict=True)) for unit_id, *numbers in found}


def _card(
    unit: Unit, route: rules.Route, categories: list[str], numbers: dict[str, int], refused: int | None
) -> Suggestion:
    routed = route.unit is not None and unit.id == route.unit.id
    serves = bool(set(unit.serves) & set(categories))
    code = "returned" if unit.id == refused else route.code if routed else "serves" if serves else "there"
    return Suggestion(
        unit=unit,
        code=code,
        kind=next((kind.name for kind in packs.active_model().unit_kinds if kind.code == unit.kind), ""),
        clause=route.facts.get("clause", "") if routed else "",
        similar=numbers.get("similar", 0),
        solved=numbers.get("solved", 0),
        open=numbers.get("open", 0),
        over=numbers.get("over", 0),
    )


def guessed_words(text: str, category: str) -> tuple[str, ...]:
    """The words of a demand that spoke for its category."""
    found = (guess for guess in packs.guess_category(text, limit=8) if guess.category.code == category)
    return next((guess.words for guess in found), ())
