"""The export as bean-check reads it: a program that others wrote adds everything up again."""

import datetime as dt
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from gongzhi.ledger import actions
from gongzhi.ledger.beancount import ExportedAccount, ExportedEntry, amount_of, document
from gongzhi.ledger.exporting import write_beancount
from gongzhi.ledger.models import Account
from gongzhi.ledger.tests.conftest import TODAY, counted, open_fund, write
from gongzhi.ledger.tests.members import join, served, spend
from tests.cast import NOW, World


def bean_check(path: Path) -> str:
    """What bean-check says of a file; "" when it finds nothing wrong."""
    found = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(path)], capture_output=True, text=True, timeout=120
    )
    return "" if found.returncode == 0 else found.stdout + found.stderr or "wrong"


def totals_in(text: str) -> dict[str, str]:
    """Every account's sum, added up from the lines by this test alone."""
    sums: dict[str, dict[str, Decimal]] = {}
    for account, amount, unit in re.findall(r"^  (\w+:\S+)  (-?[\d.]+) (\w+)$", text, re.M):
        sums.setdefault(account, {}).setdefault(unit, Decimal(0))
        sums[account][unit] += Decimal(amount)
    return {account: " ".join(f"{value} {unit}" for unit, value in found.items()) for account, found in sums.items()}


@pytest.mark.req("I09", "I17", "H07")
def test_bean_check_takes_the_books_and_every_total_equals(world: World, tmp_path: Path) -> None:
    fund = open_fund(world, name="社区基金（演示）")
    counted(world, fund, "gift", 533_000_000, narration='企业捐赠 "第一笔"')
    counted(world, fund, "assign", 100_000_01, debit="help")
    counted(world, fund, "spend_help", 2_345_67)
    undone = counted(world, fund, "spend_help", 99)
    back = actions.reverse_entry(by=world.actor("secretary"), at=NOW, number=undone.number, reason="写错了")
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=back.number, granted=True)
    write(world, fund, "gift", 900_000)  # waits: it is not in the books
    pool = open_fund(world, "repair_pool")
    counted(world, pool, "budget", 5_00)
    counted(world, pool, "retain", 1_01)
    shop = open_fund(world, "points_shop")
    member = join(world, shop)["member"]
    served(world, shop, 240)
    spend(world, shop, 1)
    counted(world, shop, "earn", 70)
    counted(world, shop, "redeem", 30)
    file = tmp_path / "books.beancount"
    assert write_beancount(file, TODAY) == {"funds": 3, "accounts": 27, "entries": 11}
    assert member.name not in file.read_text("utf-8") and f"Assets:{member.code} " in file.read_text("utf-8")
    assert bean_check(file) == ""
    text = file.read_text("utf-8")
    assert "open Assets:F001-社区基金演示 CNY" in text and "POINTS" in text
    added = totals_in(text)
    for account in Account.objects.select_related("fund"):
        name = "" if account.holder_id else account.name
        exported = ExportedAccount(account.code, name, account.kind, account.fund.unit, TODAY, account.balance)
        if account.postings.filter(entry__approval__verdict="approved").exists():
            assert added[exported.path] == amount_of(account.balance, account.fund.unit)
        else:
            assert account.balance == 0 and exported.path not in added


def test_bean_check_would_notice(tmp_path: Path) -> None:
    """A cent more on a balance, a line that does not balance: the oracle is no decoration."""
    day = dt.date(2026, 1, 1)
    accounts = [
        ExportedAccount("F001", "社区基金", "assets", "fen", day, 100),
        ExportedAccount("F001-1", "捐赠", "income", "fen", day, -100),
    ]
    entry = ExportedEntry("F001-0001", day, "捐赠", "fen", (("F001", 100), ("F001-1", -100)))
    good = tmp_path / "good.beancount"
    good.write_text("\n".join(document(accounts, [entry], on=day)) + "\n", "utf-8")
    assert bean_check(good) == ""
    assert "2026-01-01 open Assets:F001-社区基金 CNY" in good.read_text("utf-8")
    for wrong, right in (
        ("balance Assets:F001-社区基金 1.01", "balance Assets:F001-社区基金 1.00"),
        ("  1.01 CNY", "  1.00 CNY"),
    ):
        bad = tmp_path / "bad.beancount"
        bad.write_text(good.read_text("utf-8").replace(right, wrong), "utf-8")
        assert bad.read_text("utf-8") != good.read_text("utf-8") and bean_check(bad)


def test_an_empty_instance_has_empty_books(world: World, tmp_path: Path) -> None:
    file = tmp_path / "none.beancount"
    assert write_beancount(file, TODAY) == {"funds": 0, "accounts": 0, "entries": 0}
    assert bean_check(file) == ""
