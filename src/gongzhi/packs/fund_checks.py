"""What a well-typed kind of fund can still get wrong. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.fund_contents import (
    DONATE,
    EARN,
    EXPIRE,
    GIVE_BACK,
    HONOUR,
    REDEEM,
    SOURCES,
    TAKEN_FOR,
    TRANSFER,
    AccountLine,
    Earn,
    FundPack,
    Host,
    Movement,
    Persons,
    Purpose,
)

# Raising a matter, a dispute, a debt: never a reason for points, more or less (privacy: no social score).
_NEVER = re.compile(
    "信访|上访|投诉|举报|诉求|12345|热线|诉讼|起诉|官司|纠纷|调解|欠|债|缴费|交费|收费|物业费|罚|扣|征信"
    "|petition|complaint|case|dispute|lawsuit|fee|debt|arrears|payment|penalty",
    re.IGNORECASE,
)

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
    yield from _persons(pack)


def _twice(path: str, entries: Sequence[Host | Purpose | AccountLine | Movement | Earn]) -> Found:
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


def _persons(pack: FundPack) -> Found:
    """Accounts of persons: only of points and minutes, for good deeds only, and with every movement they need."""
    lines = {one.code: one for one in pack.accounts if one.each == "person"}
    if pack.persons is None:
        if lines:
            yield "$.persons", N_('有个人账户（each = "person"），就要写 [persons]'), {}
        return
    if pack.unit == "fen":
        yield "$.unit", N_("钱不记到个人头上：个人账户只能是 points 或 minutes"), {}
    for i, line in enumerate(pack.accounts):
        if line.each == "person" and (line.kind != "assets" or line.floor != 0 or i == 0):
            yield f"$.accounts[{i}]", N_("个人账户是 assets，floor 写 0，不能是第一个"), {}
    if pack.persons.spends not in lines:
        yield "$.persons.spends", N_("{where} 里没有 {code}"), {"where": "accounts", "code": pack.persons.spends}
    if pack.persons.lasts_months and pack.persons.ends_with_year:
        yield "$.persons.lasts_months", N_("到期只写一种：几个月，或者年底"), {}
    yield from _twice("$.persons.earns", pack.persons.earns)
    for i, earn in enumerate(pack.persons.earns):
        yield from _earn(f"$.persons.earns[{i}]", earn, lines)
    held = {one.code for one in pack.movements}
    for code in sorted(_needed(pack.persons) - held):
        yield "$.movements", N_("{where} 里没有 {code}"), {"where": "movements", "code": code}


def _earn(path: str, earn: Earn, lines: dict[str, AccountLine]) -> Found:
    if earn.gives <= 0:
        yield f"{path}.gives", N_("积分只加不扣：gives 要大于 0"), {}
    if earn.line not in lines:
        yield f"{path}.line", N_("{where} 里没有 {code}"), {"where": "accounts", "code": earn.line}
    if earn.origin not in SOURCES:
        message = N_("积分只能来自 {sources}；反映问题、纠纷、欠费、缴费都不能算")
        yield f"{path}.origin", message, {"sources": "、".join(SOURCES)}
    for name in ("code", "name", "origin"):
        if found := _NEVER.search(getattr(earn, name)):
            message = N_("“{word}”不能和积分挂钩：反映问题、纠纷、欠费、缴费，既不加也不扣")
            yield f"{path}.{name}", message, {"word": found.group()}


def _needed(persons: Persons) -> set[str]:
    found = {EARN, REDEEM, GIVE_BACK, EXPIRE}
    if any(one.line != persons.spends for one in persons.earns):
        found.add(HONOUR)
    if persons.to_relatives:
        found.add(TRANSFER)
    if persons.most_kept or "donate" in persons.leaving:
        found.add(DONATE)
    return found
