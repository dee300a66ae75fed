"""Checking a certificate: for whoever was handed it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.common import clock
from gongzhi.common.asking import actor_of, staff_of
from gongzhi.gatherings.rules import HOLD
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.models import Certificate

CHECKS, WINDOW = 30, 3600


@never_cache
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Valid, revoked or unknown; a masked name, minutes, the period and the body, nothing else."""
    now, address = clock.now(), address_of(request.META)
    if limited(address):
        count_use(what="certificate_check", who=visitor(address), limit=CHECKS, seconds=WINDOW, at=now)
    found = queries.verify(code)
    revokes = found is not None and found.certificate.revoked_at is None and _over(request, found.certificate)
    context = {"found": found, "code": code, "revokes": revokes}
    return render(request, "volunteering/verify.html", context, status=200 if found else 404)


def _over(request: HttpRequest, row: Certificate) -> bool:
    place = row.host.place
    return place is not None and any(place.path.startswith(path) for path in actor_of(request).paths_for(HOLD))


@require_POST
def revoke(request: HttpRequest, code: str) -> HttpResponse:
    actions.revoke_certificate(by=staff_of(request, HOLD), at=clock.now(), code=code)
    messages.success(request, _("这份证明作废了。"))
    return redirect("volunteering-verify", code)
