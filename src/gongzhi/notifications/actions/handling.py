"""One outbox event: claimed, given to its receivers, marked, all in one transaction. For the job only."""

import datetime as dt
import logging
import random

from django.db import connection, transaction

from gongzhi.common.access import Actor
from gongzhi.common.logs import without_personal_values
from gongzhi.notifications import registry, rules, sql
from gongzhi.notifications.models import OutboxEvent

log = logging.getLogger(__name__)


@transaction.atomic
def run_next_event(*, by: Actor, at: dt.datetime) -> bool | None:
    """One event in one transaction: True handled, False failed (due again later), None when none is due."""
    with connection.cursor() as cursor:
        cursor.execute(sql.NO_WAIT_FOR_DISK)
    event = _claim_event(at)
    if event is None:
        return None
    error = _run_receivers(event, at)
    row = OutboxEvent.objects.filter(pk=event.pk)
    if not error:
        row.update(processed_at=at, finished=event.finished, last_error="")
        return True
    attempts = min(event.attempts + 1, 32_000)
    pause = rules.backoff(attempts, random.random(), rules.LONGEST_EVENT_DELAY)  # noqa: S311 - spreads load only
    row.update(attempts=attempts, next_try_at=at + pause, finished=event.finished, last_error=error)
    return False


def _claim_event(now: dt.datetime) -> OutboxEvent | None:
    return next(iter(OutboxEvent.objects.raw(sql.CLAIM_EVENT, {"now": now})), None)


def _run_receivers(row: OutboxEvent, now: dt.datetime) -> str:
    """Run who has not finished yet, each in a savepoint; returns the reasons of those that failed.

    A receiver that fails holds up no other, and its event stays due. A lost connection is not caught: the
    next statement raises it and the whole transaction is as if never begun.
    """
    event = registry.Event(row.pk, row.topic, row.payload, row.created_at, now)
    errors = []
    for name, receiver in registry.receivers_of(row.topic).items():
        if name in row.finished:
            continue
        try:
            with transaction.atomic():
                receiver(event)
        except Exception as error:
            log.exception("receiver %s of event %s", name, row.pk)
            errors.append(without_personal_values(f"{name}: {type(error).__name__}: {error}")[:500])
        else:
            row.finished = [*row.finished, name]
    return "\n".join(errors)
