"""研判: once a month, what is hot (often), hard (late, reopened, disputed) and important (many people, urgent).

Matters and places are counted, never persons. The three lists are the agenda of the coordination meeting.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from gongzhi.cases.models import OPEN, TIMED, Case
from gongzhi.cases.queries.desk import with_clock, worked_by
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.common.access import Actor
from gongzhi.packs import queries as packs
from gongzhi.packs.model_triage import Triage
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards

MOST = 50


@dataclass(frozen=True, slots=True)
class Topic:
    """One category at one place in one month; `before` is the count of the month before, `rows` lists the cases."""

    category: str
    place: str
    cases: int
    reporters: int
    before: int
    rows: Filters


@dataclass(frozen=True, slots=True)
class Flagged:
    """An open case and the reasons why it stands on the list."""

    case: Case
    reasons: tuple[str, ...]


def month_of(date: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of its month."""
    first = date.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def hot_topics(actor: Actor, month: dt.date, at: dt.datetime) -> list[Topic]:
    """热点: categories that came often at one place, the most people first; of those, the most cases."""
    numbers, places = packs.active_model().triage, _places()
    first, last = month_of(month)
    now = _counts(actor, first, last, places, at)
    before = _counts(actor, *month_of(first - dt.timedelta(days=1)), places, at)
    found = [
        Topic(
            category=category,
            place=places.get(path, ""),
            cases=cases,
            reporters=reporters,
            before=before.get((category, path), (0, 0))[0],
            rows=Filters(place=path, category=category, since=first, until=last),
        )
        for (category, path), (cases, reporters) in now.items()
        if category and reporters >= numbers.hot_from
    ]
    return sorted(found, key=lambda topic: (-topic.reporters, -topic.cases, topic.category, topic.place))[:MOST]


def _places() -> dict[str, str]:
    """Path and name of the places that hot matters are counted by."""
    level = packs.active_model().triage.level
    if not level:
        return {}
    rows = Place.objects.current().filter(level=level).values_list("path", "name")
    return dict(rows.order_by("path"))


def _counts(
    actor: Actor, first: dt.date, last: dt.date, places: Mapping[str, str], at: dt.datetime
) -> dict[tuple[str, str], tuple[int, int]]:
    """(cases, reporters) by category and place; who was joined to a case by merging is counted with it."""
    cases = filtered(actor, Filters(since=first, until=last), at)
    people = Count("reporters", distinct=True) + Count("merged__reporters", distinct=True)
    rows = cases.values("category", "path").annotate(n=Count("pk", distinct=True), people=people).order_by()
    found: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        key = row["category"], _above(row["path"], places)
        found[key] = found[key][0] + row["n"], found[key][1] + row["people"]
    return dict(found)


def _above(path: str, places: Iterable[str]) -> str:
    """The place of the list that a path lies under; "" for none."""
    wanted = set(places)
    return next((top for top in reversed(upwards(path)) if top in wanted), "")


def hard_cases(actor: Actor, at: dt.datetime) -> list[Flagged]:
    """难点: open and long overdue, reopened again, disputed between units or put off; the oldest promise first."""
    late, numbers = _late_at(at), packs.active_model().triage
    wanted = (
        Q(status__in=TIMED, due_at__lte=late)
        | Q(reopens__gte=numbers.hard_reopens)
        | Q(pending__kind="ruling")
        | Q(status="deferred")
    )
    rows = _open(actor).filter(wanted).order_by(F("due_at").asc(nulls_last=True), "id")[:MOST]
    return [Flagged(case, _why_hard(case, late, numbers)) for case in rows]


def _late_at(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(days=packs.active_model().triage.hard_overdue_days)


def _why_hard(case: Case, late: dt.datetime, numbers: Triage) -> tuple[str, ...]:
    reasons = (
        ("overdue", case.status in TIMED and case.due_at is not None and case.due_at <= late),
        ("reopened", case.reopens >= numbers.hard_reopens),
        ("disputed", case.pending.get("kind") == "ruling"),
        ("deferred", case.status == "deferred"),
    )
    return tuple(code for code, holds in reasons if holds)


def important_cases(actor: Actor, at: dt.datetime) -> list[Flagged]:
    """重点: open and urgent, or raised by many people; the most people first."""
    wide = packs.active_model().triage.wide_from
    counted = _open(actor).annotate(
        people=Count("reporters", distinct=True) + Count("merged__reporters", distinct=True)
    )
    rows = counted.filter(Q(priority="urgent") | Q(people__gte=wide)).order_by("-people", "-id")[:MOST]
    return [Flagged(case, tuple(code for code, holds in _why_important(case, wide) if holds)) for case in rows]


def _why_important(case: Case, wide: int) -> tuple[tuple[str, bool], ...]:
    people: int = getattr(case, "people")  # noqa: B009 - annotated above
    return (("urgent", case.priority == "urgent"), ("wide", people >= wide))


def _open(actor: Actor) -> QuerySet[Case]:
    return with_clock(worked_by(actor).filter(status__in=OPEN))
