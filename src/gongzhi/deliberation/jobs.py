"""What time alone does to courses: postings that run out, last days that pass."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.deliberation.actions import advance_course
from gongzhi.deliberation.models import Course

MOST = 500


def advance_due(now: dt.datetime) -> int:
    """Look again at whatever moves today; how many."""
    due = Course.objects.filter(status="running", next_on__lte=local_date(now)).order_by("next_on", "id")
    numbers = list(due.values_list("number", flat=True)[:MOST])
    for number in numbers:
        advance_course(by=system_actor("deliberation"), at=now, number=number)
    return len(numbers)
