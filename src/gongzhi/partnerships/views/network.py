"""共建单位 of a place, for everybody: the core and its partners by what they stand as, and what each gave."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.partnerships import shown
from gongzhi.partnerships.queries import together
from gongzhi.places.queries import get_place


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What runs at a place and below it; nothing of a draft, no paper, no person."""
    found = together.network(get_place(code))
    groups = [
        (word, [{"one": one, "area": shown.area(one.area) if one.pieces else ""} for one in partners])
        for word, partners in found.groups
    ]
    return render(request, "partnerships/network.html", {"found": found, "place": found.place, "groups": groups})
