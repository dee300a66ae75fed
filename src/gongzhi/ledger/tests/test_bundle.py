"""The file that anybody adds up again: right as it leaves, and every damage found by a program that shares no code."""

import copy
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.ledger import actions, bundle, disclosing
from gongzhi.ledger.models import Fund
from gongzhi.ledger.tests.conftest import counted, open_fund, write
from gongzhi.publications import actions as publications
from tests.cast import NOW, World

CHECKER = Path(__file__).parents[4] / "tools/check_ledger.py"
Rows = list[dict[str, Any]]
JANUARY = {"on": dt.date(2026, 1, 5)}


def kept(world: World) -> Fund:
    """A month that is closed, an undoing, one that waits, one refused."""
    fund = open_fund(world, "community_account")
    counted(world, fund, "rent", 80_000_00, narration="门面租金", party="演示租户", **JANUARY)
    counted(world, fund, "office", 12_000_50, narration="打印纸", **JANUARY)
    close(world, fund)
    wrong = counted(world, fund, "office", 300_00, narration="墨盒")
    by, second = world.actor("secretary"), world.actor("supervisor")
    undone = actions.reverse_entry(by=by, at=NOW, number=wrong.number, reason="写错了")
    actions.decide_entry(by=second, at=NOW, number=undone.number, granted=True)
    refused = write(world, fund, "office", 40_000_00, narration="打印机")
    actions.decide_entry(by=second, at=NOW, number=refused.number, granted=False, note="太贵")
    write(world, fund, "office", 30_000_00, narration="打印机")
    return fund


def close(world: World, fund: Fund) -> None:
    actions.propose_closing(by=world.actor("secretary"), at=NOW, number=fund.number)
    actions.close_period(by=world.actor("supervisor"), at=NOW, number=fund.number, label="2026-01")


def release(world: World, fund: Fund) -> None:
    by, second = world.actor("secretary"), world.actor("supervisor")
    made = actions.publish_statement(by=by, at=clock.now(), number=fund.number, label="2026-01")
    publications.submit_publication(by=world.actor("secretary"), at=clock.now(), number=made.number)
    publications.release_publication(by=second, at=clock.now(), number=made.number)


def check(lines: list[str], tmp_path: Path, *more: str) -> tuple[int, list[str]]:
    path = tmp_path / "books.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    command = [sys.executable, "-I", str(CHECKER), str(path), "--json", *more]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(ran.stdout)["failures"] if ran.stdout else []
    return ran.returncode, [one["code"] for one in found]


def rows_of(lines: list[str]) -> Rows:
    """Without digests and the end: to be changed and chained anew, as somebody who hides something would."""
    rows = [json.loads(line) for line in lines[:-1]]
    return [{name: value for name, value in row.items() if name != "chain"} for row in rows]


def of(rows: Rows, kind: str, which: int = 0) -> dict[str, Any]:
    return [row for row in rows if row["type"] == kind][which]


@pytest.mark.req("H07", where="/ledger/")
def test_both_files_add_up_and_the_public_one_names_nobody(world: World, tmp_path: Path) -> None:
    fund = kept(world)
    auditor, anybody = Client(), Client()
    auditor.force_login(world.people["auditor"])
    assert anybody.get(f"/accounts/PC-1/{fund.number}.jsonl").status_code == 404
    release(world, fund)
    whole = auditor.get(f"/ledger/{fund.number}/books.jsonl")
    assert whole.status_code == 200 and "attachment" in whole.headers["Content-Disposition"]
    public = anybody.get(f"/accounts/PC-1/{fund.number}.jsonl")
    for answer in (whole, public):
        text = answer.content.decode()
        assert check(text.splitlines(), tmp_path) == (0, []) and "演示租户" not in text and "person:" not in text
    rows = [json.loads(line) for line in public.content.decode().splitlines()]
    states = [row["state"] for row in rows if row["type"] == "entry"]
    assert states == ["approved"] * 2 + ["held_back"] * 4
    assert "墨盒" not in public.content.decode() and "vouchers" not in public.content.decode()
    assert f"/accounts/PC-1/{fund.number}.jsonl" in anybody.get("/accounts/PC-1").content.decode()
    assert anybody.get("/accounts/PC-2/F001.jsonl").status_code == 404


def test_what_is_closed_but_not_released_stays_inside(world: World) -> None:
    fund = kept(world)
    release(world, fund)
    for month in ("2026-02",):
        actions.propose_closing(by=world.actor("secretary"), at=NOW, number=fund.number)
        actions.close_period(by=world.actor("supervisor"), at=NOW, number=fund.number, label=month)
    found = disclosing.disclosed([fund])[0]
    assert found.until == dt.date(2026, 1, 31) and found.period is not None and found.period.span == "2026-01"


def test_public_accounts_ask_as_often_for_many_funds(world: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        fund = open_fund(world, "community_account")
        counted(world, fund, "rent", 100_00, **JANUARY)
        close(world, fund)
        release(world, fund)
    with django_assert_max_num_queries(9):
        page = Client().get("/accounts/PC-1").content.decode()
    assert "F004.jsonl" in page


def later(row: dict[str, Any]) -> None:
    row["closed_at"] = "2026-01-01T00:00:00+00:00"


def swap(rows: Rows) -> None:
    rows[-1], rows[1] = rows[1], rows[-1]


DAMAGE: dict[str, tuple[Callable[[Rows], Any], str]] = {
    "an amount of one line": (lambda rows: of(rows, "entry")["lines"][0].__setitem__(1, 1), "not_balanced"),
    "the whole amount": (lambda rows: of(rows, "entry").update(amount=5), "amount"),
    "an entry taken out": (lambda rows: rows.remove(of(rows, "entry", 1)), "sequence"),
    "an entry put in twice": (lambda rows: rows.insert(rows.index(of(rows, "entry")), of(rows, "entry")), "sequence"),
    "a balance": (lambda rows: of(rows, "account").update(balance=7), "balance"),
    "a floor": (lambda rows: of(rows, "account").update(floor=10**12), "floor"),
    "a ceiling": (lambda rows: of(rows, "account").update(ceiling=-(10**12)), "ceiling"),
    "an account taken out": (lambda rows: rows.remove(of(rows, "account")), "account"),
    "an account twice": (lambda rows: rows.insert(1, copy.deepcopy(rows[1])), "order"),
    "lines moved": (swap, "order"),
    "one person where two were needed": (lambda rows: of(rows, "entry", 3).update(people=1), "two_people"),
    "a period closed by one": (lambda rows: of(rows, "period").update(people=1), "two_people"),
    "an undoing of nothing": (lambda rows: of(rows, "entry", 3).update(reverses="F001-0099"), "reversal"),
    "an undoing of another": (lambda rows: of(rows, "entry", 3).update(reverses="F001-0001"), "reversal"),
    "a period's sum": (lambda rows: of(rows, "period")["totals"].update(income=1), "period_totals"),
    "a period that is not next": (lambda rows: rows.append(of(rows, "period")), "period_gap"),
    "an entry moved into a closed month": (lambda rows: of(rows, "entry", 2).update(on="2026-01-09"), "period_totals"),
    "an approval after the closing": (lambda rows: later(of(rows, "period")), "period_changed"),
    "a day before the opening": (lambda rows: of(rows, "entry").update(on="2025-12-31"), "before_opening"),
    "an approval without a time": (lambda rows: of(rows, "entry").update(decided_at=None), "decided"),
    "a state of its own": (lambda rows: of(rows, "entry").update(state="lost"), "shape"),
    "a sum with a point": (lambda rows: of(rows, "entry").update(amount="80000"), "shape"),
    "an entry held back in the whole file": (
        lambda rows: rows.__setitem__(
            rows.index(of(rows, "entry", 5)),
            {"type": "entry", "sequence": 6, "number": "F001-0006", "state": "held_back"},
        ),
        "shape",
    ),
}


def test_every_damage_is_found(world: World, tmp_path: Path) -> None:
    """Also by somebody who makes all digests anew."""
    lines = bundle.whole_lines(kept(world))
    assert check(lines, tmp_path) == (0, [])
    missed = []
    for what, (harm, code) in DAMAGE.items():
        rows = rows_of(lines)
        harm(rows)
        status, found = check(list(bundle.chained(rows)), tmp_path)
        if status != 1 or code not in found:
            missed.append(f"{what}: {found}")
    assert missed == []


def test_what_is_changed_without_new_digests_is_found(world: World, tmp_path: Path) -> None:
    lines = bundle.whole_lines(kept(world))
    seal = json.loads(lines[-1])["chain"]
    said = [line.replace("打印纸", "打印机") for line in lines]
    assert check(said, tmp_path) == (1, ["chain"])
    assert "end" in check(lines[:-1], tmp_path)[1]
    assert "chain" in check([*lines[:4], *lines[5:]], tmp_path)[1]
    assert check(lines, tmp_path, "--seal", seal) == (0, [])
    renamed = rows_of(lines)
    of(renamed, "entry")["narration"] = "别的"
    assert check(list(bundle.chained(renamed)), tmp_path, "--seal", seal) == (1, ["seal"])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type":"fund"}', '{"type":"fund","type":"fund"}', "1.5", "\0"])
def test_what_is_no_such_file_is_said_to_be_unreadable(text: str, tmp_path: Path) -> None:
    assert check([text], tmp_path) == (2, [])


def test_a_public_file_tells_nothing_after_its_last_day(world: World, tmp_path: Path) -> None:
    fund = kept(world)
    rows = rows_of(bundle.public_lines(fund, dt.date(2026, 1, 31)))
    of(rows, "entry")["on"] = "2026-02-01"
    assert "after_until" in check(list(bundle.chained(rows)), tmp_path)[1]
    rows = rows_of(bundle.public_lines(fund, dt.date(2026, 1, 31)))
    rows.remove(of(rows, "period"))
    assert "period_gap" in check(list(bundle.chained(rows)), tmp_path)[1]
