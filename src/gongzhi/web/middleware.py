"""Headers that keep the browser strict, the actor of the request, and refusals turned into pages."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject

from gongzhi.audit.actions import log_refusal
from gongzhi.common import clock
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.people.queries import actor_for
from gongzhi.web import nav, signing
from gongzhi.web.views.errors import refusal_page

Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(tiles: str) -> str:
    """No inline script or style, nothing from elsewhere but the map tiles that were configured."""
    parts = urlsplit(tiles.replace("{s}", "*"))
    host = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "; ".join(
        [
            "default-src 'self'",
            f"img-src 'self' data: blob:{host}",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


class SecurityHeaders:
    """Sets what a view has not set itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": content_security_policy(settings.MAP_TILES),
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self), interest-cohort=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


def find_actor(request: HttpRequest) -> Actor:
    """The actor of the signed-in person, with all mandates; nobody signed in is ANONYMOUS."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return ANONYMOUS
    actor = actor_for(person, at=clock.now(), purpose=f"web:{request.path}"[:80])
    return signing.without_posts(request, actor)


class CurrentActor:
    """`request.actor`, looked up when first asked for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: find_actor(request))  # type: ignore[attr-defined]  # ours to add
        return self.get_response(request)


class Refusals:
    """A refusal raised in a view becomes a page (a part of one for HTMX) that says what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, refused: Exception) -> HttpResponse | None:
        if not isinstance(refused, Refused) or request.path.startswith("/api/"):
            return None
        log_refusal(by=request.actor, at=clock.now(), refused=refused)  # type: ignore[attr-defined]  # ours
        if isinstance(refused, SignInRequired) and request.method == "GET":
            return to_sign_in(request) or refusal_page(request, refused)
        return refusal_page(request, refused)


def to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Send to the sign-in page and back again; None while there is no such page."""
    page = nav.address("sign-in")
    if not page:
        return None
    address = f"{page}?{urlencode({'next': request.get_full_path()})}"
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
