"""来件: what another system sends, once under each of its numbers; an upper room makes demands of it."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.sealing import Unreadable, seal, unseal
from gongzhi.common.text import N_, tidy
from gongzhi.people import vault
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.registers.models import IncomingEvent

News = Literal["new", "same", "changed"]


@dataclass(frozen=True, slots=True)
class Received:
    """An event as it came, and whether we knew it."""

    event: IncomingEvent
    news: News


def _context(event: IncomingEvent) -> str:
    return f"event:{event.source}:{event.external_id}"


@transaction.atomic
def receive_event(
    *, by: Actor, at: dt.datetime, source: str, external_id: str, content: dict[str, Any], path: str
) -> Received:
    """Keep an event under its number; the same number again is the same event, with what changed."""
    digest = hashlib.sha256(msgspec.json.encode(content, order="sorted")).digest()
    found = _existing(source, external_id)
    if found is None:
        try:
            with transaction.atomic():
                return Received(_new(source, external_id, content, digest, path, by=by, at=at), "new")
        except IntegrityError:  # another sender of the same event was faster
            found = _existing(source, external_id)
            if found is None:
                raise
    if bytes(found.digest) == digest:
        return Received(found, "same")
    found.digest, found.updated_at, found.updates = digest, at, found.updates + 1
    if found.state != IncomingEvent.State.DISMISSED:
        found.sealed = seal(vault.open_key(found.key), msgspec.json.encode(content), _context(found))
    found.save()
    changes = {"updates": found.updates}
    record(by=by, at=at, action="registers.event_changed", subject=str(found), changes=changes)
    return Received(found, "changed")


def _existing(source: str, external_id: str) -> IncomingEvent | None:
    rows = IncomingEvent.objects.select_for_update(of=("self",)).select_related("key")
    return rows.filter(source=source, external_id=external_id).first()


def _new(
    source: str, external_id: str, content: dict[str, Any], digest: bytes, path: str, *, by: Actor, at: dt.datetime
) -> IncomingEvent:
    row, key = vault.new_key("event", at)
    row.save(force_insert=True)
    event = IncomingEvent(
        source=source, external_id=external_id, digest=digest, key=row, path=path, received_at=at, updated_at=at
    )
    event.sealed = seal(key, msgspec.json.encode(content), _context(event))
    event.save(force_insert=True)
    record(by=by, at=at, action="registers.receive_event", subject=str(event), changes={})
    return event


def content_of(event: IncomingEvent) -> dict[str, Any]:
    """What was sent; empty once it was put aside."""
    try:
        key = vault.open_key(event.key)
        found: dict[str, Any] = msgspec.json.decode(unseal(key, bytes(event.sealed or b""), _context(event)))
    except Unreadable:
        return {}
    return found


@transaction.atomic
def settle_event(*, by: Actor, at: dt.datetime, event: IncomingEvent, case: str) -> IncomingEvent:
    """The event became a demand; its words are kept with that one."""
    event.state, event.case, event.decided_by, event.decided_at = (
        IncomingEvent.State.OPENED,
        case,
        by.reference,
        at,
    )
    event.save()
    record(by=by, at=at, action="registers.settle_event", subject=str(event), changes={"case": case})
    return event


def get_waiting(by: Actor, event_id: int, *, lock: bool = False) -> IncomingEvent:
    """An event that waits for a person, in the actor's places. Raises NotFound `event_not_found`."""
    rows = IncomingEvent.objects.select_related("key").filter(pk=event_id)
    event = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if event is None or not any(event.path.startswith(path) for path in by.paths_for("cases.report_for")):
        raise NotFound("event_not_found", N_("没有这件来件，或者不归您管。"))
    return event


@transaction.atomic
def dismiss_event(*, by: Actor, at: dt.datetime, event_id: int, reason: str) -> IncomingEvent:
    """A person looked and nothing is to be done: the words go, number and reason stay.

    Raises NotFound, Forbidden, Conflict `event_decided`, `dismissal_without_reason`.
    """
    event = get_waiting(by, event_id, lock=True)
    require(by, "cases.report_for", path=event.path)
    if event.state != IncomingEvent.State.WAITING:
        raise Conflict("event_decided", N_("这件来件已经有人处理了。"))
    if not tidy(reason):
        raise Conflict("dismissal_without_reason", N_("不办要写理由，比如误报。"))
    event.state, event.sealed, event.reason = IncomingEvent.State.DISMISSED, None, tidy(reason)
    event.decided_by, event.decided_at = by.reference, at
    event.save()
    destroy_key(event.key_id, at)
    record(by=by, at=at, action="registers.dismiss_event", subject=str(event))
    return event
