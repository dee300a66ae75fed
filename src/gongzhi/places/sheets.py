"""Workbooks about places: regions, grids, buildings, dwellings. An address is a place; who lives there is not here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.access import Actor, covers, require
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.places import locating
from gongzhi.places.actions import PlaceRow, bulk_load_places
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.models import Kind as PlaceKind
from gongzhi.places.models import Place

_PIECE = 5_000
_HOLDERS = {
    PlaceKind.REGION: (PlaceKind.REGION,),
    PlaceKind.GRID: (PlaceKind.GRID, PlaceKind.REGION),
    PlaceKind.BUILDING: (PlaceKind.GRID, PlaceKind.REGION),
    PlaceKind.DWELLING: (PlaceKind.BUILDING,),
}

CODE = Column(
    "code", N_("代码"), True, N_("全站不重复，以后认它不认名称"), "YS-3-12", also=("地点代码", "网格代码", "编号")
)
NAME = Column("name", N_("名称"), True, N_("牌子上怎么写就怎么写"), "演示三片十二网格", also=("地点名称", "网格名称"))
LEVEL = Column("level", N_("层级"), True, N_("模式里的层级名称，一字不差"), "网格")
PARENT = Column("parent", N_("上级代码"), True, N_("已经在库里，或者就在这张表里"), "YS-3", also=("上级",))
HOUSEHOLDS = Column("households", N_("户数"), False, N_("数字"), "152")
TARGET = Column("target", N_("目标户数"), False, N_("空着就按模式"), "150")
TYPE = Column("type", N_("类型"), False, N_("如 村、社区；调整前后分开统计"), "社区")
POPULATION = Column("population", N_("人口"), False, N_("数字，只到区域，不到人"), "2496", also=("常住人口",))
AREA = Column("area", N_("面积（平方公里）"), False, N_("数字"), "4.2", also=("面积", "幅员"))
YEAR = Column("year", N_("统计年份"), False, N_("人口和面积是哪一年的"), "2020")
SOURCE = Column("source", N_("数据来源"), False, N_("哪本年鉴、哪次调查"), "演示数据")
BUILDING = Column("building", N_("楼栋代码"), True, N_("楼栋要先导入"), "YS-B5", also=("楼栋",))
STAIR = Column("stair", N_("单元"), False, N_("没有单元就空着"), "2")
ROOM = Column("room", N_("房号"), True, N_("门牌上的号"), "301", also=("室", "门牌号"))
REGISTERED = Column("registered", N_("登记面积"), False, N_("不动产登记簿上的，平方米，最多两位小数"), "89.12")
MEASURED = Column("measured", N_("实测面积"), False, N_("还没登记的写"), "")
CONTRACT = Column("contract", N_("合同面积"), False, N_("还没实测的写"), "")
OWN_CODE = Column("code", N_("房屋代码"), False, N_("空着就用 楼栋代码-单元-房号"), "", also=("代码",))


@dataclass(slots=True)
class _Known:
    """What the checks need: places by kind and code, levels by word, the actor's reach, and verdicts by row."""

    kind: str
    levels: dict[str, str]
    reach: tuple[str, ...] | None
    places: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    drafts: dict[str, PlaceRow] = field(default_factory=dict)
    verdicts: dict[int, PlaceRow | WrongRow | None] = field(default_factory=dict)

    def look_up(self, codes: Sequence[str]) -> None:
        for first in range(0, len(codes), _PIECE):
            rows = Place.objects.current().filter(code__in=codes[first : first + _PIECE])
            for kind, code, name, above, path in rows.values_list("kind", "code", "name", "parent__code", "path"):
                self.places[kind, code] = (name, above or "", path)

    def holder(self, code: str) -> str:
        """The path of the stated parent in the database, or ""."""
        return next(
            (found[2] for kind in _HOLDERS[PlaceKind(self.kind)] if (found := self.places.get((kind, code)))), ""
        )


def _prepare(kind: str) -> Any:
    def prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
        model = packs.active_model()
        levels = {word: level.code for level in model.levels if level.kind == kind for word in (level.name, level.code)}
        reach = None if by.kind == "system" else by.paths_for(PERMISSION)
        known = _Known(kind, levels, reach)
        drafts = {id(row): _drafted(kind, row, known) for row in rows}
        good = [draft for draft in drafts.values() if isinstance(draft, PlaceRow)]
        known.look_up(sorted({code for draft in good for code in (draft.code, draft.parent)}))
        for row in rows:
            known.verdicts[id(row)] = _first_verdict(drafts[id(row)], known)
        _spread(known)
        return known

    return prepare


def _drafted(kind: str, row: Row, known: _Known) -> PlaceRow | WrongRow:
    try:
        return _dwelling_of(row) if kind == PlaceKind.DWELLING else _place_of(kind, row, known)
    except WrongRow as wrong:
        return wrong


def _place_of(kind: str, row: Row, known: _Known) -> PlaceRow:
    level = "building" if kind == PlaceKind.BUILDING else known.levels.get(row["level"], "")
    if not level:
        words = "、".join(sorted({word for word in known.levels if not word.isascii()}))
        raise WrongRow(N_("没有“{level}”这个层级。可用的有：{words}"), level=row["level"], words=words)
    said = {
        "type": row["type"],
        "population": row.count("population", POPULATION.header),
        "area_km2": row.amount("area", AREA.header),
        "statistics_year": row.count("year", YEAR.header),
        "statistics_source": row["source"],
    }
    return PlaceRow(
        kind=kind,
        level=level,
        code=_plain(row["code"]),
        name=row["name"],
        parent=row["parent"],
        households=row.count("households", HOUSEHOLDS.header),
        target_households=row.count("target", TARGET.header),
        features={name: value for name, value in said.items() if value not in ("", None)},
    )


def _dwelling_of(row: Row) -> PlaceRow:
    stair, room = row["stair"].removesuffix("单元"), row["room"].removesuffix("室")
    code = row["code"] or "-".join(part for part in (row["building"], stair, room) if part)
    name = f"{stair}单元 {room}室" if stair else f"{room}室"
    return PlaceRow(
        kind="dwelling",
        level="dwelling",
        code=_plain(code),
        name=name,
        parent=row["building"],
        parent_kind="building",
        features=_areas(row),
    )


def _areas(row: Row) -> dict[str, int]:
    """The areas that the row gives, in hundredths of a square metre, exactly (the owners' register counts on them)."""
    found = {}
    for column in (REGISTERED, MEASURED, CONTRACT):
        if text := row[column.field]:
            whole, _, part = text.partition(".")
            digits = whole + part.rstrip("0").ljust(2, "0")
            if not (text.isascii() and digits.isdigit() and int(digits)) or not len(whole) + 2 == len(digits) <= 8:
                message = N_("“{column}”写成 89.12 这样，最多两位小数，现在是“{value}”")
                raise WrongRow(message, column=column.header, value=text)
            found[f"area_{column.field}"] = int(digits)
    return found


def _plain(code: str) -> str:
    if not code or "/" in code or len(code) > 64:
        raise WrongRow(N_("代码“{code}”不能用：1 到 64 个字，不带斜线"), code=code)
    return code


def _first_verdict(draft: PlaceRow | WrongRow, known: _Known) -> PlaceRow | WrongRow | None:
    """What one row is by itself: wrong, there already (None), or to be made if its parent is sound."""
    if isinstance(draft, WrongRow):
        return draft
    if draft.code in known.drafts:
        same = known.drafts[draft.code] == draft
        return None if same else WrongRow(N_("代码 {code} 在表里写了两次，内容不同"), code=draft.code)
    if (there := known.places.get((draft.kind, draft.code))) is not None:
        if there[:2] == (draft.name, draft.parent):
            return None
        message = N_("代码 {code} 已经有了，库里叫“{name}”，上级是 {parent}。要改名或移动，请到“地点”里办")
        return WrongRow(message, code=draft.code, name=there[0], parent=there[1])
    known.drafts[draft.code] = draft
    return draft


def _spread(known: _Known) -> None:
    """A row whose parent is nowhere, out of reach, or itself wrong, is wrong too; however deep."""
    sound: dict[str, str] = {}
    waiting = {row: verdict for row, verdict in known.verdicts.items() if isinstance(verdict, PlaceRow)}
    inside = PlaceKind(known.kind) in _HOLDERS[PlaceKind(known.kind)]
    while True:
        ready = {row: path for row, draft in waiting.items() if (path := _above(draft, known, sound if inside else {}))}
        if not ready:
            break
        for row, path in ready.items():
            draft = waiting.pop(row)
            sound[draft.code] = path
            if known.reach is not None and not covers(known.reach, path):
                message = N_("上级 {parent} 不在您管的地方")
                known.verdicts[row] = WrongRow(message, parent=draft.parent)
    for row, draft in waiting.items():
        known.verdicts[row] = WrongRow(N_("没有上级 {parent}，或者上级那一行有错"), parent=draft.parent)


def _above(draft: PlaceRow, known: _Known, sound: dict[str, str]) -> str:
    return known.holder(draft.parent) or sound.get(draft.parent, "")


def _check(row: Row, known: _Known) -> PlaceRow | None:
    verdict = known.verdicts[id(row)]
    if isinstance(verdict, WrongRow):
        raise verdict
    return verdict


def _write(drafts: Sequence[PlaceRow], by: Actor, at: dt.datetime) -> Made:
    require(by, PERMISSION)
    bulk_load_places(by=by, at=at, rows=drafts, source="import")
    keys: list[int] = []
    for first in range(0, len(drafts), _PIECE):
        piece = drafts[first : first + _PIECE]
        rows = Place.objects.current().filter(kind=piece[0].kind, code__in=[draft.code for draft in piece])
        keys += rows.values_list("pk", flat=True)
    return {"places.Place": keys}


def _forget() -> None:
    locating.forget()


def _kind(
    name: str, title: str, kind: str, columns: tuple[Column, ...], sheet: int, about: str, batch: int = 0
) -> Kind:
    return Kind(
        name=name,
        title=title,
        columns=columns,
        check_row=_check,
        write_rows=_write,
        prepare=_prepare(kind),
        permission=PERMISSION,
        about=about,
        sheet=sheet,
        batch=batch,
        forget=_forget,
    )


KINDS = (
    _kind(
        "regions",
        N_("区域"),
        "region",
        (CODE, NAME, LEVEL, PARENT, TYPE, HOUSEHOLDS, POPULATION, AREA, YEAR, SOURCE),
        20,
        N_("街道、村、社区、小区、村民小组。上级写在下级前面或后面都行。"),
    ),
    _kind(
        "grids",
        N_("网格"),
        "grid",
        (CODE, NAME, LEVEL, PARENT, HOUSEHOLDS, TARGET),
        30,
        N_("网格可以在区域里，也可以在上一级网格里。"),
    ),
    _kind(
        "buildings",
        N_("楼栋"),
        "building",
        (CODE, NAME, PARENT, HOUSEHOLDS),
        40,
        N_("上级写最下一级网格的代码；没有网格就写小区。"),
    ),
    _kind(
        "dwellings",
        N_("住户（房屋）"),
        "dwelling",
        (BUILDING, STAIR, ROOM, OWN_CODE, REGISTERED, MEASURED, CONTRACT),
        50,
        N_("一行一处房屋，只有门牌和面积，没有人：姓名和电话列了也不读、不存。"),
        batch=5_000,
    ),
)


def register() -> None:
    for kind in KINDS:
        register_kind(kind)
