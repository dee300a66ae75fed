"""What time does to public items: their end."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.publications.actions import expire_publication
from gongzhi.publications.models import Publication, State

MOST = 500


def expire_due(now: dt.datetime) -> int:
    """Take down what has reached its last day; how many."""
    due = Publication.objects.filter(state=State.RELEASED, expires_on__lte=local_date(now))
    numbers = list(due.values_list("number", flat=True)[:MOST])
    for number in numbers:
        expire_publication(by=system_actor("expire_publications"), at=now, number=number)
    return len(numbers)
