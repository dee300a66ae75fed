"""What time does to messages: their end, judging that is late, words that were kept long enough."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.disclosure import queries
from gongzhi.disclosure.actions.appealing import urge
from gongzhi.disclosure.actions.posting import expire, forget
from gongzhi.disclosure.models import Appeal, Message
from gongzhi.packs.queries import newest

MOST = 500
_BY = system_actor("turn_messages")


def turn_due(now: dt.datetime) -> int:
    """How many messages ended, appeals were urged and words forgotten."""
    today = local_date(now)
    if newest("law", queries.LAW, today) is None:
        return 0
    over = Message.objects.filter(ended_at__isnull=True, expires_on__lte=today).values_list("pk", flat=True)[:MOST]
    done = sum(expire(by=_BY, at=now, message=one) for one in list(over))
    late = Appeal.objects.filter(decided_at__isnull=True, urged_at__isnull=True, due_at__lte=now)
    done += sum(urge(by=_BY, at=now, number=one) for one in list(late.values_list("pk", flat=True)[:MOST]))
    before = now - dt.timedelta(days=queries.numbers(today).keep_days)
    judged = Appeal.objects.filter(decided_at__isnull=True).values("decision__message")
    old = Message.objects.filter(ended_at__lt=before, key__destroyed_at__isnull=True).exclude(pk__in=judged)
    for one in list(old.values_list("pk", flat=True)[:MOST]):
        forget(by=_BY, at=now, message=one)
        done += 1
    return done
