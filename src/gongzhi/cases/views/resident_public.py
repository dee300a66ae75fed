"""公开: how the community's matters stand, for everybody, without words and without persons."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongzhi.cases.models import Case
from gongzhi.cases.queries import published
from gongzhi.cases.queries.reading import category_name
from gongzhi.cases.views import resident_telling as telling
from gongzhi.common import clock
from gongzhi.packs.queries import active_model

PAGE = 30


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """This month's numbers, each opening its rows, and the newest cases."""
    at, show = clock.now(), request.GET.get("show", "")
    show = show if show in published.SHOWS else ""
    cases, cursor = published.public_page(at, show=show, cursor=request.GET.get("cursor", ""), limit=PAGE)
    query = {name: value for name, value in (("show", show), ("cursor", cursor)) if value}
    context = {
        "numbers": published.public_numbers(at),
        "deferred": published.deferred_counts(),
        "site": active_model().root,
        "rows": [_row(case, at) for case in cases],
        "show": show,
        "first_page": not request.GET.get("cursor"),
        "next_url": f"{reverse('public')}?{urlencode(query)}" if cursor else "",
    }
    return render(request, "cases/resident/public.html", context)


def _row(case: Case, at: dt.datetime) -> dict[str, Any]:
    owed = case.status in published.OWED
    return {
        "number": case.number,
        "category": category_name(case.category),
        "place": telling.public_place_words(case),
        "status": published.shown_status(case, at),
        "unit": case.unit.name if telling.decided(case) and case.unit else "",
        "received_at": case.received_at,
        "due_at": case.due_at,
        "owed": owed,
    }
