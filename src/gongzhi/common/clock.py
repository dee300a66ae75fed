"""Now, and the civil time of the country. Only web, api, jobs and cli may ask for now()."""

import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def local_date(at: dt.datetime) -> dt.date:
    """The civil date in China at an instant."""
    return at.astimezone(CHINA).date()


def starts(day: dt.date) -> dt.datetime:
    """The first instant of a civil day in China: compared as a moment, so that an index on time is of use."""
    return dt.datetime.combine(day, dt.time(), CHINA)


def ends(day: dt.date) -> dt.datetime:
    """The first instant after it: days that both count lie from `starts(first)` to before `ends(last)`."""
    return starts(day + dt.timedelta(days=1))
