"""One line with what was done on it, one lent place with its uses; adding and dropping them in a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.partnerships import actions, queries, shown
from gongzhi.partnerships.forms import AssetForm, DoneForm, LineForm
from gongzhi.partnerships.models import Agreement, Asset, LineEvent
from gongzhi.partnerships.views import line_row, staff
from gongzhi.partnerships.views.agreements import one_page

MOST_EVENTS = 100


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """A line: how far it is, everything that was recorded; whoever does it records more."""
    actor, today = staff(request), clock.local_date(clock.now())
    one = queries.get_line_for(actor, number, position)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DoneForm(*sent, line=one, today=today)
    if sent and form.is_valid():
        done = tried(form, lambda: _record(actor, number, position, form))
        if done is not None:
            messages.success(request, _("记好了。"))
            return redirect("agreement-line", number, position)
    context = {
        **line_row(one, queries.kind_of(one.agreement), today),
        "agreement": one.agreement,
        "form": form if _running(one.agreement) and queries.body_acting(actor, one) else None,
        "events": _events(list(one.events.select_related("organization").order_by("-on", "-id")[:MOST_EVENTS])),
    }
    return render(request, "partnerships/line.html", context, status=422 if form.errors else 200)


def _record(actor: Actor, number: str, position: int, form: DoneForm) -> LineEvent:
    return actions.record_progress(by=actor, at=clock.now(), number=number, position=position, done=form.done())


def _running(row: Agreement) -> bool:
    return row.state == "running"


def _events(rows: list[LineEvent]) -> list[dict[str, Any]]:
    """Each with its papers: one statement for all."""
    papers: dict[str, list[Any]] = {}
    for one in evidence_of([row.reference for row in rows]):
        if one.media.erased_at is None:
            papers.setdefault(one.subject, []).append(one)
    return [{"event": row, "papers": papers.get(row.reference, [])} for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
def asset(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """A lent place: how it was used; whoever uses it records more."""
    actor, today = staff(request), clock.local_date(clock.now())
    row = queries.get_for(actor, number)
    one = Asset.objects.select_related("used_by").filter(agreement=row, position=position).first()
    if one is None:
        raise NotFound("line_not_found", N_("这份协议没有这处场地。请回到协议看看。"))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DoneForm(*sent, line=None, today=today)
    if sent and form.is_valid():
        done = tried(form, lambda: _use(actor, number, position, form))
        if done is not None:
            messages.success(request, _("记好了。"))
            return redirect("agreement-asset", number, position)
    pack = queries.kind_of(row)
    facet = pack.facet(one.facet)
    context = {
        "agreement": row,
        "asset": one,
        "kind": next((kind.name for kind in pack.assets if kind.code == one.kind), one.kind),
        "gap": facet.name if facet else "",
        "area": shown.area(one.area),
        "form": form if _running(row) else None,
        "events": _events(list(one.events.select_related("organization").order_by("-on", "-id")[:MOST_EVENTS])),
    }
    return render(request, "partnerships/asset.html", context, status=422 if form.errors else 200)


def _use(actor: Actor, number: str, position: int, form: DoneForm) -> LineEvent:
    return actions.record_use(by=actor, at=clock.now(), number=number, position=position, done=form.done())


@require_POST
def add_line(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    row = queries.get_for(actor, number)
    parties = list(row.parties.select_related("organization").order_by("position"))
    form = LineForm(request.POST, pack=queries.kind_of(row), parties=parties)
    if form.is_valid() and tried(form, lambda: _add_line(actor, number, form)) is not None:
        messages.success(request, _("加好了。"))
        return redirect("agreement", number)
    return one_page(request, number, add_line=form)


def _add_line(actor: Actor, number: str, form: LineForm) -> object:
    return actions.add_line(by=actor, at=clock.now(), number=number, given=form.given())


@require_POST
def add_asset(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    form = AssetForm(request.POST, pack=queries.kind_of(queries.get_for(actor, number)))
    if form.is_valid() and tried(form, lambda: _add_asset(actor, number, form)) is not None:
        messages.success(request, _("加好了。"))
        return redirect("agreement", number)
    return one_page(request, number, add_asset=form)


def _add_asset(actor: Actor, number: str, form: AssetForm) -> object:
    return actions.add_asset(by=actor, at=clock.now(), number=number, lent=form.lent())


@require_POST
def drop_line(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.drop_line(by=staff(request), at=clock.now(), number=number, position=position)
    return redirect("agreement", number)


@require_POST
def drop_asset(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.drop_asset(by=staff(request), at=clock.now(), number=number, position=position)
    return redirect("agreement", number)
