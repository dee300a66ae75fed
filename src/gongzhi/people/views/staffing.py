"""Organizations and posts: seats and vacancies, who holds what, and what happened to a post before."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.people.models import Mandate, Post
from gongzhi.people.queries import party, staffing
from gongzhi.people.views.asking import may_manage, may_seat, note_of, reader

PAGE, MOST = 40, 5000


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Vacancies by role first, then the bodies from the top."""
    actor, day = reader(request), local_date(clock.now())
    seats = staffing.seats_by_role(actor, day)
    names = staffing.role_names()
    if request.GET.get("export") == "xlsx":
        return _seats_file([(names.get(row.role, row.role), row) for row in seats], day)
    context = {
        "day": day,
        "rows": [{"seats": row, "name": names.get(row.role, row.role)} for row in seats],
        "total": staffing.all_seats(seats),
        "bodies": _bodies(None),
        "may_manage": may_manage(actor),
        "has_party": party.is_there(),
    }
    return render(request, "people/overview.html", context)


def _seats_file(rows: list[tuple[str, Any]], day: dt.date) -> HttpResponse:
    heads = [_("岗位"), _("岗位数"), _("名额"), _("在任"), _("空缺"), _("空缺率")]
    lines = [(name, row.posts, row.seats, row.filled, row.vacant, row.percent) for name, row in rows]
    note = note_of(day)
    return rows_as_xlsx(_("各种岗位"), heads, lines, title=_("各种岗位"), note=note)


def _bodies(parent: Any) -> list[dict[str, Any]]:
    kinds = staffing.kind_names()
    return [{"body": body, "kind": kinds.get(body.kind, body.kind)} for body in staffing.organizations_under(parent)]


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """Posts by code, narrowed by role, by vacancy or by words, with their holders."""
    actor, day = reader(request), local_date(clock.now())
    asked = {name: request.GET.get(name, "").strip() for name in ("role", "vacant", "q")}
    kept = {name: value for name, value in asked.items() if value}
    if request.GET.get("export") == "xlsx":
        return _posts_file(actor, day, asked)
    rows, cursor = staffing.posts_page(
        actor,
        day,
        role=asked["role"],
        vacant=asked["vacant"] == "1",
        text=asked["q"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE,
    )
    context = {
        "rows": post_rows(actor, rows, day),
        "roles": sorted(staffing.role_names().items()),
        "asked": asked,
        "next_url": f"{reverse('posts')}?{urlencode({**kept, 'cursor': cursor})}" if cursor else "",
        "xlsx": f"{reverse('posts')}?{urlencode({**kept, 'export': 'xlsx'})}",
    }
    return render(request, "people/posts.html", context)


def _posts_file(actor: Actor, day: dt.date, asked: dict[str, str]) -> HttpResponse:
    """Seats and how many are taken; who holds them stays on the page."""
    found = staffing.posts_found(actor, day, role=asked["role"], vacant=asked["vacant"] == "1", text=asked["q"])
    return _seated_file(_("岗位"), found, day)


def _seated_file(name: str, found: QuerySet[Post], day: dt.date) -> HttpResponse:
    names = staffing.role_names()
    heads = [_("岗位"), _("角色"), _("管哪里"), _("组织"), _("名额"), _("在任"), _("空缺")]
    lines = [
        (
            post.title,
            names.get(post.role, post.role),
            post.place.name,
            post.organization.name if post.organization else "",
            post.seats,
            held := post.held,  # type: ignore[attr-defined]  # annotated
            max(post.seats - held, 0),
        )
        for post in found.select_related("place", "organization").order_by("code")[:MOST]
    ]
    note = note_of(day)
    return rows_as_xlsx(name, heads, lines, title=_("岗位"), note=note)


def post_rows(actor: Actor, rows: list[Post], day: Any) -> list[dict[str, Any]]:
    """Each post with its holders as the actor sees their names: two statements for the whole page."""
    holders = staffing.holders_by_post(rows, day)
    names = staffing.names_for(actor, (one for held in holders.values() for one in held))
    return [
        {
            "post": post,
            "vacant": max(post.seats - post.held, 0),  # type: ignore[attr-defined]  # annotated
            "holders": [_holder(one, names) for one in holders.get(post.pk, [])],
        }
        for post in rows
    ]


def _holder(mandate: Mandate, names: dict[Any, str]) -> dict[str, Any]:
    return {"mandate": mandate, "name": names.get(mandate.person_id, "")}


@require_safe
def post(request: HttpRequest, code: str) -> HttpResponse:
    return post_page(request, code)


def post_page(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
    """One post: its holders, who held it before, and what can be done about it."""
    actor, day = reader(request), local_date(clock.now())
    shown = staffing.get_post_for(actor, code)
    holding = staffing.holders_by_post([shown], day).get(shown.pk, [])
    past = staffing.history_of(shown, day)
    names = staffing.names_for(actor, [*holding, *past])
    seated = sum(1 for one in holding if one.substitute_for_id is None)
    context = {
        "post": shown,
        "role": staffing.role_names().get(shown.role, shown.role),
        "barred": [staffing.role_names().get(role, role) for role in shown.incompatible],
        "holders": [_holder(one, names) for one in holding],
        "past": [_holder(one, names) for one in past],
        "vacant": max(shown.seats - seated, 0),
        "day": day,
        "may_manage": may_manage(actor, shown.place.path),
        "may_seat": may_seat(actor, shown),
        **more,
    }
    return render(request, "people/post.html", context)


@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """One body: what is above and below it, how it stands to others, its posts, what it was called before."""
    actor, day = reader(request), local_date(clock.now())
    body = staffing.get_organization(actor, code)
    if request.GET.get("export") == "xlsx":
        return _seated_file(_("{body}的岗位").format(body=body.name), staffing.posts_of(body, day), day)
    own = list(staffing.posts_of(body, day)[:PAGE])
    context = {
        "body": body,
        "ended": body.valid_to is not None and body.valid_to <= day,
        "kind": staffing.kind_names().get(body.kind, body.kind),
        "bodies": _bodies(body),
        "relations": staffing.relations_of(body),
        "rows": post_rows(actor, own, day),
        "past": staffing.past_of(body),
        "may_manage": may_manage(actor, body.place.path if body.place else None),
    }
    return render(request, "people/organization.html", context)
