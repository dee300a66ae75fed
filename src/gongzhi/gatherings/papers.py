"""The minutes as a paper, and the meeting as an entry of a calendar."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.common.clock import CHINA, local_date
from gongzhi.engines import icalendar
from gongzhi.gatherings import queries, rules, words
from gongzhi.gatherings.models import Gathering


def minutes_of(row: Gathering) -> dict[str, Any]:
    """The values of the paper `minutes`; offices, units and matters, no person's name."""
    there = queries.presence_at(row)
    came = _("应到 {due} 人，实到 {came} 人").format(due=there.due, came=there.came)
    if there.observers:
        came += _("，列席 {n} 人").format(n=there.observers)
    tasks = {done.item.pk: done for done in queries.outcomes_of(row)}
    return {
        "body": row.organization.name,
        "name": row.title,
        "number": row.number,
        "on": local_date(row.starts_at),
        "where": row.where,
        "chair": _chair(row),
        "came": came,
        "said": words.opened(row).get("said", ""),
        "decided": [[item.title, *_decided(item, tasks.get(item.pk))] for item in row.items.order_by("position")],
    }


def _chair(row: Gathering) -> str:
    chair = row.attendances.filter(capacity="chair").first()
    if chair is None:
        return ""
    post = chair.person.mandates.filter(post__organization=row.organization_id).order_by("id").first()
    return post.post.title if post else ""


def _decided(item: Any, done: queries.Done | None) -> list[str]:
    """Who does it and until when; the way it was decided where nobody has to do anything."""
    if done is not None:
        return [done.unit, f"{local_date(done.due_at):%Y-%m-%d}" if done.due_at else ""]
    words_for = _(rules.DECISIONS.get(item.decision, item.decision))
    if item.votes:
        words_for = _("{word}（同意 {yes}，反对 {no}，弃权 {none}；这个会的意见，不是决议）").format(
            word=words_for, yes=item.votes["for"], no=item.votes["against"], none=item.votes["abstained"]
        )
    return [words_for, ""]


def as_event(row: Gathering, at: dt.datetime) -> bytes:
    """RFC 5545: when, where, which meeting, and where its agenda is."""
    address = f"{settings.HOST_URL}/gatherings/{row.number}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{row.pk}@gongzhi",
        f"DTSTAMP:{icalendar.utc(at)}",
        f"DTSTART:{icalendar.utc(row.starts_at)}",
        f"DTEND:{icalendar.utc(row.ends_at)}",
        f"SUMMARY:{icalendar.escaped(row.title)}",
        f"LOCATION:{icalendar.escaped(row.where)}",
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if row.status == 'cancelled' else 'CONFIRMED'}",
        "END:VEVENT",
    ]
    return icalendar.calendar(row.title, "Gatherings", lines)


def civil(moment: dt.datetime) -> str:
    """For a field of a form: local date and time."""
    return f"{moment.astimezone(CHINA):%Y-%m-%dT%H:%M}"
