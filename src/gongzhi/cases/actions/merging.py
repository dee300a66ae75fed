"""并案 and its undoing: a case joins another that is worked on. Rows stay; only pointers and borrowed dates change."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases import queries, timing
from gongzhi.cases.actions.moving import begin, finish, write_event
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.cases.queries.together import headcount, side_of
from gongzhi.cases.rules.merging import check_merge
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_


@transaction.atomic
def merge_case(*, by: Actor, at: dt.datetime, number: str, into: str) -> Case:
    """并案: `number` joins `into`; returns the main case. Every reporter stays and is told; the earlier promise holds.

    Raises NotFound, Forbidden, Conflict `wrong_state` or `merged`, and what `rules.merging.check_merge` raises.
    """
    for one in sorted({number, into}):  # always in the same order, so that two desks never wait for each other
        queries.get_case_for(by, one, lock=True)
    case, main = begin(by=by, number=number, move="merge"), queries.get_case_for(by, into)
    require(by, "cases.merge", path=main.path)
    join(case, main, by=by, at=at)
    return main


def join(case: Case, main: Case, *, by: Actor, at: dt.datetime, facts: dict[str, Any] | None = None) -> None:
    """Both locked by the caller, who has checked the permission."""
    check_merge(side_of(case), side_of(main))
    case.main = main
    finish(case, by=by, at=at, move="merge", facts={"main": main.number, **(facts or {})})
    _lend_promise(case, main)
    _keep(main, by=by, at=at, move="merge", facts={"merged": case.number, "headcount": headcount(main)})


@transaction.atomic
def unmerge_case(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """拆开: the case stands alone again, exactly as it was; the main case gets back its own promise."""
    case = begin(by=by, number=number, move="unmerge")
    if case.main_id is None:
        raise Conflict("not_merged", N_("这一件没有并到别的事里。"))
    main = Case.objects.select_for_update(of=("self",)).select_related("key", "unit").get(pk=case.main_id)
    require(by, "cases.merge", path=main.path)
    case.main = None
    finish(case, by=by, at=at, move="unmerge", facts={"main": main.number})
    _take_back_promise(main)
    _keep(main, by=by, at=at, move="unmerge", facts={"merged": case.number, "headcount": headcount(main)})
    return case


def _keep(main: Case, *, by: Actor, at: dt.datetime, move: str, facts: dict[str, Any]) -> None:
    """The main case's side of the step; its own reporters are not told of every neighbour."""
    timing.refresh_next_clock(main)
    main.save()
    write_event(main, by=by, at=at, move=move, facts=facts)
    record(by=by, at=at, action=f"cases.{move}", subject=main.reference, changes=facts)


def _running_promise(main: Case) -> Clock | None:
    return Clock.objects.filter(case=main, kind="resolve", met_at__isnull=True).order_by("-id").first()


def _lead_order(main: Case) -> WorkOrder | None:
    return WorkOrder.objects.filter(case=main, role="lead", ended_at__isnull=True).order_by("-id").first()


def _lend_promise(case: Case, main: Case) -> None:
    """The earliest promise holds; what it was before stands beside it, to be given back."""
    clock, order = _running_promise(main), _lead_order(main)
    if clock is None or case.due_at is None or case.due_at >= clock.due_at:
        return
    own = {"due_at": clock.due_at.isoformat(), "certain": clock.certain}
    clock.period = {"own": own, **clock.period}
    _set_promise(main, clock, case.due_at, case.due_certain)
    if order and order.due_at and order.due_at > case.due_at:
        order.facts = {"own_due_at": order.due_at.isoformat(), **order.facts}
        _set_order(order, case.due_at)


def _take_back_promise(main: Case) -> None:
    """The promise of the cases still merged, else the main case's own; an extension given since stays as it is."""
    clock, order = _running_promise(main), _lead_order(main)
    if clock is None or "own" not in clock.period:
        return
    own = clock.period["own"]
    due_at, certain = dt.datetime.fromisoformat(own["due_at"]), own["certain"]
    lent = order if order and "own_due_at" in order.facts else None
    earlier = main.merged.filter(due_at__lt=due_at).order_by("due_at").first()
    if earlier is not None and earlier.due_at is not None:
        _set_promise(main, clock, earlier.due_at, earlier.due_certain)
        if lent:
            _set_order(lent, earlier.due_at)
        return
    del clock.period["own"]
    _set_promise(main, clock, due_at, certain)
    if lent:
        _set_order(lent, dt.datetime.fromisoformat(lent.facts.pop("own_due_at")))


def _set_promise(main: Case, clock: Clock, due_at: dt.datetime, certain: bool) -> None:
    clock.due_at, clock.certain = due_at, certain
    clock.save(update_fields=["due_at", "certain", "period"])
    main.due_at, main.due_certain = due_at, certain


def _set_order(order: WorkOrder, due_at: dt.datetime) -> None:
    order.due_at = due_at
    order.save(update_fields=["due_at", "facts"])
