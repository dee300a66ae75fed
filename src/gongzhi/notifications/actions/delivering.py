"""One delivery: claimed under a lease, tried once, its outcome stored. Called by the job only."""

import datetime as dt
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from gongzhi.common.access import Actor
from gongzhi.common.logs import without_personal_values
from gongzhi.notifications import queries, rules, sql
from gongzhi.notifications.channels import (
    ChannelDown,
    NoReceiver,
    NotSent,
    Outgoing,
    Rejected,
    sms,
    smtp,
    webhook,
)
from gongzhi.notifications.models import Delivery, DeliveryStatus, Webhook
from gongzhi.notifications.outgoing import outgoing, shown_on_screen

log = logging.getLogger(__name__)
_SEND: dict[str, Callable[[Outgoing], None]] = {"mail": smtp.send, "sms": sms.send, "webhook": webhook.send}


@dataclass(frozen=True)
class Outcome:
    """What came of one try; `channel_down` asks the job to let that channel rest."""

    channel: str
    sent: bool
    channel_down: bool = False


def deliver_next(*, by: Actor, at: dt.datetime, resting: Sequence[str] = ()) -> Outcome | None:
    """Claim and try the delivery that is due first, leaving out channels that rest; None when none is due.

    No transaction is held while sending: the lease keeps others away, and ends by itself if we die.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.NO_WAIT_FOR_DISK)
        cursor.execute(sql.CLAIM_DELIVERY, {"now": at, "lease": at + rules.LEASE, "resting": list(resting)})
        row = cursor.fetchone()
    if row is None:
        return None
    return _attempt(Delivery.objects.select_related("person", "webhook", "key").get(pk=row[0]), at)


def _attempt(delivery: Delivery, now: dt.datetime) -> Outcome:
    try:
        _send(delivery, now)
    except NoReceiver as error:
        _stop(delivery, DeliveryStatus.GIVEN_UP, str(error))
    except Rejected as error:
        _stop(delivery, DeliveryStatus.FAILED, str(error))
    except NotSent as error:
        _try_later(delivery, now, str(error))
        return Outcome(delivery.channel, sent=False, channel_down=isinstance(error, ChannelDown))
    except Exception as error:
        log.exception("delivery %s", delivery.pk)
        _try_later(delivery, now, f"{type(error).__name__}: {error}")
    else:
        _note_sent(delivery, now)
        return Outcome(delivery.channel, sent=True)
    return Outcome(delivery.channel, sent=False)


def _send(delivery: Delivery, now: dt.datetime) -> None:
    if delivery.expires_at is not None and delivery.expires_at <= now:
        raise NoReceiver("expired")
    message = outgoing(delivery, now)
    if not queries.channel_is_set(delivery.channel):
        raise Rejected("no server is set for this channel")
    if not shown_on_screen(delivery.channel):
        _SEND[delivery.channel](message)


def _note_sent(delivery: Delivery, now: dt.datetime) -> None:
    # Without a vault key of its own nothing could erase the address later, so it goes now; the demo shows it.
    keep = delivery.key_id is not None or settings.DEMO
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.SENT, sent_at=now, last_error="", **({} if keep else {"sealed": None})
    )
    if delivery.webhook_id:
        Webhook.objects.filter(pk=delivery.webhook_id, failure_count__gt=0).update(failure_count=0)


def _stop(delivery: Delivery, status: DeliveryStatus, reason: str) -> None:
    reason = without_personal_values(reason)[:500]
    gone = {"sealed": None} if status == DeliveryStatus.GIVEN_UP else {}
    Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.WAITING).update(
        status=status, last_error=reason, **gone
    )
    _count_failure(delivery)


def _try_later(delivery: Delivery, now: dt.datetime, reason: str) -> None:
    if rules.tries_used_up(delivery.attempts):
        _stop(delivery, DeliveryStatus.FAILED, reason)
        return
    pause = rules.backoff(delivery.attempts, random.random())  # noqa: S311 - spreads load, guards nothing
    Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.WAITING).update(
        next_try_at=now + pause, last_error=without_personal_values(reason)[:500]
    )
    _count_failure(delivery)


def _count_failure(delivery: Delivery) -> None:
    if delivery.webhook_id:
        Webhook.objects.filter(pk=delivery.webhook_id).update(failure_count=F("failure_count") + 1)
