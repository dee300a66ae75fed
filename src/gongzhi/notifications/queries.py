"""Reads: one's own notices, what is stuck, and how the house's messages are doing."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.notifications import rules, sql
from gongzhi.notifications.channels import NoReceiver, Outgoing
from gongzhi.notifications.models import Delivery, DeliveryStatus, Notice, OutboxEvent, Webhook
from gongzhi.notifications.outgoing import outgoing, shown_on_screen
from gongzhi.people.models import VaultValue

MANAGE = "notifications.manage"
Row = TypeVar("Row", Notice, Delivery)
STUCK = (DeliveryStatus.FAILED, DeliveryStatus.GIVEN_UP)


@dataclass(frozen=True)
class DeliveryHealth:
    """Counts for the health page; times are of the oldest row still waiting."""

    waiting: int
    failed: int
    given_up: int
    oldest_waiting_at: dt.datetime | None
    events_waiting: int
    oldest_event_at: dt.datetime | None
    events_failing: int


def delivery_health() -> DeliveryHealth:
    with connection.cursor() as cursor:
        cursor.execute(sql.HEALTH)
        return DeliveryHealth(*cursor.fetchone())


def channel_is_set(channel: str) -> bool:
    """Whether messages can leave by this channel; in the demo they are shown on the screen instead."""
    server = {"mail": settings.EMAIL_HOST, "sms": settings.SMS_URL, "webhook": "always"}[channel]
    return bool(server or settings.DEMO)


def contact_fields_of(person_id: uuid.UUID) -> frozenset[str]:
    """Which of the vault's contact values a person has; the values themselves are not read."""
    fields = tuple(rules.CONTACT_FIELD.values())
    held = VaultValue.objects.filter(person_id=person_id, person__is_active=True, field__in=fields)
    return frozenset(held.values_list("field", flat=True))


def notices_visible_to(actor: Actor) -> QuerySet[Notice]:
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def unread_count(actor: Actor) -> int:
    return notices_visible_to(actor).filter(read_at__isnull=True).count()


def get_notice_for(actor: Actor, notice_id: int) -> Notice:
    notice = notices_visible_to(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("notice_not_found", N_("没有这条消息，或者不是发给您的。"))
    return notice


def notice_page(actor: Actor, cursor: str | None, limit: int) -> tuple[list[Notice], str | None]:
    """One page of the actor's notices, newest first, and the cursor of the next."""
    return _newest_first(notices_visible_to(actor), cursor, limit)


def stuck_page(actor: Actor, cursor: str | None, limit: int) -> tuple[list[Delivery], str | None]:
    """Deliveries that did not go out, newest first, with their reasons."""
    require(actor, MANAGE)
    stuck = Delivery.objects.filter(status__in=STUCK).select_related("webhook")
    return _newest_first(stuck, cursor, limit)


def all_stuck(actor: Actor, limit: int = 2000) -> list[Delivery]:
    """All of them, the newest first, for taking them out."""
    require(actor, MANAGE)
    return list(Delivery.objects.filter(status__in=STUCK).select_related("webhook").order_by("-id")[:limit])


def failing_events(actor: Actor, limit: int = 20) -> list[OutboxEvent]:
    """Events with a receiver that fails; they are tried again without end."""
    require(actor, MANAGE)
    failing = OutboxEvent.objects.filter(processed_at__isnull=True, attempts__gt=0)
    return list(failing.order_by("created_at", "id")[:limit])


def webhooks_visible_to(actor: Actor) -> QuerySet[Webhook]:
    require(actor, MANAGE)
    return Webhook.objects.order_by("id")


def messages_on_screen(at: dt.datetime, limit: int = 50) -> list[Outgoing]:
    """What would have left by mail or SMS, newest first, opened for everybody. Empty outside the demo."""
    channels = [name for name in rules.CONTACT_FIELD if shown_on_screen(name)]
    rows = Delivery.objects.filter(channel__in=channels, status__in=("waiting", "sent"))
    found = []
    for row in rows.select_related("person", "webhook", "key").order_by("-created_at", "-id")[:limit]:
        try:
            found.append(outgoing(row, at))
        except NoReceiver:
            continue  # erased since
    return found


def _newest_first(rows: QuerySet[Row], cursor: str | None, limit: int) -> tuple[list[Row], str | None]:
    if cursor:
        created_at, last = _position(cursor)
        rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=last))
    page = list(rows.order_by("-created_at", "-id")[: limit + 1])
    if len(page) <= limit:
        return page, None
    return page[:limit], encode_cursor(page[limit - 1].created_at.isoformat(), page[limit - 1].pk)


def _position(cursor: str) -> tuple[dt.datetime, int]:
    try:
        created_at, last = decode_cursor(cursor, 2)
        return dt.datetime.fromisoformat(created_at), int(last)
    except (TypeError, ValueError) as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error


def export_notifications(person_id: uuid.UUID) -> dict[str, Any]:
    """What this room holds about a person: the notices, and what was sent where, without addresses."""
    notices = Notice.objects.filter(person_id=person_id).order_by("created_at")
    deliveries = Delivery.objects.filter(person_id=person_id).order_by("created_at")
    sent = deliveries.values("channel", "kind", "subject", "status", "created_at", "sent_at")
    seen = notices.values("kind", "params", "subject", "created_at", "read_at")
    return {"notices": list(seen), "deliveries": list(sent)}
