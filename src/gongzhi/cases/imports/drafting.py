"""A message with everything worked out: key, sealed words, category, place, unit, promised date, timeline, trail."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from gongzhi.audit.actions import new_entry
from gongzhi.cases import queries, timing, words
from gongzhi.cases.grams import grams_of
from gongzhi.cases.imports.messages import Message
from gongzhi.cases.imports.placing import KINDS, Named, PlaceNames
from gongzhi.cases.imports.sorting import Sorter
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Category, Channel
from gongzhi.people import vault
from gongzhi.places import queries as places
from gongzhi.places.models import Place

CHANNEL = "import"
Values = tuple[Any, ...]
# What the source does not say is not made up: nobody here confirmed the answer.
_IMPORTED = {"imported": True}
_FACTS = json.dumps(_IMPORTED)
_REPORT_FACTS = json.dumps({"channel": CHANNEL, **_IMPORTED})


@dataclass(frozen=True, slots=True)
class Located:
    """Where a message lies; `place_id` is None where its words name no certain place."""

    path: str
    place_id: int | None = None
    grid_id: int | None = None

    @property
    def found(self) -> str:
        return "text" if self.place_id else "unlocated"


@dataclass(frozen=True, slots=True)
class Draft:
    """One new case on its way into the tables; `number` follows when it is written."""

    message: Message
    key: Values
    case: dict[str, Any]
    located: bool
    sorted: bool


class Drafter:
    """Works out cases; reads places, units and packs once and keeps what repeats."""

    def __init__(self, *, by: Actor, at: dt.datetime, categories: tuple[Category, ...]) -> None:
        self.by, self.at = by, at
        self._sorter = Sorter(categories)
        self._root = places.root_path()
        self._names = PlaceNames(_named_places(self._root))
        self._channel = packs.active_model().channel(CHANNEL) or Channel(code=CHANNEL, name=CHANNEL)
        self._located: dict[int, Located] = {}
        self._routes: dict[tuple[str, str], dict[str, Any]] = {}
        self._unknown = {"unit_id": None, "routing": self._routing("none", {})}
        self._priorities: dict[str, str] = {}

    def draft(self, message: Message) -> Draft:
        key_row, key = vault.new_key("case", self.at)
        sorted_as = self._sorter.sort(message.whole, message.labels)
        where = self._locate(message.whole)
        values = {
            "channel": CHANNEL,
            "category": sorted_as.category,
            "category_source": sorted_as.source,
            "privacy": self._channel.privacy,
            "place_id": where.place_id,
            "grid_id": where.grid_id,
            "path": where.path,
            "location": where.found,
            "key_id": key_row.pk,
            "words": words.seal_part(key, key_row.pk, "words", {"text": message.text, "detail": message.detail}),
            "received_at": message.received_at,
            "external_id": message.number,
            "grams": grams_of(message.text, message.detail, self._channel.privacy),
            **self._promise(message, sorted_as.category),
            **self._responsible(message, where.path, sorted_as.category),
            **answer_values(message, key, key_row.pk),
        }
        row = (key_row.pk, "case", key_row.master_id, key_row.wrapped, self.at, None)
        return Draft(message, row, values, where.place_id is not None, bool(sorted_as.category))

    def _locate(self, text: str) -> Located:
        found = self._names.find(text)
        if found is None:
            return Located(self._root)
        if found.id not in self._located:
            grid = places.grid_of(Place.objects.get(pk=found.id))
            self._located[found.id] = Located(found.path, found.id, grid.pk if grid else None)
        return self._located[found.id]

    def _promise(self, message: Message, category: str) -> dict[str, Any]:
        """The date by the model in use, counted from receipt. No clock runs: nobody here made that promise."""
        if category not in self._priorities:
            self._priorities[category] = queries.priority_of(category, CHANNEL)
        priority = self._priorities[category]
        planned = timing.plan_for(priority, "resolve", message.received_at)
        return {"priority": priority, "due_at": planned.due_at, "due_certain": planned.certain}

    def _responsible(self, message: Message, path: str, category: str) -> dict[str, Any]:
        """Who would get an open message; who answered an old one the source does not say."""
        if message.answered_at:
            return self._unknown
        if (path, category) not in self._routes:
            route = queries.route_for(path, category, self._channel, None)
            unit_id = route.unit.id if route.unit else None
            self._routes[path, category] = {"unit_id": unit_id, "routing": self._routing(route.code, route.facts)}
        return self._routes[path, category]

    def _routing(self, code: str, facts: dict[str, Any]) -> str:
        return json.dumps({"code": code, "pack": packs.in_use().model_reference, **facts, **_IMPORTED})


def _named_places(root: str) -> list[Named]:
    """Public places below the root; dwellings are somebody's home and never looked for."""
    if root == "/":
        return []
    rows = Place.objects.current().under(root).filter(kind__in=KINDS)
    return [Named(*row) for row in rows.values_list("id", "kind", "name", "path").iterator(5000)]


def answer_values(message: Message, key: bytes, key_id: uuid.UUID) -> dict[str, Any]:
    """What the source's answer makes of a case: answered and closed then, confirmed by nobody."""
    if not message.answered_at:
        return {"status": "reported", "result": None, "answered_at": None, "closed_at": None}
    return {
        "status": "closed",
        "result": words.seal_part(key, key_id, "result", message.answer),
        "answered_at": message.answered_at,
        "closed_at": message.answered_at,
    }


def events_of(message: Message, *, with_report: bool = True) -> list[tuple[dt.datetime, str, str, str]]:
    """The timeline as the source tells it: (at, move, status it led to, facts as JSON)."""
    events: list[tuple[dt.datetime, str, str, str]] = []
    if with_report:
        events.append((message.received_at, "report", "reported", _REPORT_FACTS))
    if message.answered_at:
        events.append((message.answered_at, "answer", "answered", _FACTS))
        events.append((message.answered_at, "close", "closed", _FACTS))
    return events


def trail_values(number: str, before: str | None, after: str, *, by: Actor, at: dt.datetime) -> Values:
    """The trail's row: who brought it in and when, which is not when it happened."""
    changes = {"status": [before, after], **_IMPORTED}
    entry = new_entry(by=by, at=at, action="cases.import", subject=f"case:{number}", changes=changes)
    values = (entry.at, entry.actor, entry.mandate_id, entry.action, entry.subject, entry.purpose)
    return (*values, json.dumps(entry.changes), entry.digest)


def case_number(prefix: str, received_at: dt.datetime, taken: int) -> str:
    return f"{prefix}-{local_date(received_at):%y%m%d}-{taken:04d}"
