"""Steps of the demo's private matters: a mediation under way, an appointment asked for. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cases.actions import mediating, meeting
from gongzhi.common import clock
from gongzhi.common.access import Actor

STEPS = ("mediate", "willing", "talk", "propose")


def take_private(move: str, by: Actor, common: dict[str, Any], note: str) -> None:
    """One step by the one who serves; `common` is {at, number}."""
    at = common["at"]
    if move == "mediate":
        mediating.take_mediation(by=by, declared=True, **common)
    elif move == "willing":
        for side in ("asking", "other"):
            mediating.record_consent(by=by, side=side, way="told", **common)
    elif move == "talk":
        held_on = clock.local_date(at)
        mediating.record_session(by=by, held_on=held_on, came=("asking", "other"), note=note, **common)
    else:
        starts_at = at.replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=2)
        meeting.propose_time(by=by, starts_at=starts_at, minutes=60, where=note, **common)
