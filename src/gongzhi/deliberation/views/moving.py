"""Entering what happened: one door for every kind of event, and one for objections."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in, staff_of
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import actions, inquiries, queries, rules
from gongzhi.deliberation.forms import EventForm, ObjectForm
from gongzhi.deliberation.views import page_of, put_back
from gongzhi.deliberation.views.saying import objected_to_posting


@require_POST
def record(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    now = clock.now()
    actor = _enterer(request, number, now)
    course = queries.followed(actor, number, clock.local_date(now))
    move = course.move(kind)
    if move is None:
        raise Conflict("wrong_step", N_("现在不能做这一步。请刷新后再看。"))
    form = EventForm(request.POST, request.FILES, course=course, move=move, actor=actor, auto_id=f"{kind}-%s")
    if form.is_valid():
        try:
            actions.record_event(by=actor, at=now, number=number, given=form.given())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记下了。"))
            return redirect("course", number)
    return page_of(request, number, kind, form)


def _enterer(request: HttpRequest, number: str, now: dt.datetime) -> Actor:
    """Who runs or watches; of an inquiry that was asked here also who asked it."""
    actor = actor_of(request)
    if actor.kind == "person" and not actor.roles:
        own = [one for one in inquiries.asked(actor) if one.number == number]
        if own and inquiries.asked_by(actor, queries.followed(actor, number, clock.local_date(now))):
            return actor
    otherwise = N_("这里由办这件事的人和监督的人来记。您可以看，也可以提异议。")
    return staff_of(request, rules.RUN, rules.SUPERVISE, otherwise=otherwise)


@require_POST
def objection(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = signed_in(request), ObjectForm(request.POST, auto_id="object-%s")
    if not queries.visible_to(actor).filter(number=number).exists():
        return objected_to_posting(request, actor, number, form)
    if form.is_valid():
        try:
            actions.object_to(by=actor, at=clock.now(), number=number, words=form.cleaned_data["words"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("异议记下了。答复以前，这一步不会往下走。"))
            return redirect("course", number)
    return page_of(request, number, "objected", form)
