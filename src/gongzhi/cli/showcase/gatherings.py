"""The demo's meetings: a council with topics of residents, a coordination whose agenda made itself. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.gatherings import actions, queries
from gongzhi.gatherings.actions.calling import Meeting, place_of
from gongzhi.gatherings.actions.holding import Decided
from gongzhi.gatherings.matters import OWN
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.gatherings.queries import topics
from gongzhi.people import actions as people
from gongzhi.people.models import Organization, Person
from gongzhi.places.models import Place

_SAID = "棚顶漏了两个雨季，先换棚顶再谈收费。\n充电桩装在东门外，不进楼道。\n大家愿意每月第一个周六一起打扫。"


def hold_council(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """A council of five: residents and the secretary; three weeks ago, and again next week."""
    by = crew.actor(crew.over(spot.path, "secretary"))
    kind = queries.get_kind("council")
    body = queries.bodies_for(by, kind).order_by("id").first() or _council(by, spot, now)
    if body is None or by.person_id is None:
        return
    _seat(body, [(Person.objects.get(pk=by.person_id), "secretary"), *((one, "") for one in crew.residents[:4])], now)
    starts = _evening(now - dt.timedelta(days=21))
    platform = next((one.code for one in queries.platforms(kind.code)), "")
    first = Meeting(starts, starts + dt.timedelta(minutes=90), "社区二楼会议室", platform=platform)
    common: dict[str, Any] = {"by": by, "at": starts - dt.timedelta(days=7)}
    row = actions.begin_series(**common, kind=kind.code, body=body, title="居民议事会", every="month", first=first)
    for way, title in (
        ("matter", "东门车棚漏雨"),
        ("motion", "每月第一个周六一起大扫除"),
        ("matter", "充电桩装在哪里"),
    ):
        actions.add_item(**common, number=row.number, kind=way, title=f"{title}（演示）", matter=OWN)
    actions.notice_gathering(**common, number=row.number)
    _meet(row, by, starts, body)
    _propose(crew, by, body, now)
    coming = actions.call_next(by=by, at=now, series_id=row.series_id or 0)
    actions.add_item(by=by, at=now, number=coming.number, kind="matter", title="公共收益先修门禁（演示）")
    actions.notice_gathering(by=by, at=now, number=coming.number)
    for one, comes in zip(crew.residents[:4], (True, True, False, True), strict=False):
        actions.answer_invitation(by=crew.actor(one), at=now, number=coming.number, coming=comes)


def _propose(crew: Crew, by: Actor, body: Organization, now: dt.datetime) -> None:
    """One topic that waits for neighbours to join in, one that the chair took: it stands on the next agenda."""
    if len(crew.residents) < 3 or not topics.wanted_by(body):
        return
    said = (("东门晚上几点关（演示）", "晚归的人要绕一大圈。"), ("活动室周末开门（演示）", "上班的人只有周末有空。"))
    for n, (title, why) in enumerate(said):
        at = now - dt.timedelta(days=5 - n)
        row = actions.propose_topic(by=crew.actor(crew.residents[n]), at=at, body=body, title=title, why=why)
        for one in crew.residents[2 : 4 - n]:  # who sits in the council may speak
            actions.second_topic(by=crew.actor(one), at=at, number=row.number)
        if n:
            actions.answer_topic(by=by, at=now, number=row.number, taken=True, reason="下次会上就议。")


def coordinate(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """协调推进会: next week's, noticed; hot, hard and important matters were worked out from the demo's cases."""
    kind = queries.get_kind("coordination")
    for role in ("secretary", "supervisor"):
        person = crew.over(spot.path, role)
        by = crew.actor(person)
        body = queries.bodies_for(by, kind).order_by("id").first()
        if body is not None:
            _coordinate(by, person, role, body, now)
            return


def _coordinate(by: Actor, person: Person, role: str, body: Organization, now: dt.datetime) -> None:
    starts = _evening(now + dt.timedelta(days=6)).replace(hour=9)
    meeting = Meeting(starts, starts + dt.timedelta(minutes=90), "社区三楼会议室")
    row = actions.begin_series(
        by=by, at=now, kind="coordination", body=body, title="协调推进会", every="month", first=meeting
    )
    if "chair" not in queries.members_due(row, clock.local_date(now)).values():
        _seat(body, [(person, role)], now, "demo-coordination", "召集人")
    if row.items.exists():
        actions.notice_gathering(by=by, at=now, number=row.number)


def _council(by: Actor, spot: Place, now: dt.datetime) -> Organization | None:
    """Where the model names none: one of the place that the secretary answers for."""
    path = max(by.paths_for("gatherings.hold"), key=len, default="")
    place = Place.objects.current().filter(path=path).first()
    if place is None or not spot.path.startswith(path):
        return None
    name = f"{place.name}居民议事会"
    day = clock.local_date(now) - dt.timedelta(days=400)
    return people.add_organization(
        by=SHOWCASE, at=now, code="demo-council", kind="council", name=name, place=place, valid_from=day
    )


def _seat(
    body: Organization,
    members: list[tuple[Person, str]],
    now: dt.datetime,
    code: str = "demo-council",
    lead: str = "议事长",
) -> None:
    since = clock.local_date(now) - dt.timedelta(days=300)
    for number, (person, role) in enumerate(members):
        post = people.add_post(
            by=SHOWCASE,
            at=now,
            code=f"{code}-{number}",
            role=role or "neighbour_lead",
            title=lead if role else "议事员",
            place=place_of(body),
            organization=body,
        )
        post.valid_from = since
        post.save(update_fields=["valid_from"])
        people.appoint(by=SHOWCASE, at=now, person=person, post=post, decision="演示推选", valid_from=since)


def _meet(row: Gathering, by: Actor, starts: dt.datetime, body: Organization) -> None:
    seats = list(Attendance.objects.filter(gathering=row).order_by("id").values_list("pk", flat=True))
    common: dict[str, Any] = {"by": by, "at": starts, "number": row.number}
    actions.mark_attendance(**common, states=dict.fromkeys(seats[:4], "came"))
    actions.open_gathering(**common)
    unit = Organization.objects.filter(kind="property_company", place__path__startswith=row.path).order_by("id").first()
    until = clock.local_date(starts) + dt.timedelta(days=40)
    given = Decided("assign", "物业换棚顶，换好拍照", (unit or body).pk, until)
    actions.decide_item(**common, position=1, decided=given)
    actions.count_motion(**common, position=2, hands={"for": 3, "against": 0, "abstained": 1})
    actions.close_gathering(**common, said=_SAID)


def _evening(day: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(clock.local_date(day), dt.time(19), clock.CHINA)
