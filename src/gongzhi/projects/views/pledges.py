"""认捐: what was pledged for a project, what of it came and what shows it, the certificate for whoever gave."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import evidence_of
from gongzhi.documents.templating import printed
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.forms import PledgeForm
from gongzhi.projects.models import FundingLine, Project
from gongzhi.projects.rules import pledging
from gongzhi.projects.views import staff
from gongzhi.projects.views.panels import yuan

TONES = {
    "promised": ("wait", "pencil"),
    "committed": ("now", "flag"),
    "part": ("soon", "clock"),
    "whole": ("done", "circle-check"),
}
FORMS = ("docx", "pdf")


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    return _page(request, actor, queries.get_project_for(actor, number))


def _page(
    request: HttpRequest, actor: Actor, project: Project, bound: tuple[int, PledgeForm] | None = None
) -> HttpResponse:
    lines = [one for one in queries.lines_of(project) if one.kind in pledging.PLEDGES]
    papers: dict[str, list[Evidence]] = {}
    for one in evidence_of([line.reference for line in lines]).filter(media__erased_at=None):
        papers.setdefault(one.subject, []).append(one)
    runs = queries.may(actor, rules.RUN, project) and project.state in rules.RUNNING
    rows = [_row(line, papers.get(line.reference, []), bound, runs) for line in lines]
    return render(request, "projects/works/pledges.html", _context(project, rows, runs), status=422 if bound else 200)


def _context(project: Project, rows: list[dict[str, Any]], runs: bool) -> dict[str, Any]:
    return {"project": project, "rows": rows, "runs": runs, "forms": FORMS}


def _row(
    line: FundingLine, papers: list[Evidence], bound: tuple[int, PledgeForm] | None, runs: bool
) -> dict[str, Any]:
    status = pledging.status(line.state, line.amount, line.paid)
    tone, icon = TONES[status]
    form = bound[1] if bound and bound[0] == line.position else PledgeForm(line=line)
    return {
        "line": line,
        "given": line.thing or yuan(line.amount or 0),
        "paid": yuan(line.paid) if line.paid else "",
        "left": yuan(left) if (left := pledging.left(line.state, line.amount, line.paid)) else "",
        "word": _(pledging.STATUS_WORDS[status]),
        "tone": tone,
        "icon": icon,
        "papers": papers,
        "form": form if runs else None,
        "open": bool(bound and bound[0] == line.position),
        "certified": line.state == "paid",
    }


@require_POST
def fulfil(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """What came in all, with what shows it."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    line = _line(project, position)
    form = PledgeForm(request.POST, request.FILES, line=line)
    if not form.is_valid() or tried(form, lambda: _pay(actor, clock.now(), line, form)) is None:
        return _page(request, actor, project, (position, form))
    messages.success(request, _("记下了。可以给认捐的单位出证明。"))
    return redirect("project-pledges", number)


def _pay(by: Actor, at: dt.datetime, line: FundingLine, form: PledgeForm) -> FundingLine:
    given = form.cleaned_data
    uploads, amount = given["files"] or (), given.get("amount")
    number = line.project.number
    return actions.pay_line(by=by, at=at, number=number, position=line.position, amount=amount, uploads=uploads)


def _line(project: Project, position: int) -> FundingLine:
    """Raises NotFound `line_unknown`."""
    lines = queries.lines_of(project)
    found = next((one for one in lines if one.position == position and one.kind in pledging.PLEDGES), None)
    if found is None:
        raise NotFound("line_unknown", N_("没有这一笔经费。请刷新再看。"))
    return found


@require_safe
def certificate(request: HttpRequest, number: str, position: int, form: str) -> HttpResponse:
    """For whoever gave: what was pledged and what came; only once something came."""
    actor, today = staff(request), clock.local_date(clock.now())
    project = queries.get_project_for(actor, number)
    line = _line(project, position)
    if form not in FORMS:
        raise NotFound("unknown_form", N_("没有这种格式。"))
    if line.state != "paid":
        raise Conflict("not_fulfilled", N_("还没兑现，不能出证明。先记下收到了什么。"))
    shown = evidence_of([line.reference]).filter(media__erased_at=None).count()
    values = {
        "number": f"{project.number}-{line.position}",
        "giver": line.body.name if line.body else line.name,
        "project": project.title,
        "given": line.thing or yuan(line.amount or 0),
        "fulfilled": line.thing or yuan(line.paid),
        "shown": _("收据和照片 {n} 份").format(n=shown) if shown else line.account.code if line.account else "",
        "body": project.owner.name,
        "on": _("{d.year} 年 {d.month} 月 {d.day} 日").format(d=today),
    }
    return printed("pledge", values, form, on=today, file=f"{_('认捐证明')}-{project.number}-{line.position}")
