"""The leader's day: who comes, codes, confirming, what is entered afterwards; what was done by kind."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.gatherings.rules import EVERY_WORDS, HOLD
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.actions.running import runnable
from gongzhi.volunteering.forms import BackForm, CallForm, TeamForm
from gongzhi.volunteering.models import SignUp
from gongzhi.volunteering.rules import HOW_WORDS
from gongzhi.volunteering.views.pages import unknown


def _office(request: HttpRequest) -> Actor:
    return staff_of(request, HOLD, otherwise=N_("志愿活动由社区书记和督办来办。想参加，请到“志愿服务”报名。"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    today, holds = clock.local_date(now), bool(actor.paths_for(HOLD))
    context = {
        "activities": queries.run_by(actor, now),
        "waiting": queries.waiting_for(actor),
        "done": queries.done_by_group(actor, today) if holds else [],
        "holds": holds,
    }
    return render(request, "volunteering/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor, now = _office(request), clock.now()
    today = clock.local_date(now)
    given = request.POST if request.method == "POST" else None
    form = CallForm(given, bodies=queries.bodies_for(actor), services=queries.services(today), every=EVERY_WORDS)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.call_activity(by=actor, at=now, **form.called())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("通知发出去了，可以报名了。"))
            return redirect("volunteering-day", made.gathering.number)
    status = 422 if form.is_bound else 200
    return render(request, "volunteering/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def name_team(request: HttpRequest) -> HttpResponse:
    actor, now = _office(request), clock.now()
    given = request.POST if request.method == "POST" else None
    badges = queries.badges(clock.local_date(now))
    form = TeamForm(given, bodies=queries.bodies_for(actor), badges=badges)
    if request.method == "POST" and form.is_valid():
        made = actions.name_team(by=actor, at=now, **form.cleaned_data)
        messages.success(request, _("队伍记好了。"))
        return redirect("volunteering-team", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "volunteering/name_team.html", {"form": form}, status=status)


@require_safe
def day(request: HttpRequest, number: str) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    activity = runnable(actor, number, now)
    rows = queries.coming_to(actor, activity, clock.local_date(now))
    context = {
        "row": activity,
        "gathering": activity.gathering,
        "coming": rows,
        "start": queries.code_of(activity, "start"),
        "end": queries.code_of(activity, "end"),
        "helped": queries.code_of(activity, "helped"),
        "how": HOW_WORDS,
        "holds": queries.holds(actor, activity.gathering),
        "open": activity.gathering.status in ("noticed", "open"),
    }
    return render(request, "volunteering/day.html", context)


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    common: dict[str, Any] = {"by": signed_in(request), "at": clock.now(), "number": number}
    if act == "confirm":
        made = actions.confirm(**common)
        messages.success(request, _("确认了 {n} 人。").format(n=len(made)))
    elif act == "finish":
        actions.finish(**common, said=request.POST.get("said", ""))
        messages.success(request, _("活动结束了。"))
    else:
        raise unknown()
    return redirect("volunteering-day", number)


@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, signup: int) -> HttpResponse:
    """What had no code, entered afterwards."""
    actor, now = _office(request), clock.now()
    row = SignUp.objects.filter(pk=signup).select_related("activity__gathering").first()
    if row is None or not queries.holds(actor, row.activity.gathering):
        raise NotFound("no_signup", N_("没有这个报名。请刷新再看。"))
    gathering = row.activity.gathering
    first = {"starts_at": gathering.starts_at, "ends_at": gathering.ends_at}
    form = BackForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_back(by=actor, at=now, signup=signup, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("补录好了，等另一个人审。"))
            return redirect("volunteering-day", gathering.number)
    status = 422 if form.is_bound else 200
    return render(request, "volunteering/back.html", {"form": form, "gathering": gathering}, status=status)


@require_POST
def decide(request: HttpRequest, entry: int) -> HttpResponse:
    approved = request.POST.get("answer") == "yes"
    actions.decide_back(by=_office(request), at=clock.now(), entry=entry, approved=approved)
    messages.success(request, _("审过了，记进服务记录。") if approved else _("没有通过，不记时长。"))
    return redirect("volunteering-desk")


@require_POST
def reverse(request: HttpRequest, record: uuid.UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    made = actions.reverse(by=_office(request), at=clock.now(), number=record, reason=reason)
    messages.success(request, _("冲销了。原来的记录还在，不再计时长。"))
    activity = made.record.activity
    return redirect("volunteering-day", activity.gathering.number) if activity else redirect("volunteering-desk")
