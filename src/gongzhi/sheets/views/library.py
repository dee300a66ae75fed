"""指标库: every indicator with its formula; one opens its definition, its value here, and the rows behind it."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Forbidden
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.packs.indicator_contents import RIGHTS
from gongzhi.sheets.lineage import ALL, TOP, find_source
from gongzhi.sheets.models import Observation
from gongzhi.sheets.queries import definitions, figures, series
from gongzhi.sheets.queries.definitions import Defined
from gongzhi.sheets.queries.figures import Value
from gongzhi.sheets.views.asking import day_of, linked, page_address, reader, value_words, wants_file, words

_LATEST, _MOST = 60, 20_000


@require_safe
def library_page(request: HttpRequest) -> HttpResponse:
    """All indicators, searched and narrowed; also as a workbook of definitions."""
    reader(request)
    given = {name: request.GET.get(name, "") for name in ("q", "axis", "right", "form")}
    found = definitions.searched(given["q"], axis=given["axis"], right=given["right"], form=given["form"])
    if wants_file(request):
        return _library_file(found)
    shown = {"counted": [one for one in found if one.entry.form != "figure"]}
    shown["figures"] = [one for one in found if one.entry.form == "figure"]
    context = {**given, **shown, "words": words(), "count": len(found), "export": linked(request, export="xlsx")}
    return render(request, "sheets/library.html", context)


def _library_file(found: list[Defined]) -> HttpResponse:
    said = words()
    headers = [_("代码"), _("版本"), _("指标"), _("问的是什么"), _("分子"), _("分母"), _("不在内"), _("单位")]
    headers += [_("方向"), _("三维"), _("权利"), _("最少几个才算"), _("数据来自"), _("来源"), _("依据")]
    lines = [
        [
            one.code,
            one.entry.version,
            one.entry.name,
            one.entry.question,
            one.entry.numerator,
            one.entry.denominator,
            one.entry.exclusions,
            one.entry.unit,
            said["directions"][one.entry.direction],
            said["axes"].get(one.entry.axis, ""),
            said["rights"].get(one.entry.right, ""),
            one.entry.minimum,
            "、".join(one.tables),
            one.source,
            said["confidence"][one.confidence],
        ]
        for one in found
    ]
    return rows_as_xlsx(_("指标库"), headers, lines, title=_("指标库"))


@never_cache
@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """The definition; and its value for a place and time, with each part of it open."""
    actor, at, defined = reader(request), clock.now(), definitions.get_defined(code)
    context: dict[str, Any] = {"one": defined, "entry": defined.entry, "words": words(), "now": at}
    if defined.entry.form == "figure":
        found = series.visible_to(actor).filter(indicator__code=code).order_by("-year", "place__path")
        if wants_file(request):
            return _figures_file(defined, found)
        return render(request, "sheets/figure.html", {**context, "rows": found[:_LATEST]})
    value, refusal = _value(request, actor, defined)
    context |= {
        "shown": value_words(value),
        "refusal": refusal,
        "parts": _parts(request, value) if value and not value.suppressed else [],
        "regions": figures.regions_for(actor),
        "region": request.GET.get("region", ""),
        "since": day_of(request, "since"),
        "until": day_of(request, "until"),
        "sources": [source for name in defined.entry.lineage if (source := find_source(name))],
    }
    return render(request, "sheets/indicator.html", context)


def _figures_file(defined: Defined, found: QuerySet[Observation]) -> HttpResponse:
    """Every year and region that was brought in, with its source."""
    headers = [_("区域"), _("年份"), _("数值"), _("单位"), _("来源"), _("推算的")]
    said = {True: _("是"), False: ""}
    lines = (
        [row.place.name, row.year, round(row.value, row.decimals), row.unit, row.source, said[row.synthetic]]
        for row in found.select_related("place")[:_MOST]
    )
    return rows_as_xlsx(defined.entry.name, headers, lines, title=defined.entry.name)


def _value(request: HttpRequest, actor: Actor, defined: Defined) -> tuple[Value | None, str]:
    """The value, or why this post may not have it counted."""
    source = figures.source_of(defined)
    if not allows(actor, source.permission):
        return None, _("这个数要另外的权限才能看。口径可以看，数请找有权限的岗位。")
    scope = figures.scope_for(
        actor,
        region=request.GET.get("region", ""),
        since=day_of(request, "since"),
        until=day_of(request, "until"),
        at=clock.now(),
    )
    return figures.value_of(defined, scope), ""


def _parts(request: HttpRequest, value: Value) -> list[dict[str, Any]]:
    """Each part with its address."""
    entry, given = value.defined.entry, {k: request.GET.get(k, "") for k in ("region", "since", "until")}
    page = reverse("indicator-rows", args=[value.defined.code])

    def url(part: str) -> str:
        return f"{page}?{urlencode({**{k: v for k, v in given.items() if v}, 'part': part})}"

    heads = {TOP: (_("分子"), entry.numerator), ALL: (_("分母"), entry.denominator or entry.numerator)}
    found = [{"word": word, "what": what, "url": url(part)} for part, (word, what) in heads.items()]
    return found + [{"word": _("不在内"), "what": one.words, "url": url(one.part)} for one in value.left_out]


@never_cache
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows of one part, page by page, or all as a workbook."""
    actor, at, defined = reader(request), clock.now(), definitions.get_defined(code)
    if defined.entry.form == "figure":
        return redirect("indicator", code=code)
    value, refusal = _value(request, actor, defined)
    if value is None:
        raise Forbidden("forbidden", refusal)
    part, source = request.GET.get("part", ALL), figures.source_of(defined)
    if wants_file(request):
        note = _("{name}，{part}；数据到 {at}").format(
            name=defined.entry.name, part=_part_word(value, part), at=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        )
        cells = [line.cells for line in figures.every_row(value, part)]
        return rows_as_xlsx(f"{defined.entry.name}-{part}", source.headers(), cells, title=_("明细"), note=note)
    lines, cursor = figures.rows_page(value, part, request.GET.get("cursor", ""))
    context = {
        "one": defined,
        "entry": defined.entry,
        "part": _part_word(value, part),
        "headers": source.headers(),
        "lines": lines,
        "next": linked(request, part=part) + f"&cursor={cursor}" if cursor else "",
        "export": linked(request, part=part, export="xlsx"),
        "back": reverse("indicator", args=[code]) + linked(request, part="", export=""),
        "now": at,
    }
    return render(request, "sheets/rows.html", context)


def _part_word(value: Value, part: str) -> str:
    entry = value.defined.entry
    heads = {TOP: entry.numerator, ALL: entry.denominator or entry.numerator}
    return heads.get(part) or next((one.words for one in value.left_out if one.part == part), part)


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """知情权、参与权、表达权、监督权: which functions serve each, and how they are used."""
    actor, at, known = reader(request), clock.now(), definitions.library()
    scope = figures.scope_for(actor, at=at)
    rows = []
    for code, word in RIGHTS.items():
        uses = [one for one in known.indicators.values() if one.entry.right == code and one.entry.form != "figure"]
        figured = [
            {"one": one, "shown": value_words(figures.value_of(one, scope) if figures.may_read(one, actor) else None)}
            for one in uses
        ]
        served = [{"name": use.name, "url": page_address(use.page)} for use in known.rights if use.right == code]
        rows.append({"word": _(word), "served": served, "figured": figured})
    if wants_file(request):
        return _rights_file(rows)
    return render(request, "sheets/rights.html", {"rows": rows, "now": at})


def _rights_file(rows: list[dict[str, Any]]) -> HttpResponse:
    """One line for each function and each indicator of a right."""
    headers = [_("权利"), _("功能或指标"), _("数"), _("单位")]
    lines: list[list[str]] = []
    for row in rows:
        lines += [[row["word"], use["name"], "", ""] for use in row["served"]]
        figured = [(one["one"].entry, one["shown"].get("value", "")) for one in row["figured"]]
        lines += [[row["word"], entry.name, value, entry.unit] for entry, value in figured]
    return rows_as_xlsx(_("四项权利"), headers, lines, title=_("四项权利"))
