"""Meetings to come and held, one meeting, calling one, its agenda, its papers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.templating import FORMATS, printed
from gongzhi.gatherings import actions, papers, queries, rules
from gongzhi.gatherings.forms import (
    CallForm,
    CodeForm,
    InviteForm,
    ItemForm,
    MinutesForm,
    OffForm,
    SaidForm,
    WhenForm,
    form_for,
)
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.gatherings.queries import agendas
from gongzhi.people.models import Mandate, Organization

TONES = {"planned": "wait", "noticed": "now", "open": "now", "closed": "done", "cancelled": "wait"}
ICONS = {
    "planned": "clock",
    "noticed": "bell",
    "open": "messages",
    "closed": "circle-check",
    "cancelled": "x",
}
PAGE = 50
ON_LIST = ("planned", "noticed", "open")


def holder_of(request: HttpRequest) -> Actor:
    return staff_of(request, rules.HOLD, otherwise=N_("召集会议由社区书记和督办来做。请您来开的会，消息里有地址。"))


def shown(row: Gathering) -> dict[str, Any]:
    word = _(rules.STATUS_WORDS[row.status])
    return {"row": row, "tone": TONES[row.status], "icon": ICONS[row.status], "word": word}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is to come and what was held; the kinds that the actor may call."""
    actor, now = actor_of(request), clock.now()
    before, kind = _cursor(request.GET.get("before", "")), request.GET.get("kind", "")
    if request.GET.get("as") == "xlsx":
        return _table(queries.upcoming(actor, now, kind) + queries.past(actor, size=5_000, kind=kind), now)
    held = queries.past(actor, before, PAGE + 1, kind)
    context = {
        "kind": kind,
        "counts": queries.held_counts(actor) if actor.roles else [],
        "coming": [] if before else [shown(row) for row in queries.upcoming(actor, now, kind)],
        "held": [shown(row) for row in held[:PAGE]],
        "older": f"{held[PAGE - 1].starts_at.isoformat()}~{held[PAGE - 1].pk}" if len(held) > PAGE else "",
        "kinds": [one for one in queries.kinds() if not one.hours] if actor.paths_for(rules.HOLD) else (),
        "series": queries.series_of(actor),
        "every": rules.EVERY_WORDS,
        "staff": bool(actor.roles),
        "reads": bool(actor.paths_for(rules.READ)),
    }
    return render(request, "gatherings/index.html", context)


def _cursor(given: str) -> tuple[dt.datetime, uuid.UUID] | None:
    """Raises Refused `bad_cursor`."""
    if not given:
        return None
    moment, _sep, pk = given.partition("~")
    try:
        return dt.datetime.fromisoformat(moment), uuid.UUID(pk)
    except ValueError:
        raise Refused("bad_cursor", N_("这个翻页地址不完整。请从第一页再看。")) from None


def _table(rows: list[Gathering], now: dt.datetime) -> HttpResponse:
    heads = [_("编号"), _("会议"), _("谁开"), _("时间"), _("在哪里"), _("情况")]
    lines = (
        (row.number, row.title, row.organization.name, papers.civil(row.starts_at), row.where, shown(row)["word"])
        for row in rows
    )
    return rows_as_xlsx(_("会议"), heads, lines, note=f"{clock.local_date(now):%Y-%m-%d}")


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, kind: str) -> HttpResponse:
    """Call one of a kind, once or as a series."""
    actor, found = holder_of(request), queries.get_kind(kind)
    form = CallForm(request.POST if request.method == "POST" else None, actor=actor, kind=found)
    if request.method == "POST" and form.is_valid():
        given, at = form.cleaned_data, clock.now()
        common = {"by": actor, "at": at, "kind": kind, "body": given["body"], "title": given["title"] or found.name}
        try:
            if given["every"]:
                row = actions.begin_series(**common, every=given["every"], first=form.meeting())
            else:
                row = actions.call_gathering(**common, meeting=form.meeting())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("排好了。写上议程，再发通知。"))
            return redirect("gathering", row.number)
    return render(request, "gatherings/call.html", {"kind": found, "form": form}, status=422 if form.errors else 200)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, number)


def page_of(request: HttpRequest, number: str, **forms: Form) -> HttpResponse:
    """One meeting as this reader sees it; `forms` come back with what was wrong in them."""
    actor, now = actor_of(request), clock.now()
    row = queries.get_gathering_for(actor, number)
    holds = queries.may_hold(actor, row)
    context = {
        **shown(row),
        "kind": queries.kind_of(row),
        "there": queries.presence_at(row),
        "items": list(row.items.order_by("position")),
        "done": {done.item.pk: done for done in queries.outcomes_of(row)} if actor.roles else {},
        "why": agendas.WHY,
        "decisions": rules.DECISIONS,
        "today": row.status == "open" or (row.status == "noticed" and now >= row.starts_at - rules.BEFORE),
        "mine": _mine(actor, row),
        "rows": queries.rows_behind(actor, row) if actor.roles else {},
        "from_bodies": queries.bodies_there(row),
        "answers": rules.ANSWERS,
        "live": row.status in ("noticed", "open"),
        "come": forms.get("come") or CodeForm(auto_id="come-%s"),
        "holds": holds,
        **(_for_holder(actor, row, now, forms) if holds else {}),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "gatherings/page.html", context, status=422 if wrong else 200)


def _mine(actor: Actor, row: Gathering) -> Attendance | None:
    return Attendance.objects.filter(gathering=row, person_id=actor.person_id).first() if actor.person_id else None


def _for_holder(actor: Actor, row: Gathering, now: dt.datetime, forms: dict[str, Form]) -> dict[str, Any]:
    units = Organization.objects.filter(valid_to__isnull=True, place__path__startswith=row.path).order_by("name")
    starting = {"starts_at": papers.civil(row.starts_at), "venue": row.venue_id, "where": row.where}
    starting["minutes"] = int((row.ends_at - row.starts_at).total_seconds() // 60)
    return {
        "offers": agendas.agenda_offers(actor, row, now)[:PAGE] if row.status in rules.MOVES["compose"] else [],
        "item_form": forms.get("item") or ItemForm(row=row, on=clock.local_date(now), auto_id="new-%s"),
        "when_form": forms.get("when") or WhenForm(initial=starting, path=row.path, auto_id="when-%s"),
        "off_form": forms.get("off") or OffForm(auto_id="off-%s"),
        "observer_form": forms.get("observers")
        or InviteForm(row=row, several=queries.takes_several(row), auto_id="observer-%s"),
        "minutes_form": forms.get("minutes") or MinutesForm(auto_id="minutes-%s"),
        "item_forms": {
            item.position: forms.get(f"item{item.position}") or form_for(item, units, clock.local_date(now))
            for item in row.items.filter(decision="")
        }
        if row.status == "open"
        else {},
        "said_form": forms.get("said") or SaidForm(auto_id="said-%s"),
        "attendances": _listed(row),
        "capacities": rules.CAPACITIES,
        "posts": _posts(row) if row.status in ON_LIST else {},
        "code": queries.check_in_code(row),
        "can": {move for move, states in rules.MOVES.items() if row.status in states},
    }


def _listed(row: Gathering) -> list[Attendance]:
    """Who is expected or was asked; before the notice only those of other bodies are on the list."""
    return list(row.attendances.select_related("body").order_by("capacity", "id")) if row.status in ON_LIST else []


def _posts(row: Gathering) -> dict[Any, str]:
    """Which office each one holds: a list for ticking off names offices, not persons."""
    held = Mandate.objects.filter(person__in=row.attendances.values("person"), valid_to__isnull=True)
    rows = held.select_related("post__place").order_by("-id")
    return {one.person_id: f"{one.post.place.name}{one.post.title}" for one in rows}


@require_safe
def live(request: HttpRequest, number: str) -> HttpResponse:
    """Only who is there and how far the quorum is, asked for again and again while the page is open."""
    row = queries.get_gathering_for(actor_of(request), number)
    context = {"row": row, "there": queries.presence_at(row), "live": row.status in ("noticed", "open")}
    return render(request, "gatherings/live.html", context)


@require_safe
def event(request: HttpRequest, number: str) -> HttpResponse:
    row = queries.get_gathering_for(actor_of(request), number)
    answer = HttpResponse(papers.as_event(row, clock.now()), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.number}.ics"'
    return answer


@require_safe
def minutes(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The minutes of what was held, for staff who see it and for its members."""
    actor = actor_of(request)
    row = queries.get_gathering_for(actor, number)
    if form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    if row.status != "closed" or not (actor.roles or _mine(actor, row)):
        raise NotFound("no_minutes", N_("还没有纪要。开完会才有。"))
    name = _("{title}纪要").format(title=row.title)
    return printed("minutes", papers.minutes_of(row), form, on=clock.local_date(row.starts_at), file=name)


@require_safe
def wall(request: HttpRequest, number: str) -> HttpResponse:
    """The check-in code in large letters, to be shown or printed."""
    row = queries.get_gathering_for(holder_of(request), number)
    if not queries.may_hold(actor_of(request), row):
        raise NotFound("gathering_not_found", N_("没有找到这次会议。请核对编号。"))
    return render(request, "gatherings/wall.html", {"row": row, "code": queries.check_in_code(row)})


@require_POST
def come(request: HttpRequest, number: str) -> HttpResponse:
    form = CodeForm(request.POST, auto_id="come-%s")
    if form.is_valid():
        try:
            actions.check_in(by=actor_of(request), at=clock.now(), number=number, code=form.cleaned_data["code"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("签到了。"))
            return redirect("gathering", number)
    return page_of(request, number, come=form)


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """I come, or I cannot."""
    coming = request.POST.get("answer") == "coming"
    actions.answer_invitation(by=signed_in(request), at=clock.now(), number=number, coming=coming)
    messages.success(request, _("记下了：您会来。") if coming else _("记下了：您来不了。"))
    return redirect("gathering", number)


@require_POST
def agenda(request: HttpRequest, number: str) -> HttpResponse:
    actor, at = holder_of(request), clock.now()
    row = queries.get_gathering_for(actor, number)
    form = ItemForm(request.POST, row=row, on=clock.local_date(at), auto_id="new-%s")
    if form.is_valid():
        try:
            actions.add_item(by=actor, at=at, number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            return redirect("gathering", number)
    return page_of(request, number, item=form)


@require_POST
def drop(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.drop_item(by=holder_of(request), at=clock.now(), number=number, position=position)
    messages.success(request, _("去掉了。"))
    return redirect("gathering", number)


@require_POST
def offers(request: HttpRequest, number: str) -> HttpResponse:
    chosen = request.POST.getlist("source")
    made = actions.add_offers(by=holder_of(request), at=clock.now(), number=number, sources=chosen)
    messages.success(request, _("加进议程 {n} 项。").format(n=len(made)))
    return redirect("gathering", number)


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    actor = holder_of(request)
    form = WhenForm(request.POST, path=queries.get_gathering_for(actor, number).path, auto_id="when-%s")
    if form.is_valid():
        try:
            actions.move_gathering(by=actor, at=clock.now(), number=number, meeting=form.meeting())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("改好了。已经通知过的，会再通知一次。"))
            return redirect("gathering", number)
    return page_of(request, number, when=form)


@require_POST
def off(request: HttpRequest, number: str) -> HttpResponse:
    form = OffForm(request.POST, auto_id="off-%s")
    if form.is_valid():
        try:
            actions.call_off(by=holder_of(request), at=clock.now(), number=number, reason=form.cleaned_data["reason"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("取消了。通知过的人会收到消息。"))
            return redirect("gathering", number)
    return page_of(request, number, off=form)


@require_POST
def next_one(request: HttpRequest, series: int) -> HttpResponse:
    row = actions.call_next(by=holder_of(request), at=clock.now(), series_id=series)
    messages.success(request, _("下一次排好了，上次没办完的已经在议程上。"))
    return redirect("gathering", row.number)


@require_POST
def end(request: HttpRequest, series: int) -> HttpResponse:
    actions.end_series(by=holder_of(request), at=clock.now(), series_id=series)
    messages.success(request, _("这个系列结束了。开过的会都还在。"))
    return redirect("gatherings")
