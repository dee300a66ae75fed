"""What a fund asks of people: fill it up again, publish what happened. Each becomes a duty, with its alarms."""

import datetime as dt
from contextlib import suppress

from django.db import transaction

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.duties.actions import open_duty
from gongzhi.duties.models import Duty
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import Fund

REPLENISH = "fund.replenish"
PUBLISH = {"month": "fund.publish.month", "quarter": "fund.publish.quarter"}


def tell_if_low(fund: Fund, *, by: Actor, at: dt.datetime) -> Duty | None:
    """续筹: less left than the share that the law says; told once, until it was done."""
    level = queries.level_of(fund)
    if level is None or not level.low:
        return None
    if Duty.objects.filter(rule=REPLENISH, subject=fund.reference, fulfilled_at=None, excused_at=None).exists():
        return None
    return _open(fund, REPLENISH, local_date(at), by=by, at=at)


@transaction.atomic
def ask_to_publish(*, by: Actor, at: dt.datetime, number: str) -> Duty | None:
    """The newest whole month or quarter of a fund has to be made public; asked again changes nothing."""
    fund = queries.get_fund_for(by, number)
    every = queries.kind_of(fund).publish_every
    current = rules.span_of(every, local_date(at))
    over = rules.span_of(every, current.first - dt.timedelta(days=1))
    if fund.closed_on is not None or over.last < fund.opened_on:
        return None
    return _open(fund, PUBLISH[every], over.last, by=by, at=at)


def _open(fund: Fund, rule: str, on: dt.date, *, by: Actor, at: dt.datetime) -> Duty | None:
    """None where the schedule rules are not loaded: the page says so all the same."""
    with suppress(Refused):
        return open_duty(by=by, at=at, rule=rule, subject=fund.reference, path=fund.path, on=on)
    return None
