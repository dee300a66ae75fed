"""裁决: disputes that wait for a superior, and the rulings made; the same rows as a table to take away."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries import rulings as reading
from gongzhi.cases.queries.residents import cursor_id
from gongzhi.cases.queries.rulings import Precedent
from gongzhi.cases.views import telling
from gongzhi.cases.views.joint_parts import boundary_outlines
from gongzhi.cases.views.showing import PAGE, READERS, Pin, map_of, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.spreadsheets import rows_as_xlsx

_MOST_IN_A_FILE = 200
_MOST_OUTLINED = 10


@require_safe
def rulings(request: HttpRequest) -> HttpResponse:
    """What is disputed now, the nearest deadline first; below it what was decided, newest first."""
    actor = staff_of(request, *READERS)
    if request.GET.get("format") == "xlsx":
        return _file(actor)
    at, cursor = clock.now(), request.GET.get("cursor", "")
    cases = reading.open_disputes(actor)
    rows = [_dispute(actor, view) for view in rows_of(actor, cases, at)]
    made, more = reading.rulings_page(actor, before=cursor_id(cursor) if cursor else None, limit=PAGE)
    boundary = [row["view"].case for row in rows if row["boundary"]]
    context = {
        "rows": rows,
        "made": [_made(one) for one in made],
        "mine": sum(row["mine"] for row in rows),
        "map": _map(boundary),
        "next_url": f"{reverse('rulings')}?{urlencode({'cursor': more})}" if more else "",
        "first_page": not cursor,
    }
    return render(request, "cases/staff/rulings.html", context)


def _map(cases: list[Case]) -> dict[str, Any] | None:
    """Where the borders are disputed, with the grids on both sides."""
    drawn = map_of([Pin(case, str(n), case.number) for n, case in enumerate(cases, 1)])
    if drawn is not None:
        for case in cases[:_MOST_OUTLINED]:
            drawn["outlines"] += boundary_outlines(case)
    return drawn


def _dispute(actor: Actor, view: Any) -> dict[str, Any]:
    case = view.case
    return {
        "view": view,
        "place": telling.place_words(case),
        "reason": telling.reason_name(case.pending.get("reason", "")),
        "superior": case.pending.get("superior", ""),
        "boundary": bool(case.pending.get("boundary")),
        "mine": reading.decided_by(actor, case),
    }


def _made(one: Precedent) -> dict[str, Any]:
    return {"one": one, "category": queries.category_name(one.category), "reason": telling.reason_name(one.reason)}


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    one: Precedent = row["one"]
    return one.number, one.at, row["category"], row["reason"], one.unit, one.clause, one.superior


def _file(actor: Actor) -> HttpResponse:
    headers = [_("编号"), _("裁决时间"), _("类别"), _("争议"), _("由谁负责"), _("依据"), _("谁裁决的")]
    made, _more = reading.rulings_page(actor, limit=_MOST_IN_A_FILE)
    table = [_cells(_made(one)) for one in made]
    return rows_as_xlsx(_("裁决"), headers, table, title=_("裁决"))
