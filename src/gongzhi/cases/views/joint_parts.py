"""What a case's page shows of disputes, joint work and who answers to the reporter."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.cases import queries
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.cases.queries.issued import orders_about
from gongzhi.cases.queries.joint import orders_of
from gongzhi.cases.queries.rulings import grids_concerned
from gongzhi.cases.views.telling import ladder_words, reason_name
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


def joint_context(case: Case) -> dict[str, Any]:
    """Everything beside the lead's order; nothing is asked of the database that the case cannot have."""
    clocks = _clocks(case)
    return {
        "ruling": _ruling(case, clocks),
        "paused": clocks.get("pause"),
        "helpers": [_helper(order) for order in orders_of(case)],
        "answerable": _answerable(case),
        "supervised": orders_about(case) if case.escalation or case.status != "reported" else [],
        "ladder": ladder_words(case.routing),
        "state_word": packs.active_model().state_word(case.status, case.channel) if _issued(case) else "",
    }


def answering(case: Case) -> dict[str, Any]:
    """Who answers to the reporter, and whether it is disputed whose matter it is: for the reporter's own page."""
    clocks = _clocks(case) if case.pending.get("kind") == "ruling" else {}
    return {"ruling": _ruling(case, clocks), "answerable": _answerable(case)}


def _issued(case: Case) -> bool:
    return case.channel in packs.active_model().issued


def _clocks(case: Case) -> dict[str, Clock]:
    if not case.pending and case.status != "in_progress":
        return {}
    running = Clock.objects.filter(case=case, kind__in=("ruling", "pause"), met_at__isnull=True).order_by("id")
    return {clock.kind: clock for clock in running}


def _ruling(case: Case, clocks: dict[str, Clock]) -> dict[str, Any] | None:
    """The dispute that waits: in whose hands it is, until when, and whether it is about where the border runs."""
    if case.pending.get("kind") != "ruling":
        return None
    clock = clocks.get("ruling")
    names = {unit.id: unit.name for unit in queries.units()}
    return {
        "superior": case.pending.get("superior", ""),
        "boundary": case.pending.get("boundary", False),
        "reason": reason_name(case.pending.get("reason", "")),
        "concerned": [names[one] for one in case.pending.get("concerned", ()) if one in names],
        "due_at": clock.due_at if clock else None,
        "since": clock.started_at if clock else None,
    }


def boundary_outlines(case: Case) -> list[dict[str, Any]]:
    """The grids on both sides, for the map of a disputed boundary."""
    if not case.pending.get("boundary"):
        return []
    return [
        {"type": "Feature", "geometry": place.polygon, "properties": {"current": False, "name": place.name}}
        for place in grids_concerned(case, case.pending.get("concerned", ()))
    ]


def _answerable(case: Case) -> str:
    """首接负责: named only while somebody else than the handling unit answers to the reporter."""
    if case.first_unit_id is None or case.first_unit_id == case.unit_id or case.closed_at is not None:
        return ""
    unit = queries.answerable_unit(case)
    return unit.name if unit and unit.pk == case.first_unit_id else ""


STATES = (
    ("absent", N_("没到")),
    ("signed", N_("已签字")),
    ("arrived", N_("到了")),
    ("answered", N_("已应答")),
    ("waiting", N_("还没应答")),
)
_TONES = {"absent": "over", "signed": "done", "arrived": "now", "answered": "now", "waiting": ""}


def _helper(order: WorkOrder) -> dict[str, Any]:
    state = _state(order)
    return {
        "unit": order.unit.name,
        "role": _(str(WorkOrder.Role(order.role).label)),
        "state": _(dict(STATES)[state]),
        "tone": _TONES[state],
        "reason": reason_name(order.facts["absent"]) if "absent" in order.facts else "",
        "due_at": order.due_at,
        "since": order.assigned_at,
        "done": _done_at(order),
        "rating": order.facts.get("rating"),
        "whistler": order.facts.get("whistler"),
    }


def _state(order: WorkOrder) -> str:
    if order.answered_at:
        return "signed"
    if "absent" in order.facts:
        return "absent"
    if "arrived" in order.facts:
        return "arrived"
    return "answered" if order.accepted_at else "waiting"


def _done_at(order: WorkOrder) -> dt.datetime | None:
    """When the order's own promise was kept: a whistle is answered, a co-handler signs."""
    return order.accepted_at if order.role == "whistle" else order.answered_at
