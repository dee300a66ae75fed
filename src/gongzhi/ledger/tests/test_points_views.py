"""Pages of points and minutes: the rules for everybody, what one holds, the desk of the review team, publication."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from gongzhi.ledger import actions, holding, queries
from gongzhi.ledger.actions import persons
from gongzhi.ledger.actions.objecting import object_to
from gongzhi.ledger.models import Fund, LedgerEntry, Objection
from gongzhi.ledger.tests.conftest import OPENED, TODAY, open_fund
from gongzhi.ledger.tests.members import held, join, served, spend
from gongzhi.publications import words as said
from tests.cast import NOW, World
from tests.support.pages import client_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW)


@pytest.fixture
def bank(world: World) -> Fund:
    return open_fund(world, "time_bank_nanjing")


@pytest.fixture
def shop(world: World) -> Fund:
    return open_fund(world, "points_shop")


@pytest.mark.req("J09", where="/points/")
def test_everybody_reads_the_rules_and_where_they_are_from(bank: Fund) -> None:
    client = Client()
    assert bank.name in words(client.get("/points/"))
    page = words(client.get(f"/points/{bank.number}"))
    for one in ("90,000 分钟", "外地做法", "示意", "两个人都同意", "公开报道"):
        assert one in page
    assert client.get("/points/F999").status_code == 404


@pytest.mark.req("J09", where="/my/points/")
def test_one_joins_sees_each_entry_with_its_rule_and_leaves(world: World, shop: Fund) -> None:
    client = client_of(world, "resident")
    assert "可以参加的" in words(client.get("/my/points/"))
    assert client.get(f"/my/points/{shop.number}").status_code == 302
    client.post(f"/points/{shop.number}/join")
    served(world, shop, 11 * 60)
    page = words(client.get(f"/my/points/{shop.number}"))
    assert "志愿服务，受助的人确认" in page and "到了上限" in page and "2027-03-18" in page
    assert holding.accounts_in(shop, world.people["resident"].pk)["member"].name in page
    assert "8 分" in words(client.get("/my/points/"))
    wrong = client.post(f"/my/points/{shop.number}/leave", {"rest": "keep"})
    assert wrong.status_code == 422
    client.post(f"/my/points/{shop.number}/leave", {"rest": "expire"})
    assert held(world, shop) == 0 and "退出了" in words(client.get(f"/my/points/{shop.number}"))


@pytest.mark.req("J12", where="/my/points/")
def test_a_relative_agrees_on_his_own_page(world: World, bank: Fund) -> None:
    join(world, bank)
    to = join(world, bank, "neighbour")["member"].name
    served(world, bank, 120)
    client = client_of(world, "resident")
    address, given = f"/my/points/{bank.number}/transfer", {"to": to, "amount": "60", "relative": "on"}
    assert client.post(address, {**given, "relative": ""}).status_code == 422
    assert client.post(address, {**given, "to": "ZZZZZZ"}).status_code == 422
    assert client.post(address, {**given, "amount": "500"}).status_code == 422
    request = str(uuid.uuid4())
    for _ in range(2):
        client.post(address, {**given, "request": request})
    entry = LedgerEntry.objects.get(fund=bank, movement="transfer")
    client = client_of(world, "neighbour")
    assert "等您同意" in words(client.get("/my/points/"))
    assert "收下" in words(client.get(f"/my/points/{bank.number}"))
    client.post(f"/my/points/entries/{entry.number}/answer", {"agreed": "yes"})
    assert held(world, bank, "neighbour") == 60


@pytest.mark.req("J09", where="/ledger/F001/members")
def test_the_team_awards_by_pseudonym_and_another_approves(world: World, shop: Fund) -> None:
    code = join(world, shop)["member"].name
    client = client_of(world, "secretary")
    address = f"/ledger/{shop.number}/award"
    given = {"rule": "good_deed", "to": code, "done": "1", "on": TODAY.isoformat(), "reason": "清扫楼前的路"}
    assert client.post(address, {**given, "reason": "13800138000"}).status_code == 422
    assert client.post(address, {**given, "done": "-1"}).status_code == 422
    assert client.post(address, given).status_code == 302
    page = words(client.get(f"/ledger/{shop.number}/members"))
    assert "清扫楼前的路" in page and "参加的人：1" in page
    entry = LedgerEntry.objects.get(fund=shop)
    client = client_of(world, "supervisor")
    client.post(f"/ledger/entries/{entry.number}/decide", {"granted": "yes"})
    assert held(world, shop) == 10


@pytest.mark.req("J09", where="/my/points/")
def test_an_objection_is_made_on_the_page_and_answered_at_the_desk(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = served(world, shop, 60)
    assert entry is not None
    client = client_of(world, "resident")
    address = f"/my/points/entries/{entry.number}/object"
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "应该两小时"})
    assert "异议等答复" in words(client.get(f"/my/points/{shop.number}"))
    row = Objection.objects.get()
    client = client_of(world, "secretary")
    assert "应该两小时" in words(client.get(f"/ledger/{shop.number}/members"))
    assert client.post(f"/ledger/objections/{row.pk}", {"upheld": "no"}).status_code == 422
    client.post(f"/ledger/objections/{row.pk}", {"upheld": "no", "answer": "记录写着一小时"})
    client = client_of(world, "resident")
    page = words(client.get(f"/my/points/{shop.number}"))
    assert "异议不成立" in page and "记录写着一小时" in page


def test_the_office_is_not_offered_to_write_on_accounts_of_persons(world: World, shop: Fund) -> None:
    client = client_of(world, "secretary")
    page = words(client.get(f"/ledger/{shop.number}/write"))
    assert "发积分" in page and "记荣誉" not in page and "转给家人" not in page
    assert "荣誉分" not in words(client.get(f"/ledger/{shop.number}/write?movement=expire"))
    assert "这笔是什么" in words(client.get(f"/ledger/{shop.number}/write?movement=honour"))


@pytest.mark.req("J09", where="/accounts/PC-1")
def test_a_month_is_published_by_totals_and_pseudonyms_of_those_who_want(world: World, shop: Fund) -> None:
    names = ["resident", "neighbour", "outsider", "secretary", "patch_lead"]
    at = NOW.replace(month=2)
    for name in names:
        code = persons.join(by=world.actor(name, at), at=at, number=shop.number, listed=True)["member"].name
        served(world, shop, 120, name, at=at)
    spend(world, shop, 1, at=at)
    for month in (OPENED, dt.date(2026, 2, 1)):
        label = f"{month:%Y-%m}"
        actions.propose_closing(by=world.actor("secretary"), at=NOW, number=shop.number)
        actions.close_period(by=world.actor("supervisor"), at=NOW, number=shop.number, label=label)
    made = actions.publish_statement(by=world.actor("secretary"), at=NOW, number=shop.number, label="2026-02")
    body = str(said.working(made))
    assert "5 个人参加" in body and code in body and "2 分" in body


def test_the_line_of_all_persons_lists_their_entries(world: World, shop: Fund) -> None:
    first, second = join(world, shop)["member"], join(world, shop, "neighbour")["member"]
    entries = [served(world, shop, 60), served(world, shop, 60, "neighbour")]
    office, line = client_of(world, "secretary"), queries.lines_of(shop).get(line="member")
    numbers = [one.number for one in entries if one is not None]
    page = words(office.get(f"/ledger/{shop.number}/entries?account={line.code}"))
    assert all(one in page for one in numbers)
    page = words(office.get(f"/ledger/{shop.number}/entries?account={first.code}"))
    assert numbers[0] in page and numbers[1] not in page and second.name not in page


def test_an_open_objection_waits_for_one_who_may_answer(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = served(world, shop, 60)
    assert entry is not None
    row = object_to(by=world.actor("resident"), at=NOW, number=entry.number, reason="不对")
    client = client_of(world, "auditor")
    assert client.post(f"/ledger/objections/{row.pk}", {"upheld": "yes", "answer": "x"}).status_code == 404
