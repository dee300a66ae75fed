"""What a well-typed kind of fund can still get wrong. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.fund_contents import TAKEN_FOR, AccountLine, FundPack, Host, Movement, Purpose

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def funds_problems(pack: FundPack) -> Found:
    """Codes twice, accounts that do not exist, gifts taken here, points taken away as a punishment."""
    if pack.raising:
        yield "$.raising", N_("这里不募捐：公开募捐要有资格，网上募捐只能在指定的平台（慈善法第22、26、27条）"), {}
    for name in ("hosts", "purposes", "accounts", "movements"):
        yield from _twice(f"$.{name}", getattr(pack, name))
    if pack.accounts[0].kind != "assets":
        yield "$.accounts[0].kind", N_("第一个账户是这个账本自己的，kind 要写 assets"), {}
    purposes = {one.code for one in pack.purposes}
    for i, line in enumerate(pack.accounts):
        yield from _account(f"$.accounts[{i}]", line, purposes)
    for i, movement in enumerate(pack.movements):
        yield from _movement(f"$.movements[{i}]", movement, pack)
    if pack.alarm is not None and not 0 < Fraction(pack.alarm.share) < 1:
        yield "$.alarm.share", N_("比例要大于 0、小于 1，比如 3/10"), {}


def _twice(path: str, entries: Sequence[Host | Purpose | AccountLine | Movement]) -> Found:
    counted = Counter[str]()
    for i, entry in enumerate(entries):
        counted[entry.code] += 1
        if counted[entry.code] > 1:
            yield f"{path}[{i}].code", N_("{code} 写了两次"), {"code": entry.code}


def _account(path: str, line: AccountLine, purposes: set[str]) -> Found:
    if line.purpose and line.purpose not in purposes:
        yield f"{path}.purpose", N_("{where} 里没有 {code}"), {"where": "purposes", "code": line.purpose}
    if isinstance(line.floor, int) and isinstance(line.ceiling, int) and line.ceiling <= line.floor:
        yield f"{path}.ceiling", N_("上限要高于下限"), {}


def _movement(path: str, movement: Movement, pack: FundPack) -> Found:
    kinds = {one.code: one.kind for one in pack.accounts}
    for side in ("credit", "debit"):
        for j, code in enumerate(getattr(movement, side)):
            if code not in kinds:
                yield f"{path}.{side}[{j}]", N_("{where} 里没有 {code}"), {"where": "accounts", "code": code}
    if movement.emergency and movement.decision:
        yield f"{path}.emergency", N_("应急的那一条不写 decision：它就是不等决定先用"), {}
    taken = "expenses" in {kinds.get(code) for code in movement.debit}
    if pack.unit == "points" and taken and movement.code not in TAKEN_FOR:
        yield f"{path}.code", N_("积分只能兑换（redeem）和到期（expire），不能罚"), {}
