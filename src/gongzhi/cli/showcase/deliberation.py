"""The demo's village decisions: one whose meeting is called, one that is archived with its resolution. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.actions.moving import Given, Paper
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

_PARTY = {"registered": 60, "due": 44, "present": 44, "yes": 37, "no": 5, "abstain": 2}
_DELEGATES = {"registered": 45, "present": 38, "yes": 31, "no": 4, "abstain": 3}
_LONGEST_HOLIDAY = 12  # 民法典 203: a period that ends on a holiday ends after it
# Days since the opening, what, by whom, at which step, its papers, and whatever else belongs to it.
_Told = tuple[int, Any, str, str, tuple[str, ...], dict[str, Any]]
_START: list[_Told] = [
    (0, "recorded", "party_branch", "propose", ("proposal",), {}),
    (0, "signed", "supervisors", "propose", (), {}),
    (2, "recorded", "two_committees", "consult", ("plan",), {}),
    (2, "signed", "supervisors", "consult", (), {}),
    (3, "noticed", "party_branch", "party", ("plan",), {"for_day": 5}),
    (5, "recorded", "party_assembly", "party", ("opinion",), {"figures": _PARTY}),
    (5, "signed", "supervisors", "party", (), {}),
    (6, "recorded", "villagers_committee", "convene", ("plan",), {"outcome": "representatives"}),
    (6, "recorded", "villagers_committee", "authorize", ("authorization",), {}),
    (7, "noticed", "villagers_committee", "delegates", ("plan",), {"for_day": 12}),
]
_REST: list[_Told] = [
    (12, "recorded", "representatives_assembly", "delegates", ("minutes",), {"figures": _DELEGATES}),
    (12, "signed", "supervisors", "delegates", (), {}),
    (13, "published", "villagers_committee", "publish", ("decision",), {}),
    (13, "signed", "supervisors", "publish", (), {}),
    (33, "recorded", "villagers_committee", "implement", ("acceptance", "accounts"), {}),
    (33, "signed", "supervisors", "implement", (), {}),
    (34, "published", "villagers_committee", "publish_result", ("acceptance", "accounts"), {}),
    (34, "signed", "supervisors", "publish_result", (), {}),
    (54, "recorded", "villagers_committee", "archive", ("file",), {}),
]


def decide_together(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """四议两公开 twice at the nearest committee: the drain waits for its meeting, the activity room is done."""
    runner = crew.actor(crew.over(spot.path, "secretary"))
    body = committee(runner)
    if body is None or body.place is None:
        return
    watcher = crew.actor(crew.over(body.place.path, "supervisor"))
    done = _open(runner, body, "文化活动室翻修（演示）", now - dt.timedelta(days=60))
    walk(done, runner, watcher, [*_START, *_REST])
    walk(
        _open(runner, body, "老排水沟改造，花 38.6 万元（演示）", now - dt.timedelta(days=9)), runner, watcher, _START
    )


def committee(runner: Actor) -> Organization | None:
    """The nearest committee for which somebody runs procedures."""
    bodies = queries.bodies_for(runner)
    own = bodies.filter(kind__in=("villagers_committee", "residents_committee", "community"))
    return own.order_by("id").first() or bodies.order_by("id").first()


def _open(runner: Actor, body: Organization, about: str, at: dt.datetime) -> Course:
    opening = Opening(about, "party_branch", "cn.village#matter.5")
    return actions.open_course(by=runner, at=at, body=body, name="four_deliberations", opening=opening)


def walk(row: Course, runner: Actor, watcher: Actor, told: list[_Told]) -> None:
    """Each event on its day, by the same action as on the page; all of it later where a posting ends on a holiday."""
    later = 0
    for one in told:
        while not _entered(row, watcher if one[1] == "signed" else runner, one, later):
            later += 1


def _entered(row: Course, by: Actor, told: _Told, later: int) -> bool:
    days, kind, body, step, papers, more = told
    at = row.opened_at + dt.timedelta(days=days + later)
    given = Given(
        kind,
        body,
        step,
        on=clock.local_date(at),
        for_day=row.opened_on + dt.timedelta(days=more["for_day"] + later) if "for_day" in more else None,
        figures=more.get("figures", {}),
        papers={code: Paper(filed="村档案柜 3 号盒") for code in papers},
        outcome=more.get("outcome", ""),
        vote=more.get("vote", ""),
    )
    try:
        actions.record_event(by=by, at=at, number=row.number, given=given)
    except Refused as refused:
        if refused.code != "step_skipped" or later >= _LONGEST_HOLIDAY:
            raise
        return False
    return True
