"""搜索 on every desk: number, words, telephone, places, people, each as far as the post reaches."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.audit.actions import log_access
from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries import searching
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.showing import PAGE, READERS, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.people.queries.finding import find_holders
from gongzhi.places import queries as places

SEARCHERS = (*READERS, "people.read")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is typed is posted, so that a telephone number never stands in an address; words go on to one that can
    be kept and sent on.
    """
    actor, at = staff_of(request, *SEARCHERS), clock.now()
    given = request.POST if request.method == "POST" else request.GET
    q = given.get("q", "").strip()[:200]
    phone = searching.phone_in(q)
    if phone:
        return _by_phone(request, actor, phone, at)
    if request.method == "POST":
        return redirect(f"{reverse('search')}?{urlencode({'q': q})}" if q else "search")
    return _found(request, actor, q, at)


def _by_phone(request: HttpRequest, actor: Actor, phone: str, at: dt.datetime) -> HttpResponse:
    """Asked why before anything is looked up; the number goes no further than this page."""
    purpose = request.POST.get("purpose", "").strip()
    context: dict[str, Any] = {"q": "", "phone": phone, "may_phone": searching.may_search_phone(actor)}
    if "purpose" in request.POST:
        try:
            found = searching.by_phone(actor, queries.visible_to(actor), phone, at, purpose=purpose)
        except Refused as refused:
            if refused.status != 422:
                raise
            context["refused"] = said(refused)
            return render(request, "cases/staff/found.html", context, status=422)
        context |= {"by_phone": _rows(actor, found, at), "purpose": purpose}
    return render(request, "cases/staff/found.html", context)


def _found(request: HttpRequest, actor: Actor, q: str, at: dt.datetime) -> HttpResponse:
    context: dict[str, Any] = {"q": q, "may_phone": searching.may_search_phone(actor)}
    if not q:
        return render(request, "cases/staff/found.html", context)
    if request.GET.get("format") == "xlsx":
        return _file(actor, q, at)
    cursor = request.GET.get("cursor", "")
    context |= _by_words(actor, q, at, cursor)
    if not cursor:
        number = searching.looks_like_number(q)
        context["by_number"] = _rows(actor, searching.by_number(queries.visible_to(actor), q), at) if number else []
        context["places"] = _places(actor, q) if len(q) >= 2 else []
        context["people"] = find_holders(actor, q, at) if allows(actor, "people.read") and len(q) >= 2 else []
    if context["next"]:
        context["next_url"] = f"{reverse('search')}?{urlencode({'q': q, 'cursor': context['next']})}"
    context["first_page"] = not cursor
    if context["by_words"] or context.get("by_number"):
        context["xlsx"] = f"{reverse('search')}?{urlencode({'q': q, 'format': 'xlsx'})}"
    return render(request, "cases/staff/found.html", context, status=422 if context.get("refused") else 200)


def _file(actor: Actor, q: str, at: dt.datetime) -> HttpResponse:
    """What the page finds by number and by words, all its pages up to the workbook's most; the reading is logged."""
    known = queries.visible_to(actor)
    found = searching.by_number(known, q, limit=exporting.MOST) if searching.looks_like_number(q) else []
    if _reads(actor) and not _refused(q):
        seen = {case.pk for case in found}
        cursor = ""
        while len(found) < exporting.MOST:
            hits = searching.by_words(actor, known, q, at, cursor=cursor, limit=PAGE)
            found += [row.case for row in hits.rows if row.case.pk not in seen]
            if not (cursor := hits.cursor):
                break
    found = found[: exporting.MOST]
    log_access(by=actor, at=at, subjects=[case.reference for case in found], fields="words", purpose="export")
    return exporting.cases_as_xlsx(actor, found, at, name=_("搜索：{q}").format(q=q))


def _reads(actor: Actor) -> bool:
    return any(allows(actor, permission) for permission in READERS)


def _refused(q: str) -> Refused | None:
    try:
        searching.check_words(q)
    except Refused as refused:
        return refused
    return None


def _by_words(actor: Actor, q: str, at: dt.datetime, cursor: str) -> dict[str, Any]:
    if not _reads(actor):
        return {"by_words": [], "next": ""}
    if refused := _refused(q):
        words = "" if searching.looks_like_number(q) else said(refused)
        return {"by_words": [], "next": "", "refused": words}
    hits = searching.by_words(actor, queries.visible_to(actor), q, at, cursor=cursor, limit=PAGE)
    log_access(by=actor, at=at, subjects=[row.case.reference for row in hits.rows], fields="words", purpose="search")
    rows = [{"view": row, "place": telling.place_words(row.case)} for row in hits.rows]
    return {"by_words": rows, "next": hits.cursor}


def _rows(actor: Actor, cases: list[Case], at: dt.datetime) -> list[dict[str, Any]]:
    return [{"view": row, "place": telling.place_words(row.case)} for row in rows_of(actor, cases, at)]


def _places(actor: Actor, q: str) -> list[dict[str, str]]:
    """Places by name or code, each with the list of its cases."""
    return [
        {
            "name": place.name,
            "code": place.code,
            "url": f"{reverse('case-list')}?{urlencode({'place': place.path})}",
        }
        for place in places.search_places(actor, q, limit=8)
    ]
