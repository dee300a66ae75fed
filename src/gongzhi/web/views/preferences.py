"""Large type and language: a button each, kept in a cookie and with one's account, working without script."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from gongzhi.common import clock
from gongzhi.common.asking import actor_of
from gongzhi.people import actions as people
from gongzhi.people.queries import person_of
from gongzhi.web.shell import LEVELS, TEXT_COOKIE

YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> str:
    """The page the button stood on; never another site."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
            return address
    return "/"


def _remember(request: HttpRequest, **chosen: str) -> None:
    """With the account, so that another telephone shows the same."""
    actor = actor_of(request)
    if actor.kind == "person":
        people.set_preferences(by=actor, at=clock.now(), person=person_of(actor), **chosen)


def _keep(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """`level`: "" (as the system has it), "large" (20 px) or "max" (30 px)."""
    level = request.POST.get("level", "")
    level = level if level in LEVELS else ""
    _remember(request, text_size=level)
    json = "application/json" in request.headers.get("Accept", "")
    response: HttpResponse = JsonResponse({"level": level}) if json else HttpResponseRedirect(back(request))
    return _keep(response, TEXT_COOKIE, level)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """`language`: one of settings.LANGUAGES; anything else changes nothing."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(back(request))
    if chosen in dict(settings.LANGUAGES):
        _remember(request, language=chosen)
        return _keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response
