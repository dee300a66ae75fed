"""Calling the meeting that a step asks for: notice days and quorum come from the procedure, not from the kind."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import meetings, queries, rules
from gongzhi.deliberation.queries import Followed
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.models import Gathering


@transaction.atomic
def convene_step(*, by: Actor, at: dt.datetime, number: str, meeting: Meeting) -> Gathering:
    """A gathering for the step at hand, with its matter on the agenda.

    Raises Forbidden, Conflict `wrong_step`, `meeting_called`, Refused `meeting_too_early`, and what calling raises.
    """
    row = queries.get_course_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    course = Followed(row, local_date(at))
    step = convened(course)
    if step is None:
        raise Conflict("wrong_step", N_("现在这一步不用开会。请刷新后再看。"))
    if meetings.meeting_of(course, step) is not None:
        raise Conflict("meeting_called", N_("这一步的会已经排了。要改时间，到会议里改。"))
    _check_day(course, local_date(meeting.starts_at))
    terms = meetings.terms_of(course, course.step(step))
    title = f"{course.step(step).title}：{row.about}"[:80]
    made = gatherings.call_gathering(
        by=by, at=at, kind=meetings.KIND, body=row.organization, title=title, meeting=meeting, terms=terms
    )
    gatherings.add_item(by=by, at=at, number=made.number, kind="matter", title=row.about)
    link(by=by, at=at, source=row.subject, relation="meets_at", target=made.reference)
    record(by=by, at=at, action="deliberation.convene", subject=row.subject, changes={"step": step})
    return made


def convened(course: Followed) -> str | None:
    """The step at hand where it is a meeting whose notice or record is to come."""
    code = course.standing.current
    if course.standing.status != "running" or not code or not course.step(code).convened:
        return None
    awaited = any(move.step == code and move.kind in ("noticed", "recorded") for move in course.moves)
    return code if awaited else None


def _check_day(course: Followed, day: dt.date) -> None:
    """Raises Refused `meeting_too_early`: the days of notice, as the engine counts them from today."""
    move = course.move("noticed")
    if move is not None and move.earliest_day is not None and day < move.earliest_day:
        message = N_("要提前通知，最早 {first} 开。请改日期。")
        raise Refused("meeting_too_early", message, first=move.earliest_day.isoformat(), field="starts_at")
