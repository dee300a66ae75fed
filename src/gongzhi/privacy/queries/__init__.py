"""Reads of the register: what is done now, what the public may read of it, what waits for an assessment."""

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import LawPack, Rule
from gongzhi.privacy import rules
from gongzhi.privacy.models import ProcessingActivity

SHIPPED, NUMBERS = "cn.processing", "cn.privacy"


def numbers(on: dt.date) -> LawPack:
    """The numbers of the law in force on a day; raises NotFound `no_pack_in_force`."""
    return packs.law(NUMBERS, on)


def number(code: str, name: str, on: dt.date) -> int:
    return int(numbers(on).params(code)[name])


def shipped(on: dt.date) -> tuple[Rule, ...]:
    """The activities that the product itself does, as its pack describes them."""
    return packs.law(SHIPPED, on).rules


def current() -> QuerySet[ProcessingActivity]:
    """The newest version of every activity."""
    return ProcessingActivity.objects.filter(valid_to__isnull=True).select_related("unit").order_by("-level", "id")


def register_for(actor: Actor) -> QuerySet[ProcessingActivity]:
    """The whole register, for those who answer for it and those who audit it."""
    if not actor.paths_for("privacy.read"):
        require(actor, "privacy.manage")
    return current()


def get_activity(code: str, *, lock: bool = False) -> ProcessingActivity:
    """Raises NotFound `no_activity`."""
    rows = ProcessingActivity.objects.filter(code=code, valid_to__isnull=True)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound("no_activity", N_("登记里没有这一项处理活动。"))
    return row


def versions_of(code: str) -> QuerySet[ProcessingActivity]:
    return ProcessingActivity.objects.filter(code=code).order_by("-version")


@dataclass
class _Known:
    """What is in use, remembered for a few seconds: every report asks, and a switch is thrown once in a year."""

    rows: dict[str, tuple[str, bool]] = field(default_factory=dict)
    until: float = 0.0


_FRESH_SECONDS = 5.0
_known = _Known()


def forget_activities(**_signal: Any) -> None:
    """Look again; this process does so whenever a row of the register is written or deleted."""
    _known.until = 0.0


def not_in_use(code: str) -> str:
    """The title of an activity that may not be done now, "" for one that may (common.registry.check_activity).

    What is not registered is not done either; before the register is entered at all, nothing is held back. Another
    process knows of a switch after at most five seconds.
    """
    if time.monotonic() >= _known.until:
        rows = current().values_list("code", "title", "in_use")
        _known.rows = {known: (title, in_use) for known, title, in_use in rows}
        _known.until = time.monotonic() + _FRESH_SECONDS
    if code not in _known.rows:
        return code if _known.rows else ""
    title, in_use = _known.rows[code]
    return "" if in_use else title


def waiting() -> QuerySet[ProcessingActivity]:
    """Activities that need an assessment and are not in use: the officer's work."""
    return current().filter(needs_assessment=True, in_use=False)


@dataclass(frozen=True, slots=True)
class Covered:
    """One column or table that an activity names."""

    activity: str
    what: str
    level: str
    column: str


def coverage(rows: "list[Rule] | tuple[Rule, ...]") -> list[Covered]:
    """Every column named by shipped activities, with its level."""
    return [
        Covered(rule.code, kind["what"], kind["level"], column)
        for rule in rows
        for kind in rule.params["categories"]
        for column in kind["columns"]
    ]


def level_of(column: str, on: dt.date) -> str:
    """The level of a column ("cases.Reporter.contact"): the highest that an activity gives it or its table."""
    table = column.rpartition(".")[0]
    found = [one.level for one in coverage(shipped(on)) if one.column in (column, table)]
    if not found:
        raise Refused("not_classified", N_("{column} 还没有分级。请先登记。"), column=column)
    return rules.highest(found)
