"""负担: what communities are given, by the six functions and outside the list, and from whom it comes."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from gongzhi.cases.models import WorkOrder
from gongzhi.cases.queries.spans import Span
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.duty_contents import FUNCTIONS

GIVEN = (WorkOrder.Role.LEAD, WorkOrder.Role.CO)
FROM_ABOVE = frozenset({"assist", "outside"})
ORIGINS = ("above", "residents", "own")


@dataclass(slots=True)
class Burden:
    """What one community unit was given: by function, by whom the work comes from, and how it was paid."""

    unit_id: int
    unit: str
    functions: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    admitted: int = 0
    funded: int = 0
    excepted: int = 0

    @property
    def total(self) -> int:
        return self.functions.total()


def community_orders(actor: Actor, span: Span) -> QuerySet[WorkOrder]:
    """Orders to communities where the actor may read statistics. Raises Forbidden, SignInRequired."""
    require(actor, "statistics.read")
    reach = Q(pk__in=[])
    for path in actor.paths_for("statistics.read"):
        reach |= Q(unit__place__path__startswith=path)
    duties = packs.duties()
    kinds = duties.pack.community_kinds if duties else ()
    return WorkOrder.objects.filter(
        reach, span.on("assigned_at"), role__in=GIVEN, unit__features__unit_kind__in=list(kinds)
    )


def function_of(facts: dict[str, object]) -> str:
    """One of the six, outside, or "" for an order from before there was a list."""
    return str(facts.get("function", ""))


def origin_of(function: str, channel: str) -> str:
    found = packs.active_model().channel(channel)
    if function in FROM_ABOVE or (found and found.origin == "above"):
        return "above"
    return found.origin if found else "residents"


def burden(actor: Actor, span: Span) -> list[Burden]:
    """One row a community unit, the most burdened first; one statement."""
    rows: dict[int, Burden] = {}
    counted = (
        community_orders(actor, span)
        .values_list("unit_id", "unit__name", "facts", "case__channel")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for unit_id, name, facts, channel, n in counted:
        row = rows.setdefault(unit_id, Burden(unit_id, name))
        function = function_of(facts)
        row.functions[function] += n
        row.origins[origin_of(function, channel)] += n
        row.admitted += n if "admission" in facts else 0
        row.funded += n if "line" in facts.get("funding", {}) else 0
        row.excepted += n if "exception" in facts.get("funding", {}) else 0
    return sorted(rows.values(), key=lambda row: (-row.total, row.unit))


def burden_orders(
    actor: Actor,
    span: Span,
    *,
    unit: int | None = None,
    function: str | None = None,
    origin: str = "",
) -> QuerySet[WorkOrder]:
    """The orders behind a figure, newest first."""
    orders = community_orders(actor, span).select_related("case__place", "case__grid", "unit").defer("case__grams")
    if unit is not None:
        orders = orders.filter(unit_id=unit)
    if function is not None:
        known = Q(facts__function=function)
        orders = orders.filter(known if function else ~Q(facts__has_key="function"))
    return (orders.filter(_from(origin)) if origin else orders).order_by("-id")


def _from(origin: str) -> Q:
    """`origin_of` as a condition."""
    channels: dict[str, list[str]] = {}
    for channel in packs.active_model().channels:
        channels.setdefault(channel.origin, []).append(channel.code)
    above = Q(facts__function__in=sorted(FROM_ABOVE)) | Q(case__channel__in=channels.get("above", []))
    if origin == "above":
        return above
    unknown = ~Q(case__channel__in=[code for codes in channels.values() for code in codes])
    own = Q(case__channel__in=channels.get(origin, []))
    # A fact that is not there is null, and null is neither in a list nor out of it.
    given = Q(facts__has_key="function")
    return (own | unknown if origin == "residents" else own) & (~given | ~above)


def burden_page(orders: QuerySet[WorkOrder], *, cursor: str = "", size: int) -> tuple[list[WorkOrder], str]:
    """One keyset page of them. Raises Refused `bad_cursor`."""
    if cursor:
        last = decode_cursor(cursor, 1)[0]
        if not isinstance(last, int) or not 0 < last < 2**63:
            raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
        orders = orders.filter(id__lt=last)
    rows = list(orders[: size + 1])
    return rows[:size], encode_cursor(rows[size - 1].pk) if len(rows) > size else ""


def function_codes(rows: list[Burden]) -> list[str]:
    """The columns: the six functions, outside, and orders without a line where there are any."""
    return [*FUNCTIONS, *([""] if any(row.functions[""] for row in rows) else [])]
