"""Mediations: which cases are one, where each stands, who may work on it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongzhi.cases.models import Case, CaseEvent, Clock, Status
from gongzhi.cases.queries.desk import with_clock
from gongzhi.cases.queries.meeting import KINDS
from gongzhi.cases.queries.seeing import visible_to
from gongzhi.cases.rules.mediating import Mediation, read_mediation
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import clamp_limit
from gongzhi.common.text import N_
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import evidence_of

CHANNEL, ROOT = "dispute", "dispute"
OUTCOMES = {"agreed": N_("达成协议"), "refused": N_("一方不愿意"), "failed": N_("没有谈成")}


def are_mediations() -> Q:
    return Q(channel=CHANNEL) | Q(category=ROOT) | Q(category__startswith=f"{ROOT}.")


def is_mediation(case: Case) -> bool:
    return case.channel == CHANNEL or case.category == ROOT or case.category.startswith(f"{ROOT}.")


def is_talk(channel: str, category: str) -> bool:
    """Whether it is spoken of in private: a mediation, legal advice, counselling."""
    disputed = channel == CHANNEL or category == ROOT or category.startswith(f"{ROOT}.")
    return disputed or channel in KINDS or category in KINDS


def check_is_mediation(case: Case) -> None:
    if not is_mediation(case):
        raise Refused("not_a_dispute", N_("这件事不是纠纷。要调解，请先把类别改成纠纷。"))


def mediation_of(case: Case) -> Mediation:
    return read_mediation(CaseEvent.objects.filter(case=case).order_by("id").values_list("move", "facts"))


def steps_by_case(cases: Iterable[Case]) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """(move, facts) of each case's timeline, oldest first: one statement for a whole list."""
    found: dict[int, list[tuple[str, dict[str, Any]]]] = {case.pk: [] for case in cases}
    rows = CaseEvent.objects.filter(case__in=list(found)).order_by("id")
    for case_id, move, facts in rows.values_list("case_id", "move", "facts"):
        found[case_id].append((move, facts))
    return found


def mediations_of(actor: Actor) -> QuerySet[Any]:
    """What the actor's committees have in hand or had, the nearest clock first."""
    units = actor.organizations_for("cases.mediate")
    cases = visible_to(actor).filter(are_mediations(), unit_id__in=units)
    return with_clock(cases).order_by("order_at", "id")


def mediation_counts(actor: Actor) -> dict[str, int]:
    """How many run, were agreed, were refused, failed: of the actor's committees."""
    rows = visible_to(actor).filter(are_mediations(), unit_id__in=actor.organizations_for("cases.mediate"))
    counted = {"running": Count("pk", filter=Q(outcome="") & ~Q(status__in=ENDED))}
    counted |= {outcome: Count("pk", filter=Q(outcome=outcome)) for outcome in OUTCOMES}
    return rows.aggregate(**counted)


ENDED = (Status.CLOSED, Status.CLOSED_SILENT, Status.REFERRED)


def open_page(actor: Actor, *, show: str = "", limit: int | None = None) -> list[Case]:
    rows = mediations_of(actor)
    if show in OUTCOMES:
        return list(rows.filter(outcome=show)[: clamp_limit(limit)])
    return list(rows.exclude(status__in=ENDED)[: clamp_limit(limit)])


def get_mediation_for(actor: Actor, number: str) -> Case:
    """One of them, or the same NotFound as for an unknown number."""
    case: Case | None = mediations_of(actor).filter(number=number).first()
    if case is None:
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    return case


def signed_papers(case: Case) -> list[Evidence]:
    """Scans of the signed agreement, oldest first; the caller has checked who reads the case."""
    rows = evidence_of([case.reference]).filter(purpose="signature", media__erased_at__isnull=True)
    return list(rows)


def court_until(case: Case) -> dt.datetime | None:
    """Until when both may ask the court (33); None once they have, or there is no agreement."""
    clock = Clock.objects.filter(case=case, kind="judicial").order_by("-id").first()
    return clock.due_at if clock else None
