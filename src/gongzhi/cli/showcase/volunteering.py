"""The demo's volunteers: a team with its badge, a morning that was served and confirmed, a fair to sign up for.

演示数据. The kinds of activities, the badges and the booths are the sources' (S1, S4); days and people are made up.
"""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.agreements import KINDS
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.clock import CHINA
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.people.models import Organization
from gongzhi.people.queries import members_of
from gongzhi.places.models import Place
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.models import Activity

WHERE = "小区中心花园（演示）"


def serve(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Called by the secretary for a body that somebody works for; where there is none, there is nothing to tell."""
    office = crew.actor(crew.over(spot.path, "secretary"))
    today = clock.local_date(now)
    early = today - dt.timedelta(days=20)
    bodies = [one for one in queries.bodies_for(office) if members_of(one.pk, today) and members_of(one.pk, early)]
    body = next((one for one in bodies if one.kind in KINDS), next(iter(bodies), None))
    if body is not None:
        _Serving(crew, office, body, now).tell()


class _Serving:
    def __init__(self, crew: Crew, office: Any, body: Organization, now: dt.datetime) -> None:
        self.crew, self.office, self.body, self.now = crew, office, body, now

    def tell(self) -> None:
        team = actions.name_team(by=self.office, at=self.now, body=self.body, badge="red_cap")
        long_ago = self.now - dt.timedelta(days=20)
        volunteers = [self.crew.actor(person) for person in self.crew.residents[:3]]
        for one in volunteers:
            actions.register(by=one, at=long_ago, of_age=True)
            actions.join_team(by=one, at=self.now, team=team.pk)
        self._served(volunteers, long_ago)
        fair = self._call("fair", "便民服务集市（演示）", 5, self.now, services=("clinic", "haircut", "repair"))
        actions.sign_up(by=volunteers[0], at=self.now, number=fair.gathering.number, service="repair")
        self._call("morals_hall", "道德讲堂（演示）", 9, self.now)

    def _call(self, kind: str, title: str, days: int, at: dt.datetime, **more: Any) -> Activity:
        day = clock.local_date(at) + dt.timedelta(days=days)
        starts = dt.datetime.combine(day, dt.time(9), CHINA)
        meeting = Meeting(starts, starts + dt.timedelta(hours=2), where=WHERE)
        given: dict[str, Any] = {"kind": kind, "body": self.body, "title": title, "meeting": meeting, "capacity": 30}
        return actions.call_activity(by=self.office, at=at, **given, **more)

    def _served(self, volunteers: list[Any], at: dt.datetime) -> None:
        """A residents' day ten days ago: came and left by the codes, confirmed by the host's secretary."""
        held = self._call("residents_day", "居民义工日：清扫楼道（演示）", 10, at)
        number, meeting = held.gathering.number, held.gathering
        for one in volunteers:
            actions.sign_up(by=one, at=at, number=number)
            for what, moment in (("start", meeting.starts_at), ("end", meeting.ends_at)):
                actions.use_code(by=one, at=moment, number=number, code=queries.code_of(held, what))
        after = meeting.ends_at + dt.timedelta(minutes=10)
        actions.confirm(by=self.office, at=after, number=number)
        actions.finish(by=self.office, at=after, number=number, said="扫了三栋楼的楼道，收了五袋旧物。")
