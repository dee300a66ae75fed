"""积分换东西: points are taken with the claim and come back with it; a merchant that leaves leaves nobody short."""

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import FOLDERS, claim, offer, refused
from gongzhi.ledger.models import Fund
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.ledger.tests.members import held, join, served
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests.cast import NOW, SETUP, World


@pytest.fixture
def fund(world: World) -> Fund:
    """A points shop in which the resident has points and the neighbour none."""
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    assert "offers" in FOLDERS
    fund = open_fund(world, kind="points_shop", host="committee")
    join(world, fund)
    join(world, fund, "neighbour")
    served(world, fund, 180)
    return fund


@pytest.mark.req("J09", where="/share/")
def test_points_buy_a_thing_once_and_come_back_when_it_is_called_off(world: World, fund: Fund) -> None:
    before = held(world, fund)
    assert before > 1
    refused("cost_missing", offer, world, "points_goods", fund=fund.number, hours=[])
    refused("fund_missing", offer, world, "points_goods", fund="F999", cost=1, hours=[])
    row = offer(world, "points_goods", title="洗衣液", fund=fund.number, cost=before, stock=2, hours=[])
    actions.check_offer(by=world.actor("secretary"), at=NOW, number=row.number, approve=True)
    refused("points_short", claim, world, row, "neighbour")
    refused("not_joined", claim, world, row, "outsider")
    row.refresh_from_db()
    assert row.stock == 2  # a refusal leaves nothing behind
    mine = claim(world, row)
    assert mine.paid == before and held(world, fund) == 0
    refused("points_short", claim, world, row)
    actions.cancel_claim(by=world.actor("resident"), at=NOW, number=mine.number)
    assert held(world, fund) == before
    again = claim(world, row)
    code = code_of(again)
    actions.hand_over(by=world.actor("property"), at=NOW, number=again.number, code=code)
    actions.confirm_claim(by=world.actor("resident"), at=NOW, number=again.number)
    assert held(world, fund) == 0


@pytest.mark.req("J07", where="/exchange/offers/")
def test_a_merchant_that_leaves_gives_back_the_points_of_what_was_not_fetched(world: World, fund: Fund) -> None:
    before = held(world, fund)
    row = offer(world, "points_goods", title="洗衣液", fund=fund.number, cost=1, stock=5, hours=[])
    actions.check_offer(by=world.actor("secretary"), at=NOW, number=row.number, approve=True)
    open_one = claim(world, row)
    assert held(world, fund) == before - 1
    actions.end_offer(by=world.actor("property"), at=NOW, number=row.number, reason="搬走了")
    open_one.refresh_from_db()
    assert open_one.state == "cancelled" and held(world, fund) == before
