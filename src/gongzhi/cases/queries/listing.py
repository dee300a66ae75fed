"""The filterable list of cases, and the numbers of a morning."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from gongzhi.cases.models import OPEN, TIMED, Case, CaseEvent, Clock, Status
from gongzhi.cases.queries import discretion, parts
from gongzhi.cases.queries.desk import under, verifiable, with_clock, worked_by
from gongzhi.cases.queries.discretion import Reason
from gongzhi.cases.queries.published import listed
from gongzhi.cases.queries.seeing import with_status
from gongzhi.cases.queries.spans import day_span
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.places.models import Place

DAYS = 7
_GRID_LEVELS = ("grid", "region")
_MOST_PLACES = 400


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field may be empty. `status` may be "open".

    `since` and `until` are days of receipt, both counted; `answered` is a key of ANSWERED; `category` a code and all
    below it ("-": none known); `unit` 0: none; `part` the rows of a rate (see parts); `reason` where a unit used one;
    `raised` without what the office handed out itself; `public` only what everybody sees.
    """

    status: str = ""
    place: str = ""
    unit: int | None = None
    q: str = ""
    received: dt.date | None = None
    closed: dt.date | None = None
    over: bool = False
    since: dt.date | None = None
    until: dt.date | None = None
    channel: str = ""
    answered: str = ""
    category: str = ""
    part: str = ""
    reason: Reason | None = None
    raised: bool = False
    public: bool = False


# Whether and when an answer came, against the promised date.
ANSWERED = {
    "yes": Q(answered_at__isnull=False),
    "no": Q(answered_at__isnull=True),
    "in_time": Q(answered_at__lte=F("due_at")),
    "late": Q(answered_at__gt=F("due_at")),
}


def filtered(actor: Actor, filters: Filters, at: dt.datetime) -> QuerySet[Case]:
    """What the actor works on, narrowed; the list and the statistics count the same rows."""
    cases = _received_between(worked_by(actor), filters)
    if filters.status:
        cases = with_status(actor, cases, OPEN if filters.status == "open" else [filters.status])
    if filters.place:
        cases = cases.filter(path__startswith=filters.place)
    if filters.unit is not None:
        cases = cases.filter(unit_id=filters.unit or None)
    if filters.q:
        cases = cases.filter(number__startswith=filters.q.strip().upper())
    for field, date in (("received_at", filters.received), ("closed_at", filters.closed)):
        if date:
            start, end = day_span(date)
            cases = cases.filter(**{f"{field}__gte": start, f"{field}__lt": end})
    cases = cases.filter(status__in=TIMED, due_at__lt=at) if filters.over else cases
    cases = discretion.only(cases, filters.reason) if filters.reason else cases
    cases = raised(cases) if filters.raised else cases
    cases = cases.filter(listed()) if filters.public else cases
    return parts.only(cases, filters.part, at) if filters.part else cases


def _received_between(cases: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    if filters.since:
        cases = cases.filter(received_at__gte=day_span(filters.since)[0])
    if filters.until:
        cases = cases.filter(received_at__lt=day_span(filters.until)[1])
    if filters.channel:
        cases = cases.filter(channel=filters.channel)
    if filters.category:
        known = Q(category=filters.category) | Q(category__startswith=f"{filters.category}.")
        cases = cases.filter(Q(category="") if filters.category == "-" else known)
    return cases.filter(ANSWERED[filters.answered]) if filters.answered else cases


def list_page(
    actor: Actor, filters: Filters, at: dt.datetime, *, cursor: str = "", limit: int | None = None
) -> tuple[list[Case], str]:
    """One keyset page, newest first."""
    cases, size = filtered(actor, filters, at), clamp_limit(limit)
    if cursor:
        last = decode_cursor(cursor, 1)[0]
        if not isinstance(last, int) or not 0 < last < 2**63:
            raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
        cases = cases.filter(id__lt=last)
    shown = cases.select_related("key", "unit", "place", "grid").defer("place__polygon", "grid__polygon")
    rows = list(shown.order_by("-id")[: size + 1])
    return rows[:size], encode_cursor(rows[size - 1].pk) if len(rows) > size else ""


def ticked(actor: Actor, numbers: Collection[str]) -> dict[str, Case]:
    """Those of the numbers that the actor works on, by number; others are as if they were not there."""
    found = worked_by(actor).filter(number__in=numbers).select_related("key", "unit", "place", "grid")
    return {case.number: case for case in found.defer("place__polygon", "grid__polygon")}


def places_to_filter(actor: Actor) -> list[tuple[str, str]]:
    """(path, name) of the regions and grids that the actor's mandates cover, from the top down."""
    rows = Place.objects.current().filter(under(actor, "cases.read"), kind__in=_GRID_LEVELS).order_by("path")
    return [(path, name) for path, name in rows.values_list("path", "name")[:_MOST_PLACES]]


@dataclass(frozen=True, slots=True)
class Morning:
    """Counts with what they are counted out of, and two series of seven days ending yesterday."""

    received_yesterday: int
    dispatched_yesterday: int
    open: int
    over: int
    waiting: int
    answered: int
    verifiable: int
    confirmed: int
    days: tuple[dt.date, ...]
    received: tuple[int, ...]
    closed: tuple[int, ...]


def raised(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What somebody raised: without the orders, lists and items that the office handed out (they have their page)."""
    return cases.exclude(uncounted="issued")


def morning_numbers(actor: Actor, at: dt.datetime) -> Morning:
    """Everything on the morning page that is counted, of what somebody raised: one statement."""
    today = local_date(at)
    days = tuple(today - dt.timedelta(days=n) for n in range(DAYS, 0, -1))
    first, yesterday = day_span(days[0])[0], _on("received_at", days[-1])
    cases = raised(worked_by(actor))
    cases = cases.filter(Q(status__in=OPEN) | Q(received_at__gte=first) | Q(closed_at__gte=first))
    counts: dict[str, Any] = {
        "received_yesterday": Count("pk", filter=yesterday),
        "dispatched_yesterday": Count("pk", filter=yesterday & ~Q(status__in=["reported", "accepted"])),
        "open": Count("pk", filter=Q(status__in=OPEN)),
        "over": Count("pk", filter=Q(status__in=TIMED, due_at__lt=at)),
        "waiting": Count("pk", filter=Q(status=Status.VERIFIED)),
        "answered": Count("pk", filter=Q(status=Status.ANSWERED)),
        "verifiable": Count("pk", filter=Q(pk__in=verifiable(actor).values("pk"))),
        "confirmed": Count("pk", filter=Q(status=Status.CONFIRMED)),
    }
    for n, day in enumerate(days):
        counts[f"in{n}"] = Count("pk", filter=_on("received_at", day))
        counts[f"out{n}"] = Count("pk", filter=_on("closed_at", day))
    found = cases.aggregate(**counts)
    series = {name: tuple(found.pop(f"{name}{n}") for n in range(DAYS)) for name in ("in", "out")}
    return Morning(**found, days=days, received=series["in"], closed=series["out"])


def _on(field: str, day: dt.date) -> Q:
    start, end = day_span(day)
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})


def to_decide(actor: Actor, at: dt.datetime, limit: int = 12) -> list[Case]:
    """What waits for this actor's word, each with `asked`, `reviewed` or `raised` set: one statement."""
    asked = under(actor, "cases.approve_deferral") & Q(pending__kind="deferral") & ~Q(pending__by=actor.reference)
    review = Clock.objects.filter(case=OuterRef("pk"), kind="review", met_at__isnull=True)
    told = CaseEvent.objects.filter(case=OuterRef("pk"), move="escalate", facts__role__in=list(actor.roles))
    objected = Q(pending__kind="objection")  # also about a case that has ended
    cases = with_clock(worked_by(actor).filter(Q(status__in=OPEN) | objected)).annotate(
        reviewed=Exists(review), raised=Exists(told), urgency=Coalesce("due_at", "received_at")
    )
    late = Q(status__in=TIMED, due_at__lt=at, raised=True)
    disputed = under(actor, "cases.review") & Q(reviewed=True)
    return list(cases.filter(asked | disputed | late).order_by("urgency", "id")[:limit])
