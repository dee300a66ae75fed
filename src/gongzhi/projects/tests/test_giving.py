"""What a body gave to a project stands on the page of partners once it has come in."""

import pytest

from gongzhi.ledger.tests.conftest import photo
from gongzhi.partnerships.registry import contributions
from gongzhi.projects import actions
from gongzhi.projects.actions import Source
from gongzhi.projects.tests.conftest import approved
from tests.cast import NOW, World


@pytest.mark.req("B15", where="/partners/{place}")
def test_what_came_in_is_told_and_what_is_promised_is_not(world: World) -> None:
    project, body = approved(world), world.units["property-1"].pk
    path, by = world.places["PC-1"].path, world.actor("secretary")
    gift = Source("in_kind", "柳园物业", thing="两名电工干三天", body=world.units["property-1"])
    line = actions.add_funding_line(by=by, at=NOW, number=project.number, source=gift)
    assert contributions(path, [body]) == []
    actions.pay_line(by=by, at=NOW, number=project.number, position=line.position, uploads=[photo()])
    (told,) = contributions(path, [body])
    assert (told.words, told.url) == ("5栋充电车棚：两名电工干三天", f"/works/{project.number}")
    assert contributions(path, [world.units["utility"].pk]) == []
    assert contributions(world.places["PC-2"].path, [body]) == []
