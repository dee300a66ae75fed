"""The meeting that a step asks for, as a gathering: its terms from the procedure, its figures back into the course."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.deliberation.queries import Followed
from gongzhi.documents import templating
from gongzhi.engines.procedure_terms import Next, Step
from gongzhi.engines.thresholds import Threshold
from gongzhi.gatherings import papers
from gongzhi.gatherings.models import Gathering
from gongzhi.gatherings.queries import presence_at

KIND, MINUTES = "session", "minutes"


def meeting_of(course: Followed, step: str) -> Gathering | None:
    """The gathering that was called for a step and not called off, the newest."""
    rows = Gathering.objects.filter(terms__course=course.course.subject, terms__step=step).exclude(status="cancelled")
    return rows.select_related("organization").order_by("-called_at").first()


def terms_of(course: Followed, step: Step) -> dict[str, Any]:
    """What the step asks of its meeting: days of notice, and the quorum where it is one share of heads."""
    terms: dict[str, Any] = {"course": course.course.subject, "step": step.code}
    terms["notice_days"], terms["notice_unit"] = (step.notice.days, step.notice.unit) if step.notice else (0, "")
    quorum = _quorum(step)
    if quorum is not None:
        terms["quorum"] = {"share": str(quorum.share), "inclusive": quorum.inclusive}
        terms["figures"] = {quorum.counts: "came", quorum.of: "due"}
    return terms


def _quorum(step: Step) -> Threshold | None:
    """The first way of the quorum that one share of heads makes up."""
    ways = step.quorum.requirement.alternatives
    return next((way[0] for way in ways if len(way) == 1 and way[0].measure == "heads"), None)


def figures_of(meeting: Gathering) -> dict[str, int]:
    """What was counted at the door, under the names that the step uses."""
    there = presence_at(meeting)
    counted = {"came": there.came, "due": there.due}
    return {name: counted[what] for name, what in meeting.terms.get("figures", {}).items()}


def initial_for(course: Followed, move: Next) -> dict[str, Any]:
    """What a form of the next event is filled with from the meeting."""
    meeting = meeting_of(course, move.step) if move.kind in ("noticed", "recorded") else None
    if meeting is None:
        return {}
    day = local_date(meeting.starts_at)
    if move.kind == "noticed":
        return {"for_day": day}
    return {"on": day, **{f"figure-{name}": n for name, n in figures_of(meeting).items()}}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an event takes from its meeting: the meeting, the figures of the door, its minutes as a file."""

    meeting: Gathering
    figures: dict[str, int]
    minutes: io.BytesIO | None = None


def taken_over(course: Followed, kind: str, step: str, day: dt.date | None, figures: Mapping[str, int]) -> Taken | None:
    """An event held against the meeting of its step: the same day, the same figures; None where none was called.

    Raises Refused `meeting_not_noticed`, `meeting_differs`, `meeting_not_over`, `figures_differ`.
    """
    meeting = meeting_of(course, step) if kind in ("noticed", "recorded") else None
    if meeting is None:
        return None
    _check_day(kind, day, meeting)
    if kind == "noticed":
        return Taken(meeting, dict(figures))
    counted = figures_of(meeting)
    for name, n in counted.items():
        if figures.get(name, n) != n:
            message = N_("会上签到记的是 {n} 人，这里写的不一样。请照会议改。")
            raise Refused("figures_differ", message, n=n, field=f"figure-{name}")
    wanted = MINUTES in course.stage(step).evidence
    return Taken(meeting, {**counted, **figures}, _minutes(meeting) if wanted else None)


def _check_day(kind: str, said: dt.date | None, meeting: Gathering) -> None:
    day = local_date(meeting.starts_at)
    if said != day:
        message = N_("这一步的会（{number}）排在 {day}，这里写的是另一天。请改成一样。")
        field = "for_day" if kind == "noticed" else "on"
        raise Refused("meeting_differs", message, number=meeting.number, day=day.isoformat(), field=field)
    if kind == "noticed" and meeting.noticed_at is None:
        raise Refused("meeting_not_noticed", N_("会议 {number} 还没发通知。请先在会议里发。"), number=meeting.number)
    if kind == "recorded" and meeting.status != "closed":
        raise Refused("meeting_not_over", N_("会议 {number} 还没散会。请先在会议里写纪要。"), number=meeting.number)


def _minutes(meeting: Gathering) -> io.BytesIO:
    on = local_date(meeting.starts_at)
    paper = templating.fill(templating.template("minutes", on), papers.minutes_of(meeting))
    return io.BytesIO(templating.make(paper, "docx"))
