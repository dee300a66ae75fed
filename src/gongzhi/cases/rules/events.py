"""An event of another system read by its pack. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.packs.field_contents import EventsPack

_ID = re.compile(r"^[\w.:/-]{1,60}$")


@dataclass(frozen=True, slots=True)
class Event:
    """What we take of an event; empty where the source says nothing."""

    id: str
    text: str
    place: str = ""
    category: str = ""
    received: str = ""
    state: str = ""
    longitude: float | None = None
    latitude: float | None = None


def _at(content: Mapping[str, Any], key: str) -> Any:
    """The value at a path such as `address.lng`; None where there is none."""
    found: Any = content
    for part in filter(None, key.split(".")):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found if key else None


def _text(content: Mapping[str, Any], key: str, most: int = 4000) -> str:
    value = _at(content, key)
    said = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return tidy(said.replace("\0", ""))[:most]


def _number(content: Mapping[str, Any], key: str) -> float | None:
    try:
        return float(_at(content, key))
    except (TypeError, ValueError):
        return None


def read_event(content: Mapping[str, Any], pack: EventsPack) -> Event:
    """The event as its pack names its keys. Raises Refused `event_incomplete` naming the key that is missing."""
    number, text = _text(content, pack.id_key, 80), _text(content, pack.text_key)
    if not _ID.match(number):
        raise Refused("event_incomplete", N_("事件里少了编号，或写得不对：{key}。"), key=pack.id_key)
    if not text:
        raise Refused("event_incomplete", N_("事件里少了内容：{key}。"), key=pack.text_key)
    longitude, latitude = _number(content, pack.longitude_key), _number(content, pack.latitude_key)
    whole = longitude is not None and latitude is not None
    theirs = _text(content, pack.category_key, 60)
    return Event(
        id=number,
        text=text,
        place=_text(content, pack.place_key, 64),
        category=next((one.ours for one in pack.categories if one.theirs == theirs), ""),
        received=_text(content, pack.time_key, 40),
        state=_text(content, pack.state_key, 40),
        longitude=longitude if whole else None,
        latitude=latitude if whole else None,
    )


def write_event_as(pack: EventsPack, event: Event) -> dict[str, Any]:
    """An event in the source's own format: `read_event` of it gives the event back."""
    theirs = next((one.theirs for one in pack.categories if one.ours == event.category), event.category)
    said = [
        (pack.id_key, event.id),
        (pack.text_key, event.text),
        (pack.place_key, event.place),
        (pack.category_key, theirs),
        (pack.time_key, event.received),
        (pack.state_key, event.state),
    ]
    found: dict[str, Any] = {}
    for key, value in said:
        if key and value:
            inside = found
            *outer, last = key.split(".")
            for part in outer:
                inside = inside.setdefault(part, {})
            inside[last] = value
    return found
