"""约见: one time after another is proposed until one suits; what was said is nobody else's. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_


@dataclass(frozen=True, slots=True)
class Meeting:
    """The last proposed time, and what became of it: asked, accepted, declined or none."""

    answer: str = ""
    starts_at: str = ""
    minutes: int = 0
    where: str = ""
    met: int = 0

    @property
    def starts(self) -> dt.datetime | None:
        return dt.datetime.fromisoformat(self.starts_at) if self.starts_at else None

    @property
    def ends(self) -> dt.datetime | None:
        return self.starts + dt.timedelta(minutes=self.minutes) if self.starts else None


def read_meeting(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> Meeting:
    """From (move, facts) of the timeline, oldest first."""
    answer, facts, met = "", {}, 0
    for move, found in steps:
        if move == "propose_time":
            answer, facts = "asked", dict(found)
        elif move in ("accept_time", "decline_time"):
            answer = "accepted" if move == "accept_time" else "declined"
        elif move == "meet":
            met += 1
    return Meeting(
        answer, str(facts.get("starts_at", "")), int(facts.get("minutes", 0)), str(facts.get("where", "")), met
    )


def check_time(starts_at: dt.datetime, minutes: int, where: str, at: dt.datetime) -> None:
    if starts_at <= at:
        raise Refused("time_past", N_("约的时间已经过了。请选以后的时间。"), field="day")
    if not 10 <= minutes <= 240:
        raise Refused("bad_minutes", N_("一次请约 10 到 240 分钟。"), field="minutes")
    if not where.strip():
        raise Refused("missing_where", N_("还没写在哪里见。"), field="where")


def check_asked(meeting: Meeting) -> None:
    """There is a time to say yes or no to."""
    if meeting.answer != "asked":
        raise Conflict("no_time_asked", N_("现在没有等您回答的时间。请刷新后再看。"))
