"""评分表: the sheets in use, one with its weights and what was filled in, and filling it in with evidence."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents import templating
from gongzhi.engines.change import rounded
from gongzhi.places import queries as places
from gongzhi.sheets import papers
from gongzhi.sheets.actions import filling
from gongzhi.sheets.models import Sheet
from gongzhi.sheets.queries import definitions, figures
from gongzhi.sheets.queries import filled as reads
from gongzhi.sheets.queries.filled import Filled, Row
from gongzhi.sheets.views.asking import PAPERS, linked, reader, wants_file


@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """Sheets in use and those that the packs offer; a post takes one of these into use."""
    actor = reader(request)
    if request.method == "POST":
        made = filling.take_sheet(by=actor, at=clock.now(), code=request.POST.get("code", ""))
        messages.success(request, _("评分表可以用了。填过第一次，这一版就不再改。"))
        return redirect("weighted-sheet", code=made.code)
    if wants_file(request):
        return _list_file()
    context = {
        "rows": reads.sheets(),
        "offered": reads.offered(),
        "may_write": allows(actor, filling.WRITE),
        "may_fill": allows(actor, filling.FILL),
    }
    return render(request, "sheets/weighted/list.html", context)


def _list_file() -> HttpResponse:
    """Sheets in use with their items and weights, and those that the packs offer."""
    headers = [_("评分表"), _("第几版"), _("评分项"), _("权重")]
    used = [
        [row.content["name"], row.version, item["name"], item["weight"]]
        for row in reads.sheets()
        for item in row.content["items"]
    ]
    offered = [[name, "", "", ""] for _code, name in reads.offered()]
    return rows_as_xlsx(_("评分表"), headers, [*used, *offered], title=_("评分表"))


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One version; `v` names an earlier one. A post brings other weights."""
    actor = reader(request)
    version = request.GET.get("v", "")
    found = filling.get_sheet(code, int(version) if version.isdigit() else None)
    if request.method == "POST":
        return _weighed(request, actor, found)
    return _page(request, actor, found)


def _page(request: HttpRequest, actor: Actor, found: Sheet, wrong: str = "") -> HttpResponse:
    filled = reads.filled_of(actor, found)
    if wants_file(request):
        return _file(found, filled)
    versions = reads.versions_of(found.code)
    context: dict[str, Any] = {
        "sheet": found,
        "content": found.content,
        "versions": versions,
        "newest": versions[0].version == found.version,
        "filled": [_shown(one) for one in filled],
        "may_write": allows(actor, filling.WRITE),
        "may_fill": allows(actor, filling.FILL),
        "given": request.POST if wrong else {},
        "wrong": wrong,
        "export": linked(request, export="xlsx"),
    }
    return render(request, "sheets/weighted/sheet.html", context, status=422 if wrong else 200)


def _weighed(request: HttpRequest, actor: Actor, found: Sheet) -> HttpResponse:
    require(actor, filling.WRITE)
    weights = {item["code"]: request.POST.get(f"weight-{item['code']}", "") for item in found.content["items"]}
    try:
        made = filling.weigh_sheet(by=actor, at=clock.now(), code=found.code, weights=weights)
    except Refused as refused:
        if refused.status != 422:
            raise
        return _page(request, actor, found, said(refused))
    if made.version > found.version:
        messages.success(request, _("用过的版本不改，已另存为第 {n} 版。").format(n=made.version))
    return redirect("weighted-sheet", code=made.code)


def _shown(one: Filled) -> dict[str, Any]:
    total = one.total
    named = [one.sheet.code, one.place.code, one.since.isoformat(), one.until.isoformat()]
    return {
        "one": one,
        "points": f"{rounded(total.points, 2)}",
        "reachable": f"{rounded(total.reachable, 2):f}",
        "whole": f"{rounded(total.whole, 2):f}",
        "complete": total.complete,
        "rows": [_row(row) for row in one.rows],
        "papers": [
            (word, f"{reverse('sheet-bulletin', args=[*named, form])}?v={one.sheet.version}")
            for form, word in PAPERS.items()
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    entry = row.entry
    return {
        "name": row.item["name"],
        "weight": row.item["weight"],
        "points": "" if row.points is None else f"{rounded(row.points, 2)}",
        "value": f"{entry.numerator.normalize():f} / {entry.denominator.normalize():f}" if entry else "",
        "indicator": row.item.get("indicator", ""),
        "definition": entry.definition if entry else None,
        "evidence": entry.evidence if entry else [],
        "note": entry.note if entry else "",
    }


def _file(found: Sheet, filled: list[Filled]) -> HttpResponse:
    headers = [_("地点"), _("从"), _("到"), _("评分项"), _("权重"), _("数"), _("得分"), _("证据"), _("说明")]
    lines = [
        [
            one.place.name,
            one.since,
            one.until,
            row["name"],
            row["weight"],
            row["value"],
            row["points"],
            "；".join(row["evidence"]),
            row["note"],
        ]
        for one in filled
        for row in (_row(row) for row in one.rows)
    ]
    note = _("第 {n} 版。没有数的项不算零分，也不算满分。").format(n=found.version)
    return rows_as_xlsx(found.content["name"], headers, lines, title=found.content["name"], note=note)


@require_safe
def bulletin(request: HttpRequest, code: str, place: str, since: str, until: str, form: str) -> HttpResponse:
    """What was filled for one place and time as a paper: docx, pdf, xlsx. Raises NotFound `not_filled`."""
    actor, version = reader(request), request.GET.get("v", "")
    found = filling.get_sheet(code, int(version) if version.isdigit() else None)
    for one in reads.filled_of(actor, found):
        if (one.place.code, one.since.isoformat(), one.until.isoformat()) == (place, since, until):
            paper = papers.sheet_bulletin(one, on=local_date(clock.now()))
            return templating.as_download(paper, form, file=paper.title)
    raise NotFound("not_filled", N_("这个地方、这段时间没有填过这张表。请从表里点“出通报”。"))


@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, code: str) -> HttpResponse:
    """Judged items ask for a mark and its evidence; indicators are counted when it is sent."""
    actor = reader(request)
    require(actor, filling.FILL)
    found, wrong, field = filling.get_sheet(code), "", ""
    if request.method == "POST":
        try:
            return _filled(request, actor, found)
        except Refused as refused:
            if refused.status != 422:
                raise
            wrong, field = said(refused), str(refused.facts.get("field", ""))
    today = local_date(clock.now())
    context = {
        "sheet": found,
        "content": found.content,
        "items": [_asked(item, request) for item in found.content["items"]],
        "regions": figures.regions_for(actor, filling.FILL),
        "region": request.POST.get("region", ""),
        "since": request.POST.get("since") or today.replace(day=1).isoformat(),
        "until": request.POST.get("until") or today.isoformat(),
        "wrong": wrong,
        "wrong_field": field,
    }
    return render(request, "sheets/weighted/fill.html", context, status=422 if wrong else 200)


def _asked(item: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """An item as the form shows it, with what was written before."""
    code, known = item["code"], definitions.library().indicators
    given = {name: request.POST.get(f"{name}-{code}", "") for name in ("mark", "evidence", "note")}
    defined = known.get(item.get("indicator", ""))
    return {**item, **{f"given_{name}": value for name, value in given.items()}, "defined": defined}


def _filled(request: HttpRequest, actor: Actor, found: Sheet) -> HttpResponse:
    codes = [item["code"] for item in found.content["items"]]
    today, at = local_date(clock.now()), clock.now()
    filling.fill_sheet(
        by=actor,
        at=at,
        sheet=found,
        place=places.get_place_for(actor, request.POST.get("region", "")),
        since=_day(request, "since") or today.replace(day=1),
        until=_day(request, "until") or today,
        marks={code: request.POST.get(f"mark-{code}", "") for code in codes},
        evidence={code: request.POST.get(f"evidence-{code}", "").splitlines() for code in codes},
        notes={code: request.POST.get(f"note-{code}", "") for code in codes},
    )
    messages.success(request, _("填好了。总分按现在的数算出来，明细在下面。"))
    return redirect("weighted-sheet", code=found.code)


def _day(request: HttpRequest, name: str) -> Any:
    try:
        return parse_date(request.POST.get(name, ""))
    except ValueError:
        return None
