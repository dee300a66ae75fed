"""到期: what was not used in time ends by itself, and its holder is told before."""

import datetime as dt

from django.db import transaction

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.text import N_
from gongzhi.ledger import holding, rules
from gongzhi.ledger.actions import holding as hands
from gongzhi.ledger.models import Account
from gongzhi.packs.fund_contents import EXPIRE


def _held(fund_number: str) -> list[Account]:
    rows = Account.objects.filter(fund__number=fund_number, holder__isnull=False, balance__gt=0)
    return list(rows.select_related("fund").order_by("pk"))


@transaction.atomic
def expire(*, by: Actor, at: dt.datetime, number: str) -> int:
    """Take off what ended before today, one entry a person; again, nothing. How many entries."""
    today = local_date(at)
    fund, _kind, _persons = holding.get_fund(number, lock=True)
    accounts = _held(number)
    lots, written = holding.lots_of(accounts), 0
    for account in accounts:
        over = rules.over(lots.get(account.pk, []), today)
        if over:
            lines = hands.emptied(account, over, hands.line_of(fund, hands.EXPIRED))
            hands.write(fund, hands.Change(EXPIRE, N_("到期作废"), lines), by=by, at=at)
            written += 1
    return written


@transaction.atomic
def warn(*, by: Actor, at: dt.datetime, number: str) -> int:
    """Tell whose points end within the days of the kind; once for each day on which some end. How many were told."""
    today = local_date(at)
    _fund, _kind, persons = holding.get_fund(number)
    until = today + dt.timedelta(days=persons.warn_days)
    accounts = [one for one in _held(number) if one.line == persons.spends]
    lots, told = holding.lots_of(accounts), 0
    for account in accounts:
        for lot in rules.living(lots.get(account.pk, []), today):
            if lot.expires_on is not None and lot.expires_on <= until:
                day = lot.expires_on.isoformat()
                hands.tell(account, "ending", by=by, at=at, key=f"{account.code}-{day}", amount=lot.amount, day=day)
                told += 1
    return told
