"""Run by the worker: rows ahead of time, and the steps of the ladders that have come."""

import datetime as dt
import logging

from django.db import DatabaseError

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.duties import actions
from gongzhi.duties.models import OPEN, Duty

log = logging.getLogger(__name__)
_BATCH = 500


def make_due(now: dt.datetime) -> int:
    """What the rules ask of whom until a month from now."""
    return actions.make_duties(by=system_actor("duties"), at=now)


def sound_alarms(now: dt.datetime) -> int:
    """Every open duty whose next step has come: one index read, then one transaction a duty."""
    due = Duty.objects.filter(OPEN, next_alarm_on__lte=local_date(now)).order_by("next_alarm_on", "id")
    told = 0
    for duty_id in list(due.values_list("pk", flat=True)[:_BATCH]):
        try:
            told += actions.sound_alarm(by=system_actor("duties"), at=now, duty_id=duty_id)
        except (Refused, DatabaseError):
            log.exception("alarm of duty %s", duty_id)
    return told
