"""The first page: what is asked of me, then what happened, then where to go."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import queries as cases
from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import public_numbers
from gongzhi.cases.queries.residents import confirm_dues, page_of_mine, waiting_for_my_word
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Refused
from gongzhi.notifications.queries import notice_page
from gongzhi.packs.queries import active_model
from gongzhi.people.queries import posts_with_holders
from gongzhi.publications.queries.public import Nearby, nearby
from gongzhi.web import nav

NEWEST, NOTICES = 4, 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Landing for a visitor, the resident's home for someone signed in."""
    if actor_of(request).kind == "person":
        return render(request, "web/home_resident.html", resident_context(request))
    return render(request, "web/landing.html", {})


def resident_context(request: HttpRequest) -> dict[str, Any]:
    """todos: {title, note, due, since, icon, tone, url, action}; mine: {title, status, words, at, note, url}."""
    actor, now = actor_of(request), clock.now()
    context: dict[str, Any] = {"now": now, "greeting": greeting(now), "notices": _notices(actor)}
    if not _set_up():
        return context
    newest, more = page_of_mine(actor, limit=NEWEST)
    return {
        **context,
        "todos": _todos(actor, now),
        "mine": [_step(actor, case, now) for case in newest],
        "mine_count": cases.mine(actor).count() if more else len(newest),
        "mine_url": nav.address("my-cases"),
        "helper": _helper(newest, now),
        "nearby": _nearby(newest, now),
        "month": _month(now),
    }


def _set_up() -> bool:
    """Whether the instance has its model; before that there is nothing of one's own to show."""
    try:
        active_model()
    except Refused:
        return False
    return True


def _title(actor: Actor, case: Case, at: dt.datetime) -> str:
    return cases.row_of(actor, case, at, reporter=True).title


def _place(case: Case) -> str:
    place = case.place or case.grid
    return place.name if place else ""


def _address(case: Case) -> str:
    return f"{nav.address('track')}/{case.number}"


def _todos(actor: Actor, at: dt.datetime) -> list[dict[str, Any]]:
    """Checked cases that wait for the reporter's word."""
    waiting = waiting_for_my_word(actor)
    dues = confirm_dues(waiting) if waiting else {}
    return [
        {
            "title": _("解决了吗？{title}").format(title=_title(actor, case, at)),
            "note": _place(case),
            "due": dues[case.pk].due_at if case.pk in dues else None,
            "since": dues[case.pk].started_at if case.pk in dues else None,
            "icon": "user-check",
            "url": _address(case),
            "action": _("去确认"),
        }
        for case in waiting
    ]


def _step(actor: Actor, case: Case, at: dt.datetime) -> dict[str, Any]:
    row = cases.row_of(actor, case, at, reporter=True)
    return {
        "phase": "now" if row.open else "done",
        "title": row.title,
        "status": case.status,
        "words": row.resident_status,
        "at": case.received_at,
        "note": _place(case),
        "url": _address(case),
        "action": _("看进度"),
    }


def _notices(actor: Actor) -> list[dict[str, Any]]:
    """The newest ones; they are opened on their own page, where opening marks them as read."""
    page, _cursor = notice_page(actor, None, NOTICES)
    return [
        {"title": one.message.subject, "note": "", "at": one.created_at, "url": nav.address("notices")} for one in page
    ]


def _helper(newest: list[Case], at: dt.datetime) -> dict[str, str] | None:
    """The grid member's post where I last reported something: title and place, no name."""
    grid = next((case.grid for case in newest if case.grid is not None), None)
    if grid is None:
        return None
    posts = posts_with_holders(clock.local_date(at), grid.path).filter(role="grid_member")
    post = next((post for post in posts if getattr(post, "held", 0)), None)
    return {"name": _("{place}的{title}").format(place=post.place.name, title=post.title)} if post else None


def _nearby(newest: list[Case], at: dt.datetime) -> Nearby | None:
    """What is public in the community where I last reported something; nothing while no place is known."""
    path = next((case.path for case in newest if case.path), "")
    return nearby(path, at) if path else None


def _month(at: dt.datetime) -> dict[str, Any]:
    """How the community's matters stand this month, each number with what it is counted out of."""
    numbers = public_numbers(at)
    pieces = _("{n} 件")
    rows = [
        {"word": _("邻居反映"), "value": pieces.format(n=numbers.received), "note": ""},
        {
            "word": _("已经办完"),
            "value": pieces.format(n=numbers.finished),
            "note": _("共收到 {n} 件").format(n=numbers.received),
        },
        {
            "word": _("居民说解决了"),
            "value": _("{n} 次").format(n=numbers.solved) if numbers.answered else "—",
            "note": _("居民回答了 {n} 次").format(n=numbers.answered) if numbers.answered else _("回答还少，先不报"),
        },
        {
            "word": _("现在超期"),
            "value": pieces.format(n=numbers.overdue),
            "note": _("没办完的共 {n} 件").format(n=numbers.open),
        },
    ]
    return {"title": _("小区这个月"), "rows": rows, "until": numbers.until, "url": nav.address("public")}


def greeting(at: dt.datetime) -> str:
    """By the hour in China; no name, because the screen is seen by others too."""
    hour = at.astimezone(clock.CHINA).hour
    if hour < 5 or hour >= 18:
        return _("晚上好")
    return _("上午好") if hour < 12 else _("下午好")
