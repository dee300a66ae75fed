"""The workbook of a change of boundaries: every old unit, what becomes of it, from which day on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from gongzhi.common.access import Actor
from gongzhi.common.sheets import Column, Kind, Made, Preview, Row, WrongRow, register_kind, spoken
from gongzhi.common.text import N_
from gongzhi.places import boundaries, comparing, locating
from gongzhi.places.actions import change_boundaries, undo_boundaries
from gongzhi.places.actions.adjusting import unit_of
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.boundaries import CHANGES, Line, Plan
from gongzhi.places.models import Kind as PlaceKind
from gongzhi.places.models import Place

_PIECE = 5_000
_CHANGES_EN = {
    "keep": ("keep", "kept"),
    "rename": ("rename", "renamed"),
    "merge": ("merge", "merged"),
    "split": ("split",),
    "abolish": ("abolish", "abolished"),
    "found": ("found", "founded"),
}
_CHANGE_WORDS = spoken({code: (word, *_CHANGES_EN[code]) for word, code in CHANGES.items()})
POPULATION = N_("新人口")
COLUMNS = (
    Column("old", N_("旧代码"), False, N_("调整前的区域代码"), "YS-V001"),
    Column("old_name", N_("旧名称"), False, N_("给人看的，不核对"), "演示一村"),
    Column("change", N_("调整方式"), True, N_("保留、更名、合并、拆分、撤销"), "合并"),
    Column("new", N_("新代码"), False, N_("调整后归到哪个区域；撤销的空着"), "YS-N001"),
    Column("name", N_("新名称"), False, N_("空着就不改名"), "演示新村"),
    Column("parent", N_("新上级代码"), False, N_("空着就跟着原来的上级走"), "YS-T01"),
    Column("type", N_("新类型"), False, N_("村、社区…；空着不变"), "社区"),
    Column("share", N_("占比"), False, N_("拆分时写，如 40%；同一旧代码加起来要 100%"), "100%"),
    Column("population", POPULATION, False, N_("调整后的人口；空着就按旧的加总"), "2496"),
    Column("area", N_("新面积（平方公里）"), False, N_("空着就按旧的加总"), "4.2", also=("新面积",)),
    Column("on", N_("生效日期"), True, N_("整张表同一天"), "2020-01-01"),
)


@dataclass(frozen=True, slots=True)
class _Draft:
    line: Line
    on: dt.date


@dataclass(frozen=True, slots=True)
class _Known:
    codes: frozenset[str]
    new: frozenset[str]
    on: dt.date | None


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    wanted = sorted({row[name] for row in rows for name in ("old", "parent", "new")} - {""})
    found: set[str] = set()
    for first in range(0, len(wanted), _PIECE):
        places = Place.objects.current().filter(kind__in=(PlaceKind.REGION, PlaceKind.GRID))
        found.update(places.filter(code__in=wanted[first : first + _PIECE]).values_list("code", flat=True))
    try:
        on = rows[0].day("on", COLUMNS[-1].header) if rows else None
    except WrongRow:
        on = None
    return _Known(frozenset(found), frozenset(row["new"] for row in rows), on)


def _check(row: Row, known: _Known) -> _Draft:
    change, old, new = _CHANGE_WORDS.get(row["change"].lower(), ""), row["old"], row["new"]
    if not change or change == "found":
        raise WrongRow(N_("调整方式写：保留、更名、合并、拆分、撤销。新设的区域用“区域”那张表"))
    if old not in known.codes:
        raise WrongRow(N_("库里没有代码是 {code} 的区域"), code=old)
    if (change == "abolish") == bool(new):
        raise WrongRow(N_("撤销的不写新代码，别的都要写"))
    if change in ("keep", "rename") and new != old:
        raise WrongRow(N_("保留和更名的，新代码和旧代码要一样"))
    if row["parent"] and row["parent"] not in known.codes | known.new:
        raise WrongRow(N_("没有新上级 {code}"), code=row["parent"])
    on = row.day("on", COLUMNS[-1].header)
    if on is None or on != known.on:
        raise WrongRow(N_("生效日期要整张表同一天"))
    return _Draft(_line(row, change), on)


def _line(row: Row, change: str) -> Line:
    return Line(
        old=row["old"],
        change=change,
        new=row["new"],
        name=row["name"],
        parent=row["parent"],
        type=row["type"],
        share=_share(row["share"]),
        population=row.count("population", POPULATION),
        area=row.amount("area", COLUMNS[-2].header),
    )


def _share(text: str) -> Fraction | None:
    try:
        return boundaries.read_share(text)
    except (ValueError, ZeroDivisionError):
        raise WrongRow(N_("占比写成 40% 这样，现在是“{text}”"), text=text) from None


def _plan(drafts: Sequence[_Draft]) -> Plan:
    return boundaries.plan_of([draft.line for draft in drafts])


def _write(drafts: Sequence[_Draft], by: Actor, at: dt.datetime) -> Made:
    reference, _made = change_boundaries(by=by, at=at, plan=_plan(drafts), on=drafts[0].on)
    return {"boundary": [reference]}


def _take_back(made: Made, by: Actor, at: dt.datetime) -> int:
    return sum(undo_boundaries(by=by, at=at, reference=reference) for reference in made.get("boundary", []))


def _preview(drafts: Sequence[_Draft], by: Actor, at: dt.datetime) -> Preview:
    """Before and after by level, worked out from the batch alone: nothing is written."""
    plan = _plan(drafts)
    places = list(Place.objects.current().filter(kind__in=(PlaceKind.REGION, PlaceKind.GRID), code__in=plan.becomes))
    known = {place.code: unit_of(place) for place in places}
    after = [comparing.unit_after(target, known) for target in plan.targets.values() if target.sources]
    rows = comparing.compared(list(known.values()), after)
    warnings = [gettext(message).format(**facts) for message, facts in plan.wrong]
    return Preview(
        tuple(comparing.headers()),
        tuple(tuple(line) for line in comparing.lines(rows)),
        (*warnings, *comparing.warnings(rows)),
    )


def register() -> None:
    register_kind(
        Kind(
            name="boundaries",
            title=N_("区划调整"),
            columns=COLUMNS,
            check_row=_check,
            write_rows=_write,
            prepare=_prepare,
            permission=PERMISSION,
            about=N_("合并、拆分、更名、撤销写在一张表里，一次办完。有一行不对就一行也不写。办完看调整前后对照。"),
            sheet=80,
            whole=True,
            take_back=_take_back,
            preview=_preview,
            forget=locating.forget,
        )
    )
