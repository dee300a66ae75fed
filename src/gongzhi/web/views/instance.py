"""The administrator's two pages: how the instance is doing, and what setting up still lacks."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import verify_trail
from gongzhi.audit.limits import address_of
from gongzhi.audit.queries import Verification
from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.asking import actor_of
from gongzhi.web import instance

MANAGE = "instance.manage"


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), MANAGE)
    return _health(request, None)


@never_cache
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain now; the page says what was found."""
    actor = actor_of(request)
    require(actor, MANAGE)
    return _health(request, verify_trail(by=actor, at=clock.now()))


def _health(request: HttpRequest, report: Verification | None) -> HttpResponse:
    now = clock.now()
    found = instance.checks(now)
    context = {
        "now": now,
        "checks": found,
        "wrong": sum(1 for check in found if check.tone != "done"),
        "report": report,
        "version": settings.VERSION,
        "lacking": [step for step in instance.steps(now) if not step.ok],
    }
    return render(request, "web/instance/health.html", context)


@never_cache
@require_safe
def setup(request: HttpRequest) -> HttpResponse:
    """The steps; before the first administrator exists also for whoever sits at the machine itself."""
    now = clock.now()
    at_home = address_of(request.META) in ("127.0.0.1", "::1")
    if not (at_home and not instance.has_administrator(now)):
        require(actor_of(request), MANAGE)
    found = instance.steps(now)
    done = sum(1 for step in found if step.ok)
    return render(request, "web/instance/setup.html", {"steps": found, "done": done})
