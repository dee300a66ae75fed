"""Now, and the civil time of the country. Only web, api, jobs and cli may ask for now()."""

import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def local_date(at: dt.datetime) -> dt.date:
    """The civil date in China at an instant."""
    return at.astimezone(CHINA).date()
