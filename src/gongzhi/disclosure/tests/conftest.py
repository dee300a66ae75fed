"""The cast with homes in 柳园小区5栋, whose compound has a space, and somebody who lives elsewhere."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.disclosure import actions
from gongzhi.disclosure.models import Message
from gongzhi.disclosure.rules import Said
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.actions import grant_consent
from gongzhi.places.models import Place
from gongzhi.registers.models import Tenure
from gongzhi.registers.tests.homes import approve, declare, homes, load_law, said
from tests import cast
from tests.cast import NOW, SETUP, World

SPACE, ENDS = "PC-1-1", dt.date(2099, 12, 1)


@pytest.fixture
def world(db: Any) -> World:
    """resident owns 1-101, neighbour rents 1-102; outsider has no home; the 片区 is the space."""
    world = cast.build()
    load_law()
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.neighbours.toml")
    doors = homes(world, ("1-101", "1-102", "2-301", "2-302", "3-101"))
    world.places |= doors
    world.places["far"] = elsewhere(world)
    approve(world, declare(world, "resident", doors["1-101"]))
    rents = said("tenant", "lease", expires_on=dt.date(2027, 2, 1))
    row = approve(world, declare(world, "neighbour", doors["1-102"], rents))
    Tenure.objects.filter(pk=row.pk).update(expires_on=ENDS)  # a lease that outlasts whoever runs these tests
    return world


def elsewhere(world: World) -> Place:
    above = world.places["PC-2-1-1"]
    return Place.objects.create(
        kind="dwelling", level="dwelling", code="QN-1-101", name="101室", parent=above, path=f"{above.path}QN-1-101/",
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip


def settle(world: World, who: str, door: str) -> Tenure:
    other = who != "secretary" and door == "far"
    row = declare(world, who, world.places[door])
    return approve(world, row, "other_grid_member" if other else "grid_member")


def post(world: World, who: str = "resident", kind: str = "lost", at: dt.datetime = NOW, **more: Any) -> Message:
    given = Said(more.pop("body", "楼下捡到一串钥匙。"), more.pop("title", "捡到钥匙"), more.pop("called", ""))
    place = world.places[SPACE]
    return actions.post_message(by=world.actor(who, at), at=at, place=place, kind=kind, said=given, **more)


def consent(world: World, who: str) -> None:
    grant_consent(by=world.actor(who), at=NOW, purpose="publication", version="1")
