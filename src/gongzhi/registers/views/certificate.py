"""住户登记证明: made for its holder, checked by whoever was handed it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.common import clock
from gongzhi.common.asking import signed_in
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents.templating import printed
from gongzhi.registers.actions.certifying import issue_certificate
from gongzhi.registers.queries.certificates import check_certificate

FORMS = ("pdf", "docx")
CHECKS, WINDOW = 30, 3600


@never_cache
@require_POST
def issue(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The paper of one's own home, as PDF or Word."""
    if form not in FORMS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    actor, now = signed_in(request), clock.now()
    count_use(what="certificate", who=actor.reference, limit=CHECKS, seconds=WINDOW, at=now)
    made = issue_certificate(by=actor, at=now, number=number, address=f"{settings.HOST_URL}/certificates")
    return printed("certificate", made.values, form, on=local_date(now), file=f"{_('住户登记证明')}-{made.number}")


@never_cache
@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Given out or not, still so or not; the rest stands on the paper."""
    now, address = clock.now(), address_of(request.META)
    if limited(address):
        count_use(what="certificate_check", who=visitor(address), limit=CHECKS, seconds=WINDOW, at=now)
    return render(request, "registers/certificate.html", {"found": check_certificate(number, now)})
