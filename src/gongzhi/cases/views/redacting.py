"""遮挡照片: drag over what nobody needs to see, or type where it is."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.cases import queries
from gongzhi.cases.actions.redacting import redact_case_photo, uncover_case_photo
from gongzhi.cases.queries.redacting import check_redactor, photo_of
from gongzhi.cases.views.showing import READERS
from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.documents.forms import AreasForm
from gongzhi.documents.queries import newest_cover


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, number: str, media_id: uuid.UUID) -> HttpResponse:
    actor = staff_of(request, *READERS)
    case = queries.get_worked_case(actor, number)
    check_redactor(actor, case)
    media = photo_of(case, media_id)
    if "reason" in request.POST:
        uncover_case_photo(by=actor, at=clock.now(), number=number, media_id=media_id, reason=request.POST["reason"])
        messages.success(request, _("撤回了。遮盖以前的样子又看得到了，谁撤回的、为什么，都有记录。"))
        return redirect("case-page", number)
    form = AreasForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            areas = form.cleaned_data["areas"]
            redact_case_photo(by=actor, at=clock.now(), number=number, media_id=media_id, areas=areas)
        except (Forbidden, NotFound):
            raise
        except Refused as refused:
            form.add_error("areas", said(refused))
        else:
            messages.success(request, _("遮好了。别人从现在起只看到遮过的。"))
            return redirect("case-page", number)
    context = {"case": case, "media": media, "form": form, "covered": newest_cover(media) is not None}
    return render(request, "cases/staff/redact.html", context, status=422 if form.errors else 200)
