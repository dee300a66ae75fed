"""Workbooks of service premises and idle assets: venues in the tree of places, with what their registers need."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gongzhi.common.access import Actor, covers, require
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.places import locating
from gongzhi.places.actions import PlaceRow, bulk_load_places
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.queries.premises import ASSET, OWNERSHIP, PLANS, PREMISES

CODE = Column("code", N_("代码"), True, N_("全站不重复"), "YS-ZD-01", also=("阵地代码", "资产代码"))
NAME = Column("name", N_("名称"), True, N_("牌子上怎么写就怎么写"), "演示社区办公用房（演示数据）")
AREA = Column("area_m2", N_("面积（平方米）"), True, N_("数字，可以有小数"), "13", also=("面积",))
OFFICE = Column(
    "office_m2", N_("办公面积（平方米）"), False, N_("阵地里只供办公的面积；不知道就空着"), "3", also=("办公面积",)
)
NOTE = Column("note", N_("说明"), False, N_("来源里怎么说的"), "")
PREMISES_COLUMNS = (
    CODE,
    NAME,
    Column("parent", N_("社区代码"), True, N_("社区要先导入；有户数才能判断达不达标"), "YS-C01"),
    AREA,
    Column("ownership", N_("权属"), True, N_("自有、借用、租用、没有"), "借用"),
    Column("plan", N_("改善办法"), False, N_("新建、改建、租赁；达标的空着"), "改建"),
    Column("plan_note", N_("改善计划"), False, N_("用哪处房子、什么时候"), ""),
    NOTE,
    OFFICE,
)
ASSET_COLUMNS = (
    CODE,
    NAME,
    Column("parent", N_("所在区域代码"), True, N_("区域要先导入"), "YS-T01"),
    Column("area_m2", N_("面积（平方米）"), False, N_("不知道就空着"), ""),
    Column("owner", N_("现归谁管"), False, N_("哪个单位"), ""),
    Column("candidates", N_("候选用途"), True, N_("几种用途用顿号隔开"), "社区阵地、公租房"),
    NOTE,
)
_OWNERSHIP = {word: code for code, word in OWNERSHIP.items()}
_PLANS = {word: code for code, word in PLANS.items()}


@dataclass(slots=True)
class _Known:
    holders: dict[str, str]
    there: set[str]
    reach: tuple[str, ...] | None
    seen: set[str]


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    parents = {row["parent"] for row in rows}
    holders = Place.objects.current().filter(kind__in=("region", "grid"), code__in=parents)
    there = Place.objects.current().filter(kind="venue", code__in={row["code"] for row in rows})
    reach = None if by.kind == "system" else by.paths_for(PERMISSION)
    return _Known(dict(holders.values_list("code", "path")), set(there.values_list("code", flat=True)), reach, set())


def _drafted(level: str, features: Callable[[Row], dict[str, Any]]) -> Callable[[Row, _Known], PlaceRow | None]:
    def check(row: Row, known: _Known) -> PlaceRow | None:
        code = row["code"]
        if "/" in code or len(code) > 64:
            raise WrongRow(N_("代码“{code}”不能用：1 到 64 个字，不带斜线"), code=code)
        if code in known.seen:
            raise WrongRow(N_("代码 {code} 在表里写了两次"), code=code)
        known.seen.add(code)
        path = known.holders.get(row["parent"])
        if path is None:
            raise WrongRow(N_("没有代码是 {code} 的区域。请先导入区域"), code=row["parent"])
        if known.reach is not None and not covers(known.reach, path):
            raise WrongRow(N_("区域 {code} 不在您管的地方"), code=row["parent"])
        said = {key: value for key, value in features(row).items() if value != ""}
        draft = PlaceRow(kind="venue", level=level, code=code, name=row["name"], parent=row["parent"], features=said)
        return None if code in known.there else draft

    return check


def _square_metres(row: Row, column: Column = AREA) -> str:
    """As it is written; kept as text, so that 13.5 stays 13.5. Raises WrongRow."""
    written = row[column.field]
    if not written:
        return ""
    try:
        value, decimals = rules.read_exact(written)
    except ValueError:
        raise WrongRow(N_("“{column}”要写数字，现在是“{value}”"), column=column.header, value=written) from None
    return f"{value:.{decimals}f}"


def _office(row: Row, area: str) -> str:
    """What of the area is only for offices: never less than nothing, never more than all. Raises WrongRow."""
    office = _square_metres(row, OFFICE)
    if office and not 0 <= Decimal(office) <= Decimal(area):
        raise WrongRow(N_("办公面积 {office} 要在 0 和阵地面积 {area} 之间"), office=office, area=area)
    return office


def _one_of(row: Row, name: str, words: dict[str, str]) -> str:
    if row[name] and row[name] not in words:
        raise WrongRow(N_("没有“{value}”。可用的有：{words}"), value=row[name], words="、".join(words))
    return words.get(row[name], "")


def _premises(row: Row) -> dict[str, Any]:
    area = _square_metres(row)
    return {
        "area_m2": area,
        "office_m2": _office(row, area),
        "ownership": _one_of(row, "ownership", _OWNERSHIP),
        "plan": _one_of(row, "plan", _PLANS),
        "plan_note": row["plan_note"],
        "note": row["note"],
    }


def _asset(row: Row) -> dict[str, Any]:
    uses = [word for word in row["candidates"].replace(",", "、").replace("，", "、").split("、") if word.strip()]
    return {"area_m2": _square_metres(row), "owner": row["owner"], "candidates": uses, "note": row["note"]}


def _write(drafts: Sequence[PlaceRow], by: Actor, at: dt.datetime) -> Made:
    require(by, PERMISSION)
    bulk_load_places(by=by, at=at, rows=drafts, source="import")
    codes = [draft.code for draft in drafts]
    rows = Place.objects.current().filter(kind="venue", code__in=codes)
    return {"places.Place": list(rows.order_by("pk").values_list("pk", flat=True))}


def _kind(name: str, title: str, columns: tuple[Column, ...], check: Any, sheet: int, about: str) -> Kind:
    return Kind(
        name=name,
        title=title,
        columns=columns,
        check_row=check,
        write_rows=_write,
        prepare=_prepare,
        permission=PERMISSION,
        about=about,
        sheet=sheet,
        forget=locating.forget,
    )


KINDS = (
    _kind(
        "premises",
        N_("社区阵地"),
        PREMISES_COLUMNS,
        _drafted(PREMISES, _premises),
        72,
        N_("一行一处阵地。标准（每多少户多少平方米）在模式包里。没有阵地的社区写面积 0、权属“没有”。"),
    ),
    _kind(
        "assets",
        N_("闲置资产"),
        ASSET_COLUMNS,
        _drafted(ASSET, _asset),
        74,
        N_("一行一处闲置的房子或场地，先写能派什么用场；怎么定要经过议事，定了再登记结果。"),
    ),
)


def register() -> None:
    for kind in KINDS:
        register_kind(kind)
