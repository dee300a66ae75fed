"""法律服务 and 心理咨询: whose notes they are, what was arranged, the roster of 三官一律."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongzhi.cases import words
from gongzhi.cases.models import Case, CaseEvent, Status
from gongzhi.cases.queries.confidential import COUNSELLING, LEGAL
from gongzhi.cases.queries.desk import with_clock
from gongzhi.cases.queries.seeing import visible_to
from gongzhi.cases.rules.meeting import Meeting, read_meeting
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import clamp_limit
from gongzhi.common.text import N_
from gongzhi.people.models import Post
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place

# Channel or category → whose notes.
KINDS = {"legal": LEGAL, "referral.legal": LEGAL, "counselling": COUNSELLING, "referral.counselling": COUNSELLING}
ROSTER_ROLES = ("lawyer",)


def audience_of(case: Case) -> str:
    """notes.legal or notes.counselling; empty for any other case."""
    return KINDS.get(case.channel) or KINDS.get(case.category, "")


def privacy_of(channel_privacy: str, category: str, source: str) -> str:
    """Confidential from the first moment where somebody said what it is; a mere guess of words hides nothing."""
    return "confidential" if category in KINDS and source != "guess" else channel_privacy


def check_is_private(case: Case) -> str:
    audience = audience_of(case)
    if not audience:
        raise Refused("not_private", N_("这件事不是法律服务或心理咨询。要约见，请先改类别。"))
    return audience


def meeting_of(case: Case) -> Meeting:
    """What was arranged; the place stands in the sealed note of the proposal."""
    steps = CaseEvent.objects.filter(case=case).order_by("id").values_list("move", "facts", "note")
    return read_meeting((move, _with_place(case, facts, note)) for move, facts, note in steps)


def _with_place(case: Case, facts: dict[str, Any], note: "bytes | memoryview[int] | None") -> dict[str, Any]:
    if "starts_at" not in facts or note is None:
        return facts
    return {**facts, "where": words.open_part(case.key, "note", note) or ""}


def _private() -> Q:
    return Q(channel__in=list(KINDS)) | Q(category__in=list(KINDS))


def meetings_of(actor: Actor) -> QuerySet[Any]:
    """Requests that the actor's bodies have in hand or had, the nearest clock first."""
    units = actor.organizations_for("cases.meet")
    return with_clock(visible_to(actor).filter(_private(), unit_id__in=units)).order_by("order_at", "id")


FINISHED = (Status.CLOSED, Status.CLOSED_SILENT, Status.REFERRED, Status.CONFIRMED)


def open_meetings(actor: Actor, limit: int | None = None) -> list[Case]:
    return list(meetings_of(actor).exclude(status__in=FINISHED)[: clamp_limit(limit)])


def get_request_for(actor: Actor, number: str) -> Case:
    case: Case | None = meetings_of(actor).filter(number=number).first()
    if case is None:
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    return case


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One post of the roster: its title, body and grid, and whether somebody holds it. No names."""

    title: str
    body: str
    place: str
    filled: bool


def roster(on: dt.date, place: Place | None = None) -> list[RosterRow]:
    """三官一律: the posts that serve a place (all of them without one), the nearest grid first."""
    holding = in_force(on, "mandates__") & Q(mandates__substitute_for__isnull=True)
    posts = Post.objects.filter(in_force(on), role__in=ROSTER_ROLES).select_related("place", "organization")
    found = posts.annotate(held=Count("mandates", filter=holding)).order_by("place__path", "code")
    rows = [row for row in found if place is None or place.path.startswith(row.place.path)]
    rows.sort(key=lambda row: -len(row.place.path))
    return [
        RosterRow(row.title, row.organization.name if row.organization else "", row.place.name, row.held > 0)
        for row in rows
    ]
