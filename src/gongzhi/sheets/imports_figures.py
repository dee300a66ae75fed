"""The workbook of yearly figures of regions: population, area, households, groups, and what a report states."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongzhi.common.access import Actor, covers
from gongzhi.common.clock import local_date
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.actions.observing import PERMISSION, Figure, record_figures
from gongzhi.sheets.queries.definitions import Defined, library

_PIECE = 5_000
YEAR, ON = N_("年份"), N_("边界日期")
COLUMNS = (
    Column("indicator", N_("指标"), True, N_("指标库里的代码或名称"), "region.population", also=("指标代码",)),
    Column("place", N_("区域代码"), True, N_("先导入区域；撤销了的旧区域也可以写"), "990001", also=("地点代码",)),
    Column("year", YEAR, True, N_("说的是哪一年"), "2020"),
    Column("value", N_("数值"), True, N_("来源怎么写就怎么写，小数位数照留；可以写 37.84万"), "596600"),
    Column("unit", N_("单位"), False, N_("空着就用指标的单位"), "人"),
    Column("source", N_("来源"), True, N_("哪本年鉴、哪份报告"), "演示数据"),
    Column("synthetic", N_("是推算的"), False, N_("来源只有总数、由总数摊出来的写 是"), "是", also=("演示数据",)),
    Column("on", ON, False, N_("按哪一天的边界说的；空着就是那年最后一天"), "2020-12-31"),
)
_YES, _NO = ("是", "yes", "1"), ("", "否", "no", "0")


@dataclass(slots=True)
class _Known:
    """Indicators by code and name, places by code (the ones that exist first), the reach, what was met above."""

    indicators: dict[str, Defined]
    places: dict[str, list[Place]]
    reach: tuple[str, ...] | None
    today: dt.date
    seen: set[tuple[str, int, int]] = field(default_factory=set)


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    figures = {one.code: one for one in library().indicators.values() if one.entry.form == "figure"}
    named = {one.entry.name: one for one in figures.values()}
    codes = sorted({row["place"] for row in rows} - {""})
    found: dict[str, list[Place]] = {}
    for first in range(0, len(codes), _PIECE):
        places = Place.objects.filter(kind__in=("region", "grid"), code__in=codes[first : first + _PIECE])
        for place in places.defer("polygon").order_by("valid_to", "id"):
            found.setdefault(place.code, []).append(place)
    reach = None if by.kind == "system" else by.paths_for(PERMISSION)
    return _Known({**named, **figures}, found, reach, local_date(at))


def _check(row: Row, known: _Known) -> Figure:
    defined = known.indicators.get(row["indicator"])
    if defined is None:
        raise WrongRow(N_("没有“{code}”这个按年导入的指标。请看指标库"), code=row["indicator"])
    year = row.count("year", YEAR)
    if year is None or not 1949 <= year <= known.today.year:
        raise WrongRow(N_("年份要在 1949 年到今年之间，现在是“{value}”"), value=row["year"])
    on = row.day("on", ON) or dt.date(year, 12, 31)
    place = _place(row["place"], on, known)
    key = (defined.code, place.pk, year)
    if key in known.seen:
        raise WrongRow(N_("同一个区域同一年写了两次"))
    known.seen.add(key)
    return _figure(row, defined, place, year, on)


def _place(code: str, on: dt.date, known: _Known) -> Place:
    """The place with this code on that day, else the one that has it now."""
    rows = known.places.get(code, [])
    if not rows:
        raise WrongRow(N_("没有代码是 {code} 的区域。请先导入区域"), code=code)
    then = [row for row in rows if _stood(row, on)]
    place = then[0] if then else rows[-1]
    if known.reach is not None and not covers(known.reach, place.path):
        raise WrongRow(N_("区域 {code} 不在您管的地方"), code=code)
    return place


def _stood(place: Place, on: dt.date) -> bool:
    begun = place.valid_from is None or place.valid_from <= on
    return begun and (place.valid_to is None or place.valid_to > on)


def _figure(row: Row, defined: Defined, place: Place, year: int, on: dt.date) -> Figure:
    try:
        value, decimals = rules.read_exact(row["value"])
    except ValueError:
        raise WrongRow(N_("“数值”要写数字，最多 8 位小数，现在是“{value}”"), value=row["value"]) from None
    if row["synthetic"].lower() not in (*_YES, *_NO):
        raise WrongRow(N_("“是推算的”写是或否，现在是“{value}”"), value=row["synthetic"])
    unit = row["unit"] or defined.entry.unit
    if len(unit) > 20 or len(row["source"]) > 200:
        raise WrongRow(N_("单位最多 20 个字，来源最多 200 个字"))
    synthetic = row["synthetic"].lower() in _YES
    return Figure(defined.code, place.pk, year, value, decimals, unit, row["source"], synthetic, on)


def _write(drafts: Sequence[Figure], by: Actor, at: dt.datetime) -> Made:
    return {"sheets.Observation": record_figures(by=by, at=at, figures=drafts)}


FIGURES = Kind(
    name="figures",
    title=N_("区域年度数据"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=PERMISSION,
    about=N_("一行一个数：哪个指标、哪个区域、哪一年、多少、从哪里来。改一个数就再导入一次，旧的留着可查。"),
    sheet=70,
    batch=5_000,
)


def register() -> None:
    register_kind(FIGURES)
