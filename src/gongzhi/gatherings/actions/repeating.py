"""Series: begun once, each next meeting called from it, ended."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.actions.calling import Meeting, call_gathering, place_of
from gongzhi.gatherings.models import Every, Gathering, Series
from gongzhi.people.models import Organization


@transaction.atomic
def begin_series(
    *, by: Actor, at: dt.datetime, kind: str, body: Organization, title: str, every: str, first: Meeting
) -> Gathering:
    """A series with its first meeting. Raises Refused `bad_rhythm`, Conflict `series_exists`, as calling does."""
    if every not in Every.values:
        raise Refused("bad_rhythm", N_("请选多久开一次。"), field="every")
    place = place_of(body)
    require(by, rules.HOLD, path=place.path)
    if Series.objects.filter(kind=kind, organization=body, ended_at__isnull=True).exists():
        raise Conflict("series_exists", N_("{body}已经有这个系列。要改时间，请先结束旧的。"), body=body.name)
    minutes = max(1, int((first.ends_at - first.starts_at).total_seconds() // 60))
    series = Series.objects.create(
        kind=queries.get_kind(kind).code,
        title=title,
        organization=body,
        place=place,
        venue=first.venue,
        every=every,
        first_at=first.starts_at,
        minutes=minutes,
    )
    record(by=by, at=at, action="gatherings.begin_series", subject=str(series), changes={"every": every})
    return call_gathering(by=by, at=at, kind=kind, body=body, title=title, meeting=first, series=series)


@transaction.atomic
def call_next(*, by: Actor, at: dt.datetime, series_id: int) -> Gathering:
    """The next meeting of a series, at its rhythm, with what the last one left open on its agenda.

    Raises NotFound `no_series`, Conflict `next_called`.
    """
    series = _held(by, series_id)
    if Gathering.objects.filter(series=series, status__in=("planned", "noticed", "open")).exists():
        raise Conflict("next_called", N_("下一次已经排了。开完了再排。"))
    last = Gathering.objects.filter(series=series).order_by("-starts_at").first()
    after = max(at, last.starts_at) if last else at
    starts = rules.next_start(series.every, series.first_at.astimezone(CHINA), after.astimezone(CHINA))
    where = last.where if last else ""
    platform = last.platform if last else ""
    meeting = Meeting(starts, starts + dt.timedelta(minutes=series.minutes), where, series.venue, platform)
    return call_gathering(
        by=by, at=at, kind=series.kind, body=series.organization, title=series.title, meeting=meeting, series=series
    )


@transaction.atomic
def end_series(*, by: Actor, at: dt.datetime, series_id: int) -> Series:
    """No more meetings come from it; those that were held stay."""
    series = _held(by, series_id)
    series.ended_at = at
    series.save(update_fields=["ended_at"])
    record(by=by, at=at, action="gatherings.end_series", subject=str(series), changes={})
    return series


def _held(by: Actor, series_id: int) -> Series:
    rows = Series.objects.select_for_update(of=("self",)).select_related("organization__place", "venue", "place")
    series = rows.filter(pk=series_id, ended_at__isnull=True).first()
    if series is None or not any(series.place.path.startswith(path) for path in by.paths_for(rules.HOLD)):
        raise NotFound("no_series", N_("没有这个系列，或者它不归您管。"))
    return series
