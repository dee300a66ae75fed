"""结项评价 and 中期、末期评估: the sheet of the kind, item by item. Looking at it makes nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.models import Project
from gongzhi.projects.views import marking, staff
from gongzhi.sheets.queries.filled import filled_about


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: str, step: int | None = None) -> HttpResponse:
    """What was filled last; whoever reviews fills it again. `step`: one that is judged midway."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    content = queries.sheet_content(queries.kind_of(project).sheet)
    if content is None:
        raise NotFound("no_sheet", N_("这种项目没有评价表。"))
    refused: dict[str, str] = {}
    if request.method == "POST":
        named: dict[str, Any] = {"by": actor, "at": clock.now(), "number": number, "step": step, "notes": {}}
        refused = marking.fill(request, lambda marks, shown: actions.evaluate(marks=marks, evidence=shown, **named))
        if not refused:
            messages.success(request, _("评价记下了。"))
            return redirect(request.path)
    judged = queries.get_judged_step(project, step) if step is not None else None
    filled = filled_about(judged.reference) if judged else queries.evaluation_of(project)
    context = {
        "project": project,
        "pack": queries.kind_of(project),
        "content": content,
        "step": judged,
        "rows": marking.rows_of(request, content, filled, refused),
        "filled": filled,
        "points": f"{float(filled.total.points):.1f}" if filled else "",
        "fills": _fills(actor, project, rules.JUDGED_MIDWAY if judged else rules.JUDGED_AT_END),
        "refused": next(iter(refused.values()), ""),
    }
    return render(request, "projects/evaluate.html", context, status=422 if refused else 200)


def _fills(actor: Actor, project: Project, states: tuple[str, ...]) -> bool:
    """Whoever reviews, not whoever proposed it, once there is something to judge."""
    ready = project.state in states and project.proposed_by != actor.reference
    return ready and queries.may(actor, rules.REVIEW, project)
