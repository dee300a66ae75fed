"""裁决: disputes that wait for the common superior, rulings made, and those that speak for the next dispatch."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from gongzhi.cases import rules
from gongzhi.cases.models import OPEN, Case, CaseEvent, Clock
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.routing import units
from gongzhi.common.access import Actor
from gongzhi.common.paging import clamp_limit, encode_cursor
from gongzhi.places.models import Place

_LOOKED_AT = 200
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Precedent:
    """One ruling as codes and names of bodies: what the words were stays in the case."""

    number: str
    at: dt.datetime
    unit_id: int
    unit: str
    clause: str
    reason: str
    path: str
    category: str
    superior: str
    boundary: bool


def _precedent(event: CaseEvent) -> Precedent:
    facts = event.facts
    return Precedent(
        number=event.case.number,
        at=event.at,
        unit_id=facts.get("unit") or 0,
        unit=facts.get("unit_name", ""),
        clause=facts.get("clause", ""),
        reason=facts.get("reason", ""),
        path=facts.get("path", ""),
        category=facts.get("category", ""),
        superior=facts.get("superior", ""),
        boundary=bool(facts.get("boundary")),
    )


def _rulings() -> QuerySet[CaseEvent]:
    # The text of the index's condition, so that the planner knows it: newest rulings without a walk over all events.
    return CaseEvent.objects.filter(move="rule").select_related("case")


def precedents_for(case: Case) -> list[Precedent]:
    """Rulings on the same category near the same place, nearest first: what the next dispatch shows."""
    if not case.category:
        return []
    same = _rulings().filter(facts__category=case.category).exclude(case_id=case.pk).order_by("-id")[:_LOOKED_AT]
    found = {str(event.pk): _precedent(event) for event in same}
    near = rules.precedents([(key, one.path) for key, one in found.items()], case.path)
    return [found[key] for key in near[:SHOWN]]


def disputes(actor: Actor) -> QuerySet[Any]:
    """Open disputes that the actor's mandates reach, with the ruling's clock."""
    clock = Clock.objects.filter(case=OuterRef("pk"), kind="ruling", met_at__isnull=True).order_by("-id")
    cases = worked_by(actor).filter(status__in=OPEN, pending__kind="ruling")
    return cases.select_related("key", "unit", "place", "grid").annotate(
        ruling_at=Subquery(clock.values("due_at")[:1]), ruling_since=Subquery(clock.values("started_at")[:1])
    )


def open_disputes(actor: Actor, limit: int = 100) -> list[Any]:
    return list(disputes(actor).order_by("ruling_at", "id")[:limit])


def decided_by(actor: Actor, case: Case) -> bool:
    """Whether this dispute waits for the actor."""
    asked = case.pending
    return rules.may_rule(
        actor.scopes, superior_path=asked.get("superior_path") or case.path, concerned=asked.get("concerned", ())
    )


def rulings_page(actor: Actor, *, before: int | None = None, limit: int | None = None) -> tuple[list[Precedent], str]:
    """Rulings on cases that the actor's mandates reach, newest first."""
    size = clamp_limit(limit)
    events = _rulings().filter(case__in=worked_by(actor).values("pk")).order_by("-id")
    if before:
        events = events.filter(pk__lt=before)
    rows = list(events[: size + 1])
    shown = [_precedent(event) for event in rows[:size]]
    return shown, encode_cursor(rows[size - 1].pk) if len(rows) > size else ""


def grids_concerned(case: Case, concerned: Sequence[int]) -> list[Place]:
    """The outlines to draw at a disputed boundary: the case's grid, and the places of the units concerned."""
    known = {unit.id: unit for unit in units()}
    paths = {known[one].path for one in concerned if one in known}
    near = Place.objects.current().filter(path__in=paths, polygon__isnull=False)
    siblings = Place.objects.none()
    if case.grid_id and case.grid and case.grid.parent_id:
        siblings = Place.objects.current().filter(parent_id=case.grid.parent_id, polygon__isnull=False)
    return list({place.pk: place for place in [*near, *siblings[:12]]}.values())
