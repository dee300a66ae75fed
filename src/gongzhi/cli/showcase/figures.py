"""Figures of the demo: yearly figures with a source, premises and idle assets, a sheet that was filled in. 演示数据."""

import datetime as dt
from decimal import Decimal
from typing import Any

from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common.clock import local_date
from gongzhi.packs import queries as packs
from gongzhi.places import queries as places
from gongzhi.places.actions import PlaceRow, bulk_load_places
from gongzhi.places.models import Place
from gongzhi.sheets.actions.filling import FILL, fill_sheet, take_sheet
from gongzhi.sheets.actions.observing import Figure, record_figures
from gongzhi.sheets.jobs import publish_last_month
from gongzhi.sheets.queries.premises import ASSET, PREMISES

SOURCE = "演示数据"
# indicator: (unit, the last years' values, the oldest first)
SERIES: dict[str, tuple[str, list[str]]] = {
    "safety.alarms": ("起", ["1000", "788", "620.94"]),
    "disputes.neighbours": ("起", ["1000", "785.1", "616.41"]),
    "disputes.property": ("起", ["1000", "700", "490"]),
    "grid.leaks": ("处", ["798"]),
    "grid.households": ("户", ["22050"]),
}
VENUES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("YS-ZD-1", "借用的一楼会议室（演示数据）", PREMISES, {"area_m2": "13", "ownership": "borrowed", "plan": "convert",
     "plan_note": "用建设路283号的闲置房（演示）"}),
    ("YS-ZD-2", "社区党群服务中心（演示数据）", PREMISES, {"area_m2": "900", "office_m2": "270", "ownership": "owned"}),
    ("YS-ZC-1", "江山丽景四区还房（演示数据）", ASSET, {"candidates": ["社区阵地"], "owner": "区国资办（演示）",
     "note": "来源 S4：闲置国有资产划拨"}),
    ("YS-ZC-2", "建设路283号原粮食局车队（演示数据）", ASSET, {"candidates": ["社区阵地", "公租房"],
     "note": "来源 S4：危房，社区自筹改建"}),
)  # fmt: skip


def show_figures(crew: Crew, now: dt.datetime) -> None:
    """Three years of figures for the root, premises in two communities, and one sheet with its evidence."""
    root = places.get_place(packs.active_model().root)
    _record(root, now)
    _venues(root, now)
    _fill(crew, now)
    publish_last_month(now)


def _record(root: Place, now: dt.datetime) -> None:
    year = local_date(now).year - 1
    figures = []
    for code, (unit, values) in SERIES.items():
        for back, text in enumerate(reversed(values)):
            decimals = len(text.partition(".")[2])
            on = dt.date(year - back, 12, 31)
            figures.append(Figure(code, root.pk, year - back, Decimal(text), decimals, unit, SOURCE, True, on))
    record_figures(by=SHOWCASE, at=now, figures=figures)


def _venues(root: Place, now: dt.datetime) -> None:
    """In the first communities under the root that have households written down."""
    homes = Place.objects.current().under(root.path).filter(kind__in=("region", "grid"), households__gt=0)
    parents = list(homes.exclude(pk=root.pk).order_by("path")[:2]) or [root]
    rows = [
        PlaceRow(
            kind="venue",
            level=level,
            code=code,
            name=name,
            parent=parents[n % len(parents)].code,
            parent_kind=parents[n % len(parents)].kind,
            features=features,
        )
        for n, (code, name, level, features) in enumerate(VENUES)
    ]
    bulk_load_places(by=SHOWCASE, at=now, rows=rows, source="showcase")


def _fill(crew: Crew, now: dt.datetime) -> None:
    """By the supervisor, about the supervisor's own place."""
    today, by = local_date(now), crew.actor(crew.by_role["supervisor"])
    fill_sheet(
        by=by,
        at=now,
        sheet=take_sheet(by=SHOWCASE, at=now, code="community"),
        place=Place.objects.current().get(path=by.paths_for(FILL)[0]),
        since=today.replace(day=1),
        until=today,
        marks={"meeting": "8"},
        evidence={"meeting": ["演示：本月议事会记录 1 份"]},
        notes={},
    )
