"""The auditor's pages: what was done, who looked at what, and whether anybody changed the record."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongzhi.audit import actions, queries, rules
from gongzhi.audit.forms import TrailForm
from gongzhi.audit.models import Access, Entry
from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.paging import Page
from gongzhi.common.spreadsheets import rows_as_xlsx

MOST = 5_000


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "audit.read")
    return actor


def _asked(form: TrailForm) -> dict[str, Any]:
    """What a valid form narrows by; a form that is not understood narrows nothing and says so."""
    if not form.is_valid():
        return {}
    found = dict(form.cleaned_data)
    found["actor_text"] = found.pop("actor")
    return found


def _next(request: HttpRequest, page: Page[Any]) -> str:
    if not page.next_cursor:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    return f"{request.path}?{urlencode({**kept, 'cursor': page.next_cursor})}"


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, narrowed by the form."""
    actor, form = _actor(request), TrailForm(request.GET)
    if request.GET.get("format") == "xlsx":
        return _trail_table(queries.entries_page(actor, **_asked(form), limit=MOST).items)
    page = queries.entries_page(actor, **_asked(form), cursor=request.GET.get("cursor", ""))
    rows = [{"entry": entry, "told": rules.told(entry.changes)} for entry in page.items]
    context = {"form": form, "rows": rows, "next_url": _next(request, page), "tab": "trail"}
    return render(request, "audit/trail.html", context)


@require_GET
def readings(request: HttpRequest) -> HttpResponse:
    """Who read which protected values, newest first."""
    actor, form = _actor(request), TrailForm(request.GET)
    asked = {name: value for name, value in _asked(form).items() if name != "action"}
    if request.GET.get("format") == "xlsx":
        return _readings_table(queries.readings_page(actor, **asked, limit=MOST).items)
    page = queries.readings_page(actor, **asked, cursor=request.GET.get("cursor", ""))
    context = {"form": form, "rows": page.items, "next_url": _next(request, page), "tab": "readings"}
    return render(request, "audit/readings.html", context)


def _trail_table(entries: list[Entry]) -> HttpResponse:
    heads = [_("编号"), _("做了什么"), _("对象"), _("变化"), _("谁"), _("为什么"), _("时间")]
    lines = (
        (one.pk, one.action, one.subject, "\n".join(rules.told(one.changes)), one.actor, one.purpose, one.at)
        for one in entries
    )
    return rows_as_xlsx(_("留痕"), heads, lines, title=_("留痕"), note=_newest(len(entries)))


def _readings_table(readings: list[Access]) -> HttpResponse:
    heads = [_("看了什么"), _("对象"), _("为什么"), _("谁"), _("时间")]
    lines = ((one.fields, "\n".join(one.subjects), one.purpose, one.actor, one.at) for one in readings)
    return rows_as_xlsx(_("谁看过"), heads, lines, title=_("谁看过"), note=_newest(len(readings)))


def _newest(count: int) -> str:
    return _("最近 {count} 条，最多 {most} 条。要更早的，用日期筛选。").format(count=count, most=MOST)


@require_GET
def links(request: HttpRequest) -> HttpResponse:
    """What one object is joined to."""
    _actor(request)
    subject = request.GET.get("subject", "")
    found = queries.links_of(subject) if subject else []
    return render(request, "audit/links.html", {"links": found, "subject": subject, "tab": "links"})


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain now and say what was found."""
    actor = _actor(request)
    report = actions.verify_trail(by=actor, at=clock.now())
    return render(request, "audit/verified.html", {"report": report, "tab": "trail"})
