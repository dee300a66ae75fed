"""The auditor's search: over everything that can be told without words; who approved, by which reason, when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.cases.models import OPEN, Case, CaseEvent
from gongzhi.cases.queries.seeing import kept_from
from gongzhi.cases.queries.spans import day_span
from gongzhi.common.access import Actor, require
from gongzhi.people.queries import standing_of

# Steps that somebody decided: who approved what.
APPROVALS = (
    *("grant_extension", "grant_pause", "defer", "exclude", "put_back", "uphold"),
    *("rule", "admit", "verify", "close"),
)
_MOST_APPROVERS = 60


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Every field may be empty; `reason` is a code of the pack, `approver` an actor as the trail names it."""

    status: str = ""
    channel: str = ""
    unit: int | None = None
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    reason: str = ""
    approver: str = ""
    excluded: bool = False


def audited(actor: Actor, filters: AuditFilters) -> QuerySet[Case]:
    """Cases in the auditor's places, confidential ones too, never a protected one about the auditor's own body.

    Raises Forbidden, SignInRequired.
    """
    require(actor, "audit.read")
    reach = Q(pk__in=[])
    for path in actor.paths_for("audit.read"):
        reach |= Q(path__startswith=path)
    cases = _dated(Case.objects.filter(reach & ~kept_from(actor)), filters)
    if filters.status:
        cases = cases.filter(status__in=OPEN if filters.status == "open" else [filters.status])
    if filters.channel:
        cases = cases.filter(channel=filters.channel)
    if filters.unit is not None:
        cases = cases.filter(unit_id=filters.unit)
    if filters.place:
        cases = cases.filter(path__startswith=filters.place)
    if filters.excluded:
        cases = cases.exclude(uncounted="")
    return _by_steps(cases, filters)


def _dated(cases: QuerySet[Case], filters: AuditFilters) -> QuerySet[Case]:
    if filters.since:
        cases = cases.filter(received_at__gte=day_span(filters.since)[0])
    if filters.until:
        cases = cases.filter(received_at__lt=day_span(filters.until)[1])
    return cases


def _by_steps(cases: QuerySet[Case], filters: AuditFilters) -> QuerySet[Case]:
    steps = CaseEvent.objects.filter(case=OuterRef("pk"))
    if filters.reason:
        cases = cases.filter(Exists(steps.filter(facts__reason=filters.reason)))
    if filters.approver:
        cases = cases.filter(Exists(steps.filter(move__in=APPROVALS, actor=filters.approver)))
    return cases


def rows_of_audit(cases: QuerySet[Case], limit: int) -> list[Case]:
    """Newest first, without words."""
    shown = cases.select_related("unit", "place", "grid").defer("words", "result", "place__polygon", "grid__polygon")
    return list(shown.order_by("-id")[:limit])


def decisions_of(cases: list[Case]) -> dict[int, list[dict[str, Any]]]:
    """What was decided about each case: the step, its reason, by which post, when."""
    events = CaseEvent.objects.filter(case__in=[case.pk for case in cases], move__in=APPROVALS).order_by("id")
    rows = list(events.values("case_id", "move", "actor", "at", "facts"))
    posts = standing_of(row["actor"] for row in rows)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        reason, who = row["facts"].get("reason", ""), posts.get(row["actor"], row["actor"])
        told = {"move": row["move"], "who": who, "at": row["at"], "reason": reason}
        found.setdefault(row["case_id"], []).append(told)
    return found


def approvers(actor: Actor) -> list[tuple[str, str]]:
    """(reference, post) of those who approved something, by the name of the post."""
    references = CaseEvent.objects.filter(move__in=APPROVALS).values_list("actor", flat=True).distinct()
    posts = standing_of(references[:_MOST_APPROVERS])
    return sorted(posts.items(), key=lambda pair: pair[1])
