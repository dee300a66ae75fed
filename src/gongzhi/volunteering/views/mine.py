"""One's own record in five parts, and the certificate of it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.limits import count_use
from gongzhi.common import clock
from gongzhi.common.asking import signed_in
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents.templating import printed
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.forms import CertificateForm
from gongzhi.volunteering.models import Certificate
from gongzhi.volunteering.papers import certificate_values
from gongzhi.volunteering.rules import HOW_WORDS

FORMS = ("docx", "pdf")
PAPERS, WINDOW = 30, 3600


def _page(request: HttpRequest, form: CertificateForm | None = None) -> HttpResponse:
    actor, today = signed_in(request), local_date(clock.now())
    own = queries.own_record(actor, today)
    context = {
        "own": own,
        "hours": queries.hours_words(own.minutes),
        "how": HOW_WORDS,
        "names": {one.code: one.name for one in queries.kinds()},
        "form": form or CertificateForm(hosts=own.hosts, initial={"last": today}),
    }
    return render(request, "volunteering/mine.html", context, status=422 if form else 200)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    form = CertificateForm(request.POST, hosts=queries.own_record(actor, local_date(now)).hosts)
    if not form.is_valid():
        return _page(request, form)
    actions.issue_certificate(by=actor, at=now, **form.cleaned_data)
    return redirect("my-volunteering")


@never_cache
@require_safe
def paper(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Free of charge; for its holder alone."""
    if form not in FORMS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    actor, now = signed_in(request), clock.now()
    row = Certificate.objects.select_related("host", "person__key").filter(code=code, person=actor.person_id).first()
    if row is None or row.revoked_at is not None:
        raise NotFound("unknown_certificate", N_("没有出过这个编号的证明。请对着纸上的编号再看一遍。"))
    count_use(what="certificate", who=actor.reference, limit=PAPERS, seconds=WINDOW, at=now)
    with translation.override("zh-hans"):
        values: dict[str, Any] = certificate_values(row, actor, f"{settings.HOST_URL}/volunteering/verify")
        file = f"{_('志愿服务记录证明')}-{row.code}"
    return printed("certificate", values, form, on=local_date(now), file=file)
