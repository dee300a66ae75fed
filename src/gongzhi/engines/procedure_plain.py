"""Events and refusals as plain values for a table or a record, and back; what comes back is the same event.

A course is kept as these values, one row an event, never changed; whoever has the rows and the pack can replay it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from gongzhi.engines.procedure_terms import Event, EventKind, Refusal

_DAYS = ("on", "entered_on", "for_day")
_NAMES = tuple(field.name for field in fields(Event))


def event_values(event: Event) -> dict[str, Any]:
    """JSON values; what is empty is left out."""
    values = {name: getattr(event, name) for name in _NAMES}
    days = {name: value.isoformat() for name in _DAYS if (value := values[name])}
    given = {"figures": dict(sorted(event.figures.items())), "documents": list(event.documents)}
    return {name: value for name, value in (values | days | given).items() if value}


def event_of(values: Mapping[str, Any]) -> Event:
    """Raises ValueError for values that are no event: another kind, a key too many, a figure that is not whole."""
    if unknown := set(values) - set(_NAMES):
        raise ValueError(f"{min(unknown)}: an event has no such value")
    if values.get("kind") not in get_args(EventKind) or not values.get("on") or not values.get("by"):
        raise ValueError("kind, on, by: an event needs them")
    figures = dict(values.get("figures", {}))
    if not all(type(value) is int for value in figures.values()):
        raise ValueError("figures: whole numbers of the smallest unit")
    days = {name: dt.date.fromisoformat(values[name]) for name in _DAYS if values.get(name)}
    return Event(**{**values, **days, "figures": figures, "documents": tuple(values.get("documents", ()))})


def refusal_values(refusal: Refusal) -> dict[str, Any]:
    """A refusal for an answer of the interface or for a log; its facts are plain already."""
    return {"code": refusal.code, "step": refusal.step, "facts": dict(refusal.facts)}
