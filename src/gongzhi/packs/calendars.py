"""Calendar packs to working calendars and back to text. Pure."""

import datetime as dt
import json
from collections.abc import Iterator

from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs.contents import CalendarPack, CalendarYear


def work_calendar(pack: CalendarPack) -> WorkCalendar:
    """The calendar that a pack describes."""
    return WorkCalendar(
        holidays=[day for year in pack.years for day in rest_days(year)],
        workdays=[day for year in pack.years for day in year.workdays],
        hours=[(span.start, span.end) for span in pack.hours],
        known_from=dt.date(min(year.year for year in pack.years), 1, 1),
        known_until=pack.known_until,
        rest_weekdays=pack.rest_weekdays,
        zone=pack.zone,
    )


def rest_days(year: CalendarYear) -> Iterator[dt.date]:
    for rest in year.holidays:
        for offset in range((rest.last - rest.first).days + 1):
            yield rest.first + dt.timedelta(days=offset)


def changed_days(before: CalendarPack, after: CalendarPack) -> list[dt.date]:
    """The days whose meaning differs: working or resting, or known only now."""
    first = dt.date(min(y.year for y in before.years + after.years), 1, 1)
    last = max(before.known_until, after.known_until)
    old, new = work_calendar(before), work_calendar(after)
    days = (first + dt.timedelta(days=i) for i in range((last - first).days + 1))
    return [
        day
        for day in days
        if (old.is_working_day(day), old.is_holiday(day), old.known(day))
        != (new.is_working_day(day), new.is_holiday(day), new.known(day))
    ]


def render_calendar(pack: CalendarPack) -> str:
    """The pack as TOML text that reads back equal."""
    return "\n".join([*_head(pack), *(line for year in pack.years for line in _year(year))]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _head(pack: CalendarPack) -> Iterator[str]:
    for key in ("kind", "name", "title", "version", "source", "article", "confidence"):
        yield f"{key} = {_quoted(getattr(pack, key))}"
    yield f"effective_from = {pack.effective_from}"
    if pack.effective_to:
        yield f"effective_to = {pack.effective_to}"
    for key in ("jurisdiction", "licence", "notes", "zone"):
        yield f"{key} = {_quoted(getattr(pack, key))}"
    yield f"known_until = {pack.known_until}"
    yield f"rest_weekdays = {list(pack.rest_weekdays)}"
    for span in pack.hours:
        yield f"\n[[hours]]\nstart = {span.start:%H:%M:%S}\nend = {span.end:%H:%M:%S}"


def _year(year: CalendarYear) -> Iterator[str]:
    yield f"\n[[years]]\nyear = {year.year}"
    yield f"source = {_quoted(year.source)}\narticle = {_quoted(year.article)}"
    if year.confidence:
        yield f"confidence = {_quoted(year.confidence)}"
    if year.illustrative:
        yield "illustrative = true"
    yield "holidays = ["
    for rest in year.holidays:
        yield f"    {{ name = {_quoted(rest.name)}, first = {rest.first}, last = {rest.last} }},"
    yield "]"
    yield f"workdays = [{', '.join(map(str, year.workdays))}]"
