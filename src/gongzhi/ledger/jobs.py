"""Jobs of the worker: every fund asks for its newest whole period to be made public; what was not used ends."""

import datetime as dt
import logging

from django.db import DatabaseError

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.ledger import actions, holding
from gongzhi.ledger.actions import ending
from gongzhi.ledger.models import Fund

log = logging.getLogger(__name__)


def ask_to_publish(now: dt.datetime) -> int:
    """A duty for each running fund, once a period; returns how many stand."""
    by, asked = system_actor("ledger"), 0
    for number in list(Fund.objects.filter(closed_on=None).values_list("number", flat=True)):
        try:
            asked += actions.ask_to_publish(by=by, at=now, number=number) is not None
        except (Refused, DatabaseError):
            log.exception("fund %s", number)
    return asked


def end_points(now: dt.datetime) -> int:
    """Where persons hold points or minutes: what has ended is taken off, who will lose some is told; how many."""
    by, done = system_actor("ledger"), 0
    for fund, _kind in holding.funds_of_persons():
        try:
            done += ending.expire(by=by, at=now, number=fund.number)
            done += ending.warn(by=by, at=now, number=fund.number)
        except (Refused, DatabaseError):
            log.exception("fund %s", fund.number)
    return done
