"""One figure of one region by year: chart and table, year on year, average annual change or why there is none."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.models import Observation
from gongzhi.sheets.queries import definitions
from gongzhi.sheets.queries import series as figures
from gongzhi.sheets.queries.series import Average, Step
from gongzhi.sheets.views.asking import linked, reader, wants_file, words
from gongzhi.sheets.views.charts import chart_of

WHY_NOT = {
    "first": N_("第一年"),
    "gap": N_("中间缺年份"),
    "boundaries": N_("边界调整过，不能比"),
    "base": N_("上一年是 0"),
}


@require_safe
def series(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """`from` and `to` are the years of the average; without them the first and the last."""
    actor, defined = reader(request), definitions.get_defined(code)
    rows = _rows(actor, code, place)
    steps = figures.steps_of(rows)
    first, last = _span(request, rows)
    average = figures.average_of(first, last, decimals=2) if len(rows) > 1 else None
    if wants_file(request):
        return _file(defined.entry.name, steps)
    context: dict[str, Any] = {
        "one": defined,
        "entry": defined.entry,
        "place": rows[0].place,
        "steps": [_shown(step) for step in steps],
        "chart": chart_of([(row.year, row.value, rules.shown(row.value, row.decimals)) for row in rows]),
        "years": [row.year for row in rows],
        "average": _average(average),
        "synthetic": any(row.synthetic for row in rows),
        "export": linked(request, export="xlsx"),
        "words": words(),
    }
    return render(request, "sheets/series.html", context)


def _rows(actor: Actor, code: str, place: str) -> list[Observation]:
    """The series of the place with this code that has one; a place that ended keeps its own."""
    for found in Place.objects.filter(code=place, kind__in=("region", "grid")).defer("polygon").order_by("-id"):
        if rows := figures.series_of(actor, code, found):
            return rows
    raise NotFound("no_figures", N_("这里还没有这项数据。请先在“导入”里导入区域年度数据。"))


def _span(request: HttpRequest, rows: list[Observation]) -> tuple[Observation, Observation]:
    by_year = {str(row.year): row for row in rows}
    return by_year.get(request.GET.get("from", ""), rows[0]), by_year.get(request.GET.get("to", ""), rows[-1])


def _shown(step: Step) -> dict[str, Any]:
    row = step.row
    return {
        "row": row,
        "value": rules.shown(row.value, row.decimals),
        "change": "" if step.change is None else f"{step.change:+.2f}%",
        "why_not": _(WHY_NOT[step.why_not]) if step.why_not else "",
        "before": [
            {"value": rules.shown(old.value, old.decimals), "source": old.source} for old in figures.corrections_of(row)
        ],
    }


def _average(average: Average | None) -> dict[str, Any]:
    if average is None:
        return {}
    refusal = average.refusal
    return {
        "first": average.first,
        "last": average.last,
        "years": average.years,
        "percent": "" if average.percent is None else f"{average.percent:+.2f}%",
        "begin": rules.shown(average.first.value, average.first.decimals),
        "end": rules.shown(average.last.value, average.last.decimals),
        "refusal": said(refusal) if refusal else "",
    }


def _file(name: str, steps: list[Step]) -> HttpResponse:
    headers = [_("年份"), _("数值"), _("单位"), _("比上年"), _("来源"), _("是推算的"), _("边界日期")]
    lines: list[list[Any]] = [
        [
            step.row.year,
            rules.shown(step.row.value, step.row.decimals),
            step.row.unit,
            f"{step.change:+.2f}%" if step.change is not None else _(WHY_NOT[step.why_not]),
            step.row.source,
            _("是") if step.row.synthetic else "",
            step.row.boundaries_on,
        ]
        for step in steps
    ]
    return rows_as_xlsx(name, headers, lines, title=name)
