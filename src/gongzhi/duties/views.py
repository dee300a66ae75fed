"""我的职责, one duty, the team's month, the rules, the calendar, the report as a paper."""

import calendar as months
import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.documents.registry import may_change
from gongzhi.documents.templating import FORMATS, printed
from gongzhi.duties import actions, feeds, queries, registry, rules
from gongzhi.duties.forms import FulfilForm, ReasonForm, month_of
from gongzhi.duties.models import Duty
from gongzhi.duties.queries import DutyRow
from gongzhi.duties.schedules import rules_in_use
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force, mandates_of

TONES = {
    "ahead": ("", "clock"),
    "due": ("now", "list-check"),
    "overdue": ("over", "alarm"),
    "dormant": ("over", "alert-triangle"),
    "done": ("done", "circle-check"),
    "excused": ("wait", "minus"),
}
PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    found = actor_of(request)
    queries.check_staff(found)
    return found


def _shown(row: DutyRow) -> dict[str, Any]:
    tone, icon = TONES[row.state]
    return {"row": row, "duty": row.duty, "tone": tone, "icon": icon, "word": _(row.word), "title": row.title}


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the signed-in person has to do, the most pressing first; phone first."""
    actor, today = _actor(request), clock.local_date(clock.now())
    rows = queries.mine(actor, today)
    now = [row for row in rows if row.state != "ahead"]
    watches = bool(actor.paths_for("duties.read"))
    context = {
        "late": [_shown(row) for row in now if row.state in ("overdue", "dormant")],
        "now": [_shown(row) for row in now if row.state == "due"],
        "ahead": [_shown(row) for row in rows if row.state == "ahead"],
        "done": [_shown(row) for row in queries.mine_done(actor, today)],
        "asked": [_shown(row) for row in queries.waiting_excuses(actor, today)],
        "watches": watches,
        "feed": _address(feeds.feed_of_person(actor.person_id)) if actor.person_id else "",
    }
    return render(request, "duties/mine.html", context)


def _address(feed: feeds.Feed) -> str:
    return f"{settings.HOST_URL}{reverse('duty-feed', args=[feed.token])}"


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Below one's post: what sleeps and is late first, the month as a grid, the rows as a table to take along."""
    actor, today = _actor(request), clock.local_date(clock.now())
    _check_watcher(actor)
    show, rule = request.GET.get("show", "open"), request.GET.get("rule", "")
    show = show if show in ("open", "done", "all") else "open"
    rows = queries.team_list(actor, today, rule=rule, show=show)
    if request.GET.get("as") == "xlsx":
        return _table(rows, today)
    rows = queries.folded(rows)
    first = month_of(request.GET.get("month", ""), today)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    before, after = first - dt.timedelta(days=1), last + dt.timedelta(days=1)
    context = {
        "rows": [_shown(row) for row in rows[:PAGE]],
        "more": max(len(rows) - PAGE, 0),
        "counts": _counts(rows),
        "show": show,
        "rule": rule,
        "rules": {row.duty.rule: row.title for row in rows},
        "month": first,
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
        "weeks": _weeks(first, queries.in_month(actor, first, last, today), today),
        "weekdays": _("一 二 三 四 五 六 日").split(),
        "bodies": _body_feeds(actor, today),
    }
    return render(request, "duties/team.html", context)


def _check_watcher(actor: Actor) -> None:
    if not actor.paths_for("duties.read"):
        raise Forbidden("forbidden", N_("这一页给管这里的人看。您自己的在“我的职责”里。"))


def _counts(rows: Sequence[DutyRow]) -> dict[str, int]:
    return {state: sum(1 for row in rows if row.state == state) for state in ("dormant", "overdue", "due")}


def _weeks(first: dt.date, rows: Sequence[DutyRow], today: dt.date) -> list[list[dict[str, Any]]]:
    """The month as weeks from Monday; a day holds its duties, how many are late, open, done."""
    by_day: dict[dt.date, list[DutyRow]] = {}
    for row in rows:
        by_day.setdefault(row.duty.due_on, []).append(row)
    return [
        [
            {"day": day, "inside": day.month == first.month, "today": day == today, **_day(by_day.get(day, []))}
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]


def _day(rows: Sequence[DutyRow]) -> dict[str, Any]:
    late = sum(1 for row in rows if row.state in ("overdue", "dormant"))
    settled = sum(1 for row in rows if not row.duty.is_open)
    return {"rows": [_shown(row) for row in rows], "late": late, "settled": settled, "open": len(rows) - late - settled}


def _table(rows: Sequence[DutyRow], today: dt.date) -> HttpResponse:
    heads = [_("职责"), _("谁"), _("现在谁做"), _("哪一期"), _("从"), _("最后一天"), _("情况"), _("连着几期没做")]
    heads += [_("凭据"), _("为什么不用做"), _("依据")]
    lines = (
        (
            row.title,
            row.subject,
            row.holder,
            row.duty.period,
            row.duty.opens_on,
            row.duty.due_on,
            _(row.word),
            row.missed,
            row.duty.evidence,
            row.duty.excuse if row.duty.excused_at else "",
            row.ruled.basis,
        )
        for row in rows
    )
    return rows_as_xlsx(_("周期职责"), heads, lines, note=f"{today:%Y-%m-%d}")


def _body_feeds(actor: Actor, today: dt.date) -> list[tuple[str, str]]:
    """The calendars of the bodies that the actor acts in."""
    wanted = actor.organizations_for("duties.read")
    bodies = Organization.objects.filter(in_force(today), pk__in=wanted).order_by("code")
    return [(body.name, _address(feeds.Feed("organization", str(body.pk)))) for body in bodies]


@require_safe
def rules_page(request: HttpRequest) -> HttpResponse:
    """By which rules: what, who, how often, on which basis, how sure we are of it."""
    _actor(request)
    today = clock.local_date(clock.now())
    ruled = rules_in_use(today)
    rows = [
        {
            "ruled": one,
            "every": _(rules.EVERY_WORDS[one.rule.every]),
            "evidence": [_(rules.EVIDENCE_WORDS.get(kind, kind)) for kind in one.rule.evidence],
        }
        for one in ruled
    ]
    if request.GET.get("as") == "xlsx":
        return _rules_table(rows, today)
    return render(request, "duties/rules.html", {"rows": rows})


def _rules_table(rows: Sequence[dict[str, Any]], today: dt.date) -> HttpResponse:
    heads = [_("职责"), _("做什么"), _("多久一次"), _("认什么凭据"), _("依据"), _("可信程度"), _("规则包")]
    lines = (
        (
            row["ruled"].rule.title,
            row["ruled"].rule.what,
            row["every"],
            "、".join(row["evidence"]),
            row["ruled"].basis,
            row["ruled"].confidence,
            row["ruled"].reference,
        )
        for row in rows
    )
    return rows_as_xlsx(_("职责规则和依据"), heads, lines, note=f"{today:%Y-%m-%d}")


@require_safe
def page(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    return _page(request, duty_id)


def _page(request: HttpRequest, duty_id: uuid.UUID, **forms: Form) -> HttpResponse:
    actor, today = _actor(request), clock.local_date(clock.now())
    duty = queries.get_duty_for(actor, duty_id)
    row = queries.rows_of([duty], today)[0]
    may_do, may_decide = queries.may_fulfil(actor, duty), queries.may_decide(actor, duty)
    asked = duty.is_open and duty.excuse_asked_at is not None
    context = {
        **_shown(row),
        "evidence": registry.resolve(actor, duty.evidence) if duty.evidence else None,
        "about": registry.resolve(actor, duty.subject) if duty.is_open else None,
        "files": [one for one in evidence_of([str(duty)]) if one.media.erased_at is None],
        "may_cover": may_change(actor, str(duty)),
        "kinds": [_(rules.EVIDENCE_WORDS.get(kind, kind)) for kind in row.ruled.rule.evidence],
        "begun": today >= duty.opens_on,
        "form": forms.get("form") or (FulfilForm() if may_do and duty.is_open and today >= duty.opens_on else None),
        "excuse": forms.get("excuse")
        or (ReasonForm(auto_id="excuse-%s") if (may_do or may_decide) and duty.is_open and not asked else None),
        "asked": asked,
        "decides": asked and may_decide and duty.excuse_asked_by != actor.reference,
        "reopen": forms.get("reopen")
        or (
            ReasonForm(auto_id="reopen-%s")
            if may_decide and duty.fulfilled_at and duty.fulfilled_by != actor.reference
            else None
        ),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "duties/duty.html", context, status=422 if wrong else 200)


def _try(
    request: HttpRequest, duty_id: uuid.UUID, name: str, form: Form, act: Callable[[Actor], object], done: str
) -> HttpResponse:
    """One act by a form on the page of a duty; what is refused stands beside its field."""
    actor = _actor(request)
    if form.is_valid():
        try:
            act(actor)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, done)
            return redirect("duty", duty_id)
    return _page(request, duty_id, **{name: form})


@require_POST
def done(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    form = FulfilForm(request.POST, request.FILES)

    def act(actor: Actor) -> Duty:
        given = form.cleaned_data
        reference, note, uploads = given["reference"], given["note"], given["files"]
        shown: dict[str, Any] = {"reference": reference, "note": note, "uploads": uploads}
        return actions.fulfil_duty(by=actor, at=clock.now(), duty_id=duty_id, **shown)

    return _try(request, duty_id, "form", form, act, _("记下了：这一期做了。"))


@require_POST
def excuse(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    form = ReasonForm(request.POST, auto_id="excuse-%s")

    def act(actor: Actor) -> Duty:
        return actions.ask_excuse(by=actor, at=clock.now(), duty_id=duty_id, reason=form.cleaned_data["reason"])

    return _try(request, duty_id, "excuse", form, act, _("提了。要等另一个人同意。"))


@require_POST
def decide(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    actor, granted = _actor(request), request.POST.get("granted")
    if granted not in ("yes", "no"):
        raise Refused("answer_missing", N_("请选同意或不同意。"))
    actions.decide_excuse(by=actor, at=clock.now(), duty_id=duty_id, granted=granted == "yes")
    messages.success(request, _("同意了，这一期不用做。") if granted == "yes" else _("没有同意，这一期还要做。"))
    return redirect("duty", duty_id)


@require_POST
def reopen(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    form = ReasonForm(request.POST, auto_id="reopen-%s")

    def act(actor: Actor) -> Duty:
        return actions.reopen_duty(by=actor, at=clock.now(), duty_id=duty_id, reason=form.cleaned_data["reason"])

    return _try(request, duty_id, "reopen", form, act, _("退回了，这一期要重新做。"))


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """iCalendar for whoever holds the address: a phone's calendar asks without signing in."""
    at = clock.now()
    feed = feeds.feed_of(token, clock.local_date(at))
    rows = feeds.rows_in(feed, clock.local_date(at))
    address = f"{settings.HOST_URL}/duties/"
    content = feeds.as_calendar(rows, name=_("周期职责"), at=at, address=address)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    actions.renew_feed(by=_actor(request), at=clock.now())
    messages.success(request, _("换了新的日历地址，旧的已经打不开。"))
    return redirect("duties")


@require_safe
def report(request: HttpRequest, form: str) -> HttpResponse:
    """述职: one's own duties of the half-year as a paper; `?period=2026-H1`."""
    actor, today = _actor(request), clock.local_date(clock.now())
    if form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    if actor.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    half = rules.period_of("half_year", today)
    rows = queries.rows_of(
        queries.own_duties(actor).filter(due_on__range=(half.first, half.last)).order_by("due_on"), today
    )
    over = [row for row in rows if row.state != "ahead"]
    settled = sum(1 for row in over if row.state == "done")
    held = mandates_of(actor.person_id, today).first()
    who = f"{held.post.place.name}{held.post.title}" if held else ""
    lines = [
        [r.title, r.duty.period, f"{r.duty.due_on:%m-%d}", _(r.word), r.duty.evidence.partition(":")[2]] for r in over
    ]
    late = sum(1 for row in over if row.state in ("overdue", "dormant"))
    said = _("这半年该做的 {all} 期，做了 {done} 期，过期没做的 {late} 期。").format(
        all=len(over), done=settled, late=late
    )
    period = _("{year}年{half}").format(
        year=half.first.year, half=_("上半年") if half.first.month == 1 else _("下半年")
    )
    values = {"who": who, "period": period, "summary": said, "lines": lines, "on": today}
    return printed("duty_report", values, form, on=today, file=f"{who}{period}")
