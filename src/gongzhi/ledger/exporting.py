"""Every fund of an instance as Beancount; read in one snapshot, in pieces, however many entries there are.

Accounts of persons stand there by their codes only.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from gongzhi.ledger.beancount import ExportedAccount, ExportedEntry, document
from gongzhi.ledger.models import Account, Posting, Verdict

_CHUNK = 5_000


def _accounts() -> list[ExportedAccount]:
    rows = Account.objects.select_related("fund").order_by("fund__number", "position")
    return [_account(one) for one in rows]


def _account(one: Account) -> ExportedAccount:
    name = "" if one.holder_id else one.name
    return ExportedAccount(one.code, name, one.kind, one.fund.unit, one.fund.opened_on, one.balance)


def _entries() -> Iterator[ExportedEntry]:
    columns = ("entry__number", "entry__on", "entry__narration", "entry__fund__unit", "account__code", "amount")
    more = ("entry__about", "entry__decision", "entry__reverses__number")
    rows = Posting.objects.filter(entry__approval__verdict=Verdict.APPROVED)
    ordered = rows.order_by("entry__on", "entry__number", "pk").values(*columns, *more)
    for _number, lines in groupby(ordered.iterator(_CHUNK), key=lambda row: row["entry__number"]):
        yield _entry(list(lines))


def _entry(lines: list[dict[str, Any]]) -> ExportedEntry:
    first = lines[0]
    return ExportedEntry(
        first["entry__number"],
        first["entry__on"],
        first["entry__narration"],
        first["entry__fund__unit"],
        tuple((line["account__code"], line["amount"]) for line in lines),
        about=first["entry__about"],
        decision=first["entry__decision"],
        undoes=first["entry__reverses__number"] or "",
    )


def write_beancount(path: Path, on: dt.date) -> dict[str, int]:
    """Write the file; {funds, accounts, entries}. What is approved meanwhile is not in it: one snapshot."""
    counts = {"funds": 0, "accounts": 0, "entries": 0}

    def counted(entries: Iterator[ExportedEntry]) -> Iterator[ExportedEntry]:
        for entry in entries:
            counts["entries"] += 1
            yield entry

    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        accounts = _accounts()
        counts |= {"funds": len({one.code.partition("-")[0] for one in accounts}), "accounts": len(accounts)}
        with path.open("w", encoding="utf-8") as out:
            for line in document(accounts, counted(_entries()), on=on):
                out.write(f"{line}\n")
    return counts
