"""Posts that a resolution ends or begins: one hand writes down whom, another one confirms."""

import datetime as dt

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import actions, planned, queries, rules
from gongzhi.deliberation.forms_posts import BeginForm
from gongzhi.deliberation.views import put_back
from gongzhi.deliberation.views.resolving import page_of

OTHERS = N_("任职由办这件事的人提出，由监督的人核对。您可以看。")
CONTACT = ("phone", "email")


def _runner(request: HttpRequest) -> Actor:
    return staff_of(request, rules.RUN, otherwise=OTHERS)


@require_POST
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Write down whom; a form that is refused comes back on the page of the resolution."""
    actor, now = _runner(request), clock.now()
    made = queries.get_resolution_for(actor, number)
    form = planned.form_for(actor, made, request.POST)
    if form.is_valid():
        try:
            _plan(actor, now, number, form)
        except Refused as refused:
            if refused.facts.get("field") in CONTACT:
                refused.facts["field"] = "contact"
            put_back(form, refused)
        else:
            messages.success(request, _("写好了。请另一个人核对，核对了才生效。"))
            return redirect("resolution", number)
    return page_of(request, number, form)


def _plan(actor: Actor, now: dt.datetime, number: str, form: Form) -> None:
    if isinstance(form, BeginForm):
        actions.plan_begin(by=actor, at=now, number=number, chosen=form.chosen())
    else:
        actions.plan_end(by=actor, at=now, number=number, handed_to=form.cleaned_data["handed_to"])


@require_POST
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Taken back by who runs it, sent back by who watches."""
    actor = staff_of(request, rules.RUN, rules.SUPERVISE, otherwise=OTHERS)
    made = queries.get_resolution_for(actor, number)
    permission = rules.RUN if queries.may_run(actor, made.course) else rules.SUPERVISE
    actions.drop_plan(by=actor, at=clock.now(), number=number, permission=permission)
    messages.success(request, _("退回了。可以重新写。"))
    return redirect("resolution", number)


@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff_of(request, rules.SUPERVISE, otherwise=OTHERS)
    actions.carry_out(by=actor, at=clock.now(), number=number)
    messages.success(request, _("核对了，从决定那天起生效。"))
    return redirect("resolution", number)
