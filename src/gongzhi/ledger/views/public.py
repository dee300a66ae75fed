"""公开的账目 of a place, for everybody: what was published of each fund, and nothing beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.ledger import queries, shown
from gongzhi.ledger.queries import Disclosed
from gongzhi.places.queries import get_place
from gongzhi.publications import words


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """The funds of a place and around it of which something is released; sums are those of closed periods."""
    found = get_place(code)
    rows = [_row(one) for one in queries.disclosed(queries.funds_at(found))]
    return render(request, "ledger/public.html", {"place": found, "rows": rows})


def _row(one: Disclosed) -> dict[str, Any]:
    totals, unit = one.period.totals if one.period else {}, one.fund.unit
    return {
        "fund": one.fund,
        "kind": queries.kind_of(one.fund),
        "period": one.period,
        "money": {name: shown.money(totals[name], unit) for name in ("income", "expense", "closing") if name in totals},
        "items": [(item, words.released(item).get("title", item.number)) for item in one.items],
        "papers": one.papers,
    }
