"""结账: one person adds a period up, another closes it; then it takes no entry any more."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import BookPeriod, Fund
from gongzhi.packs.fund_contents import BY_BOTH
from gongzhi.people.queries import person_of


def _next(fund: Fund) -> rules.Span:
    return rules.next_span(queries.kind_of(fund).close_every, fund.opened_on, queries.closed_until(fund))


def _totals(fund: Fund, span: rules.Span, at: dt.datetime) -> dict[str, int]:
    """Raises Conflict `period_running`, `entries_wait`."""
    waiting = fund.entries.filter(approval=None, on__range=(span.first, span.last)).exclude(movement__in=BY_BOTH)
    rules.check_closing(span, today=local_date(at), waiting=waiting.count())
    return queries.statement(fund, span.first, span.last).totals


@transaction.atomic
def propose_closing(*, by: Actor, at: dt.datetime, number: str) -> BookPeriod:
    """Add up the oldest open period of a fund; again, it is added up anew. Raises Forbidden, Conflict."""
    fund = queries.get_fund_for(by, number, lock=True)
    require(by, rules.PROPOSE, path=fund.path)
    check_activity("ledger")
    span = _next(fund)
    given = {"first": span.first, "last": span.last, "totals": _totals(fund, span, at)}
    given |= {"proposed_by": person_of(by), "proposed_at": at}
    row, _new = BookPeriod.objects.update_or_create(fund=fund, span=span.label, defaults=given)
    record(by=by, at=at, action="ledger.propose_closing", subject=fund.reference, changes={"period": span.label})
    return row


@transaction.atomic
def close_period(*, by: Actor, at: dt.datetime, number: str, label: str) -> BookPeriod:
    """The second hand: only while the sums are still those that the first one saw.

    Raises Forbidden, NotFound `period_not_found`, Refused `second_person`, Conflict `sums_changed`, `entries_wait`.
    """
    fund = queries.get_fund_for(by, number, lock=True)
    require(by, rules.APPROVE, path=fund.path)
    check_activity("ledger")
    row = fund.periods.select_for_update(of=("self",)).filter(span=label, closed_at=None).first()
    if row is None:
        raise NotFound("period_not_found", N_("没有等着结的这一期，或者已经结了。请刷新看看。"))
    rules.check_second_person(row.proposed_by_id, by.person_id)
    if _totals(fund, rules.Span(row.span, row.first, row.last), at) != row.totals:
        message = N_("{label} 加总以后又有变化。请第一位重新加总，再来结账。")
        raise Conflict("sums_changed", message, label=label)
    row.closed_by, row.closed_at = person_of(by), at
    row.save(update_fields=["closed_by", "closed_at"])
    changes = {"period": label, "totals": row.totals}
    record(by=by, at=at, action="ledger.close_period", subject=fund.reference, changes=changes)
    return row
