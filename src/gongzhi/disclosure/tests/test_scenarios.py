"""场景: figures of matters and never of persons; an emergency is told with its order, its end and what went."""

import datetime as dt

import pytest
from django.test import Client

from gongzhi.common.errors import NotFound, Refused
from gongzhi.disclosure.queries import scenarios
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.tests.conftest import TODAY, build, load_sharing, offer, published
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.registers.actions.deleting import begin_scene, end_scene
from gongzhi.registers.models import Fact
from gongzhi.registers.tests import neighbourhood
from tests import cast
from tests.cast import NOW, SETUP
from tests.support.pages import text_of

DAY = dt.timedelta(days=1)


@pytest.mark.req("K07", where="/scenes/PC-1/")
def test_a_scene_is_made_of_what_is_there(db: None) -> None:
    world = build()
    place = world.places["PC-1"]
    offer(world, "tool", title="冲击钻", hours=[], pieces=2)
    offer(world, "day_care", title="日间照料", hours=[])
    wish = published(world)
    published(world, by="neighbour", title="想有人下盘棋")
    exchange.withdraw_need(by=world.actor("resident"), at=NOW, number=wish.number)
    found = {one.way.name: one for one in scenarios.ways(scenarios.scenario("neighbours", TODAY), place, TODAY)}
    assert found["借东西、用场地"].count == 1
    assert (found["邻里互助"].count, found["邻里互助"].of) == (0, 2)
    assert found["线上社区"].count is None and found["借东西、用场地"].address == "/share/?place=PC-1"
    elders = {one.way.name: one.count for one in scenarios.ways(scenarios.scenario("elders", TODAY), place, TODAY)}
    assert elders["日间照料"] == 1 and elders["长者午餐"] == 0
    other = scenarios.ways(scenarios.scenario("elders", TODAY), world.places["PC-2"], TODAY)
    assert sum(one.count or 0 for one in other) == 0
    with pytest.raises(NotFound, match="unknown_scenario"):
        scenarios.scenario("none", TODAY)
    index = text_of(Client().get("/scenes/PC-1/"))
    assert "智慧邻里" in index and "智慧养老" in index and "平时不开" in index
    assert "现在能约的 1 项" in text_of(Client().get("/scenes/PC-1/neighbours"))
    assert Client().get("/scenes/PC-1/none").status_code == 404
    assert "场景：邻里、养老、应急" in text_of(Client().get("/c/PC-1/"))


@pytest.mark.req("K07", where="/scenes/PC-1/")
def test_an_emergency_runs_by_an_order_and_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.build()
    load_sharing()
    neighbourhood.build(world, homes=1)
    for path in shipped.common_packs():
        if path.parent.name == "scenes":
            load_pack(by=SETUP, at=NOW, path=path)
    by, place = world.actor("supervisor"), world.places["PC"]
    begin = {"by": by, "at": NOW, "name": "epidemic", "place": place, "until": TODAY + 10 * DAY}
    with pytest.raises(Refused, match="scene_without_order"):
        begin_scene(**begin, order=" ")
    with pytest.raises(Refused, match="scene_too_long"):
        begin_scene(**{**begin, "until": TODAY + 31 * DAY}, order="疫防指 1 号")
    assert scenarios.emergencies(world.places["PC-1"], NOW) == []
    scene = begin_scene(**begin, order="疫防指 1 号")
    (running,) = scenarios.emergencies(world.places["PC-1"], NOW)
    assert running.title == "防疫保障" and "要不要送菜送米" in running.asks
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW)
    page = text_of(Client().get("/scenes/PC-1/"))
    assert "凭疫防指 1 号启用" in page and "停用时收来的全部删除" in page
    over = end_scene(by=by, at=NOW + DAY, scene_id=scene.pk)
    assert over.deleted is not None and not Fact.objects.filter(scene=scene).exists()
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW + DAY)
    page = text_of(Client().get("/scenes/PC-1/"))
    assert "停用，删掉" in page and "凭疫防指 1 号启用" not in page
    assert scenarios.emergencies(world.places["PC-1"], NOW + 92 * DAY) == []
