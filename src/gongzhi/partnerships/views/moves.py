"""Signing, renewing, ending, judging: each posts to its own address and comes back to the agreement."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.common import clock
from gongzhi.common.refusals import tried
from gongzhi.partnerships import actions, queries
from gongzhi.partnerships.forms import JudgeForm, ReasonForm, RenewForm, SignForm
from gongzhi.partnerships.models import Agreement
from gongzhi.partnerships.views import staff
from gongzhi.partnerships.views.agreements import one_page


def _moved(
    request: HttpRequest, number: str, name: str, form: Form, act: Callable[[], Agreement], said: str
) -> HttpResponse:
    """The agreement that came of it; the form with what is wrong where it did not."""
    row = tried(form, act) if form.is_valid() else None
    if row is None:
        wrong: dict[str, Any] = {name: form}
        return one_page(request, number, **wrong)
    messages.success(request, said)
    return redirect("agreement", row.number)


@require_POST
def sign(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    row = queries.get_for(actor, number)
    parties = list(row.parties.filter(signed_on=None))
    form = SignForm(request.POST, request.FILES, parties=parties)

    def act() -> Agreement:
        given = form.cleaned_data
        body, files = given["organization"].pk, given["files"]
        now = clock.now()
        return actions.sign_agreement(
            by=actor, at=now, number=number, organization=body, on=given["on"], uploads=files
        )

    return _moved(request, number, "sign", form, act, _("登记好了。各方都签了就生效。"))


@require_POST
def renew(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = staff(request), RenewForm(request.POST)

    def act() -> Agreement:
        given = form.cleaned_data
        starts, ends = given["starts_on"], given["ends_on"]
        return actions.renew_agreement(by=actor, at=clock.now(), number=number, starts_on=starts, ends_on=ends)

    return _moved(request, number, "renew", form, act, _("续签的起草好了，请各方签。"))


@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = staff(request), ReasonForm(request.POST)

    def act() -> Agreement:
        return actions.end_agreement(by=actor, at=clock.now(), number=number, reason=form.cleaned_data["reason"])

    return _moved(request, number, "end", form, act, _("终止了，各方会收到消息。"))


@require_POST
def judge(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = staff(request), JudgeForm(request.POST)

    def act() -> Agreement:
        return actions.judge_agreement(by=actor, at=clock.now(), number=number, **form.cleaned_data)

    return _moved(request, number, "judge", form, act, _("评价好了，各方会收到消息。"))
