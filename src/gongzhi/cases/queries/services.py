"""The named services by region. What is private is told by whole months, and never so that it can be worked out."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth

from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import month_start
from gongzhi.cases.queries.spans import Span, day_span
from gongzhi.cases.rules.told import told_by_month
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One region with the count of each named service; None where nothing of a private one may be told."""

    place: str
    path: str
    counts: tuple[tuple[str, int | None], ...]
    total: int


_BY_REGION = """
SELECT p.name, p.path, c.channel, count(c.id) FROM places_place p
LEFT JOIN cases_case c ON starts_with(c.path, p.path) AND c.channel = ANY(%(channels)s)
  AND (%(since)s::timestamptz IS NULL OR c.received_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR c.received_at < %(until)s)
WHERE p.level = %(level)s AND p.valid_to IS NULL AND p.path LIKE ANY(%(paths)s)
GROUP BY p.name, p.path, c.channel ORDER BY p.path"""


def service_rows(
    actor: Actor, level: str, span: Span, at: dt.datetime
) -> tuple[list[tuple[str, str]], list[ServiceRow]]:
    """The named services (code, name) and their counts by region: three statements, one without a private service.

    A private one counts the months that are over and lie wholly in the span; those too small to tell are not in it.
    """
    services = [channel for channel in packs.active_model().channels if channel.service]
    private = {channel.code for channel in services if channel.privacy == "confidential"}
    found = _by_region(actor, level, span, [code for code in (one.code for one in services) if code not in private])
    kept = _private_counts(private, span, at)
    rows = []
    for (name, path), counts in found.items():
        counts |= {code: n for code in private if (n := _told(kept[code].get(path, (0, False)))) != 0}
        if counts:
            told = tuple((one.code, counts.get(one.code, 0)) for one in services)
            rows.append(ServiceRow(name, path, told, sum(n for _, n in told if n)))
    return [(channel.code, channel.name) for channel in services], rows


def _told(counted: tuple[int, bool]) -> int | None:
    number, kept_back = counted
    return None if kept_back and not number else number


def _by_region(actor: Actor, level: str, span: Span, codes: list[str]) -> dict[tuple[str, str], dict[str, int | None]]:
    """Every place of the level, those that received nothing too."""
    values: dict[str, Any] = {
        "channels": codes,
        "level": level,
        "paths": [f"{path}%" for path in actor.paths_for("statistics.read")],
        "since": day_span(span.since)[0] if span.since else None,
        "until": day_span(span.until)[1] if span.until else None,
    }
    found: dict[tuple[str, str], dict[str, int | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_REGION, values)
        for name, path, channel, n in cursor.fetchall():
            found.setdefault((name, path), {}).update({channel: n} if n else {})
    return found


def _private_counts(private: Collection[str], span: Span, at: dt.datetime) -> Mapping[str, dict[str, tuple[int, bool]]]:
    """(told, whether more is kept back) by service and by the path of every place that has a level."""
    if not private:
        return {}
    paths = set(Place.objects.current().exclude(level="").values_list("path", flat=True))
    cases = Case.objects.filter(channel__in=private, received_at__lt=month_start(at))
    counted = cases.annotate(month=TruncMonth("received_at", tzinfo=CHINA)).values_list("channel", "month", "path")
    months: dict[str, dict[dt.date, dict[str, int]]] = {code: {} for code in private}
    for channel, month, path, n in counted.annotate(n=Count("pk")).order_by():
        if _wholly_in(local_date(month), span):
            months[channel].setdefault(local_date(month), {})[path] = n
    k = packs.small_cell(local_date(at))
    return {code: told_by_month(by_month, paths, k) for code, by_month in months.items()}


def _wholly_in(month: dt.date, span: Span) -> bool:
    last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return (not span.since or span.since <= month) and (not span.until or last <= span.until)
