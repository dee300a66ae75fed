"""Notices a person has read, and what goes when the person or the time goes."""

import datetime as dt
import uuid

from django.db import transaction

from gongzhi.common.access import Actor
from gongzhi.notifications import queries
from gongzhi.notifications.models import Delivery, Notice, OutboxEvent


def mark_read(*, by: Actor, at: dt.datetime, notice_id: int) -> None:
    """Raises NotFound for somebody else's notice."""
    notice = queries.get_notice_for(by, notice_id)
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, by: Actor, at: dt.datetime) -> int:
    return queries.notices_visible_to(by).filter(read_at__isnull=True).update(read_at=at)


@transaction.atomic
def erase_notifications(*, by: Actor, at: dt.datetime, person_id: uuid.UUID) -> None:
    """This room's part of an erasure: the list of notices, and what was or would have been sent."""
    Notice.objects.filter(person_id=person_id).delete()
    Delivery.objects.filter(person_id=person_id).delete()


@transaction.atomic
def forget_old(*, by: Actor, at: dt.datetime) -> int:
    """Remove handled events after 30 days, sent deliveries after 200 (logs: six months); returns how many."""
    handled, _ = OutboxEvent.objects.filter(processed_at__lt=at - dt.timedelta(days=30)).delete()
    sent, _ = Delivery.objects.filter(status="sent", sent_at__lt=at - dt.timedelta(days=200)).delete()
    return handled + sent
