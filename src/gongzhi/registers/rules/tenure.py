"""Shares, areas, heads and papers of those who own or live somewhere. Pure; fractions exact, areas in 0.01 m².

民法典 271, 298–299, 308; 建筑物区分所有权解释 1, 8, 9 (河南省物业管理条例 92, 93 in the same words). The numbers and
the kinds of proof are in the law pack `cn.owners`.
"""

import datetime as dt
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

WHOLE = Fraction(1)
AREA_SOURCES = ("registered", "measured", "contract")
MOST_DENOMINATOR = 1_000_000
LARGEST_AREA = 10_000_000  # 100,000 m², in hundredths
_AREA = re.compile(r"(\d{1,6})(?:\.(\d{1,2})0*)?")


@dataclass(frozen=True, slots=True)
class Proof:
    """One kind of proof: for which capacities it is meant, whether it is enough, and how it comes.

    `paper`: a photo has to be there; `by_owner`: an owner of the same dwelling says so; `office`: only staff may.
    """

    code: str
    name: str
    capacities: tuple[str, ...]
    sufficient: bool
    paper: bool
    basis: str
    confidence: str
    why: str = ""
    by_owner: bool = False
    office: bool = False
    number: bool = False


def read_area(text: str) -> int:
    """The text "89.5" → 8950, exactly; raises Refused `bad_area` for what is no area or has more than two decimals."""
    found = _AREA.fullmatch(text.strip().removesuffix("㎡").removesuffix("m²").removesuffix("平方米").strip())
    hundredths = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else 0
    if not 0 < hundredths <= LARGEST_AREA:
        raise Refused(
            "bad_area", N_("面积写成 89.12 这样，单位平方米，最多两位小数，现在是“{value}”。"), value=text, field="area"
        )
    return hundredths


def write_area(hundredths: int) -> str:
    """8950 → "89.50"."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@dataclass(frozen=True, slots=True)
class Area:
    """The area that counts, in hundredths of m², and where it comes from; None and "" when none is known."""

    hundredths: int | None
    source: str = ""


def counted_area(known: Mapping[str, int | None], order: Sequence[str] = AREA_SOURCES) -> Area:
    """The first of the sources that is known: register, else measured, else contract (解释 8)."""
    for source in order:
        if (value := known.get(source)) is not None:
            return Area(value, source)
    return Area(None)


def read_share(text: str) -> Fraction | None:
    """The text "1/2", "50%", "全部" → a fraction; "" and "共同共有" → None (joint). Raises Refused `bad_share`."""
    text = text.strip().replace("／", "/").replace("％", "%")
    if text in ("", "共同共有", "共同"):
        return None
    if text in ("全部", "单独", "单独所有"):
        return WHOLE
    try:
        share = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= WHOLE or share.denominator > MOST_DENOMINATOR:
        raise Refused("bad_share", N_("份额写成 1/2 或 50%，最多到 1。现在是“{value}”。"), value=text, field="share")
    return share


def shares_state(shares: Iterable[Fraction | None]) -> str:
    """Of the owners of one dwelling in force: "none", "short", "complete" or "over"; None is a joint owner.

    Joint owners hold together what stated shares leave; something has to be left.
    """
    every = list(shares)
    stated = sum((share for share in every if share is not None), Fraction(0))
    joint = any(share is None for share in every)
    if not every:
        return "none"
    if stated > WHOLE or (joint and stated == WHOLE):
        return "over"
    return "complete" if joint or stated == WHOLE else "short"


def check_shares(held: Iterable[Fraction | None], new: Fraction | None) -> None:
    """Raises Refused `shares_over` when the owners of a dwelling would hold more than the whole."""
    every = [*held, new]
    if shares_state(every) != "over":
        return
    stated = sum((share for share in every if share is not None), Fraction(0))
    raise Refused(
        "shares_over",
        N_("这一户业主的份额加起来是 {sum}，超过了整套。先核对：是不是该转让，或者份额写错了。"),
        sum=str(stated),
        field="share",
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """One exclusive unit for counting: its owners in force (any order) and its area; no owner: unknown."""

    code: str
    owners: frozenset[Hashable]
    area: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The base of a vote: exact integers. `heads` and `area` hold units without a known owner too.

    Units whose area is unknown are counted in `without_area`, units without owner in `without_owner`.
    """

    units: int
    heads: int
    area: int
    without_owner: int
    without_area: int


def head_key(unit: Unit) -> Hashable:
    """Units with the same key are one head: the same owners (解释 9: 同一买受人; the developer is one such owner).

    Several owners of one unit are one head; a unit whose owner is unknown is a head of its own (一个专有部分按一人).
    """
    return unit.owners or unit.code


def totals_of(units: Iterable[Unit]) -> Totals:
    """Heads and area of a compound (解释 8, 9)."""
    every = list(units)
    return Totals(
        units=len(every),
        heads=len({head_key(unit) for unit in every}),
        area=sum(unit.area or 0 for unit in every),
        without_owner=sum(not unit.owners for unit in every),
        without_area=sum(unit.area is None for unit in every),
    )


def proofs_in(rules: Iterable[Any]) -> dict[str, Proof]:
    """The kinds of proof of a law pack's rules (`proof.…`), by code."""
    found = {}
    for rule in rules:
        if rule.code.startswith("proof."):
            params, code = rule.params, rule.code.removeprefix("proof.")
            basis = f"{rule.source}{rule.article}"
            found[code] = Proof(
                code,
                params["name"],
                tuple(params["capacities"]),
                params["sufficient"],
                params["paper"],
                basis,
                rule.confidence or "L",
                params.get("why", ""),
                params.get("by_owner", False),
                params.get("office", False),
                params.get("number", False),
            )
    return found


def check_proof(proofs: Mapping[str, Proof], code: str, capacity: str, *, papers: int) -> None:
    """Whether this proof is enough for this capacity. Raises Refused `proof_kind`, `proof_short`, `paper_missing`."""
    proof = proofs.get(code)
    if proof is None or capacity not in proof.capacities:
        raise Refused("proof_kind", N_("这种证明不适用。请从列表里选一种。"), field="proof")
    if not proof.sufficient:
        raise Refused("proof_short", N_("{name}还不够：{why}"), name=proof.name, why=proof.why, field="proof")
    if proof.paper and not papers:
        raise Refused("paper_missing", N_("还差照片：请拍下{name}。"), name=proof.name, field="photos")


def check_period(valid_from: dt.date, today: dt.date, expires_on: dt.date | None, most_days: int) -> None:
    """A tenure begins today or before and ends after it begins. Raises Refused `starts_later`, `ends_before`, …"""
    if valid_from > today:
        raise Refused("starts_later", N_("开始的日子还没到。到那天再来登记。"), field="since")
    if expires_on is None:
        return
    if expires_on <= max(valid_from, today):
        raise Refused("ends_before", N_("到期的日子要在今天以后。"), field="until")
    if expires_on > today + dt.timedelta(days=most_days):
        raise Refused(
            "ends_too_late",
            N_("到期的日子最远写到 {days} 天后。到期前会提醒您，续一次就好。"),
            days=most_days,
            field="until",
        )


def check_heads(heads: int | None, most: int) -> None:
    """A number of people nobody names. Raises Refused `bad_heads`."""
    if heads is None or not 1 <= heads <= most:
        raise Refused("bad_heads", N_("人数写 1 到 {most}。"), most=most, field="heads")


def check_four_eyes(declared_by: str, decides: str, holder: str, household: Collection[str]) -> None:
    """Nobody approves what they declared, what is about themselves, or their own household.

    Raises Refused `four_eyes`.
    """
    if decides in {declared_by, holder, *household}:
        raise Refused("four_eyes", N_("自己家的、自己登记的，要由另一位同事来审。"))


def in_force(
    on: dt.date, valid_from: dt.date, valid_to: dt.date | None, expires_on: dt.date | None = None
) -> bool:
    """Whether a tenure holds on a day: [valid_from, valid_to), and not past its contract."""
    ends = min((day for day in (valid_to, expires_on) if day is not None), default=None)
    return valid_from <= on and (ends is None or on < ends)


def speaks_for(members: Collection[int], choices: Mapping[int, int | None]) -> int | None:
    """The tenure that every named member of the household has chosen, else None."""
    chosen = {choices.get(member) for member in members}
    only = chosen.pop() if len(chosen) == 1 else None
    return only if only in members else None
