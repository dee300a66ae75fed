#!/usr/bin/env python3
"""Add a fund's books up again without Gongzhi: one file, the standard library only, Python 3.11 or newer.

    python3 tools/check_ledger.py books.jsonl [--seal HEX] [--json]

Says in Chinese and English what is wrong; ends with 0 (right), 1 (wrong) or 2 (unreadable). The format is written down
in docs/reference/ledger-files.md; this program shares no code with the one that makes the files.
"""

import argparse
import datetime
import hashlib
import json
import sys

FORMAT = "gongzhi-ledger-1"
STATES = {"approved", "refused", "withdrawn", "waiting", "held_back"}
KINDS = {"assets", "expenses", "liabilities", "income", "equity"}
SUMS = ("opening", "income", "expense", "other", "closing", "entries")
SAID = {
    "chain": ("这一行和前面接不上，文件被改过、少了行或换了顺序", "changed, missing or moved lines"),
    "end": ("文件没有完整的结尾", "the file has no proper end"),
    "seal": ("和另外给的校验码不一样", "not the seal that was given"),
    "shape": ("这一行的写法不对", "this line is not written as it should be"),
    "order": ("行的顺序不对，或者同一个编号出现两次", "lines out of order, or something twice"),
    "sequence": ("编号不连续，少了或多了一笔", "the numbers have a gap or one is there twice"),
    "account": ("用了这本账没有的账户", "an account that these books do not have"),
    "not_balanced": ("借和贷不相等", "debits and credits differ"),
    "amount": ("金额和各行合不上", "the amount is not what its lines come to"),
    "two_people": ("该由两个人经手，只有一个人", "two people were needed and there was one"),
    "decided": ("记入没有时间，或者没记入却有时间", "decided without a time, or a time without a decision"),
    "before_opening": ("日期早于开账那天", "a day before the books were opened"),
    "after_until": ("日期晚于公开的最后一天", "a day after the last public one"),
    "reversal": ("冲销的不是前面已记入的一笔，或者对不上，或者冲销了两次", "it does not undo one earlier entry, once"),
    "balance": ("账户余额和各笔加起来不一样", "the balance is not the sum of its lines"),
    "floor": ("账户低于下限", "an account is below its floor"),
    "ceiling": ("账户高于上限", "an account is above its ceiling"),
    "period_gap": ("结账的各期不相接", "closed periods do not follow each other"),
    "period_totals": ("结账时的合计和现在加起来不一样", "a closed period's sums are not those of its entries"),
    "period_changed": ("结账以后又往里面记了账", "an entry was approved into a period after it was closed"),
}


class Unreadable(Exception):
    """Nothing can be checked."""


def unique(pairs):
    """A key twice would let two readers see two things."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def whole_only(text):
    raise ValueError("not whole: " + text)


def read(data):
    """The rows of a file; Unreadable where it is none of ours."""
    rows = []
    for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
        if line.strip():
            row = json.loads(line, object_pairs_hook=unique, parse_float=whole_only, parse_constant=whole_only)
            if not isinstance(row, dict):
                raise Unreadable(f"line {number}")
            rows.append((number, row))
    if not rows or rows[0][1].get("type") != "fund" or rows[0][1].get("format") != FORMAT:
        raise Unreadable("not a gongzhi-ledger-1 file")
    return rows


# --- shapes -------------------------------------------------------------------------------------------------------


def is_whole(value):
    return type(value) is int


def is_day(value):
    try:
        return isinstance(value, str) and datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_moment(value):
    try:
        return isinstance(value, str) and datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_lines(value):
    pairs = isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value)
    return pairs and all(isinstance(code, str) and is_whole(amount) and amount for code, amount in value)


def fund_fits(row):
    days = is_day(row.get("opened_on")) and (row.get("until") is None or is_day(row["until"]))
    return days and row.get("scope") in ("whole", "public") and (row["scope"] == "public") == bool(row.get("until"))


def account_fits(row):
    limits = all(row.get(name) is None or is_whole(row[name]) for name in ("floor", "ceiling"))
    return isinstance(row.get("code"), str) and row.get("kind") in KINDS and is_whole(row.get("balance")) and limits


def entry_fits(row):
    if not is_whole(row.get("sequence")) or not isinstance(row.get("number"), str) or row.get("state") not in STATES:
        return False
    if row["state"] == "held_back":
        return set(row) <= {"type", "sequence", "number", "state", "chain"}
    facts = is_day(row.get("on")) and is_whole(row.get("amount")) and is_lines(row.get("lines"))
    when = row.get("decided_at") is None or is_moment(row["decided_at"])
    return facts and when and is_whole(row.get("people")) and isinstance(row.get("needs_second"), bool)


def period_fits(row):
    days = is_day(row.get("first")) and is_day(row.get("last")) and is_moment(row.get("closed_at"))
    sums = row.get("totals")
    return days and isinstance(sums, dict) and all(is_whole(sums.get(n)) for n in SUMS) and is_whole(row.get("people"))


FITS = {"fund": fund_fits, "account": account_fits, "entry": entry_fits, "period": period_fits}
ORDER = {"fund": 0, "account": 1, "entry": 2, "period": 3, "end": 4}


# --- the checks: each gives (code, where) -------------------------------------------------------------------------


def check_chain(rows):
    """The first line that does not follow the one before."""
    before = ""
    for number, row in rows:
        plain = {name: value for name, value in row.items() if name != "chain"}
        canon = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256(f"{before}\n{canon}".encode()).hexdigest()
        if row.get("chain") != before:
            yield "chain", f"line {number}"
            return


def check_shapes(rows):
    kinds = [ORDER.get(row.get("type"), -1) for _, row in rows]
    if kinds != sorted(kinds) or kinds.count(0) != 1:
        yield "order", "lines"
    last = rows[-1][1]
    if kinds[-1] != 4 or kinds.count(4) != 1 or last.get("lines") != len(rows) - 1:
        yield "end", f"line {rows[-1][0]}"
    for number, row in rows:
        fits = FITS.get(row.get("type"))
        if row.get("type") != "end" and (fits is None or not fits(row)):
            yield "shape", f"line {number}"


def check_numbers(fund, entries):
    for place, row in enumerate(entries, 1):
        if row["sequence"] != place or row["number"] != f"{fund.get('number')}-{place:04d}":
            yield "sequence", row["number"]
            return


def check_entry(fund, codes, row):
    amounts = [amount for _, amount in row["lines"]]
    if any(code not in codes for code, _ in row["lines"]):
        yield "account", row["number"]
    if len(amounts) < 2 or sum(amounts) != 0:
        yield "not_balanced", row["number"]
    if row["amount"] <= 0 or sum(amount for amount in amounts if amount > 0) != row["amount"]:
        yield "amount", row["number"]
    if (row["decided_at"] is None) != (row["state"] == "waiting"):
        yield "decided", row["number"]
    if row["state"] == "approved" and (row["needs_second"] or row.get("reverses")) and row["people"] != 2:
        yield "two_people", row["number"]
    if row["on"] < fund["opened_on"]:
        yield "before_opening", row["number"]
    if fund["until"] is not None and (row["on"] > fund["until"] or row["state"] != "approved"):
        yield "after_until", row["number"]


def check_reversals(entries):
    """One undoing of an earlier entry that counts, the same lines the other way round."""
    known, undone = {row["number"]: row for row in entries}, set()
    for row in entries:
        name = row.get("reverses")
        if name is None:
            continue
        first = known.get(name)
        right = first is not None and first["sequence"] < row["sequence"] and first["state"] == "approved"
        right = right and first.get("reverses") is None
        turned = sorted([code, -amount] for code, amount in row["lines"])
        if not right or turned != sorted(first["lines"]) or (row["state"] == "approved" and name in undone):
            yield "reversal", row["number"]
        if row["state"] == "approved":
            undone.add(name)


def check_balances(accounts, counted):
    sums = {row["code"]: 0 for row in accounts}
    for entry in counted:
        for code, amount in entry["lines"]:
            sums[code] = sums.get(code, 0) + amount
    for row in accounts:
        if sums[row["code"]] != row["balance"]:
            yield "balance", row["code"]
        if row.get("floor") is not None and row["balance"] < row["floor"]:
            yield "floor", row["code"]
        if row.get("ceiling") is not None and row["balance"] > row["ceiling"]:
            yield "ceiling", row["code"]


def totals(kinds, counted, first, last):
    """What a period's sums have to be, from the lines: income grows by credits."""
    def moved(kind, begin, end):
        within = (row for row in counted if begin <= row["on"] <= end)
        return sum(amount for row in within for code, amount in row["lines"] if kinds.get(code) == kind)

    before = (datetime.date.fromisoformat(first) - datetime.timedelta(days=1)).isoformat()
    opening, closing = moved("assets", "", before), moved("assets", "", last)
    income, expense = -moved("income", first, last), moved("expenses", first, last)
    other = closing - opening - income + expense
    count = sum(1 for row in counted if first <= row["on"] <= last)
    return dict(zip(SUMS, (opening, income, expense, other, closing, count), strict=True))


def check_periods(accounts, counted, periods, until):
    kinds, ended = {row["code"]: row["kind"] for row in accounts}, None
    for row in periods:
        if row["people"] != 2:
            yield "two_people", row["span"]
        day = datetime.date.fromisoformat(row["first"])
        if row["last"] < row["first"] or (ended is not None and day - datetime.timedelta(days=1) != ended):
            yield "period_gap", row["span"]
        ended = datetime.date.fromisoformat(row["last"])
        if totals(kinds, counted, row["first"], row["last"]) != {name: row["totals"][name] for name in SUMS}:
            yield "period_totals", row["span"]
        closed = datetime.datetime.fromisoformat(row["closed_at"])
        for entry in counted:
            late = row["first"] <= entry["on"] <= row["last"] and entry["decided_at"] is not None
            if late and datetime.datetime.fromisoformat(entry["decided_at"]) > closed:
                yield "period_changed", entry["number"]
    if until is not None and (ended is None or ended.isoformat() != until):
        yield "period_gap", until


def failures(rows, seal=""):
    """Everything that is wrong; arithmetic only where every line can be read."""
    found = list(check_chain(rows))
    if seal and rows[-1][1].get("chain") != seal.strip().lower():
        found.append(("seal", f"line {rows[-1][0]}"))
    bad = list(check_shapes(rows))
    found += bad
    if any(code == "shape" for code, _ in bad):
        return found
    fund = rows[0][1]
    of = {kind: [row for _, row in rows if row["type"] == kind] for kind in ORDER}
    accounts, entries, periods = of["account"], of["entry"], of["period"]
    codes = [row["code"] for row in accounts]
    if len(set(codes)) != len(codes):
        found.append(("order", "accounts"))
    found += check_numbers(fund, entries)
    told = [row for row in entries if row["state"] != "held_back"]
    if fund["scope"] == "whole" and len(told) != len(entries):
        found.append(("shape", "held_back"))
    for row in told:
        found += check_entry(fund, set(codes), row)
    counted = [row for row in told if row["state"] == "approved"]
    found += check_reversals(told)
    found += check_balances(accounts, counted)
    found += check_periods(accounts, counted, periods, fund["until"])
    return found


def say(rows, found, as_json):
    if as_json:
        listed = [{"code": code, "where": where} for code, where in found]
        seal = rows[-1][1].get("chain")
        print(json.dumps({"valid": not found, "failures": listed, "seal": seal}, ensure_ascii=False))
        return
    for code, where in found:
        print(f"{where}：{SAID[code][0]}。 | {SAID[code][1]}. [{code}]")
    if not found:
        print(f"对得上：{len(rows)} 行，每一笔、每个余额、每一期都重新加过。")
        print(f"Right: {len(rows)} lines, every entry, balance and period added up again.")
        print(f"校验码 | seal: {rows[-1][1]['chain']}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--seal", default="", help="the last line's chain, got by another way")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as file:
            rows = read(file.read())
    except (OSError, ValueError, RecursionError, Unreadable) as error:
        print(f"读不了这个文件 | cannot read this file: {error}", file=sys.stderr)
        return 2
    found = failures(rows, given.seal)
    say(rows, found, given.json)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
