"""An administrator lets stopped deliveries start over."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.text import N_
from gongzhi.notifications import queries
from gongzhi.notifications.models import Delivery, DeliveryStatus


@transaction.atomic
def retry_delivery(*, by: Actor, at: dt.datetime, delivery_id: int) -> None:
    """Let a delivery that stopped start over. A second press changes nothing.

    Raises Forbidden; NotFound; Conflict `delivery_gone` when its address was erased or is of no more use.
    """
    require(by, queries.MANAGE)
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("delivery_not_found", N_("没有这条投递。"))
    if delivery.status not in queries.STUCK:
        return
    if delivery.expires_at is not None and delivery.expires_at <= at:
        raise Conflict("delivery_gone", N_("这条消息已经过期，再发也没有用。请对方重新要一次。"))
    changes = {"status": [delivery.status, DeliveryStatus.WAITING.value], "attempts": [delivery.attempts, 0]}
    delivery.status, delivery.attempts, delivery.next_try_at = DeliveryStatus.WAITING, 0, at
    delivery.save(update_fields=["status", "attempts", "next_try_at"])
    subject = f"delivery:{delivery.pk}"
    record(by=by, at=at, action="notifications.retry_delivery", subject=subject, changes=changes)


@transaction.atomic
def retry_failed(*, by: Actor, at: dt.datetime) -> int:
    """Let every failed delivery start over, after a server was repaired; returns how many."""
    require(by, queries.MANAGE)
    failed = Delivery.objects.filter(status=DeliveryStatus.FAILED)
    count = failed.update(status=DeliveryStatus.WAITING, attempts=0, next_try_at=at)
    if count:
        changes = {"failed": [count, 0]}
        record(by=by, at=at, action="notifications.retry_failed", subject="delivery:*", changes=changes)
    return count
