"""What a resident sees: registering, teams, activities, codes, confirming for whom was helped."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.models import SignUp, Team


def unknown() -> NotFound:
    return NotFound("page_not_found", N_("没有这一页。"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    today = clock.local_date(now)
    badges = queries.badges(today)
    mine = set(
        SignUp.objects.filter(person=actor.person_id, cancelled_at__isnull=True).values_list("activity", flat=True)
        if actor.person_id
        else ()
    )
    context = {
        "volunteer": queries.volunteer_of(actor.person_id),
        "age": queries.numbers(today).adult_age,
        "activities": queries.upcoming(actor, now),
        "mine": mine,
        "teams": [(one, badges.get(one.badge, one.badge)) for one in queries.teams()],
    }
    return render(request, "volunteering/index.html", context)


@require_POST
def me(request: HttpRequest, act: str) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    if act == "register":
        of_age, guardian = request.POST.get("age") == "adult", bool(request.POST.get("guardian"))
        actions.register(by=actor, at=now, of_age=of_age, guardian=guardian)
        messages.success(request, _("登记好了。想参加哪个活动，就点“报名”。"))
    elif act == "leave":
        actions.leave(by=actor, at=now)
        messages.success(request, _("您退出了。服务过的时长还在您的记录里。"))
    else:
        raise unknown()
    return redirect("volunteering")


@require_safe
def team(request: HttpRequest, team: int) -> HttpResponse:
    actor, today = actor_of(request), clock.local_date(clock.now())
    row = queries.teams().filter(pk=team).first()
    if row is None:
        raise NotFound("no_team", N_("没有这支队伍。请刷新再看。"))
    volunteer = queries.volunteer_of(actor.person_id)
    context: dict[str, Any] = {
        "team": row,
        "badge": queries.badges(today).get(row.badge, row.badge),
        "volunteer": volunteer,
        "inside": volunteer is not None and _inside(row, volunteer.pk),
    }
    return render(request, "volunteering/team.html", context)


def _inside(team: Team, volunteer: int) -> bool:
    return team.memberships.filter(volunteer=volunteer, left_at__isnull=True).exists()


@require_POST
def team_act(request: HttpRequest, team: int, act: str) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    if act == "join":
        actions.join_team(by=actor, at=now, team=team)
        messages.success(request, _("您加入了这支队伍。"))
    elif act == "leave":
        actions.leave_team(by=actor, at=now, team=team)
        messages.success(request, _("您退出了这支队伍。"))
    else:
        raise unknown()
    return redirect("volunteering-team", team)


@require_safe
def activity(request: HttpRequest, number: str) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    today = clock.local_date(now)
    row = queries.get_activity(actor, number)
    standing = row.signups.filter(cancelled_at__isnull=True)
    booths = queries.services(today)
    context = {
        "row": row,
        "gathering": row.gathering,
        "taken": standing.count(),
        "mine": standing.filter(person=actor.person_id).first() if actor.person_id else None,
        "volunteer": queries.volunteer_of(actor.person_id),
        "booths": [(code, booths.get(code, code)) for code in row.services],
        "over": row.gathering.status not in ("noticed", "open") or now >= row.gathering.ends_at,
        "runs": queries.may_run(actor, row.gathering, today),
    }
    return render(request, "volunteering/activity.html", context)


@require_POST
def activity_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    common: dict[str, Any] = {"by": signed_in(request), "at": clock.now(), "number": number}
    given = request.POST.get("code", "")
    if act == "sign-up":
        actions.sign_up(**common, service=request.POST.get("service", ""))
        said = _("报上名了。")
    elif act == "cancel":
        actions.cancel(**common)
        said = _("取消了。")
    elif act == "code":
        mine = actions.use_code(**common, code=given)
        said = _("签退了。请受助的人或者负责人确认。") if mine.left_at else _("签到了。走的时候请签退。")
    elif act == "confirm":
        made = actions.confirm(**common, code=given or "-")
        said = _("谢谢，确认了 {n} 人的服务。").format(n=len(made))
    else:
        raise unknown()
    messages.success(request, said)
    return redirect("volunteering-activity", number)
