"""Civil days in China as instants, and a span of them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from gongzhi.common.clock import ends, starts


def day_span(date: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The first instant of a civil day in China, and of the next."""
    return starts(date), ends(date)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both counted; either may be open."""

    since: dt.date | None = None
    until: dt.date | None = None

    def on(self, name: str) -> Q:
        given = Q()
        if self.since:
            given &= Q(**{f"{name}__gte": day_span(self.since)[0]})
        if self.until:
            given &= Q(**{f"{name}__lt": day_span(self.until)[1]})
        return given
