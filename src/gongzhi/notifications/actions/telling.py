"""Telling the outbox, a person, an address, a webhook: everything that makes a message exist."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.registry import activity_on
from gongzhi.common.text import N_
from gongzhi.notifications import addresses, queries, rendering, rules
from gongzhi.notifications.addresses import Address
from gongzhi.notifications.models import Delivery, Notice, OutboxEvent, Webhook
from gongzhi.notifications.registry import Event
from gongzhi.people import vault
from gongzhi.people.models import VaultKey


def emit(topic: str, payload: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Write an event into the outbox, in the caller's transaction: it exists if and only if the act does."""
    OutboxEvent.objects.create(topic=topic, payload=dict(payload), created_at=at, next_try_at=at)


@transaction.atomic
def notify_person(
    *,
    by: Actor,
    at: dt.datetime,
    person_id: Any,
    kind: str,
    params: Mapping[str, Any],
    subject: str,
    dedupe_key: str,
    channels: Iterable[str] = ("app", "mail", "sms"),
) -> None:
    """Tell a person once per `dedupe_key`: a notice in the product, and one message outside it.

    Outside, the first of `channels` is used for which the person has an address and a server is set: two
    copies of one piece of news are one too many. The address is read from the vault when the message is sent.
    Nobody is told anything while the processing activity is not in use. Raises Refused `unknown_message` for a kind
    without words.
    """
    rendering.require_template(kind)
    if not activity_on("notices"):
        return
    channels = tuple(channels)
    words: dict[str, Any] = {"kind": kind, "params": dict(params), "subject": subject}
    if "app" in channels:
        notice = Notice(person_id=person_id, dedupe_key=dedupe_key, created_at=at, **words)
        Notice.objects.bulk_create([notice], ignore_conflicts=True)
    channel = _outside_channel(person_id, channels)
    if channel is not None:
        delivery = Delivery(channel=channel, person_id=person_id, **words)
        _enqueue(delivery, dedupe_key=f"person:{person_id}:{dedupe_key}", at=at)


def _outside_channel(person_id: Any, channels: tuple[str, ...]) -> str | None:
    held = queries.contact_fields_of(person_id)
    usable = (name for name in channels if rules.CONTACT_FIELD.get(name) in held)
    return next((name for name in usable if queries.channel_is_set(name)), None)


@transaction.atomic
def send_address(
    *,
    by: Actor,
    at: dt.datetime,
    channel: str,
    to: str,
    kind: str,
    params: Mapping[str, Any],
    dedupe_key: str,
    subject: str = "",
    secret: Mapping[str, Any] | None = None,
    key: VaultKey | None = None,
    expires_at: dt.datetime | None = None,
) -> None:
    """Send to somebody without an account, once per `dedupe_key`. `to` and `secret` are sealed at once.

    `key` is the vault key of the case or person they belong to; without one they are sealed under the house
    key and emptied when sent. `secret` holds the words only the receiver may read ({"code": "…"}).
    Raises Refused `unknown_channel`, `unknown_message`.
    """
    if channel not in rules.CONTACT_FIELD:
        raise Refused("unknown_channel", N_("没有这种发送方式：{channel}。"), channel=channel)
    rendering.require_template(kind)
    plain = vault.open_key(key) if key else addresses.house_key()
    sealed = addresses.seal_address(plain, dedupe_key, Address(to, dict(secret or {})))
    words: dict[str, Any] = {"kind": kind, "params": dict(params), "subject": subject}
    delivery = Delivery(channel=channel, key=key, sealed=sealed, expires_at=expires_at, **words)
    _enqueue(delivery, dedupe_key=dedupe_key, at=at)
    if expires_at is not None:
        _wake_worker()


def _wake_worker() -> None:
    """Somebody sits waiting for this one. Not for every message: NOTIFY makes commits queue up."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY gongzhi_jobs")


def _enqueue(delivery: Delivery, *, dedupe_key: str, at: dt.datetime) -> None:
    if not (dedupe_key.isascii() and dedupe_key.isprintable()):
        raise ValueError("a dedupe_key becomes a header: printable ASCII, and no personal value")
    delivery.dedupe_key, delivery.created_at, delivery.next_try_at = dedupe_key, at, at
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)


def push_event(*, by: Actor, at: dt.datetime, webhook: Webhook, event: Event) -> None:
    """Queue one event for one webhook; a second time changes nothing."""
    params = {"at": event.at.isoformat(), "payload": dict(event.payload)}
    delivery = Delivery(channel="webhook", webhook=webhook, kind=event.topic, params=params)
    _enqueue(delivery, dedupe_key=f"event:{event.id}:webhook:{webhook.pk}", at=at)
