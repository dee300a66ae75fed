"""A volunteers' activity on the street: called, signed up for, served, entered afterwards, certified."""

import datetime as dt
from typing import Any

from gongzhi.common import clock
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.models import Activity
from tests import cast


def _called(world: cast.World, starts: dt.datetime, at: dt.datetime) -> Activity:
    meeting = Meeting(starts, starts + dt.timedelta(hours=2), where="小广场")
    return actions.call_activity(
        by=world.actor("secretary", at), at=at, kind="volunteering", body=world.units["committee-1"], title="扫楼道",
        meeting=meeting, capacity=9,
    )  # fmt: skip


def build(world: cast.World) -> dict[str, Any]:
    now = clock.now()
    resident, begun = world.actor("resident", now), now - dt.timedelta(days=2)
    actions.register(by=resident, at=begun, of_age=True)
    held = _called(world, begun + dt.timedelta(hours=1), begun)
    number = held.gathering.number
    actions.sign_up(by=resident, at=begun, number=number)
    for what, hours in (("start", 1), ("end", 3)):
        code = queries.code_of(held, what)
        actions.use_code(by=resident, at=begun + dt.timedelta(hours=hours), number=number, code=code)
    made = actions.confirm(by=world.actor("secretary", now), at=begun + dt.timedelta(hours=4), number=number)[0]
    day = clock.local_date(made.starts_at)
    given = actions.issue_certificate(by=resident, at=now, host=made.host_id, first=day, last=day)
    open_one = _called(world, now + dt.timedelta(days=3), now)
    signup = actions.sign_up(by=resident, at=now, number=open_one.gathering.number)
    entry = actions.enter_back(
        by=world.actor("secretary", now), at=now, signup=signup.pk, starts_at=now - dt.timedelta(hours=3),
        ends_at=now - dt.timedelta(hours=2), reason="手机没电了",
    )  # fmt: skip
    body = world.units["committee-1"]
    team = actions.name_team(by=world.actor("secretary", now), at=now, body=body, badge="red_cap")
    return {
        "activity": open_one.gathering.number,
        "served": str(made.pk),
        "signup": signup.pk,
        "back_entry": entry.pk,
        "proof": given.code,
        "team": team.pk,
    }
