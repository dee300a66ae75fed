"""自由裁量: how often each unit used which reason, out of what it led; every figure is the number of rows in its list.

Counted by when the order was given (for what never became one: by when the case came). Private matters and cases
merged into another are in no figure and in no list.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongzhi.cases.models import Case, CaseEvent, WorkOrder
from gongzhi.cases.queries.spans import Span
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor, require
from gongzhi.engines.intervals import wilson
from gongzhi.packs import queries as packs

# A reason of this kind was used where such an event stands.
MOVES_OF = {
    "return": ("return", "dispute"),
    "extension": ("ask_extension",),
    "defer": ("ask_deferral",),
    "refer": ("refer",),
    "decline": ("judge",),
}
# Kinds whose cases need not have had an order: they are counted by receipt, under the unit they stand with.
WITHOUT_ORDER = ("refer", "decline")
_ANY_TIME = Span()


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows to list: cases where a unit used a reason of this kind, or this very one; `unit` None: any."""

    kind: str
    code: str = ""
    unit: int | None = None
    span: Span = _ANY_TIME


def _used_in(kind: str, code: str) -> QuerySet[CaseEvent]:
    events = CaseEvent.objects.filter(move__in=MOVES_OF[kind], unit__isnull=False, facts__reason__isnull=False)
    return events.filter(facts__reason=code) if code else events


def _led(span: Span, unit: Any, case: Any) -> Exists:
    return Exists(WorkOrder.objects.filter(span.on("assigned_at"), role="lead", unit=unit, case=case))


def only(cases: QuerySet[Case], reason: Reason) -> QuerySet[Case]:
    """The cases that a figure of this page counts; the list is narrowed with the same conditions."""
    events = _used_in(reason.kind, reason.code).filter(case=OuterRef("pk"))
    cases = _countable(cases)
    if reason.kind in WITHOUT_ORDER:
        of_unit = Q(unit__isnull=False) if reason.unit is None else Q(unit_id=reason.unit)
        return _outcome(cases.filter(Exists(events), of_unit, reason.span.on("received_at")), reason.kind)
    if reason.unit is not None:
        events = events.filter(unit_id=reason.unit)
    return cases.filter(Exists(events.filter(_led(reason.span, OuterRef("unit"), OuterRef("case")))))


def _countable(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.filter(main__isnull=True).exclude(privacy__in=PRIVATE)


def _outcome(cases: QuerySet[Case], kind: str) -> QuerySet[Case]:
    """What was not adopted is counted out of the suggestions that were decided."""
    return cases.exclude(outcome="").filter(channel__in=_suggestions()) if kind == "decline" else cases


def _suggestions() -> list[str]:
    return [channel.code for channel in packs.active_model().channels if channel.kind == "suggestion"]


@dataclass(frozen=True, slots=True)
class Used:
    """How often one unit used a kind of reason: share with its interval; `enough` says whether n allows comparing."""

    unit_id: int
    unit: str
    used: int
    out_of: int
    share: float
    low: float
    high: float
    enough: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Discretion:
    """One kind of reason: its codes counted, the units, and the share over all of them."""

    kind: str
    reasons: tuple[tuple[str, int], ...]
    units: tuple[Used, ...]
    used: int
    out_of: int

    @property
    def share(self) -> float | None:
        return self.used / self.out_of if self.out_of else None


def _within(actor: Actor, field: str) -> Q:
    reach = Q(pk__in=[])
    for path in actor.paths_for("statistics.read"):
        reach |= Q(**{f"{field}__startswith": path})
    return reach


def _events(actor: Actor, kind: str, span: Span, code: str = "") -> QuerySet[CaseEvent]:
    """The uses that are counted, one or more a case."""
    events = _used_in(kind, code).filter(_within(actor, "case__path"), case__main__isnull=True)
    events = events.exclude(case__privacy__in=PRIVATE)
    if kind not in WITHOUT_ORDER:
        return events.filter(_led(span, OuterRef("unit"), OuterRef("case")))
    events = events.filter(span.on("case__received_at"), case__unit__isnull=False)
    return events.filter(case__channel__in=_suggestions()).exclude(case__outcome="") if kind == "decline" else events


def _base(actor: Actor, kind: str, span: Span) -> dict[int, tuple[str, int]]:
    """What a kind is counted out of, per unit: cases it led; for what never became one, cases that came to it."""
    if kind in WITHOUT_ORDER:
        cases = _countable(Case.objects.filter(_within(actor, "path"), span.on("received_at"), unit__isnull=False))
        came = _outcome(cases, kind).values_list("unit_id", "unit__name").annotate(n=Count("pk")).order_by()
        return {unit_id: (name, n) for unit_id, name, n in came}
    orders = WorkOrder.objects.filter(_within(actor, "case__path"), span.on("assigned_at"), role="lead")
    orders = orders.filter(case__main__isnull=True).exclude(case__privacy__in=PRIVATE)
    led = orders.values_list("unit_id", "unit__name").annotate(n=Count("case_id", distinct=True)).order_by()
    return {unit_id: (name, n) for unit_id, name, n in led}


def discretion(actor: Actor, kind: str, span: Span, code: str = "") -> Discretion:
    """How one kind of reason (or one reason of it) is used, unit by unit; never person by person.

    Raises Forbidden, SignInRequired.
    """
    require(actor, "statistics.read")
    reasons = _events(actor, kind, span).values_list("facts__reason").annotate(n=Count("case_id", distinct=True))
    by = "case__unit_id" if kind in WITHOUT_ORDER else "unit_id"
    per_unit = _events(actor, kind, span, code).values_list(by).annotate(n=Count("case_id", distinct=True)).order_by()
    used = {unit_id: int(n) for unit_id, n in per_unit}
    base = _base(actor, kind, span)
    whole = sum(n for _, n in base.values())
    total = sum(used.get(unit_id, 0) for unit_id in base)
    duties = packs.duties()
    least = duties.pack.compare_from if duties else 30
    units = [
        _used(unit_id, name, used.get(unit_id, 0), n, total / whole, least) for unit_id, (name, n) in base.items() if n
    ]
    ordered = tuple(sorted(units, key=lambda one: (not one.enough, one.unit)))
    counted = tuple((str(reason), int(n)) for reason, n in reasons.order_by("-n", "facts__reason"))
    return Discretion(kind, counted, ordered, total, whole)


def _used(unit_id: int, name: str, used: int, out_of: int, mean: float, least: int) -> Used:
    low, high = wilson(used, out_of) or (0.0, 1.0)
    enough = out_of >= least
    verdict = "few" if not enough else "above" if low > mean else "below" if high < mean else "same"
    return Used(unit_id, name, used, out_of, used / out_of, low, high, enough, verdict)
