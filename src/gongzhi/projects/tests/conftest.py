"""The cast with kinds of projects, funds and schedules loaded; a project as far as a test needs it."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.ledger.models import Fund
from gongzhi.ledger.tests.conftest import counted, open_fund, photo
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.projects import actions, queries
from gongzhi.projects.actions import Source
from gongzhi.projects.models import Problem, Project
from tests import cast
from tests.cast import NOW, SETUP, World

TODAY = local_date(NOW)
LATER = NOW + dt.timedelta(days=120)
FOLDERS = ("projects", "funds", "schedules", "papers", "indicators")


@pytest.fixture
def world(db: Any) -> World:
    return build()


def build() -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name in FOLDERS:
            load_pack(by=SETUP, at=NOW, path=path)
    return world


def refused(code: str, act: Any, *args: Any, **more: Any) -> Refused:
    """What is refused with this code, and says so."""
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.code == code, found.value
    return found.value


def open_problem(world: World, name: str = "电动车楼道充电", **more: Any) -> Problem:
    given: dict[str, Any] = {"by": world.actor("secretary"), "at": NOW, "place": world.places["PC-1"], "name": name}
    return actions.open_problem(**{**given, **more})


def propose(world: World, kind: str = "micro_grant", *, by: str = "secretary", **more: Any) -> Project:
    given: dict[str, Any] = {"title": "5栋充电车棚", "owner": world.units["committee-1"], "kind": kind}
    given["problem"] = more.pop("problem", None) or open_problem(world)
    return actions.propose(by=world.actor(by), at=NOW, **{**given, **more})


def show_all(world: World, project: Project) -> None:
    """Everything that the guide and the gates ask for: words where they do, else a course of the trail's own."""
    pack = queries.kind_of(project)
    Project.objects.filter(pk=project.pk).update(
        shown={f"guide.{one.code}": {"reference": "", "words": "写好了"} for one in pack.guide}
        | {f"gate.{one.code}": {"reference": "gathering:demo", "words": ""} for one in pack.consultations}
    )


def fund_it(world: World, project: Project, fund: Fund | None = None) -> Fund:
    """Reward and own share from one fund's books: 80,000 and 20,000 yuan."""
    fund = fund or open_fund(world)
    account = fund.accounts.get(position=0).code
    for kind, name, amount in (("reward", "街道以奖代补", 8_000_000), ("own", "居民自筹", 2_000_000)):
        source = Source(kind, name, amount, account=account)
        actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    return fund


def move(world: World, project: Project, verb: str, by: str = "supervisor", **more: Any) -> Project:
    at = more.pop("at", NOW)
    return actions.move_project(by=world.actor(by, at), at=at, number=project.number, verb=verb, **more)


def sponsor_of(world: World, project: Project, who: str = "supervisor") -> int:
    found = queries.possible_sponsors(project, TODAY).get(person=world.people[who])
    return int(found.pk)


def approved(world: World, **more: Any) -> Project:
    project = propose(world, **more)
    show_all(world, project)
    fund_it(world, project)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    return move(world, project, "approve")


def running(world: World, **more: Any) -> Project:
    return move(world, approved(world, **more), "start", "secretary")


def finished(world: World, **more: Any) -> Project:
    """Every step done, ready for the residents."""
    project = running(world, **more)
    for step in project.milestones.order_by("position"):
        actions.finish_milestone(
            by=world.actor("secretary"), at=NOW, number=project.number, position=step.position, uploads=[photo()]
        )
    return move(world, project, "finish", "secretary")


def spend(world: World, project: Project, fund: Fund, amount: int) -> None:
    """Paid out of the fund, about the project."""
    about = {"about": project.reference}
    counted(world, fund, "gift", amount)
    counted(world, fund, "assign", amount, debit="environment")
    counted(world, fund, "spend_environment", amount, **about)
