"""What a well-typed pack of schedule rules or a paper template can still get wrong. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.schedule_contents import PaperField, PaperPack, Schedule, SchedulesPack

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]
_NEEDED = {"holder": "roles", "organization": "organizations", "place": "level", "told": "of"}
_TOLD = ("before_expiry", "once")


def _twice(path: str, entries: Iterable[Schedule | PaperField]) -> Found:
    counted = Counter[str]()
    for i, entry in enumerate(entries):
        counted[entry.code] += 1
        if counted[entry.code] > 1:
            yield f"{path}[{i}].code", N_("{code} 写了两次"), {"code": entry.code}


def schedules_problems(pack: SchedulesPack) -> Found:
    """Rules without the one whom they bind, expiries without a notice, ladders out of order."""
    yield from _twice("$.schedules", pack.schedules)
    for i, rule in enumerate(pack.schedules):
        yield from _schedule(f"$.schedules[{i}]", rule)


def _schedule(path: str, rule: Schedule) -> Found:
    needed = _NEEDED.get(rule.per, "")
    if needed and not getattr(rule, needed):
        yield path, N_("per 是 {per} 时要写 {key}"), {"per": rule.per, "key": needed}
    if rule.every in _TOLD and rule.per != "told":
        yield f"{path}.every", N_("到期前的和只办一次的，per 要写 told"), {}
    if rule.per == "told" and rule.every not in _TOLD:
        yield f"{path}.per", N_("按周期的，per 不能写 told"), {}
    if (rule.every == "before_expiry") != bool(rule.before):
        yield f"{path}.before", N_("到期前的要写提前几天，别的不写"), {}
    if rule.due_day and rule.due_after:
        yield f"{path}.due_day", N_("due_day 和 due_after 只写一个"), {}
    days = [step.days for step in rule.alarms]
    if days != sorted(set(days)):
        yield f"{path}.alarms", N_("提醒要从早到晚写，一天一步"), {}


def paper_problems(pack: PaperPack) -> Found:
    """Placeholders and tables that no field fills."""
    yield from _twice("$.fields", pack.fields)
    known = {field.code for field in pack.fields}
    for i, field in enumerate(pack.fields):
        if (field.kind == "rows") != bool(field.columns):
            yield f"$.fields[{i}].columns", N_("表格要写各列的名字，别的不写"), {}
    for path, text in _texts(pack):
        yield from _unfilled(path, re.findall(r"{([^{}]*)}", text), known)
    for i, part in enumerate(pack.parts):
        yield from _unfilled(f"$.parts[{i}].table", [part.table] if part.table else [], known)


def _texts(pack: PaperPack) -> Iterator[tuple[str, str]]:
    yield "$.heading", pack.heading
    yield "$.number", pack.number
    for i, line in enumerate(pack.closing):
        yield f"$.closing[{i}]", line
    for i, part in enumerate(pack.parts):
        for j, text in enumerate(part.paragraphs):
            yield f"$.parts[{i}].paragraphs[{j}]", text


def _unfilled(path: str, codes: Iterable[str], known: Collection[str]) -> Found:
    for code in codes:
        if code not in known:
            yield path, N_("{where} 里没有 {code}"), {"where": "fields", "code": code}
