"""Who hears of which event. Rooms register in their AppConfig.ready; names are stable, they are stored.

    @receive("case.reported")
    def tell_reporter(event: Event) -> None: ...

A receiver runs at least once per event, in a transaction with the mark that it is done. It must be idempotent
where it reaches outside the database.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EVERY_TOPIC = "*"


@dataclass(frozen=True)
class Event:
    """One outbox row as receivers see it; `at` is when it happened, `now` when it is being handled."""

    id: int
    topic: str
    payload: dict[str, Any]
    at: dt.datetime
    now: dt.datetime


Receiver = Callable[[Event], None]
_receivers: dict[str, dict[str, Receiver]] = {}


def receive(topic: str) -> Callable[[Receiver], Receiver]:
    """Register a receiver for a topic ("*": every topic); the same function twice is registered once."""

    def register(function: Receiver) -> Receiver:
        _receivers.setdefault(topic, {})[name_of(function)] = function
        return function

    return register


def forget(topic: str, function: Receiver) -> None:
    _receivers.get(topic, {}).pop(name_of(function), None)


def receivers_of(topic: str) -> dict[str, Receiver]:
    """Dotted name → receiver, in the order of registration, those of every topic last."""
    return {**_receivers.get(topic, {}), **_receivers.get(EVERY_TOPIC, {})}


def name_of(function: Receiver) -> str:
    return f"{function.__module__}.{function.__qualname__}"
