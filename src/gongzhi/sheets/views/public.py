"""办得怎么样: the public figures of a community by month, with their definitions; the same as JSON and CSV."""

import csv
import datetime as dt
import io
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents import templating
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from gongzhi.sheets import papers
from gongzhi.sheets.queries import public
from gongzhi.sheets.queries.public import PublicFigure
from gongzhi.sheets.views.asking import PAPERS, page_address, words

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_COLUMNS: tuple[str, ...] = (
    "place",
    "month",
    "code",
    "version",
    "name",
    "numerator",
    "denominator",
    "value",
    "unit",
    "low",
    "high",
)
_COLUMNS += ("question", "numerator_is", "denominator_is", "exclusions", "minimum", "source")


def _asked(request: HttpRequest, code: str) -> tuple[Place, list[dt.date], dt.date | None]:
    """The place, its months, and the one that is looked at: the newest unless the address names one."""
    place = public.public_place(code)
    months = public.months_of(place)
    named = _MONTH.fullmatch(request.GET.get("month", ""))
    if named is None:
        return place, months, months[0] if months else None
    month = dt.date(int(named[1]), int(named[2]), 1) if named[1] > "0000" else None
    if month not in months:
        raise NotFound("no_public_month", N_("这个月没有公开的数。请从页面上选一个月。"))
    return place, months, month


@require_safe
def public_figures_page(request: HttpRequest, code: str) -> HttpResponse:
    """For everybody: value, numerator and denominator, definition, period, source; not told where few."""
    place, months, month = _asked(request, code)
    found = public.public_figures(place, month) if month else []
    query = f"?month={month:%Y-%m}" if month else ""
    rows = [_shown(one) for one in found]
    context = {
        "place": place,
        "months": months,
        "month": month,
        "until": public.month_span(month)[1] if month else None,
        "rows": rows,
        "untold": [row for row in rows if not row["value"]],
        "words": words(),
        "smallest": packs.small_cell(local_date(clock.now())),
        "files": [(form.upper(), reverse("community-figures-file", args=[code, form]) + query) for form in _FORMS],
        "papers": [(word, reverse("community-bulletin", args=[code, form]) + query) for form, word in PAPERS.items()],
    }
    return render(request, "sheets/public.html", context)


def _shown(one: PublicFigure) -> dict[str, Any]:
    told = one.value is not None and one.numerator is not None
    return {
        "one": one,
        "value": f"{one.value:,.{one.definition.get('decimals', 2)}f}" if told else "",
        "numerator": f"{one.numerator.normalize():,f}" if told and one.numerator is not None else "",
        "minimum": one.definition.get("minimum") or 0,
        "rows_url": page_address(one.definition.get("public_page", "")),
    }


def _record(place: Place, month: dt.date, one: PublicFigure) -> dict[str, Any]:
    entry = one.definition
    low, high = one.interval or (None, None)
    return {
        "place": place.code,
        "month": f"{month:%Y-%m}",
        "code": one.code,
        "version": entry.get("version", ""),
        "name": entry.get("name", ""),
        "numerator": None if one.numerator is None else f"{one.numerator.normalize():f}",
        "denominator": one.denominator,
        "value": None if one.value is None else f"{one.value:f}",
        "unit": "%",
        "low": None if low is None else f"{low:f}",
        "high": None if high is None else f"{high:f}",
        "question": entry.get("question", ""),
        "numerator_is": entry.get("numerator", ""),
        "denominator_is": entry.get("denominator", ""),
        "exclusions": entry.get("exclusions", ""),
        "minimum": entry.get("minimum", 0),
        "source": one.source,
    }


@require_safe
def public_figures_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The figures of one month for programs. Raises NotFound for another form than json and csv."""
    if form not in _FORMS:
        raise NotFound("unknown_format", N_("没有这种格式。请用 json 或 csv。"))
    place, months, month = _asked(request, code)
    rows = [_record(place, month, one) for one in public.public_figures(place, month)] if month else []
    return _FORMS[form](place, month, months, rows)


@require_safe
def public_bulletin(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The figures of one month as a paper: docx, pdf, xlsx. Raises NotFound where there are none."""
    place, _months, month = _asked(request, code)
    if month is None:
        raise NotFound("no_public_month", N_("这个月没有公开的数。请从页面上选一个月。"))
    on = local_date(clock.now())
    found = public.public_figures(place, month)
    paper = papers.public_bulletin(place, month, found, smallest=packs.small_cell(on), on=on)
    return templating.as_download(paper, form, file=paper.title)


def _json(place: Place, month: dt.date | None, months: list[dt.date], rows: list[dict[str, Any]]) -> HttpResponse:
    head: dict[str, Any] = {"place": place.code, "name": place.name, "month": f"{month:%Y-%m}" if month else None}
    head["months"] = [f"{one:%Y-%m}" for one in months]
    return JsonResponse({**head, "figures": rows}, json_dumps_params={"ensure_ascii": False})


def _csv(place: Place, month: dt.date | None, months: list[dt.date], rows: list[dict[str, Any]]) -> HttpResponse:
    out = io.StringIO()
    table = csv.DictWriter(out, _COLUMNS)
    table.writeheader()
    table.writerows(rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"figures-{month:%Y-%m}.csv" if month else "figures.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


_FORMS = {"json": _json, "csv": _csv}
