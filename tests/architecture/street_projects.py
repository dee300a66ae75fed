"""A project that was approved, with money, steps and a sponsor: for the visits of every address."""

import datetime as dt
from pathlib import Path
from typing import Any

import gongzhi.packs as packs_room
from gongzhi.common import clock
from gongzhi.ledger.tests.conftest import photo
from gongzhi.packs.actions import load_pack
from gongzhi.projects import actions, queries
from gongzhi.projects.actions import Offer, Source
from gongzhi.projects.actions.works import Spot, add_works_lines
from gongzhi.projects.models import Project
from tests import cast


def build(world: cast.World) -> dict[str, Any]:
    folder = Path(packs_room.__file__).parent / "data/projects"
    for path in (*sorted(folder.glob("*.toml")), folder.parent / "papers/pledge.toml"):
        load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    shed = _approved(world, kind="need_based", name="楼道充电", title="充电车棚")
    plan = _approved(world, kind="plan", name="没有三年的打算", title="三年治理规划")
    spot = str(world.places["LY-5"].pk)
    found = {"project": shed, "plan": plan, "package": _package(world), "package_place": spot}
    return {**found, "tender": _venture(world, "老人没处吃饭", 20), "judged": _venture(world, "孩子放学没人带", -1)}


def _approved(world: cast.World, *, kind: str, name: str, title: str) -> str:
    """Its number: shown, paid for, with a sponsor."""
    now = clock.now()
    office, second = world.actor("secretary", now), world.actor("supervisor", now)
    place, owner = world.places["PC-1"], world.units["committee-1"]
    problem = actions.open_problem(by=office, at=now, place=place, name=name)
    project = actions.propose(by=office, at=now, problem=problem, kind=kind, title=title, owner=owner)
    pack, number = queries.kind_of(project), project.number
    keys = [f"guide.{one.code}" for one in pack.guide] + [f"gate.{one.code}" for one in pack.consultations]
    Project.objects.filter(pk=project.pk).update(shown={key: {"reference": "", "words": "写好了"} for key in keys})
    source = Source("in_kind", "居民出力", thing="每户出一个工")
    actions.add_funding_line(by=office, at=now, number=number, source=source)
    actions.move_project(by=second, at=now, number=number, verb="review")
    sponsor = queries.possible_sponsors(project, clock.local_date(now)).get(person=world.people["supervisor"])
    actions.assign_sponsor(by=second, at=now, number=number, mandate_id=sponsor.pk)
    actions.move_project(by=second, at=now, number=number, verb="approve")
    return number


def _package(world: cast.World) -> str:
    """A works package with one line on its list, and a pledge."""
    now = clock.now()
    office, second = world.actor("secretary", now), world.actor("supervisor", now)
    place, owner = world.places["PC-1"], world.units["committee-1"]
    problem = actions.open_problem(by=office, at=now, place=place, name="设施老旧")
    facts = {"defects": "6"}
    project = actions.propose(
        by=office, at=now, problem=problem, kind="works_package", title="打包改造", owner=owner, facts=facts
    )
    number = project.number
    source = Source("pledge", "演示物业认捐", 100_00, body=world.units["property-1"])
    actions.add_funding_line(by=office, at=now, number=number, source=source)
    add_works_lines(by=office, at=now, number=number, spots=[Spot(world.places["LY-5"], "北门", "door", 6)])
    pack = queries.kind_of(project)
    keys = [f"guide.{one.code}" for one in pack.guide] + [f"gate.{one.code}" for one in pack.consultations]
    Project.objects.filter(pk=project.pk).update(shown={key: {"reference": "", "words": "写好了"} for key in keys})
    actions.move_project(by=second, at=now, number=number, verb="review")
    sponsor = queries.possible_sponsors(project, clock.local_date(now)).get(person=world.people["supervisor"])
    actions.assign_sponsor(by=second, at=now, number=number, mandate_id=sponsor.pk)
    actions.move_project(by=second, at=now, number=number, verb="approve")
    actions.pay_line(by=office, at=now, number=number, position=1, amount=50_00, uploads=[photo()])
    return number


def _venture(world: cast.World, name: str, days: int) -> str:
    """Bodies are asked for offers until so many days from now; one has offered."""
    now = clock.now()
    number = _approved(world, kind="venture", name=name, title=name)
    office, ends = world.actor("secretary", now), clock.local_date(now) + dt.timedelta(days=max(days, 20))
    actions.open_bidding(by=office, at=now, number=number, until=ends)
    offer = Offer(100_00, "每周三次", "3 个人")
    actions.submit_bid(
        by=world.actor("property", now), at=now, number=number, body=world.units["property-1"], offer=offer
    )
    Project.objects.filter(number=number).update(bids_until=clock.local_date(now) + dt.timedelta(days=days))
    return number
