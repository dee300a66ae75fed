"""The cast with homes of building LY-5 and who owns them; the law of owners' decisions; a vote on them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from gongzhi.ballots import actions
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import Ground, owners_ground
from gongzhi.ballots.models import Roll, Vote
from gongzhi.common.clock import local_date
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.models import Person
from tests import cast
from tests.cast import NOW, SETUP, World

TODAY = local_date(NOW)
CLOSES = NOW + dt.timedelta(days=14)
AFTER = CLOSES + dt.timedelta(minutes=1)
FUND = "matter.6"  # 筹集维修资金: three quarters
ORDINARY = "matter.4"


@pytest.fixture
def world(db: Any) -> World:
    return build()


def build() -> World:
    world = cast.build()
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.owners.decisions.toml")
    return world


def owners(count: int, area: int = 9_000, *, head: Sequence[Entitlement] = ()) -> list[Entitlement]:
    """`count` owners of equal area (square decimetres); the first ones may be given."""
    rest = [Entitlement(people=(person(number).pk,), group=f"{number % 3 + 1}栋", area=area) for number in range(count)]
    return [*head, *rest[len(head) :]]


def person(number: int) -> Person:
    values = {"name": f"业主{number}"}
    return people.create_person(by=SETUP, at=NOW, values=values, password="")


def roll_of(world: World, entries: Sequence[Entitlement], *, kind: str = "owners", published: bool = True) -> Roll:
    by = world.actor("secretary")
    measures = ("heads", "area") if kind == "owners" else ("heads",)
    roll = actions.freeze_roll(by=by, at=NOW, place=world.places["LY-5"], kind=kind, measures=measures, entries=entries)
    return actions.publish_roll(by=by, at=NOW, number=roll.number) if published else roll


def ground(matter: str = ORDINARY, **more: Any) -> Ground:
    return owners_ground("/321171102/", TODAY, matter, **more)


def drafted(world: World, roll: Roll, given: Ground | None = None) -> Vote:
    return actions.draft_vote(
        by=world.actor("secretary"),
        at=NOW,
        roll=roll,
        body=world.units["committee-1"],
        question=Question("东门装充电车棚，好不好？", notes={"yes": "建 12 个车位"}),
        ground=given or ground(),
        closes_at=CLOSES,
    )


def opened(world: World, roll: Roll, given: Ground | None = None) -> Vote:
    vote = drafted(world, roll, given)
    return actions.open_vote(by=world.actor("secretary"), at=NOW, number=vote.number)
