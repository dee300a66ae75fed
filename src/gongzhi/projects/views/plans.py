"""规划: chapters with their goals, measures and figures; written by the owner, read by everybody."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.refusals import tried
from gongzhi.documents.papers import Paper, Part
from gongzhi.documents.templating import as_download
from gongzhi.projects import actions, plans, queries, rules
from gongzhi.projects.forms_plans import MeasureForm
from gongzhi.projects.models import Project
from gongzhi.projects.views import badge_of, staff


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, number: str) -> HttpResponse:
    """The plan in front of its owner: one measure more at a time, and where each figure is now."""
    actor, at = staff(request), clock.now()
    project = queries.get_project_for(actor, number)
    _check_plan(project)
    if request.method == "POST":
        require(actor, rules.RUN, path=project.path)
    form = MeasureForm(request.POST or None, pack=queries.kind_of(project))
    if request.method == "POST" and form.is_valid():
        measure = form.measure()
        made = tried(form, lambda: actions.add_measure(by=actor, at=at, number=number, measure=measure))
        if made is not None:
            messages.success(request, _("写进去了。"))
            return redirect(f"{reverse('project-plan', args=[number])}#{made.section}")
    context = _context(project, plans.figures_now(actor, project, at))
    context |= {"form": form, "writes": _writes(actor, project), "desk": True}
    return render(request, "projects/plan_desk.html", context, status=422 if form.errors else 200)


def _writes(actor: Actor, project: Project) -> bool:
    return project.state not in rules.OVER and queries.may(actor, rules.RUN, project)


@require_safe
def reading(request: HttpRequest, number: str) -> HttpResponse:
    """The plan for everybody, on the page or as a Word or PDF file; without the figures of today."""
    project = queries.get_work_for(actor_of(request), number)
    _check_plan(project)
    context = _context(project, {})
    form = request.GET.get("as", "")
    if form in ("docx", "pdf"):
        return as_download(_paper(project, context["chapters"]), form, file=project.title)
    return render(request, "projects/plan.html", context)


def _check_plan(project: Project) -> None:
    if not queries.kind_of(project).sections:
        raise Http404


def _context(project: Project, now: dict[str, Any]) -> dict[str, Any]:
    chapters = plans.chapters_of(project, local_date(clock.now()), now)
    done, total = plans.counts(chapters)
    return {"project": project, "chapters": chapters, "done": done, "total": total, **badge_of(project)}


def _paper(project: Project, chapters: list[plans.Chapter]) -> Paper:
    heads = (_("目标"), _("措施"), _("哪天前"), _("看什么"), _("做到了吗"))
    parts = []
    for n, one in enumerate(chapters, start=1):
        rows = [_row(goal, written) for goal, found in one.goals.items() for written in found]
        title = _("{n}、{name}").format(n=n, name=one.section.name)
        said = [one.section.what] if rows else [one.section.what, _("这一章还没写。")]
        parts.append(Part(title, said, heads if rows else (), rows))
    return Paper(project.title, parts, project.number, (project.owner.name,))


def _row(goal: str, written: plans.Written) -> tuple[str, ...]:
    one = written.measure
    shown = one.shown
    if written.figure is not None and one.target is not None:
        unit = written.figure.entry.unit
        shown = _("{shown}；{figure}到 {target}{unit}").format(
            shown=one.shown, figure=written.figure.entry.name, target=f"{one.target.normalize():f}", unit=unit
        )
    return (goal, one.name, f"{one.due_on:%Y-%m-%d}", shown, _("做完了") if one.done_at else _("还没有"))
