"""区域数据: what was brought in with year and source, and the sums that it must pass, each open to its inputs."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs.indicator_contents import Rule
from gongzhi.places import queries as places
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.queries import definitions, figures, region_checks, series
from gongzhi.sheets.queries.definitions import Library
from gongzhi.sheets.queries.region_checks import Checked, Input
from gongzhi.sheets.views.asking import CONFIDENCE, linked, reader, wants_file

FORMULAS: dict[Rule, str] = {
    "share": N_("{0} ÷ {1} × 100%"),
    "fewer": N_("（{0} − {1}）÷ {0} × 100%"),
    "mean": N_("{0} ÷ {1}"),
    "difference": N_("{0} − {1}"),
    "sum": N_("加起来"),
    "product": N_("{0} × {1}"),
    "agree": N_("最大的减最小的"),
    "size_range": N_("在法定人数的下限和上限之间"),
}
WHAT = {
    "count": N_("个数"),
    "population": N_("人口"),
    "area": N_("面积"),
    "mean_population": N_("平均人口"),
    "mean_area": N_("平均面积"),
}
WHEN = {"before": N_("调整前"), "after": N_("调整后"), "now": N_("现在")}
_SHOWN = 300


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """One region: figures by year, checks by group."""
    actor, today = reader(request), local_date(clock.now())
    choices = figures.regions_for(actor)
    place = _place(actor, request.GET.get("region", ""), choices)
    group = request.GET.get("group", "")
    known, batch = definitions.library(), region_checks.batch_of(place)
    found = region_checks.checks_of(actor, place, today, group, known=known, batch=batch)
    shown = [_shown(one, place, known) for one in found]
    if wants_file(request):
        return _file(place, shown)
    context: dict[str, Any] = {
        "place": place,
        "choices": choices,
        "group": group,
        "groups": region_checks.groups(known),
        "checks": shown,
        "doubtful": sum(one["verdict"] == "doubtful" for one in shown),
        "rows": _figures(actor, place),
        "batch": batch,
        "export": linked(request, export="xlsx"),
        "now": clock.now(),
    }
    return render(request, "sheets/regions.html", context)


def _place(actor: Actor, code: str, choices: list[tuple[str, str]]) -> Place:
    """The region asked for, else the first of the actor's. Raises NotFound, Forbidden."""
    if not code and not choices:
        raise NotFound("no_region", N_("您管的地方里还没有区域。"))
    place = places.get_place_for(actor, code or choices[0][0])
    require(actor, figures.READ, path=place.path)
    return place


def _figures(actor: Actor, place: Place) -> list[dict[str, Any]]:
    rows = series.visible_to(actor).filter(place=place).order_by("indicator__code", "-year")[:_SHOWN]
    return [
        {
            "row": row,
            "name": row.indicator.definition["name"],
            "value": rules.shown(row.value, row.decimals),
            "url": reverse("figure-series", args=[row.indicator.code, place.code]),
        }
        for row in rows
    ]


def _shown(one: Checked, place: Place, known: Library) -> dict[str, Any]:
    """A check in words; the formula is filled with the names of its inputs."""
    inputs = [_input(given, place, known) for given in one.inputs]
    names = [given["name"] for given in inputs]
    source = one.check.source or one.pack.source
    return {
        "code": one.check.code,
        "name": one.check.name,
        "group": one.check.group,
        "formula": _(FORMULAS[one.check.rule]).format(*names, *[""] * 2),
        "inputs": inputs,
        "result": "" if one.result is None else f"{one.result:,}",
        "unit": one.check.unit,
        "stated": _input(one.stated, place, known) if one.stated and one.stated.value is not None else None,
        "verdict": one.outcome.verdict if one.outcome else "missing",
        "low": one.outcome.low if one.outcome else None,
        "high": one.outcome.high if one.outcome else None,
        "note": one.check.note,
        "source": source,
        "confidence": _(CONFIDENCE[one.check.confidence or one.pack.confidence]),
        "synthetic": one.synthetic,
        "missing": [given["name"] for given in inputs if not given["value"]],
    }


def _input(given: Input, place: Place, known: Library) -> dict[str, Any]:
    row = given.observation
    if row is not None:
        url = reverse("figure-series", args=[row.indicator.code, place.code])
        said = f"{row.year} · {row.source}"
        value = rules.shown(row.value, row.decimals)
        return {"name": row.indicator.definition["name"], "value": value, "said": said, "url": url}
    if given.level:
        level = places.level_names().get(given.level, given.level)
        name = f"{_(WHEN[given.when])}{given.type or level}{_(WHAT[given.what])}"
        value = "" if given.value is None else f"{float(given.value):,.{given.decimals}f}"
        url = f"{reverse('sheet-region-units', args=[place.code])}?{urlencode({'of': given.word})}" if value else ""
        return {"name": name, "value": value, "said": "", "url": url}
    code = given.word.removeprefix("figure:").partition("@")[0]
    found = known.indicators.get(code)
    return {"name": found.entry.name if found else code, "value": "", "said": "", "url": ""}


def _file(place: Place, shown: list[dict[str, Any]]) -> HttpResponse:
    verdicts = {"fits": _("对得上"), "doubtful": _("请核对"), "missing": _("缺数"), "": ""}
    headers = [_("来源"), _("核对"), _("算法"), _("输入"), _("结果"), _("单位"), _("来源写的"), _("结论"), _("说明")]
    lines = [
        [
            one["group"],
            one["name"],
            one["formula"],
            "；".join(f"{given['name']} {given['value'] or '—'}" for given in one["inputs"]),
            one["result"],
            one["unit"],
            one["stated"]["value"] if one["stated"] else "",
            verdicts[one["verdict"]],
            one["note"],
        ]
        for one in shown
    ]
    return rows_as_xlsx(f"{_('区域数据核对')}-{place.code}", headers, lines, title=_("区域数据核对"))


@require_safe
def units(request: HttpRequest, place: str) -> HttpResponse:
    """The units behind one number of a check, under the boundaries of that day."""
    actor, today = reader(request), local_date(clock.now())
    found, word = places.get_place_for(actor, place), request.GET.get("of", "")
    require(actor, figures.READ, path=found.path)
    library = definitions.library()
    checks = region_checks.checks_of(actor, found, today, known=library)
    known = {given.word: given for one in checks for given in one.inputs if given.level}
    if word not in known:
        raise NotFound("unknown_units", N_("没有这一组单位。请从核对表里点进来。"))
    rows = region_checks.units_behind(found, known[word], today)
    title = _input(known[word], found, library)["name"]
    if wants_file(request):
        headers = [_("代码"), _("名称"), _("类型"), _("人口"), _("面积（平方公里）")]
        lines = [[unit.code, unit.name, unit.type, unit.population, unit.area] for unit in rows]
        return rows_as_xlsx(title, headers, lines, title=title)
    context = {
        "place": found,
        "title": title,
        "units": rows[:_SHOWN],
        "count": len(rows),
        "more": max(len(rows) - _SHOWN, 0),
        "export": linked(request, export="xlsx"),
    }
    return render(request, "sheets/units.html", context)
