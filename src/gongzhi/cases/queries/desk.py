"""What the staff have to do: the desk's queue, a unit's inbox, a grid's day, what is to be checked.

Every list starts from `worked_by`: what the actor's mandates reach, without what the actor raised as a neighbour.
A page of a list costs one statement; `clock_at` on its rows is the nearest promise still running.
"""

import datetime as dt
from typing import Any

from django.db.models import Case as Choose
from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from gongzhi.cases.models import OPEN, TIMED, Case, CaseEvent, Clock, Status
from gongzhi.cases.queries.seeing import visible_to
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_

TO_DISPATCH = (Status.REPORTED, Status.ACCEPTED, Status.REWORK)
IN_HAND = (Status.DISPATCHED, Status.IN_PROGRESS, Status.REWORK)
# Orders whose work is looked at by others when it is done; a call-back is no work on the case.
WORKED = ("lead", "co", "partner")
TABS = ("todo", "returned", "soon", "asked", "imported")
# Open history from another system that nobody here has taken up: under a tab of its own, not among today's work.
_IMPORTED = Q(channel="import", status__in=(Status.REPORTED, Status.ACCEPTED))
_LEAST_WARNING = dt.timedelta(minutes=30)
_NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def worked_by(actor: Actor) -> QuerySet[Case]:
    """Cases that the actor's mandates reach; one's own complaint about somebody else is not among them.

    Nor is a case that was merged into another: there it is worked on and counted.
    """
    return _reached_by(actor).filter(main__isnull=True)


def _reached_by(actor: Actor) -> QuerySet[Case]:
    return visible_to(Actor(actor.kind, None, actor.scopes, actor.purpose, actor.name))


def get_worked_case(actor: Actor, number: str) -> Case:
    """One of them, or one merged into another, with its nearest clock.

    NotFound is the same answer for unknown and not yours.
    """
    rows = with_clock(_reached_by(actor).filter(number=number)).select_related("main")
    rows = rows.defer(None).defer("place__polygon")
    case: Case | None = rows.first()
    if case is None:
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    return case


def with_clock(cases: QuerySet[Case]) -> QuerySet[Any]:
    """What a row shows, with the nearest running clock as `clock_at`, `clock_since`, `clock_kind`."""
    running = Clock.objects.filter(case=OuterRef("pk"), met_at__isnull=True).order_by("due_at", "id")
    first = Clock.objects.filter(case=OuterRef("pk"), kind="first_contact").order_by("-id")
    return cases.select_related("key", "unit", "place", "grid").defer("place__polygon", "grams").annotate(
        clock_at=Subquery(running.values("due_at")[:1]),
        clock_since=Subquery(running.values("started_at")[:1]),
        clock_kind=Subquery(running.values("kind")[:1]),
        contact_due=Subquery(first.values("due_at")[:1]),
        order_at=Coalesce(Subquery(running.values("due_at")[:1]), "due_at", Value(_NEVER)),
    )


def late_or_soon(at: dt.datetime) -> Q:
    """Over, or in the last fifth of the promised time (at least 30 minutes); needs `warned_at`."""
    return Q(status__in=TIMED) & (Q(due_at__lte=at + _LEAST_WARNING) | Q(warned_at__lte=at))


def _warned(cases: QuerySet[Case]) -> QuerySet[Case]:
    fifth = (F("due_at") - F("received_at")) * 0.2
    return cases.annotate(warned_at=ExpressionWrapper(F("due_at") - fifth, output_field=DateTimeField()))


def _tab(tab: str, at: dt.datetime) -> Q:
    return {
        "todo": Q(status__in=TO_DISPATCH) & ~_IMPORTED,
        "returned": Q(status=Status.RETURNED),
        "soon": late_or_soon(at) & ~_IMPORTED,
        "asked": ~Q(pending={}) & Q(status__in=OPEN),
        "imported": _IMPORTED,
    }[tab]


def _desk(actor: Actor) -> QuerySet[Case]:
    """What somebody raised: what the office handed out itself is on its own pages."""
    return worked_by(actor).exclude(uncounted="issued")


def tab_counts(actor: Actor, at: dt.datetime) -> dict[str, int]:
    """How many wait under each tab of the desk, and how many of the new ones are over: one statement."""
    counts = {tab: Count("pk", filter=_tab(tab, at)) for tab in TABS}
    cases = _warned(_desk(actor).filter(status__in=OPEN))
    return cases.aggregate(**counts)


def queue(
    actor: Actor, at: dt.datetime, *, tab: str, cursor: str = "", limit: int | None = None
) -> tuple[list[Case], str]:
    """One page of a desk's tab, the nearest clock first; and the cursor of the next page or ''."""
    cases = _warned(_desk(actor)).filter(_tab(tab, at))
    return _page(cases, cursor=cursor, limit=limit)


def whole_queue(actor: Actor, at: dt.datetime, *, tab: str, limit: int) -> list[Case]:
    """A tab without pages, in the order of the queue, for taking it out."""
    cases = with_clock(_warned(_desk(actor)).filter(_tab(tab, at)))
    return list(cases.order_by("order_at", "id")[:limit])


def whole_inbox(actor: Actor, *, limit: int) -> list[Case]:
    """All open orders of the actor's units, the nearest deadline first, for taking them out."""
    return list(with_clock(_in_hand(actor)).order_by("order_at", "id")[:limit])


def whole_to_verify(actor: Actor, *, limit: int) -> list[Case]:
    """All answers that the actor may check, in the page's order, for taking them out."""
    return list(with_clock(verifiable(actor)).order_by("order_at", "id")[:limit])


def _in_hand(actor: Actor) -> QuerySet[Case]:
    units = actor.organizations_for("cases.handle")
    return worked_by(actor).filter(unit_id__in=units, status__in=IN_HAND)


def _page(
    cases: QuerySet[Case], *, cursor: str, limit: int | None, keys: tuple[str, ...] = ("order_at",)
) -> tuple[list[Case], str]:
    """Ordered by `keys` and id, without an offset."""
    ordered, size = with_clock(cases), clamp_limit(limit)
    if cursor:
        ordered = ordered.filter(_after((*keys, "id"), _values(cursor, len(keys) + 1)))
    rows = list(ordered.order_by(*keys, "id")[: size + 1])
    return rows[:size], _next(rows, size, (*keys, "id"))


def _values(cursor: str, size: int) -> list[Any]:
    return [_moment(value) if isinstance(value, str) else value for value in decode_cursor(cursor, size)]


def _moment(value: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error


def _after(keys: tuple[str, ...], values: list[Any]) -> Q:
    """(a, b, id) > (x, y, z), spelled out."""
    found, before = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        found |= before & Q(**{f"{key}__gt": value})
        before &= Q(**{key: value})
    return found


def _next(rows: list[Case], size: int, keys: tuple[str, ...]) -> str:
    if len(rows) <= size:
        return ""
    values = [getattr(rows[size - 1], key) for key in keys]
    return encode_cursor(*(v.isoformat() if isinstance(v, dt.datetime) else v for v in values))


def inbox(actor: Actor, *, cursor: str = "", limit: int | None = None) -> tuple[list[Case], str]:
    """The open orders of the actor's units, the nearest deadline first."""
    return _page(_in_hand(actor), cursor=cursor, limit=limit)


def handed_in(actor: Actor) -> dict[str, int]:
    """What the actor's units have answered or returned and somebody else now has to look at."""
    units = actor.organizations_for("cases.handle")
    cases = worked_by(actor).filter(unit_id__in=units)
    return cases.aggregate(
        answered=Count("pk", filter=Q(status=Status.ANSWERED)),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
        verified=Count("pk", filter=Q(status__in=[Status.VERIFIED, Status.CONFIRMED])),
    )


_FIRST = (Status.REPORTED, Status.ANSWERED)


def grid_day(actor: Actor, *, cursor: str = "", limit: int | None = None) -> tuple[list[Case], str]:
    """What lies in the actor's grids: first what waits for the actor, then what runs, each by its clock."""
    bucket = Choose(When(status__in=_FIRST, then=Value(0)), default=Value(1), output_field=IntegerField())
    cases = worked_by(actor).filter(under(actor, "cases.accept"), status__in=OPEN).annotate(bucket=bucket)
    return _page(cases, cursor=cursor, limit=limit, keys=("bucket", "order_at"))


def to_verify(actor: Actor, *, cursor: str = "", limit: int | None = None) -> tuple[list[Case], str]:
    """Answered cases that the actor may check: in the actor's places, not done by the actor or the actor's unit."""
    return _page(verifiable(actor), cursor=cursor, limit=limit)


def verifiable(actor: Actor) -> QuerySet[Case]:
    own = Q(unit_id__in=actor.organizations_for("cases.handle"))
    if actor.person_id:
        own |= Q(orders__handler_id=actor.person_id, orders__ended_at__isnull=True, orders__role__in=WORKED)
    done_here = Case.objects.filter(own, status=Status.ANSWERED).values("pk")
    return worked_by(actor).filter(under(actor, "cases.verify"), status=Status.ANSWERED).exclude(pk__in=done_here)


def under(actor: Actor, permission: str) -> Q:
    """Cases at or below the places over which a mandate gives the permission."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(path__startswith=path)
    return reach


def to_review(actor: Actor) -> QuerySet[Case]:
    """Cases whose reporter did not agree with the explanation; the level above must answer."""
    asked = Clock.objects.filter(kind="review", met_at__isnull=True).values("case_id")
    return worked_by(actor).filter(under(actor, "cases.review"), status=Status.REWORK, pk__in=asked)


def review_page(actor: Actor, limit: int = 20) -> list[Case]:
    return list(with_clock(to_review(actor)).order_by("order_at", "id")[:limit])


def made_since(actor: Actor, case: Case, move: str, seen: int) -> bool:
    """Whether the actor made this move after the page was drawn: a second press of the same button."""
    later = CaseEvent.objects.filter(case=case).order_by("id").values_list("move", "actor")[seen:]
    return (move, actor.reference) in list(later)
