"""The demo's bodies that govern themselves: a group of a building founded, seated, with a charter, met. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.gatherings import actions
from gongzhi.gatherings.actions.bodies import Charter
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.models import Attendance
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.people.queries import governing, in_force
from gongzhi.places.models import Place

KIND, MEETING = "building_group", "self_meeting"
_CHARTER = """# 我们是谁
本栋居民推选出来的自治小组，三年一届。（演示数据）
# 管什么
楼道、门口、晾晒、停车这些本楼的事：自己议、自己管、自己办。
# 怎么议
每季度至少碰一次头，超过一半的成员到了才能定事，超过到会的一半同意才算通过。
# 怎么公开
定了什么贴在楼下，也放在网上。"""
_SAID = "楼道里的旧家具这个月清走。\n门口的晾衣杆装在东侧，轮流管。"


def govern_a_building(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """The group of the stories' building: its members, its charter, a meeting held and one to come."""
    by = crew.actor(crew.over(spot.path, "secretary"))
    if not by.paths_for("people.found") or KIND not in governing.codes() or spot.level != "building":
        return
    founded = clock.local_date(now) - dt.timedelta(days=200)
    body = Organization.objects.filter(kind=KIND, place=spot).first() or actions.found_body(
        by=by, at=now, kind=KIND, place=spot, decision="演示：本栋居民会推选", founded_on=founded
    )
    _seat(crew, body, spot, now)
    charter, decision = Charter(text=_CHARTER), "演示：本栋居民会通过"
    actions.change_body(by=by, at=now, body=body, scope="", term_years=3, charter=charter, decision=decision)
    if packs.active_model().gathering(MEETING) is not None:
        _meet(by, body, now)


def _seat(crew: Crew, body: Organization, spot: Place, now: dt.datetime) -> None:
    """The pack's own posts, and members beside the head since half a year; one seat stays empty."""
    today = clock.local_date(now)
    since = today - dt.timedelta(days=180)
    if not body.posts.filter(title="组员").exists():
        people.add_post(
            by=SHOWCASE,
            at=now,
            code=f"{body.code}-members",
            role="member",
            title="组员",
            place=spot,
            organization=body,
            seats=3,
            valid_from=since,
        )
    members = iter(crew.residents[:3])
    for post in body.posts.order_by("id"):
        held = post.mandates.filter(in_force(today)).count()
        wanted = max(post.seats - held - (post.title == "组员"), 0)
        for person, _seat in zip(members, range(wanted), strict=False):
            first = max(since, post.valid_from)
            term: dict[str, Any] = {"valid_from": first, "valid_to": first + dt.timedelta(days=3 * 365)}
            people.appoint(by=SHOWCASE, at=now, person=person, post=post, decision="演示推选", **term)


def _meet(by: Actor, body: Organization, now: dt.datetime) -> None:
    """Held a while ago with something decided; the next one noticed."""
    starts = dt.datetime.combine(clock.local_date(now - dt.timedelta(days=12)), dt.time(19, 30), clock.CHINA)
    common: dict[str, Any] = {"by": by, "kind": MEETING, "body": body}
    held = actions.call_gathering(
        **common,
        at=starts - dt.timedelta(days=4),
        title="楼栋小组碰头（演示）",
        meeting=Meeting(starts, starts + dt.timedelta(hours=1), "一楼大厅"),
    )
    given: dict[str, Any] = {"by": by, "number": held.number}
    about: dict[str, Any] = {"kind": "motion", "title": "清走楼道里的旧家具（演示）", "matter": "own"}
    actions.add_item(**given, **about, at=starts - dt.timedelta(days=4))
    actions.notice_gathering(**given, at=starts - dt.timedelta(days=4))
    seats = list(Attendance.objects.filter(gathering=held).values_list("pk", flat=True))
    actions.mark_attendance(**given, at=starts, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(**given, at=starts)
    hands = {"for": len(seats), "against": 0, "abstained": 0}
    actions.count_motion(**given, at=starts, position=1, hands=hands)
    actions.close_gathering(**given, at=starts, said=_SAID)
    later = starts + dt.timedelta(days=30)
    coming = actions.call_gathering(
        **common,
        at=now,
        title="楼栋小组碰头（演示）",
        meeting=Meeting(later, later + dt.timedelta(hours=1), "一楼大厅"),
    )
    actions.add_item(by=by, at=now, number=coming.number, kind="matter", title="晾衣杆怎么轮流管（演示）")
    actions.notice_gathering(by=by, at=now, number=coming.number)
