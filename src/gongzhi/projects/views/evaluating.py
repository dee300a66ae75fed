"""结项评价: the sheet of the kind, item by item. Looking at it makes nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.models import Project
from gongzhi.projects.views import staff


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    """What was filled last; whoever reviews fills it again."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    content = queries.sheet_content(queries.kind_of(project).sheet)
    if content is None:
        raise NotFound("no_sheet", N_("这种项目没有评价表。"))
    refused: dict[str, str] = {}
    if request.method == "POST":
        refused = _fill(request, project)
        if not refused:
            messages.success(request, _("评价记下了。"))
            return redirect("project-evaluate", number)
    filled = queries.evaluation_of(project)
    context = {
        "project": project,
        "pack": queries.kind_of(project),
        "content": content,
        "rows": _rows(request, content, filled, refused),
        "filled": filled,
        "points": f"{float(filled.total.points):.1f}" if filled else "",
        "fills": _fills(actor, project),
        "refused": next(iter(refused.values()), ""),
    }
    return render(request, "projects/evaluate.html", context, status=422 if refused else 200)


def _fills(actor: Any, project: Project) -> bool:
    """Whoever reviews, not whoever proposed it, once there is something to judge."""
    ready = project.state in ("acceptance", "closing") and project.proposed_by != actor.reference
    return ready and queries.may(actor, rules.REVIEW, project)


def _fill(request: HttpRequest, project: Project) -> dict[str, str]:
    """The refusal by the item that it is about; nothing where all is well."""
    codes = [name.removeprefix("mark-") for name in request.POST if name.startswith("mark-")]
    marks = {code: str(request.POST.get(f"mark-{code}", "")) for code in codes}
    evidence = {code: [str(request.POST.get(f"evidence-{code}", ""))] for code in codes}
    by, at, number = staff(request), clock.now(), project.number
    try:
        actions.evaluate(by=by, at=at, number=number, marks=marks, evidence=evidence, notes={})
    except Refused as refused:
        if refused.status in (401, 403, 404):
            raise
        return {str(refused.facts.get("field", "")): said(refused)}
    return {}


def _rows(request: HttpRequest, content: dict[str, Any], filled: Any, refused: dict[str, str]) -> list[dict[str, Any]]:
    entries = {row.item["code"]: row for row in filled.rows} if filled else {}
    found = []
    for item in content["items"]:
        code = item["code"]
        before = entries.get(code)
        entry = before.entry if before else None
        mark = f"{entry.numerator.normalize():f}" if entry else ""
        said = entry.evidence[0] if entry and entry.evidence else ""
        found.append(
            {
                "item": item,
                "mark": request.POST.get(f"mark-{code}", mark),
                "evidence": request.POST.get(f"evidence-{code}", said),
                "points": f"{float(before.points):.1f}" if before and before.points is not None else "",
                "error": refused.get(code, ""),
            }
        )
    return found
