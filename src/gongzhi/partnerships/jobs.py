"""Jobs of the worker: agreements start and are over by their days."""

import datetime as dt
import logging

from django.db import DatabaseError
from django.db.models import Q

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.partnerships import actions
from gongzhi.partnerships.models import Agreement, State

log = logging.getLogger(__name__)


def turn_due(now: dt.datetime) -> int:
    """Returns how many were turned."""
    by, today, turned = system_actor("partnerships"), local_date(now), 0
    due = Q(state=State.SIGNED, starts_on__lte=today) | Q(state=State.RUNNING, ends_on__lt=today)
    for number in list(Agreement.objects.filter(due).order_by("pk").values_list("number", flat=True)):
        try:
            actions.turn_agreement(by=by, at=now, number=number)
            turned += 1
        except (Refused, DatabaseError):
            log.exception("agreement %s", number)
    return turned
