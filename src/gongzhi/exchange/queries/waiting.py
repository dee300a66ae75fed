"""How long people waited at a window: from when they were there, or from the time they had, to when it began."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import QuerySet

from gongzhi.common.clock import ends, starts
from gongzhi.exchange.models import Fulfilment, Offer
from gongzhi.exchange.rules import waited

DAYS = 30
LEAST = 5  # of fewer nothing is told: the one who waited long would be known
MOST = 200


@dataclass(frozen=True, slots=True)
class Wait:
    """Of a window: how many were marked, half waited at most `half` minutes, nine of ten at most `most`."""

    offer: Offer
    count: int
    half: int | None
    most: int | None


def ninth_tenth(minutes: Sequence[int]) -> int:
    """The smallest of the values that nine tenths do not exceed (nearest rank)."""
    ordered = sorted(minutes)
    return ordered[-(-9 * len(ordered) // 10) - 1]


def waits(rows: QuerySet[Offer], today: dt.date) -> list[Wait]:
    """Windows that have times to book, by name; two statements."""
    windows = list(rows.filter(kind="window").select_related("place", "organization").order_by("title", "pk")[:MOST])
    since, until = starts(today - dt.timedelta(days=DAYS)), ends(today)
    steps = Fulfilment.objects.filter(claim__offer__in=windows, step__in=("arrive", "hand"))
    marked: dict[uuid.UUID, dict[str, Fulfilment]] = defaultdict(dict)
    for step in steps.filter(at__gte=since, at__lt=until).select_related("claim"):
        marked[step.claim_id][step.step] = step
    minutes: dict[int, list[int]] = defaultdict(list)
    for found in marked.values():
        if {"arrive", "hand"} <= found.keys():
            claim, begun = found["hand"].claim, found["hand"].at
            assert claim.starts_at is not None and claim.offer_id is not None  # noqa: S101 - a window has times
            minutes[claim.offer_id].append(waited(claim.starts_at, found["arrive"].at, begun))
    return [_wait(one, minutes[one.pk]) for one in windows]


def _wait(offer: Offer, minutes: Sequence[int]) -> Wait:
    if len(minutes) < LEAST:
        return Wait(offer, len(minutes), None, None)
    return Wait(offer, len(minutes), round(median(minutes)), ninth_tenth(minutes))
