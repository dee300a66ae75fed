"""The workbook of dwellings' areas: of dwellings that are known, with the paper that says so and its day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from gongzhi.common.access import Actor, covers
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Preview, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.places.models import Kind as PlaceKind
from gongzhi.places.models import Place
from gongzhi.registers.actions.areas import IMPORT, ListedArea, bring_areas, held_areas, undo_areas
from gongzhi.registers.actions.keeping import words_of
from gongzhi.registers.models import RegisterConflict
from gongzhi.registers.queries.owners import areas_of, source_word
from gongzhi.registers.rules import tenure as rules

_PIECE = 5_000
Draft = tuple[ListedArea, ...]
COLUMNS = (
    Column("dwelling", N_("房屋代码"), True, N_("和房屋表里的代码一样"), "YS-B5-2-301", also=("住户代码", "代码")),
    Column("registered", N_("登记面积"), False, N_("不动产登记簿上的，平方米，最多两位小数"), "89.12"),
    Column("measured", N_("实测面积"), False, N_("还没登记的写"), ""),
    Column("contract", N_("合同面积"), False, N_("还没实测的写"), ""),
    Column("on", N_("材料日期"), True, N_("证上的、测绘报告的或者合同的日期"), "2026-03-18", also=("日期",)),
    Column(
        "said",
        N_("哪份材料"),
        True,
        N_("登记簿查询、测绘报告、合同，写名称和编号"),
        "演示测绘报告 1 号",
        also=("来源",),
    ),
)


@dataclass(slots=True)
class _Known:
    """What the checks need, read once: dwellings with their areas, what waits to be decided, rows met before."""

    today: dt.date
    reach: tuple[str, ...] | None
    dwellings: dict[str, Place] = field(default_factory=dict)
    waiting: set[tuple[int, str, int]] = field(default_factory=set)
    once: set[str] = field(default_factory=set)


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    known = _Known(local_date(at), None if by.kind == "system" else by.paths_for(IMPORT))
    codes = sorted({row["dwelling"] for row in rows})
    for first in range(0, len(codes), _PIECE):
        places = Place.objects.current().filter(kind=PlaceKind.DWELLING, code__in=codes[first : first + _PIECE])
        known.dwellings |= {place.code: place for place in places.only("id", "code", "path", "features")}
    ids = [place.pk for place in known.dwellings.values()]
    open_now = RegisterConflict.objects.filter(kind="area", decision="").select_related("key")
    for first in range(0, len(ids), _PIECE):
        for one in open_now.filter(dwelling_id__in=ids[first : first + _PIECE]):
            said = words_of(one)
            known.waiting.add((one.dwelling_id, said["source"], said["value"]))
    return known


def _check(row: Row, known: _Known) -> Draft | None:
    """What of a row is new or differs; None where the register says all of it already."""
    place = _place_of(row, known)
    on = row.day("on", COLUMNS[4].header)
    if on is None or on > known.today:
        raise WrongRow(N_("材料日期要在今天或以前"))
    values = {source: _area(row[source]) for source in rules.AREA_SOURCES if row[source]}
    if not values:
        raise WrongRow(N_("三种面积至少写一种"))
    held = areas_of(place)
    return (
        tuple(
            ListedArea(place.pk, source, value, on.isoformat(), row["said"][:120], held[source])
            for source, value in values.items()
            if held[source] != value and (place.pk, source, value) not in known.waiting
        )
        or None
    )


def _place_of(row: Row, known: _Known) -> Place:
    if (found := known.dwellings.get(row["dwelling"])) is None:
        raise WrongRow(N_("没有代码是 {code} 的房屋。先导入房屋"), code=row["dwelling"])
    if known.reach is not None and not covers(known.reach, found.path):
        raise WrongRow(N_("房屋 {code} 不在您管的地方"), code=row["dwelling"])
    if row["dwelling"] in known.once:
        raise WrongRow(N_("房屋 {code} 在表里写了两次"), code=row["dwelling"])
    known.once.add(row["dwelling"])
    return found


def _area(text: str) -> int:
    try:
        return rules.read_area(text)
    except Refused as refused:
        raise WrongRow(refused.message, **refused.facts) from None


def _every(drafts: Sequence[Draft]) -> list[ListedArea]:
    return [one for draft in drafts for one in draft]


def _write(drafts: Sequence[Draft], by: Actor, at: dt.datetime) -> Made:
    return bring_areas(by=by, at=at, rows=_every(drafts))


def _take_back(made: Made, by: Actor, at: dt.datetime) -> int:
    return undo_areas(by=by, at=at, made=made)


def _preview(drafts: Sequence[Draft], by: Actor, at: dt.datetime) -> Preview:
    """What would come: how many areas of each sort are new, and how many differ from the register."""
    every = _every(drafts)
    rows: list[tuple[Any, ...]] = []
    for source in rules.AREA_SOURCES:
        mine = [one for one in every if one.source == source]
        rows.append(
            (source_word(source), sum(one.was is None for one in mine), sum(one.was is not None for one in mine))
        )
    warnings: tuple[str, ...] = ()
    if any(one.was is not None for one in every):
        warnings = (gettext("说法不一的行不改名册，放到“名册出入”里，请另一位同事来定。"),)
    return Preview((gettext("哪种面积"), gettext("新记下"), gettext("和名册说法不一")), tuple(rows), warnings)


AREAS = Kind(
    name="areas",
    title=N_("房屋面积"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=IMPORT,
    about=N_("给已有的房屋补面积，写明凭哪份材料。名册里已经有、又不一样的不改，放到“名册出入”里新旧对着看。"),
    sheet=62,
    preview=_preview,
    held_by=held_areas,
    take_back=_take_back,
)


def register() -> None:
    register_kind(AREAS)
