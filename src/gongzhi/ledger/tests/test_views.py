"""The pages, over HTTP: opening, writing, approving, undoing, closing, publishing, what everybody sees."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.common import clock
from gongzhi.ledger import actions, queries
from gongzhi.ledger.models import Fund, LedgerEntry
from gongzhi.ledger.tests.conftest import OPENED, balance, counted, open_fund, photo, write
from gongzhi.publications import actions as publications
from gongzhi.publications.models import Publication
from tests.cast import NOW, World
from tests.support.pages import client_of, words


def form(**more: Any) -> dict[str, Any]:
    day = clock.local_date(clock.now()).isoformat()
    given = {"credit": "gifts", "debit": "help", "amount": "1,200.50", "on": day, "narration": "爱心企业捐赠"}
    return {**given, "party": "演示公司", "papers": ["捐赠协议或捐赠票据"], "files": [photo()], **more}


@pytest.mark.req("I09", where="/ledger/")
def test_a_fund_is_opened_written_and_approved_on_pages(world: World) -> None:
    office, second = client_of(world, "secretary"), client_of(world, "supervisor")
    page = words(second.get("/ledger/open?kind=community_fund"))
    assert "公开募捐资格" in page and "慈善法第27条" in page
    body = world.units["committee-1"].pk
    sent = {"name": "社区基金", "organization": body, "host": "charity", "proof": "", "opened_on": "2026-01-01"}
    refused = second.post("/ledger/open?kind=community_fund", sent)
    assert refused.status_code == 422
    made = second.post("/ledger/open?kind=community_fund", {**sent, "proof": "慈募证 1 号"})
    assert made.status_code == 302 and made.url == "/ledger/F001"
    assert "收到捐赠" in words(office.get("/ledger/F001/write"))
    wrong = office.post("/ledger/F001/write?movement=gift", form(amount="1.234"))
    assert wrong.status_code == 422 and "最多两位小数" in words(wrong)
    missing = office.post("/ledger/F001/write?movement=gift", form(papers=[], files=[]))
    assert missing.status_code == 422 and "还缺单据" in words(missing)
    small = office.post("/ledger/F001/write?movement=gift", form())
    assert small.url == "/ledger/entries/F001-0001"
    big = office.post("/ledger/F001/write?movement=gift", form(amount="5000.01"))
    fund = Fund.objects.get()
    assert balance(fund, "help") == 120_050
    assert "自己记的自己不能批" in words(office.get(big.url))
    desk = words(second.get("/ledger/approvals"))
    assert "F001-0002" in desk and "F001-0001" not in desk
    no = second.post("/ledger/entries/F001-0002/decide", {"granted": "no", "note": ""})
    assert no.status_code == 422
    assert second.post("/ledger/entries/F001-0002/decide", {"granted": "yes"}).status_code == 302
    assert balance(fund, "help") == 620_051
    listed = words(office.get("/ledger/"))
    assert "6,200.51 元" in listed and "社区基金" in listed
    page = words(office.get("/ledger/F001"))
    assert "按用途" in page and "划入 6,200.51 元" in page


def test_undoing_and_withdrawing_on_pages(world: World) -> None:
    fund = open_fund(world)
    entry = counted(world, fund, "gift", 100)
    office, second = client_of(world, "secretary"), client_of(world, "supervisor")
    bad = office.post(f"/ledger/entries/{entry.number}/undo", {"note": "3栋2单元501的写错了"})
    assert bad.status_code == 422 and "不能写" in words(bad)
    undone = office.post(f"/ledger/entries/{entry.number}/undo", {"note": "写错了，重记"})
    assert "冲销这一笔的" in words(second.get(f"/ledger/entries/{entry.number}"))
    second.post(f"{undone.url}/decide", {"granted": "yes"})
    assert balance(fund) == 0
    waits = write(world, fund, "gift", 600_000)
    assert office.post(f"/ledger/entries/{waits.number}/withdraw").status_code == 302
    assert "已撤回" in words(office.get(f"/ledger/{fund.number}/entries"))


def test_lists_turn_pages_and_go_along_as_tables(world: World) -> None:
    fund = open_fund(world)
    for n in range(queries.PAGE + 3):
        counted(world, fund, "interest", n + 1)
    office = client_of(world, "secretary")
    first = words(office.get(f"/ledger/{fund.number}/entries"))
    assert "F001-0053" in first and "F001-0003" not in first
    page = queries.entries_page(queries.entries_of(world.actor("secretary"), fund))
    rest = words(office.get(f"/ledger/{fund.number}/entries?cursor={page.next_cursor}"))
    assert "F001-0003" in rest and "F001-0053" not in rest
    for address in ("/ledger/?as=xlsx", f"/ledger/{fund.number}/entries?as=xlsx", "/ledger/approvals?as=xlsx"):
        assert load_workbook(io.BytesIO(office.get(address).content)).active is not None
    sheet = load_workbook(io.BytesIO(office.get(f"/ledger/{fund.number}/entries?as=xlsx").content)).active
    assert sheet is not None and sheet.max_row == queries.PAGE + 3 + 2
    assert office.get(f"/ledger/{fund.number}/statement?period=2099-Q1").status_code == 404


@pytest.mark.req("I17", where="/accounts/")
def test_a_closed_month_is_published_reviewed_and_seen_by_everybody(world: World) -> None:
    fund = open_fund(world, "community_account")
    rent = counted(world, fund, "rent", 80_000_00, on=dt.date(2026, 1, 5), narration="门面租金")
    counted(world, fund, "office", 12_000_50, on=dt.date(2026, 1, 9), narration="打印纸")
    office, second = client_of(world, "secretary"), client_of(world, "supervisor")
    early = office.post(f"/ledger/{fund.number}/publish/2026-01")
    assert early.status_code == 409 and "还没结账" in words(early)
    office.post(f"/ledger/{fund.number}/add-up")
    assert "2026-01 加总好了" in words(second.get(f"/ledger/{fund.number}"))
    second.post(f"/ledger/{fund.number}/close/2026-01")
    told = actions.ask_to_publish(by=world.actor("supervisor"), at=NOW, number=fund.number)
    assert told is not None
    draft = office.post(f"/ledger/{fund.number}/publish/2026-01")
    number = Publication.objects.get().number
    assert draft.url.endswith(number)
    anybody = Client()
    assert "还没有公开的账目" in words(anybody.get("/accounts/PC-1"))
    publications.submit_publication(by=world.actor("secretary"), at=clock.now(), number=number)
    publications.release_publication(by=world.actor("supervisor"), at=clock.now(), number=number)
    media = queries.papers_of(rent)[0].media_id
    hidden = anybody.get(f"/media/{media}/small")
    assert hidden.status_code == 404
    shown = second.post(f"/ledger/entries/{rent.number}/papers/{media}/show")
    assert shown.status_code == 302 and anybody.get(f"/media/{media}/small").status_code == 200
    page = words(anybody.get("/accounts/PC-1"))
    assert "80,000.00 元" in page and "67,999.50 元" in page and "不募捐、不收款" in page
    item = words(anybody.get(f"/p/{number}")) if anybody.get(f"/p/{number}").status_code == 200 else page
    assert "演示单位" not in page + item


@pytest.mark.req("H07", where="/ledger/")
def test_the_maintenance_fund_says_that_it_is_low(world: World) -> None:
    fund = open_fund(world, "special_maintenance_fund")
    counted(world, fund, "first", 20_000_00)
    page = words(client_of(world, "secretary").get(f"/ledger/{fund.number}"))
    assert "到 30,000.00 元 还差 10,000.00 元" in page and "河南第68条" in page and "30%" in page
    assert "余额不足" in words(client_of(world, "secretary").get("/ledger/"))
    write_page = words(client_of(world, "secretary").get(f"/ledger/{fund.number}/write?movement=urgent"))
    assert "紧急情况" in write_page and "民法典 第281条第二款" in write_page


@pytest.mark.req("I09")
def test_nobody_gives_money_here(world: World) -> None:
    """No page and no endpoint takes a gift from anybody outside the office (慈善法 26, 27, 124)."""
    fund = open_fund(world)
    for client in (Client(), client_of(world, "resident")):
        for address in (f"/ledger/{fund.number}/write?movement=gift", "/ledger/open?kind=community_fund"):
            assert client.post(address, form()).status_code in (302, 401, 403, 404)
    assert not LedgerEntry.objects.exists() and fund.opened_on == OPENED
    assert "<form" not in words(Client().get("/accounts/PC-1")).partition("<main")[2].partition("</main>")[0]
