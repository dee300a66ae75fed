"""The cast, with papers, and a team of volunteers at 柳园社区."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.volunteering import actions
from gongzhi.volunteering.models import Activity
from tests import cast
from tests.cast import NOW, SETUP, World

STARTS = NOW + dt.timedelta(days=2)
ENDS = STARTS + dt.timedelta(hours=2)


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.stem in ("cn.volunteering", "certificate", "minutes"):
            load_pack(by=SETUP, at=NOW, path=path)
    return world


def called(world: World, *, kind: str = "volunteering", capacity: int = 5, **more: Any) -> Activity:
    hours = more.pop("hours", 0)
    meeting = Meeting(STARTS + dt.timedelta(hours=hours), ENDS + dt.timedelta(hours=hours), where="小广场")
    return actions.call_activity(
        by=world.actor("secretary"), at=NOW, kind=kind, body=world.units["committee-1"], title="",
        meeting=meeting, capacity=capacity, **more,
    )  # fmt: skip


def signed(world: World, activity: Activity, name: str = "resident") -> Any:
    actions.register(by=world.actor(name), at=NOW, of_age=True)
    return actions.sign_up(by=world.actor(name), at=NOW, number=activity.gathering.number)
