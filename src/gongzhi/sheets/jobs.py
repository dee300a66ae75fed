"""Run by the worker: the public figures of the last month, once that has been over for long enough."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.sheets.actions.publishing import publish_month
from gongzhi.sheets.queries.public import month_due


def publish_last_month(now: dt.datetime) -> int:
    """How many figures were set down; none when they are already."""
    return publish_month(by=system_actor("figures"), at=now, month=month_due(local_date(now)))
