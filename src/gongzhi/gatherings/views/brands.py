"""Brands and honours of a place, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.asking import actor_of
from gongzhi.gatherings.queries import brands
from gongzhi.publications.queries import public
from gongzhi.publications.rules import WRITE


@require_safe
def at_place(request: HttpRequest, code: str) -> HttpResponse:
    """What a place is known for, with the activities that carry the name; what was given to it, by whom and when."""
    at, place = clock.now(), public.community(code)
    context = {
        "place": place,
        "brands": brands.brands(place, at),
        "honours": brands.honours(place, at),
        "writes": bool(actor_of(request).paths_for(WRITE)),
    }
    return render(request, "gatherings/brands.html", context)
