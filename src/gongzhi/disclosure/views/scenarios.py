"""场景: one plain page for a picture of life at a place; emergencies with their order and end. For everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.disclosure.queries import scenarios
from gongzhi.publications.queries import public


@require_safe
def index(request: HttpRequest, code: str) -> HttpResponse:
    """Which scenes there are at a place, and which emergency an order runs now."""
    at, place = clock.now(), public.community(code)
    context = {
        "place": place,
        "scenes": scenarios.scenarios(clock.local_date(at)),
        "emergencies": scenarios.emergencies(place, at),
    }
    return render(request, "disclosure/scenes.html", context)


@require_safe
def scene(request: HttpRequest, code: str, name: str) -> HttpResponse:
    today, place = clock.local_date(clock.now()), public.community(code)
    found = scenarios.scenario(name, today)
    context = {"place": place, "scene": found, "ways": scenarios.ways(found, place, today), "days": scenarios.DAYS}
    return render(request, "disclosure/scene.html", context)
