"""Jobs of the worker: every running project asks its sponsor for the visit of the period."""

import datetime as dt
import logging

from django.db import DatabaseError

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.projects import actions, rules
from gongzhi.projects.models import Project

log = logging.getLogger(__name__)


def ask_for_visits(now: dt.datetime) -> int:
    """A duty for each running project, once a period; returns how many stand."""
    by, asked = system_actor("projects"), 0
    for number in list(Project.objects.filter(state__in=rules.RUNNING).values_list("number", flat=True)):
        try:
            asked += actions.ask_visits(by=by, at=now, number=number)
        except (Refused, DatabaseError):
            log.exception("project %s", number)
    return asked
