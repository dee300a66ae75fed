"""How much of what is offered is used: bookings, hours, households; of few people nothing is told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from gongzhi.common.clock import ends, starts
from gongzhi.exchange.models import Claim, Offer
from gongzhi.exchange.rules.times import minutes_of

DAYS = 30
USED = ("held", "running", "delivered", "done", "missed")


@dataclass(frozen=True, slots=True)
class Usage:
    """In the last days: how often, how many minutes, of how many minutes it was open (None: no hours)."""

    count: int
    minutes: int
    opened: int | None

    @property
    def share(self) -> int | None:
        """Per cent of the open time that was booked."""
        return None if not self.opened else min(100, self.minutes * 100 // self.opened)


def usage(offers: Iterable[Offer], today: dt.date, days: int = DAYS) -> dict[int, Usage]:
    """By the offer's key; one statement. Open time counts each piece."""
    offers = list(offers)
    first = today - dt.timedelta(days=days - 1)
    rows = Claim.objects.filter(offer__in=[one.pk for one in offers], state__in=USED)
    rows = rows.filter(asked_at__lt=ends(today), asked_at__gte=starts(first - dt.timedelta(days=60)))
    within = rows.filter(starts_at__gte=starts(first), starts_at__lt=ends(today)) | rows.filter(
        starts_at__isnull=True, asked_at__gte=starts(first)
    )
    found = {
        row["offer"]: (row["count"], row["time"])
        for row in within.values("offer").annotate(count=Count("pk"), time=Sum(F("ends_at") - F("starts_at")))
    }
    made = {}
    for one in offers:
        count, time = found.get(one.pk, (0, None))
        made[one.pk] = Usage(count, int(time.total_seconds() // 60) if time else 0, _open_minutes(one, first, days))
    return made


def _open_minutes(offer: Offer, first: dt.date, days: int) -> int | None:
    if not offer.hours:
        return None
    by_day: dict[int, int] = {}
    for day, begin, end in offer.hours:
        by_day[int(day)] = by_day.get(int(day), 0) + minutes_of(end) - minutes_of(begin)
    open_days = (first + dt.timedelta(days=n) for n in range(days))
    return offer.pieces * sum(
        by_day.get(day.isoweekday(), 0)
        for day in open_days
        if day >= offer.starts_on and day.isoformat() not in offer.closed
    )
