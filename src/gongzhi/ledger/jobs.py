"""Jobs of the worker: every fund asks for its newest whole period to be made public."""

import datetime as dt
import logging

from django.db import DatabaseError

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.ledger import actions
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
