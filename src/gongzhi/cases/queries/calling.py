"""Reads of call-backs: what a draw is made from, what was drawn, and what waits to be called.

Nothing here is read by pages of the handling unit; `visible_to` and the timeline know nothing of call-backs.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.audit.models import Entry, Seal
from gongzhi.cases import rules
from gongzhi.cases.models import Case, Reporter, WorkOrder
from gongzhi.cases.queries.spans import day_span
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.engines.sampling import draw, population_digest
from gongzhi.people.models import ConsentRecord, Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.people.rules import ROLE_PERMISSIONS
from gongzhi.places.models import Place

CALLING_ROLES = tuple(sorted(role for role, given in ROLE_PERMISSIONS.items() if "cases.callback" in given))
DRAW_ACTION = "cases.draw_callbacks"


def ended_in(path: str, week: str) -> QuerySet[Case]:
    """Cases that ended in the week there and may be called: not private, not merged, not imported, not called yet."""
    first, end = rules.week_span(week)
    called = WorkOrder.objects.filter(case=OuterRef("pk"), role="callback")
    cases = Case.objects.filter(
        path__startswith=path,
        status__in=["closed", "closed_silent"],
        closed_at__gte=day_span(first)[0],
        closed_at__lt=day_span(end)[0],
        privacy__in=["open", "named"],
        main__isnull=True,
    )
    return cases.exclude(channel="import").filter(~Exists(called))


def may_be_called() -> Exists:
    """Whether somebody of the case has an account and agreed to be called (个人信息保护法 13(1))."""
    agreed = ConsentRecord.objects.filter(
        person=OuterRef("person"), purpose="callback", withdrawn_at__isnull=True
    )
    return Exists(Reporter.objects.filter(Exists(agreed), case=OuterRef("pk"), person__isnull=False))


@dataclass(frozen=True, slots=True)
class Population:
    """The numbers a draw is made from, in order, and how many ended but did not agree to be called."""

    numbers: tuple[str, ...]
    not_agreed: int


def population_of(path: str, week: str) -> Population:
    rows = ended_in(path, week).annotate(agreed=may_be_called()).order_by("number").values_list("number", "agreed")
    numbers = tuple(number for number, agreed in rows if agreed)
    return Population(numbers, len(rows) - len(numbers))


def chain_hash_after(at: dt.datetime) -> str | None:
    """The hash of the first sealed entry made after a moment: fixed once and for all, nobody's choice."""
    entry = Entry.objects.filter(at__gte=at).order_by("id").values_list("pk", flat=True).first()
    seal = Seal.objects.filter(entry_id=entry).first() if entry else None
    return bytes(seal.hash).hex() if seal else None


def calling_units(path: str, on: dt.date) -> list[tuple[int, str]]:
    """(id, code) of the bodies with somebody in a post that may call, over the place."""
    mandates = Mandate.objects.filter(
        in_force(on), in_force(on, "post__"), post__role__in=CALLING_ROLES, post__organization__isnull=False
    )
    rows = mandates.values_list("post__organization_id", "post__organization__code", "post__place__path")
    return sorted({(unit, code) for unit, code, reach in rows if path.startswith(reach)})


def involved_units(case: Case) -> set[int]:
    """Every body that had to do with the case: gave it out, got it, helped, or is complained of."""
    units = set(WorkOrder.objects.filter(case=case).values_list("unit_id", flat=True))
    return units | {unit for unit in (case.unit_id, case.first_unit_id, case.about_unit_id) if unit}


def draws_of(actor: Actor, limit: int = 40) -> list[Entry]:
    """The draws made in the actor's places, newest first, from the trail."""
    require(actor, "cases.draw")
    codes = Place.objects.filter(_under(actor, "cases.draw")).values_list("code", flat=True)
    entries = Entry.objects.filter(action=DRAW_ACTION).order_by("-id")[:500]
    known = set(codes)
    return [entry for entry in entries if entry.subject.split(":")[1] in known][:limit]


def _under(actor: Actor, permission: str) -> Q:
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(path__startswith=path)
    return reach


def places_to_draw(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of regions and grids where the actor may draw."""
    rows = Place.objects.current().filter(_under(actor, "cases.draw"), kind__in=["region", "grid"]).order_by("path")
    return list(rows.values_list("code", "name")[:200])


def redrawn(entry: Entry) -> dict[str, Any]:
    """The draw made again from what the trail holds: whether seed and names give the sample that was called."""
    facts = entry.changes
    again = draw(facts["population"], seed=facts["seed"], size=facts["size"])
    same = population_digest(facts["population"]) == facts["digest"]
    return {"drawn": again, "holds": same and again == facts["drawn"]}


def calls_of(actor: Actor) -> QuerySet[WorkOrder]:
    """Call-backs that the actor's units have to make."""
    units = actor.organizations_for("cases.callback")
    orders = WorkOrder.objects.filter(role="callback", unit_id__in=units, ended_at__isnull=True)
    return orders.select_related("case__key", "case__place", "case__grid", "unit").order_by("due_at", "id")


def get_call_for(actor: Actor, order_id: int, *, lock: bool = False) -> WorkOrder:
    """One of them; NotFound is the same answer for unknown, done and not yours."""
    orders = calls_of(actor).filter(pk=order_id)
    order = (orders.select_for_update(of=("self",)) if lock else orders).first()
    if order is None:
        raise NotFound("call_not_found", N_("没有这件回访，或者已经打完了。"))
    return order


def handlers_of(case: Case) -> set[str]:
    """Who had the work in hand, as the trail names them."""
    rows = WorkOrder.objects.filter(case=case, handler__isnull=False).exclude(role="callback")
    return {f"person:{person}" for person in rows.values_list("handler_id", flat=True)}


def agreed_persons(case: Case) -> list[Any]:
    """The reporters who agreed to be called."""
    agreed = ConsentRecord.objects.filter(person=OuterRef("person"), purpose="callback", withdrawn_at__isnull=True)
    return list(Reporter.objects.filter(Exists(agreed), case=case).order_by("id").values_list("person_id", flat=True))


def unit_names(ids: list[int]) -> dict[int, str]:
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))


def last_week(at: dt.datetime) -> str:
    return rules.week_of(local_date(at) - dt.timedelta(days=7))
