"""Run by the worker: what time does to cases."""

import logging

from django.db import DatabaseError

from gongzhi.cases.actions.calling import calls_to_tell, tell_of_call
from gongzhi.cases.actions.counting import fold_counts as fold
from gongzhi.cases.actions.counting import recount
from gongzhi.cases.actions.indexing import index_words
from gongzhi.cases.actions.waiting import escalate_case
from gongzhi.cases.models import Case, CaseCount
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused

log = logging.getLogger(__name__)
_BATCH = 200


def escalate_overdue() -> int:
    """Act on every case whose next clock has come: one index read, then one transaction a case."""
    now, by = clock.now(), system_actor("clock")
    due = Case.objects.filter(next_clock_at__lte=now).order_by("next_clock_at")
    done = 0
    for case_id in list(due.values_list("pk", flat=True)[:_BATCH]):
        try:
            done += escalate_case(by=by, at=now, case_id=case_id) != "nothing"
        except (Refused, DatabaseError):
            log.exception("escalating case %s", case_id)
    return done


def index_old_words() -> int:
    """Make findable what came before the index, or with a restored archive: some at every turn."""
    return index_words(by=system_actor("index"), at=clock.now(), most=2_000)


def fold_counts() -> int:
    """The roll-up's fresh rows become one a group; an empty roll-up beside cases is made anew."""
    if not CaseCount.objects.exists() and Case.objects.exists():
        return recount()
    return fold()


def tell_of_calls() -> int:
    """Open again what the calls of an earlier day found unsolved."""
    now, by = clock.now(), system_actor("word")
    return sum(tell_of_call(by=by, at=now, order_id=order) for order in calls_to_tell(now, _BATCH))
