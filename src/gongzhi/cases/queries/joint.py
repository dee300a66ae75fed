"""Work that several units do together: whose orders stand beside the lead's, who answers to the reporter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from gongzhi.cases.models import OPEN, Case, Clock, WorkOrder
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.seeing import HELPING, partners
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization

_MOST_ROWS = 500


def helping_units(actor: Actor, case: Case) -> list[int]:
    """Units of the actor that were asked to help with this case."""
    return list(helping_orders(actor, case).values_list("unit_id", flat=True))


def helping_orders(actor: Actor, case: Case) -> QuerySet[WorkOrder]:
    """Their open orders, what is not yet answered first."""
    units = actor.organizations_for("cases.handle")
    orders = WorkOrder.objects.filter(case=case, unit_id__in=units, role__in=HELPING, ended_at__isnull=True)
    return orders.select_related("unit").order_by(F("answered_at").asc(nulls_first=True), "id")


def partner_units(actor: Actor, case: Case) -> list[int]:
    """Units of the actor that may claim this case; none when it was not offered."""
    if not case.routing.get("offered"):
        return []
    return partners(actor.organizations_for("cases.handle"))


def orders_of(case: Case) -> list[WorkOrder]:
    """The open orders beside the lead's, as the case's page lists them."""
    orders = WorkOrder.objects.filter(case=case, role__in=HELPING, ended_at__isnull=True)
    return list(orders.select_related("unit").order_by("id"))


def unsigned(case: Case) -> list[str]:
    """Names of co-handlers that have neither signed nor were recorded absent."""
    orders = WorkOrder.objects.filter(case=case, role="co", ended_at__isnull=True, answered_at__isnull=True)
    waiting = orders.exclude(facts__has_key="absent").order_by("id")
    return list(waiting.values_list("unit__name", flat=True))


def answerable_unit(case: Case) -> Organization | None:
    """首接负责: who answers to the reporter: the unit that received the case first, to its end.

    A ruling names another (actions.ruling); what is confided is answered for by whoever has it.
    Source: 北京市接诉即办工作条例 14.
    """
    if case.first_unit_id is None or case.privacy in PRIVATE:
        return case.unit
    return case.first_unit


def answers_first(actor: Actor, case: Case) -> bool:
    """Whether the actor is of the unit that received the case first, and answers for it while it is elsewhere."""
    first, unit = case.first_unit_id, answerable_unit(case)
    if first is None or unit is None or first not in actor.organizations_for("cases.handle"):
        return False
    if first == case.unit_id:
        return case.status == "returned"
    return unit.pk == first and case.status in OPEN


def answered_for_page(actor: Actor) -> list[Case]:
    """What another unit works on while the actor's, which received it first, answers to the reporter: newest first."""
    elsewhere = ~Q(unit_id=F("first_unit_id")) | Q(unit__isnull=True)
    units = actor.organizations_for("cases.handle")
    cases = worked_by(actor).filter(elsewhere, first_unit_id__in=units, status__in=OPEN)
    return list(cases.exclude(privacy__in=PRIVATE).select_related("key", "unit", "place", "grid").order_by("-id")[:50])


def idle_moves(actor: Actor, case: Case, held: Iterable[str]) -> set[str]:
    """Moves of joint work that mandates and state allow, but that nothing here calls for; what a page leaves out."""
    names = set(held)
    idle = {"issue"} & names
    if case.channel not in packs.active_model().issued:
        idle |= {"strike"} & names
    if case.routing.get("offered") or case.privacy in ("confidential", "protected"):
        idle |= {"offer"} & names
    standing = Clock.objects.filter(case=case, paused_at__isnull=False, met_at__isnull=True)
    if "unpause" in names and not standing.exists():
        idle.add("unpause")
    if wanted := names & (_OF_ORDERS | _OF_OWN_ORDER):
        idle |= wanted - _called_for(actor, case)
    return idle


_OF_ORDERS = {"arrive", "absent", "rate_unit"}
_OF_OWN_ORDER = {"respond", "sign", "rate_whistle"}


def _called_for(actor: Actor, case: Case) -> set[str]:
    """What the orders beside the lead's still wait for: one statement."""
    found: set[str] = set()
    own = actor.organizations_for("cases.handle")
    for order in orders_of(case):
        came = "arrived" in order.facts or "absent" in order.facts
        if order.role in ("whistle", "co") and not order.answered_at:
            found |= set() if came else {"arrive", "absent"}
        if order.role == "whistle" and "rating" not in order.facts:
            found.add("rate_unit")
        if order.unit_id in own:
            found |= {"respond"} if order.accepted_at is None else set()
            found |= {"sign"} if order.answered_at is None else set()
            found |= {"rate_whistle"} if order.role == "whistle" and "whistler" not in order.facts else set()
    return found


def helping_page(actor: Actor) -> list[WorkOrder]:
    """What the actor's units were asked to help with and have not answered: the nearest deadline first."""
    units = actor.organizations_for("cases.handle")
    asked = WorkOrder.objects.filter(unit_id__in=units, role__in=HELPING, ended_at__isnull=True)
    orders = asked.filter(answered_at__isnull=True, case__closed_at__isnull=True)
    return list(orders.select_related("case__key", "unit").order_by("due_at", "id")[:100])


def offered_page(actor: Actor) -> list[Case]:
    """Cases that the actor's partner unit may claim."""
    if not partners(actor.organizations_for("cases.handle")):
        return []
    cases = worked_by(actor).filter(routing__contains={"offered": True}, closed_at__isnull=True)
    return list(cases.select_related("key", "unit", "place", "grid").order_by("id")[:50])


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """How one unit came when it was called; ratings as counts of 1 to 5, never who gave them."""

    unit: str
    called: int
    answered: int
    in_time: int
    arrived: int
    absent: int
    ratings: tuple[int, ...]
    whistler: tuple[int, ...]
    signed: int


def _rated(field: str) -> dict[str, Any]:
    return {f"{field}{n}": Count("pk", filter=Q(**{f"facts__{field}": n})) for n in range(1, 6)}


def _orders_read_by(actor: Actor, role: str) -> QuerySet[WorkOrder]:
    """Orders of the cases that the actor's mandates reach; who reads no statistics is shown the own units' alone."""
    orders = WorkOrder.objects.filter(role=role)
    if actor.paths_for("statistics.read"):
        return orders.filter(case__in=worked_by(actor).values("pk"))
    return orders.filter(unit_id__in=actor.organizations_for("cases.handle"))


def joint_counts(actor: Actor, role: str = "whistle") -> list[UnitCounts]:
    """Per unit, over the cases that the actor's mandates reach."""
    orders = _orders_read_by(actor, role)
    rows: Any = (
        orders.values("unit_id", "unit__name")
        .annotate(
            called=Count("pk"),
            answered=Count("pk", filter=Q(accepted_at__isnull=False)),
            in_time=Count("pk", filter=Q(accepted_at__lte=F("due_at"))),
            arrived=Count("pk", filter=Q(facts__has_key="arrived")),
            absent=Count("pk", filter=Q(facts__has_key="absent")),
            signed=Count("pk", filter=Q(answered_at__isnull=False)),
            **_rated("rating"),
            **_rated("whistler"),
        )
        .order_by("-called", "unit_id")
    )
    return [_counts(row) for row in rows[:_MOST_ROWS]]


def _counts(row: dict[str, Any]) -> UnitCounts:
    names = ("called", "answered", "in_time", "arrived", "absent", "signed")
    ratings, whistler = (tuple(row[f"{field}{n}"] for n in range(1, 6)) for field in ("rating", "whistler"))
    counts = {name: row[name] for name in names}
    return UnitCounts(unit=row["unit__name"], ratings=ratings, whistler=whistler, **counts)


@dataclass(frozen=True, slots=True)
class Credit:
    """What came of the cases that a partner unit claimed (D14)."""

    unit: str
    claimed: int
    done: int
    solved: int


def partner_credits(actor: Actor) -> list[Credit]:
    rows = _orders_read_by(actor, "partner").values("unit_id", "unit__name").annotate(
        claimed=Count("pk"),
        done=Count("pk", filter=Q(answered_at__isnull=False)),
        solved=Count("pk", filter=Q(answered_at__isnull=False, case__solved="yes")),
    )
    return [
        Credit(row["unit__name"], row["claimed"], row["done"], row["solved"])
        for row in rows.order_by("-claimed", "unit_id")[:_MOST_ROWS]
    ]
