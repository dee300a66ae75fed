"""公开的账目 of a place, for everybody: what was published of each fund, and nothing beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.ledger import bundle, disclosing, queries, shown
from gongzhi.ledger.disclosing import Disclosed
from gongzhi.ledger.views import lines_file
from gongzhi.packs.fund_contents import FundPack
from gongzhi.places.queries import get_place
from gongzhi.publications import words


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """The funds of a place and around it of which something is released; sums are those of closed periods."""
    found = get_place(code)
    public = disclosing.disclosed(disclosing.funds_at(found))
    kinds = queries.kinds_of(one.fund for one in public)
    rows = [_row(one, kinds[one.fund.pack]) for one in public]
    return render(request, "ledger/public.html", {"place": found, "rows": rows})


@require_safe
def books(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The entries of what was released, to be added up by anybody: no payee, no paper."""
    found = disclosing.public_fund_at(get_place(code), number)
    if found is None or found.until is None:
        raise NotFound("no_public_books", N_("这里没有公开这本账。公开的账目看这个地点的“公开账目”。"))
    return lines_file(bundle.public_lines(found.fund, found.until), f"{number}.jsonl")


def _row(one: Disclosed, kind: FundPack) -> dict[str, Any]:
    totals, unit = one.period.totals if one.period else {}, one.fund.unit
    return {
        "fund": one.fund,
        "kind": kind,
        "period": one.period,
        "money": {name: shown.money(totals[name], unit) for name in ("income", "expense", "closing") if name in totals},
        "items": [(item, words.released(item).get("title", item.number)) for item in one.items],
        "papers": one.papers,
    }
