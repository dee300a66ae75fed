"""督办单、整改项、清单: what was handed out, how far it is, what is late."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from gongzhi.audit.models import Link
from gongzhi.cases.models import OPEN, Case, WorkOrder
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.seeing import get_case_for
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_

CHANNELS = ("supervise", "rectify")
_MOST = 500


def _shown(cases: QuerySet[Case]) -> QuerySet[Any]:
    link = Link.objects.filter(source=OuterRef("ref")).order_by("id")
    named = cases.annotate(ref=Concat(Value("case:"), F("number")))
    return named.select_related("key", "unit", "place", "grid").annotate(
        about=Subquery(link.values("target")[:1]), relation=Subquery(link.values("relation")[:1])
    )


def orders_page(actor: Actor, channel: str = "", show: str = "open") -> list[Any]:
    """Supervise orders and rectification items, the nearest day first."""
    cases = worked_by(actor).filter(channel__in=[channel] if channel in CHANNELS else CHANNELS)
    if show == "open":
        cases = cases.filter(status__in=OPEN)
    return list(_shown(cases).order_by("due_at", "id")[:_MOST])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is: items in all, struck off, late now."""

    total: int
    struck: int
    over: int


def lists_page(actor: Actor, at: dt.datetime) -> list[tuple[Case, Progress]]:
    """The lists that the actor's mandates reach, newest first: two statements."""
    heads = list(worked_by(actor).filter(channel="tasklist").select_related("key", "unit").order_by("-id")[:_MOST])
    rows = (
        Case.objects.filter(occasion__in=[f"list:{head.number}" for head in heads])
        .values("occasion")
        .annotate(
            total=Count("pk"),
            struck=Count("pk", filter=Q(status="closed")),
            over=Count("pk", filter=Q(status__in=OPEN, due_at__lt=at)),
        )
    )
    counts = {row["occasion"]: Progress(row["total"], row["struck"], row["over"]) for row in rows}
    return [(head, counts.get(f"list:{head.number}", Progress(0, 0, 0))) for head in heads]


def list_of(actor: Actor, number: str) -> Case:
    """The head of a list, for who may see it; NotFound otherwise."""
    head: Case = get_case_for(actor, number)
    if head.channel != "tasklist":
        raise NotFound("list_not_found", N_("没有这张清单。请核对编号。"))
    return head


def items_of(head: Case) -> list[tuple[Case, list[str]]]:
    """The lines of a list with their co-owners, the nearest day first: who sees the list sees its lines."""
    items = list(
        Case.objects.filter(occasion=f"list:{head.number}")
        .select_related("key", "unit", "place", "grid")
        .order_by("due_at", "id")[:_MOST]
    )
    helpers: dict[int, list[str]] = {}
    for order in WorkOrder.objects.filter(case__in=items, role="co", ended_at__isnull=True).select_related("unit"):
        helpers.setdefault(order.case_id, []).append(order.unit.name)
    return [(item, helpers.get(item.pk, [])) for item in items]


def orders_about(case: Case) -> list[str]:
    """Numbers of the supervise orders about a case."""
    links = Link.objects.filter(target=case.reference, relation="supervises").order_by("id")
    return [link.source.removeprefix("case:") for link in links]
