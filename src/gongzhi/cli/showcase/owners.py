"""The demo's owners: their committee, a course that became a resolution by their vote, one that waits for its meeting.

演示数据.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gongzhi.ballots.models import Vote
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.deliberation import actions
from gongzhi.deliberation.actions.moving import Given, Paper
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.queries import Followed
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

COMMITTEE, LAW = "owners_committee", "cn.owners.decisions"
POSTED_DAYS, TO_MEETING = 20, 17  # long enough wherever holidays fall


def found_committee(place: Place, now: dt.datetime) -> Organization:
    """The owners' committee of the building whose register the demo fills."""
    name, code = f"{place.name}业主委员会（演示）", f"{place.code}-owners"
    since = clock.local_date(now) - dt.timedelta(days=400)
    return people.add_organization(
        by=SHOWCASE, at=now, code=code[:60], kind=COMMITTEE, name=name, place=place, valid_from=since
    )


def decide_as_owners(crew: Crew, body: Organization, votes: tuple[Vote, Vote], now: dt.datetime) -> None:
    """Raising funds by the counted vote; the shed, called for the day on which its vote closes."""
    counted, running = votes
    path = counted.path
    desk = _Desk(crew.actor(crew.over(path, "secretary")), crew.actor(crew.over(path, "supervisor")), body)
    voted = clock.local_date(counted.closes_at)
    done = desk.called("电梯大修，每平方米筹集 5 元维修资金（演示）", f"{LAW}#matter.6", voted)
    after = counted.closes_at + dt.timedelta(hours=2)
    desk.enter(done, after, "recorded", "owners_assembly", "tally", "minutes", vote=counted.number)
    desk.enter(done, after, "signed", "tellers")
    desk.enter(done, after, "published", COMMITTEE, "decision")
    if Followed(done, clock.local_date(now)).standing.current == "tell":  # else a holiday keeps it posted
        desk.enter(done, now, "recorded", COMMITTEE, "told")
        desk.enter(done, now, "recorded", COMMITTEE, "file")
    desk.called("南门边的空地建电动车充电车棚（演示）", f"{LAW}#matter.8", clock.local_date(running.closes_at))


@dataclass(frozen=True)
class _Desk:
    """Who runs the courses, who signs, for which body."""

    runner: Actor
    watcher: Actor
    body: Organization

    def called(self, about: str, matter: str, on: dt.date) -> Course:
        """Opened, studied, its roll posted, the assembly called for a day."""
        noticed = dt.datetime.combine(on - dt.timedelta(days=TO_MEETING), dt.time(9), clock.CHINA)
        at = noticed - dt.timedelta(days=POSTED_DAYS)
        opening = Opening(about, COMMITTEE, matter)
        row = actions.open_course(by=self.runner, at=at, body=self.body, name="owners_special", opening=opening)
        self.enter(row, at, "recorded", COMMITTEE, "proposal")
        self.enter(row, at, "published", COMMITTEE, "roll")
        self.enter(row, noticed, "noticed", COMMITTEE, "plan", "told", for_day=on)
        return row

    def enter(self, row: Course, at: dt.datetime, kind: Any, body: str, *papers: str, **more: Any) -> None:
        shown = {code: Paper(filed="业委会档案柜 2 号盒") for code in papers}
        by = self.watcher if kind == "signed" else self.runner
        given = Given(kind, body, on=clock.local_date(at), papers=shown, **more)
        actions.record_event(by=by, at=at, number=row.number, given=given)
