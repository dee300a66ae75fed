"""One idle asset: candidate uses, the resolution that decided, what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.sheets.actions import settling
from gongzhi.sheets.queries import premises
from gongzhi.sheets.views.asking import reader


@require_http_methods(["GET", "HEAD", "POST"])
def asset(request: HttpRequest, code: str) -> HttpResponse:
    """What is known; who changes places writes down the decision, and later the outcome."""
    actor = reader(request, premises.READ)
    found, wrong, field = premises.get_asset(actor, code), "", ""
    if request.method == "POST":
        try:
            _write(request, actor, code)
        except Refused as refused:
            if refused.status != 422:
                raise
            wrong, field = said(refused), str(refused.facts.get("field", ""))
        else:
            messages.success(request, _("记下了。"))
            return redirect("idle-asset", code)
    context = {
        "asset": found,
        "told": found.features,
        "may": allows(actor, premises.CHANGE, path=found.path),
        "wrong": wrong,
        "wrong_field": field,
        "given": request.POST,
    }
    return render(request, "sheets/asset.html", context, status=422 if wrong else 200)


def _write(request: HttpRequest, actor: Actor, code: str) -> None:
    given, at = request.POST, clock.now()
    if "outcome" in given:
        settling.record_outcome(by=actor, at=at, code=code, outcome=given["outcome"])
    else:
        use, resolution = given.get("use", ""), given.get("resolution", "")
        settling.settle_asset(by=actor, at=at, code=code, use=use, resolution=resolution)
