"""A venture that was approved, bodies that may do it, and a second reviewer: what the tests of 竞购 share."""

import datetime as dt
from typing import Any

from gongzhi.people import actions as people
from gongzhi.projects import actions
from gongzhi.projects.actions import Offer, Source
from gongzhi.projects.models import Project
from gongzhi.projects.tests.conftest import TODAY, move, propose, show_all, sponsor_of
from tests.cast import NOW, SETUP, World

UNTIL = TODAY + dt.timedelta(days=15)
OVER = NOW + dt.timedelta(days=16)
STARTS = OVER + dt.timedelta(days=5)
OFFER = Offer(90_000_00, "每周三天送餐，志愿者轮班，先试一个月。", "12 名志愿者，做过两年助餐。")
ITEMS = ("need", "way", "hands", "cost", "after")


def member_of(world: World, name: str, phone: str, post: Any) -> None:
    values = {"name": f"演示{name}", "phone": phone}
    person = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
    world.people[name] = person
    start = dt.date(2020, 1, 1)
    people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)


def add_bidders(world: World) -> None:
    """A social organization with somebody in it; a second supervisor, who may judge beside the first."""
    world.units["helpers"] = people.add_organization(
        by=SETUP, at=NOW, code="helpers", kind="social_organization", name="好邻服务社", place=world.places["PC-1"],
        parent=None, serves="", features={}, valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    post = people.add_post(
        by=SETUP, at=NOW, code="post-helper", role="department", title="项目经办", place=world.places["PC-1"],
        organization=world.units["helpers"],
    )  # fmt: skip
    post.valid_from = dt.date(2020, 1, 1)
    post.save(update_fields=["valid_from"])
    member_of(world, "helper", "13900002001", post)
    member_of(world, "second", "13900002002", world.posts["supervisor"])


def venture(world: World, amount: int = 100_000_00) -> Project:
    """Approved, with money of the public and what a company gives."""
    project = propose(world, "venture", title="老人助餐")
    show_all(world, project)
    for source in (Source("purchase", "街道购买服务", amount), Source("pledge", "演示公司", 10_000_00)):
        actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    project = move(world, project, "approve")
    add_bidders(world)
    return project


def asked(world: World, **more: Any) -> Project:
    project = venture(world, **more)
    return actions.open_bidding(by=world.actor("secretary"), at=NOW, number=project.number, until=UNTIL)


def hand_in(world: World, project: Project, who: str, body: str, offer: Offer = OFFER, **more: Any) -> Any:
    given = {"at": NOW, "body": world.units[body], **more}
    return actions.submit_bid(by=world.actor(who), number=project.number, offer=offer, **given)


def judge(world: World, project: Project, who: str, position: int, mark: str) -> None:
    by = {"by": world.actor(who, OVER), "at": OVER, "number": project.number, "position": position}
    actions.declare_interest(conflict=False, **by)
    marks = dict.fromkeys(ITEMS, mark)
    actions.score_bid(marks=marks, evidence={code: ["申请第一段"] for code in ITEMS}, **by)


def chosen(world: World, **more: Any) -> Project:
    """Two offers, both judged by two, the better one chosen."""
    project = asked(world, **more)
    hand_in(world, project, "helper", "helpers")
    hand_in(world, project, "property", "property-1", Offer(95_000_00, "食堂代做，物业送。", "3 名员工。"))
    for who in ("supervisor", "second"):
        judge(world, project, who, 1, "8")
        judge(world, project, who, 2, "7")
    actions.choose_bid(by=world.actor("supervisor", OVER), at=OVER, number=project.number, position=1)
    project.refresh_from_db()
    return project
