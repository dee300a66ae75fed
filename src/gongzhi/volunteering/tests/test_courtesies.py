"""礼遇: hours that were confirmed open a courtesy and become points; what was entered afterwards does neither."""

import datetime as dt

import pytest

from gongzhi.exchange import actions as exchange
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import claim, load_sharing, offer, refused
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.ledger.tests.members import held, join
from gongzhi.notifications.jobs import deliver_due
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.volunteering.linking import hours_served
from gongzhi.volunteering.tests.test_actions import LATER, recorded
from tests.cast import NOW, SETUP, World


@pytest.mark.req("J06", where="/share/")
@pytest.mark.req("J09", where="/my/points/")
def test_hours_open_a_courtesy_and_become_points_that_buy(world: World) -> None:
    load_sharing()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    fund = open_fund(world, kind="points_shop", host="committee")
    join(world, fund)
    check = {"at": NOW, "approve": True}
    gift = offer(world, "courtesy", title="公交月票", needs_hours=2, stock=1, bearer="街道", hours=[])
    goods = offer(world, "points_goods", title="洗衣液", fund=fund.number, cost=1, stock=1, hours=[])
    for row in (gift, goods):
        exchange.check_offer(by=world.actor("secretary"), number=row.number, **check)
    found = refused("hours_missing", claim, world, gift)
    assert found.facts["hours"] == 0
    refused("points_short", claim, world, goods)
    record = recorded(world)
    assert hours_served(record.person_id) == record.minutes // 60 >= 2
    deliver_due(LATER)
    assert held(world, fund) > 0
    at = LATER + dt.timedelta(minutes=5)
    for row in (gift, goods):
        mine = claim(world, row, at=at)
        exchange.hand_over(by=world.actor("property", at), at=at, number=mine.number, code=code_of(mine))
