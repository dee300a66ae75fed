"""Which fact stands, what a value may be, and how much asking a form saves. Pure.

A fact that quotes others confirms, corrects or chooses among them: somebody looked at what was known, so nothing
recorded before it speaks any more. Of what still speaks, the newest of each source counts; where two sources say
different things nobody is believed silently, both are shown until somebody chooses.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.packs.field_contents import FieldDef

LONGEST_TEXT = 300
LARGEST_NUMBER = 10**9
YES, NO = "yes", "no"


def _bad(field: FieldDef, message: str, **facts: Any) -> Refused:
    return Refused("bad_value", message, name=field.name, field=field.code, **facts)


def canonical(field: FieldDef, given: str) -> Any:
    """The one form in which a value is kept: text, int, bool, ISO date, or a decimal as text.

    Raises Refused `bad_value`, saying what the field takes.
    """
    text = tidy(given).replace("\n", " ")
    if not text:
        raise _bad(field, N_("“{name}”还没有填。"))
    if field.kind == "yes_no":
        return _yes_no(field, text)
    if field.kind == "choice":
        if text not in field.options:
            raise _bad(field, N_("“{name}”只能选：{options}。"), options="、".join(field.options))
        return text
    if field.kind == "date":
        return _date(field, text)
    if field.kind in ("integer", "count", "decimal"):
        return _number(field, text)
    if len(text) > LONGEST_TEXT:
        raise _bad(field, N_("“{name}”最多写 {most} 个字。"), most=LONGEST_TEXT)
    return text


def _yes_no(field: FieldDef, text: str) -> bool:
    if text in (YES, "是", "有", "true", "True"):
        return True
    if text in (NO, "否", "没有", "无", "不", "false", "False"):
        return False
    raise _bad(field, N_("“{name}”请选是或否。"))


def _date(field: FieldDef, text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise _bad(field, N_("“{name}”的日期写成 2026-03-18 这样。")) from None


def _number(field: FieldDef, text: str) -> int | str:
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number) > LARGEST_NUMBER:
            raise InvalidOperation
    except InvalidOperation:
        raise _bad(field, N_("“{name}”请写一个数。")) from None
    if field.kind == "decimal":
        return format(number.normalize(), "f")
    if number != number.to_integral_value():
        raise _bad(field, N_("“{name}”请写整数。"))
    if field.kind == "count" and number < 0:
        raise _bad(field, N_("“{name}”不能是负数。"))
    return int(number)


def raw(value: Any) -> str:
    """A kept value as a form sends it."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Said:
    """One fact as the rules see it."""

    id: int
    value: Any
    source: str
    observed_on: dt.date
    quotes: tuple[int, ...] = ()
    how: str = "asked"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is held of one field of one subject: the fact, and all that disagree where two sources do."""

    fact: Said
    disputed: tuple[Said, ...] = ()

    @property
    def sure(self) -> bool:
        return not self.disputed


def standing(facts: Iterable[Said]) -> Standing | None:
    """Which fact stands; None where nothing is known. Newer days first, then later entries."""
    known = list(facts)
    looked = max((fact.id for fact in known if fact.quotes), default=0)
    speaking = sorted((f for f in known if f.id >= looked), key=lambda f: (f.observed_on, f.id), reverse=True)
    if not speaking:
        return None
    newest: dict[str, Said] = {}
    for fact in speaking:
        newest.setdefault(fact.source, fact)
    last = list(newest.values())
    differing = tuple(last) if any(fact.value != last[0].value for fact in last) else ()
    return Standing(speaking[0], differing)


@dataclass(frozen=True, slots=True)
class Held:
    """How much of a form the store answers already: 已有 N/M 项."""

    known: int
    asked: int

    @property
    def left(self) -> int:
        return self.asked - self.known


def held(codes: Sequence[str], found: Mapping[str, Standing]) -> Held:
    """What is disputed is asked again."""
    return Held(sum(1 for code in codes if code in found and found[code].sure), len(codes))


def seconds_saved(prefilled: int, seconds_per_field: int) -> int:
    """Answers that nobody had to ask for × how long one takes."""
    return prefilled * seconds_per_field


def hours(seconds: int) -> str:
    """Seconds as hours with one digit, rounded half up."""
    tenths = (seconds * 10 + 1800) // 3600
    return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class Burden:
    """What one unit's forms cost those who answer: asked, and what the store answered instead."""

    unit: str
    forms: int
    asked: int
    avoided: int

    @property
    def percent_avoided(self) -> int | None:
        """Of all answers the share that nobody was asked for, in whole percent; None without answers."""
        whole = self.asked + self.avoided
        return math.floor(self.avoided * 100 / whole + 0.5) if whole else None


def check_recheck(*, checker: str, recorders: Collection[str]) -> None:
    """A second person asks again. Raises Refused `own_answer`."""
    if checker in recorders:
        raise Refused("own_answer", N_("这一项是您自己填的，要换一个人来抽查。"))


def agrees(field: FieldDef, first: Any, second: str) -> bool:
    """Whether asking again brought the same. Raises Refused `bad_value`."""
    return bool(canonical(field, second) == first)
