"""Changes of boundaries before and after, and grids against their target size; each as a page and as .xlsx."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.places import comparing, queries
from gongzhi.places.queries import SizeRow

READ = "places.read"
PAGE = 100


def _staff(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, READ)
    return actor


@require_safe
def boundaries(request: HttpRequest) -> HttpResponse:
    """The changes that were made, the newest first."""
    actor = _staff(request)
    context = {"batches": comparing.batches(actor), "may_change": allows(actor, "instance.manage")}
    return render(request, "places/boundaries.html", context)


@require_safe
def boundary_report(request: HttpRequest, number: str) -> HttpResponse:
    """Numbers of units, 撤并率, mean population and area, before and after; a number opens its units."""
    batch = comparing.get_batch(_staff(request), number)
    if request.GET.get("when") in ("before", "after"):
        return _units(request, batch)
    rows = comparing.report_of(batch)
    headers, lines = comparing.headers(), comparing.lines(rows)
    if request.GET.get("export") == "xlsx":
        note = _("生效 {day}。平均数只算已知人口、面积的单位。").format(day=batch.on.isoformat())
        return rows_as_xlsx(f"{_('区划调整前后')}-{batch.on}", headers, lines, title=_("调整前后"), note=note)
    shown = [
        {"name": line[0], "before": line[1], "after": line[2], "rest": line[3:], "row": row}
        for row, line in zip(rows, lines, strict=True)
    ]
    context = {"batch": batch, "headers": headers, "rows": shown, "warnings": comparing.warnings(rows)}
    return render(request, "places/boundary_report.html", context)


def _units(request: HttpRequest, batch: comparing.Batch) -> HttpResponse:
    """The units behind one figure, as they were on that day."""
    level, type_, when = (request.GET.get(name, "") for name in ("level", "type", "when"))
    units = comparing.units_of(batch, level, type_, when)
    words = {"before": _("调整前"), "after": _("调整后")}
    if request.GET.get("export") == "xlsx":
        headers = [_("代码"), _("名称"), _("类型"), _("人口"), _("面积（平方公里）")]
        lines = [[unit.code, unit.name, unit.type, unit.population, unit.area] for unit in units]
        return rows_as_xlsx(f"{words[when]}-{batch.on}", headers, lines, title=words[when])
    context = {
        "batch": batch,
        "word": words[when],
        "level_name": queries.level_names().get(level, level),
        "units": units[: PAGE * 2],
        "count": len(units),
        "more": max(len(units) - PAGE * 2, 0),
        "export": f"?{urlencode({'level': level, 'type': type_, 'when': when, 'export': 'xlsx'})}",
    }
    return render(request, "places/boundary_units.html", context)


@require_safe
def grid_sizes(request: HttpRequest) -> HttpResponse:
    """Grids too large, too small, fitting or unknown, in the actor's places; tolerance and target from the pack."""
    actor = _staff(request)
    rows = queries.size_report(grid for path in _outermost(actor.paths_for(READ)) for grid in queries.grids_under(path))
    wanted = request.GET.get("verdict", "")
    shown = [row for row in rows if row.verdict == wanted] if wanted else rows
    shown.sort(key=lambda row: -abs(row.deviation_percent or 0))
    words = _verdicts()
    if request.GET.get("export") == "xlsx":
        return _sizes_file(shown, words)
    counts = [
        {"code": code, "word": word, "count": sum(row.verdict == code for row in rows)} for code, word in words.items()
    ]
    level = queries.level_names()
    context = {
        "counts": counts,
        "total": len(rows),
        "wanted": wanted,
        "rows": [
            {"row": row, "level": level.get(row.place.level, ""), "word": words[row.verdict]} for row in shown[:PAGE]
        ],
        "more": max(len(shown) - PAGE, 0),
        "day": local_date(clock.now()),
    }
    return render(request, "places/grid_sizes.html", context)


def _outermost(paths: tuple[str, ...]) -> list[str]:
    """Each place once, though several mandates may reach it."""
    return [path for path in set(paths) if not any(path != other and path.startswith(other) for other in paths)]


def _verdicts() -> dict[str, str]:
    return {"large": _("偏大"), "small": _("偏小"), "fit": _("合适"), "unknown": _("缺户数或目标")}


def _sizes_file(rows: list[SizeRow], words: dict[str, str]) -> HttpResponse:
    level = queries.level_names()
    lines: list[list[Any]] = [
        [
            row.place.code,
            row.place.name,
            level.get(row.place.level, ""),
            row.households,
            row.target,
            row.deviation_percent,
            words[row.verdict],
        ]
        for row in rows
    ]
    headers = [_("代码"), _("网格"), _("层级"), _("户数"), _("目标户数"), _("偏差（%）"), _("结论")]
    note = _("目标和允许的偏差取自模式包。数据到 {day}。").format(day=local_date(clock.now()).isoformat())
    return rows_as_xlsx(_("网格大小"), headers, lines, title=_("网格大小"), note=note)
