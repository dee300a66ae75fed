"""Papers that come later, the end of a fund, on pages; who may not is refused before any form is read."""

import datetime as dt

import pytest
from django.test import Client

from gongzhi.ledger import actions, queries
from gongzhi.ledger.tests.conftest import counted, open_fund, photo, write
from tests.cast import NOW, World
from tests.support.pages import client_of


@pytest.mark.req("H07", where="/ledger/")
def test_a_receipt_comes_after_the_month_is_closed(world: World) -> None:
    fund = open_fund(world, "community_account")
    entry = counted(world, fund, "rent", 100_00, on=dt.date(2026, 1, 5))
    actions.propose_closing(by=world.actor("secretary"), at=NOW, number=fund.number)
    actions.close_period(by=world.actor("supervisor"), at=NOW, number=fund.number, label="2026-01")
    office, address = client_of(world, "secretary"), f"/ledger/entries/{entry.number}/papers"
    assert address in office.get(f"/ledger/entries/{entry.number}").content.decode()
    before = len(queries.papers_of(entry))
    assert office.post(address, {}).status_code == 422
    sent = office.post(address, {"files": [photo()]})
    assert sent.status_code == 302 and len(queries.papers_of(entry)) == before + 1
    added = queries.papers_of(entry)[-1].media_id
    assert Client().get(f"/media/{added}/small").status_code == 404
    for role in ("auditor", "outsider", "resident"):
        assert client_of(world, role).post(address, {}).status_code in (403, 404)


def test_no_paper_to_what_was_refused(world: World) -> None:
    fund = open_fund(world)
    entry = write(world, fund, "gift", 600_000)
    actions.withdraw_entry(by=world.actor("secretary"), at=NOW, number=entry.number)
    office = client_of(world, "secretary")
    assert "补单据" not in office.get(f"/ledger/entries/{entry.number}").content.decode()
    answer = office.post(f"/ledger/entries/{entry.number}/papers", {"files": [photo()]})
    assert answer.status_code == 422 and "没有记入" in answer.content.decode()


def test_a_fund_ends_on_its_page(world: World) -> None:
    fund, january = open_fund(world, "points_shop"), dt.date(2026, 1, 9)
    counted(world, fund, "earn", 5, on=january)
    second, address = client_of(world, "supervisor"), f"/ledger/{fund.number}/end"
    page = second.get(address).content.decode()
    assert "还不能停用" in page and "还没结账" in page and "结清了，停用" not in page
    assert second.post(address).status_code == 409
    counted(world, fund, "expire", 5, on=january)
    row = actions.propose_closing(by=world.actor("secretary"), at=NOW, number=fund.number)
    actions.close_period(by=world.actor("supervisor"), at=NOW, number=fund.number, label=row.span)
    for role in ("auditor", "outsider", "secretary"):
        assert client_of(world, role).post(address).status_code in (403, 404)
    assert "结清了，停用" in second.get(address).content.decode()
    assert second.post(address).status_code == 302
    fund.refresh_from_db()
    assert fund.closed_on is not None and "已经停用" in second.get(address).content.decode()
    assert address not in second.get(f"/ledger/{fund.number}").content.decode()


@pytest.mark.parametrize(
    ("kind", "movement"), [("common_area_income", "decided"), ("special_maintenance_fund", "works")]
)
def test_owners_money_needs_their_decision_by_number(world: World, kind: str, movement: str) -> None:
    """民法典 278, 281, 282: what the owners decide is cited, or nothing is entered."""
    fund = open_fund(world, kind)
    address = f"/ledger/{fund.number}/write?movement={movement}"
    answer = client_of(world, "secretary").post(address, {"amount": "1", "decision": ""})
    assert answer.status_code == 422 and "id_decision" in answer.content.decode()
    assert queries.movement_of(fund, movement).decision
