"""The cast, with a council of four at 柳园社区: the secretary in the chair, three residents."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests import cast
from tests.cast import NOW, SETUP, World

START = dt.date(2020, 1, 1)
SEATS = {
    "secretary": "secretary",
    "resident": "neighbour_lead",
    "neighbour": "neighbour_lead",
    "outsider": "neighbour_lead",
}


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name == "papers":
            load_pack(by=SETUP, at=NOW, path=path)
    return world


@pytest.fixture
def council(world: World) -> Organization:
    body = people.add_organization(
        by=SETUP,
        at=NOW,
        code="council-1",
        kind="council",
        name="柳园议事会",
        place=world.places["PC-1"],
        valid_from=START,
    )
    for name, role in SEATS.items():
        title = "议事长" if name == "secretary" else f"议事员{name}"
        post = people.add_post(
            by=SETUP, at=NOW, code=f"seat-{name}", role=role, title=title, place=world.places["PC-1"], organization=body
        )
        post.valid_from = START
        post.save(update_fields=["valid_from"])
        people.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="test", valid_from=START)
    return body
