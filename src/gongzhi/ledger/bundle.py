"""账本文件: a fund's books as lines that anybody adds up again with tools/check_ledger.py. Who was paid is not in it.

Every line carries a digest over the one before and itself (docs/reference/ledger-files.md). The public file has what
closed periods hold and nothing of what came after; the office's has every entry, also those that wait or were refused.
Accounts of persons are one line together: what one of them did is in neither file.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import BookPeriod, Fund, LedgerEntry, Posting, Verdict

FORMAT = "gongzhi-ledger-1"
WHOLE, PUBLIC = "whole", "public"
_TOTALS = ("opening", "income", "expense", "other", "closing", "entries")


def chained(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON line a row; the last says how many there were before it. Pure."""
    before, count = "", 0
    for row in rows:
        count += 1
        before, text = _sealed(row, before)
        yield text
    yield _sealed({"type": "end", "lines": count}, before)[1]


def _sealed(row: Mapping[str, Any], before: str) -> tuple[str, str]:
    canon = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(f"{before}\n{canon}".encode()).hexdigest()
    return digest, json.dumps({**row, "chain": digest}, ensure_ascii=False)


def whole_lines(fund: Fund) -> list[str]:
    """For whoever may see the fund: every entry and what was decided on it; five statements."""
    return _snapshot(fund, None)


def public_lines(fund: Fund, until: dt.date) -> list[str]:
    """For everybody: up to the last day of what was released; later and refused entries are numbers only."""
    return _snapshot(fund, until)


def _snapshot(fund: Fund, until: dt.date | None) -> list[str]:
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return list(chained(_rows(fund, until)))


def _rows(fund: Fund, until: dt.date | None) -> Iterator[dict[str, Any]]:
    yield _fund(fund, until)
    yield from _accounts(fund, until)
    yield from _entries(fund, until)
    periods = fund.periods.filter(closed_at__isnull=False).order_by("first")
    for period in periods.filter(last__lte=until) if until else periods:
        yield _period(period)


def _fund(fund: Fund, until: dt.date | None) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "fund", "format": FORMAT, "number": fund.number}
    row["scope"] = WHOLE if until is None else PUBLIC
    row |= {"name": fund.name, "pack": fund.pack, "unit": fund.unit, "opened_on": fund.opened_on.isoformat()}
    row["closed_on"] = fund.closed_on.isoformat() if fund.closed_on else None
    row["until"] = until.isoformat() if until else None
    return row


def _accounts(fund: Fund, until: dt.date | None) -> Iterator[dict[str, Any]]:
    """As they stand now; in the public file as they stood on the last closed day, where no floor is told."""
    found = queries.statement(fund, fund.opened_on, until).rows if until else ()
    closing = {row.account.pk: rules.natural(row.account.kind, row.closing) for row in found}
    sums = queries.held_by_line(fund)
    persons = queries.kind_of(fund).persons_lines
    for one in queries.lines_of(fund):
        row: dict[str, Any] = {"type": "account", "code": one.code, "name": one.name, "kind": one.kind}
        row["balance"] = sums[one.line] if until is None else closing[one.pk]
        ceiling = None if one.line in persons else one.ceiling
        yield row | ({"floor": one.floor, "ceiling": ceiling} if until is None else {})


def _entries(fund: Fund, until: dt.date | None) -> Iterator[dict[str, Any]]:
    found = fund.entries.select_related("approval", "reverses").order_by("sequence")
    lines = Posting.objects.filter(entry__fund=fund).order_by("entry__sequence", "pk")
    codes = dict(queries.lines_of(fund).values_list("line", "code"))
    values = lines.values_list("entry_id", "account__line", "amount")
    by_entry = {
        key: [[codes[line], amount] for _id, line, amount in group]
        for key, group in groupby(values, key=lambda row: row[0])
    }
    for entry in found:
        if until is None or (queries.state_of(entry) == Verdict.APPROVED and entry.on <= until):
            yield _entry(entry, by_entry[entry.pk], until is None)
        else:
            yield {"type": "entry", "sequence": entry.sequence, "number": entry.number, "state": "held_back"}


def _entry(entry: LedgerEntry, lines: list[list[Any]], whole: bool) -> dict[str, Any]:
    decided = getattr(entry, "approval", None)
    row: dict[str, Any] = {"type": "entry", "sequence": entry.sequence, "number": entry.number}
    row |= {"state": queries.state_of(entry), "on": entry.on.isoformat(), "movement": entry.movement}
    row |= {"narration": entry.narration, "amount": entry.amount, "lines": lines, "decision": entry.decision}
    row |= {"reverses": entry.reverses.number if entry.reverses else None, "needs_second": entry.needs_second}
    row["people"] = len({entry.proposer_id, decided.by_id}) if decided else 1
    row["decided_at"] = decided.at.isoformat() if decided else None
    return row | ({"about": entry.about, "vouchers": entry.facts.get("papers", [])} if whole else {})


def _period(one: BookPeriod) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "period", "span": one.span, "first": one.first.isoformat()}
    row |= {"last": one.last.isoformat(), "totals": {name: one.totals.get(name, 0) for name in _TOTALS}}
    row["people"] = len({one.proposed_by_id, one.closed_by_id})
    row["closed_at"] = one.closed_at.isoformat() if one.closed_at else None
    return row
