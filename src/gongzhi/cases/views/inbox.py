"""A unit's orders by deadline, and what somebody has to check: phone first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.queries import CaseView
from gongzhi.cases.queries import desk as waiting
from gongzhi.cases.queries.joint import answered_for_page, helping_page, offered_page
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.showing import PAGE, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Forbidden
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of

GROUPS = (("over", N_("超期")), ("soon", N_("快到时")), ("running", N_("往后的")))


def next_url(page: str, cursor: str, **more: str) -> str:
    return f"{reverse(page)}?{urlencode({**more, 'cursor': cursor})}" if cursor else ""


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The orders of my unit: over, soon, then by date."""
    actor, at = staff_of(request, "cases.handle"), clock.now()
    if not actor.organizations_for("cases.handle"):
        raise Forbidden("no_unit", N_("收件箱给承办单位用。您的岗位不在承办单位里。"))
    if request.GET.get("format") == "xlsx":
        return exporting.cases_as_xlsx(actor, waiting.whole_inbox(actor, limit=exporting.MOST), at, name=_("收件箱"))
    cases, cursor = waiting.inbox(actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    offered, first = offered_page(actor), answered_for_page(actor)
    views = rows_of(actor, [*cases, *offered, *first], at)
    after = len(cases)
    rows = [_row(view) for view in views[: len(cases)]]
    groups = [
        {"tone": tone, "word": _(word), "rows": found}
        for tone, word in GROUPS
        if (found := [row for row in rows if row["state"] == tone])
    ]
    handed = waiting.handed_in(actor)
    context = {
        "groups": groups,
        "total": len(rows),
        "handed": handed,
        "over": sum(row["state"] == "over" for row in rows),
        "next_url": next_url("inbox", cursor),
        "asked": asked_rows(actor),
        "offered": views[after : after + len(offered)],
        "first": views[after + len(offered) :],
    }
    return render(request, "cases/staff/inbox.html", context)


def asked_rows(actor: Actor) -> list[dict[str, Any]]:
    """What other units lead and the actor's was asked to help with."""
    orders = helping_page(actor)
    views = rows_of(actor, [order.case for order in orders], clock.now())
    return [
        {"view": view, "order": order, "role": _(str(WorkOrder.Role(order.role).label))}
        for view, order in zip(views, orders, strict=True)
    ]


def _row(view: CaseView) -> dict[str, Any]:
    state = view.standing.state if view.standing else "running"
    return {"view": view, "state": state, "place": telling.place_words(view.case)}


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Answers to check with their photos side by side, and explanations to review."""
    actor, at = staff_of(request, "cases.verify", "cases.review"), clock.now()
    if request.GET.get("format") == "xlsx":
        return exporting.cases_as_xlsx(actor, waiting.whole_to_verify(actor, limit=exporting.MOST), at, name=_("核查"))
    cases, cursor = waiting.to_verify(actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    disputed = waiting.review_page(actor) if allows(actor, "cases.review") else []
    rows = rows_of(actor, [*cases, *disputed], at)
    shots = paired_shots([row.case for row in rows[: len(cases)] if not row.hidden])
    context = {
        "rows": [_with_shots(row, shots) for row in rows[: len(cases)]],
        "disputed": [_row(row) for row in rows[len(cases) :]],
        "may_verify": allows(actor, "cases.verify"),
        "next_url": next_url("verify", cursor),
    }
    return render(request, "cases/staff/verify.html", context)


def _with_shots(row: CaseView, shots: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {**_row(row), "shots": shots.get(row.case.reference, {})}


def paired_shots(cases: list[Case]) -> dict[str, dict[str, Any]]:
    """The last photo before and after of each case: one statement."""
    found: dict[str, dict[str, Any]] = {}
    for row in evidence_of([case.reference for case in cases]):
        if row.media.erased_at is None and row.media.kind == "image":
            side = {"after": "after", "before": "before", "report": "before"}.get(row.purpose)
            shot = {"id": row.media_id, "at": row.media.taken_at or row.added_at}
            if side:
                found.setdefault(row.subject, {})[side] = shot
    return found


