"""工程清单: the lines of a works package for the office, its sums for everybody, what is still warranted."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.works import add_works_lines, inspect_warranty, step_line
from gongzhi.projects.forms_works import SpotForm, StepForm
from gongzhi.projects.models import LineState, Project, WorksLine
from gongzhi.projects.queries import works as reads
from gongzhi.projects.rules import works as works_rules
from gongzhi.projects.rules.works import Total
from gongzhi.projects.views import staff
from gongzhi.projects.views.panels import yuan

TONES = {
    "listed": ("wait", "pencil"),
    "triaged": ("wait", "eye"),
    "budgeted": ("wait", "note"),
    "ordered": ("now", "tool"),
    "done": ("soon", "clock"),
    "accepted": ("done", "circle-check"),
    "dropped": ("", "minus"),
}
BUTTONS = {
    "triage": N_("定轻重"),
    "budget": N_("定预算"),
    "order": N_("定施工单位"),
    "done": N_("修好了"),
    "redo": N_("没修好，返工"),
    "accept": N_("验收通过"),
    "pay": N_("记付款"),
    "drop": N_("不修了"),
    "inspect": N_("记下这次查看"),
}


def _project(actor: Actor, number: str) -> Project:
    """Raises NotFound also for a kind without lines."""
    return _with_lines(queries.get_project_for(actor, number))


def _with_lines(project: Project) -> Project:
    if not reads.defects_of(project):
        raise NotFound("no_works_lines", N_("这种项目没有工程清单。"))
    return project


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """Sums, then the list; one more line."""
    actor = staff(request)
    project = _project(actor, number)
    if request.GET.get("as") == "xlsx":
        return _table(project)
    if request.method == "POST":
        require(actor, rules.RUN, path=project.path)
    form = SpotForm(request.POST if request.method == "POST" else None, project=project)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        made = tried(form, lambda: add_works_lines(by=actor, at=at, number=number, spots=[form.spot()]))
        if made is not None:
            messages.success(request, _("列上了：第 {n} 处。").format(n=made[0].position))
            return redirect("works-lines", number)
    context = _lines_context(request, actor, project, form)
    return render(request, "projects/works/lines.html", context, status=422 if form.errors else 200)


def _lines_context(request: HttpRequest, actor: Actor, project: Project, form: Form) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ("defect", "state")}
    page = reads.lines_page(
        project, defect=asked["defect"], state=asked["state"], cursor=request.GET.get("cursor", "")
    )
    found, defects = reads.totals_of(project), reads.defects_of(project)
    onward = urlencode({**asked, "cursor": page.next_cursor})
    return {
        "project": project,
        "form": form,
        "rows": [_row(one, defects) for one in page.items],
        "next_url": f"?{onward}" if page.next_cursor else "",
        "totals": _total_rows(found, defects),
        "whole": _total_row(works_rules.all_of(found), ""),
        "books": _books(project, works_rules.all_of(found)),
        "defects": [(code, one.name) for code, one in defects.items()],
        "states": LineState.choices,
        "asked": asked,
        "runs": queries.may(actor, rules.RUN, project) and project.state not in rules.OVER,
    }


def _row(line: WorksLine, defects: dict[str, Any]) -> dict[str, Any]:
    tone, icon = TONES[line.state]
    return {
        "line": line,
        "defect": defects[line.defect].name if line.defect in defects else line.defect,
        "urgency": _(works_rules.URGENCIES[line.urgency]) if line.urgency else "",
        "budget": yuan(line.budget) if line.budget else "",
        "paid": yuan(line.paid) if line.paid else "",
        "tone": tone,
        "icon": icon,
        "word": _(LineState(line.state).label),
    }


def _total_rows(found: Sequence[Total], defects: dict[str, Any]) -> list[dict[str, Any]]:
    return [_total_row(one, defects[one.defect].name if one.defect in defects else one.defect) for one in found]


def _total_row(one: Total, name: str) -> dict[str, Any]:
    return {"total": one, "name": name, "budget": yuan(one.budget), "paid": yuan(one.paid)}


def _books(project: Project, whole: Total) -> dict[str, str] | None:
    """Lines against the books, where the money runs through books here; `by` is empty where they agree."""
    if not reads.books_pay(project):
        return None
    spent = reads.spent_in_books(project)
    by = yuan(abs(spent - whole.paid)) if spent != whole.paid else ""
    return {"lines": yuan(whole.paid), "entries": yuan(spent), "by": by}


def _table(project: Project) -> HttpResponse:
    """Every line, for the office."""
    defects = reads.defects_of(project)
    heads = [_("序号"), _("哪里"), _("部位"), _("毛病"), _("户数"), _("情况"), _("预算（元）"), _("施工单位")]
    heads += [_("付了（元）"), _("账本编号"), _("验收"), _("保修到")]
    found = reads.lines_page(project, limit=works_rules.MOST_LINES).items
    body = (
        (
            *(one.position, one.place.name, one.part, _row(one, defects)["defect"], one.homes),
            *(_(LineState(one.state).label), amount_text(one.budget, Unit.FEN)),
            *(one.contractor.name if one.contractor else "", amount_text(one.paid, Unit.FEN)),
            *(one.entry.number if one.entry else "", one.accepted_on, one.warranty_until),
        )
        for one in found
    )
    return rows_as_xlsx(_("工程清单 {number}").format(number=project.number), heads, body, note=project.title)


# --- one line --------------------------------------------------------------------------------------------------------


@require_safe
def line(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actor = staff(request)
    project = _project(actor, number)
    return _line(request, actor, project, reads.get_line(project, position))


@require_POST
def step(request: HttpRequest, number: str, position: int, verb: str) -> HttpResponse:
    """One step; what was refused comes back with its reason, in its place."""
    actor, at = staff(request), clock.now()
    project = _project(actor, number)
    found = reads.get_line(project, position)
    if verb not in BUTTONS:
        raise Http404
    require(actor, rules.RUN, path=project.path)
    form = StepForm(request.POST, request.FILES, verb=verb, project=project, today=clock.local_date(at))
    given: dict[str, Any] = {"by": actor, "at": at, "number": number, "position": position}
    if not form.is_valid() or tried(form, lambda: _act(verb, form, given)) is None:
        return _line(request, actor, project, found, {verb: form})
    messages.success(request, _("记下了：{word}。").format(word=_(BUTTONS[verb])))
    return redirect("works-line", number, position)


def _act(verb: str, form: StepForm, given: dict[str, Any]) -> WorksLine:
    if verb == "inspect":
        uploads = form.cleaned_data["files"] or ()
        return inspect_warranty(found=form.cleaned_data["found"], uploads=uploads, **given)
    return step_line(verb=verb, given=form.given(), **given)


def _line(
    request: HttpRequest, actor: Actor, project: Project, found: WorksLine, bound: dict[str, StepForm] | None = None
) -> HttpResponse:
    today, defects = clock.local_date(clock.now()), reads.defects_of(project)
    verbs = [one.verb for one in works_rules.steps_from(found.state)] if _runs(actor, project) else []
    if found.warranty_until and found.warranty_until >= today and queries.may(actor, rules.RUN, project):
        verbs.append("inspect")
    forms = [
        (verb, _(BUTTONS[verb]), (bound or {}).get(verb) or StepForm(verb=verb, project=project, today=today))
        for verb in verbs
    ]
    events = reads.events_of_line(project, found)
    files = list(evidence_of([found.reference]).filter(media__erased_at=None))
    context = {
        "project": project,
        **_row(found, defects),
        "rule": defects.get(found.defect),
        "steps": forms,
        "opened": next(iter(bound), "") if bound else _onward(found, verbs),
        "shots": [(_(word), [one for one in files if one.purpose == purpose]) for purpose, word in _SHOTS],
        "covers": queries.may(actor, rules.RUN, project),
        "events": [(one, _(BUTTONS.get(one.code.partition(".")[0], one.code))) for one in events],
        "broken": bool(bound) and not set(bound or ()) & set(verbs),
    }
    return render(request, "projects/works/line.html", context, status=422 if bound else 200)


def _onward(line: WorksLine, verbs: Sequence[str]) -> str:
    """The step that leads on stands open."""
    steps = (one for one in works_rules.steps_from(line.state) if one.verb in verbs)
    return next((one.verb for one in steps if one.target != line.state), "")


_SHOTS = (("before", N_("修以前")), ("after", N_("修以后")), ("document", N_("单据")), ("work", N_("保修查看")))


def _runs(actor: Actor, project: Project) -> bool:
    return queries.may(actor, rules.RUN, project) and project.state not in rules.OVER


# --- for everybody, and what is warranted ----------------------------------------------------------------------------


@require_safe
def totals(request: HttpRequest, number: str) -> HttpResponse:
    """Sums by sort of defect for everybody; never which building, never which home."""
    project = _with_lines(queries.get_work_for(actor_of(request), number))
    found, defects = reads.totals_of(project), reads.defects_of(project)
    whole = works_rules.all_of(found)
    if request.GET.get("as") == "xlsx":
        return _totals_table(project, found, defects)
    context = {
        "project": project,
        "rows": _total_rows(found, defects),
        "whole": _total_row(whole, ""),
        "books": _books(project, whole),
        "share": whole.accepted * 1000 // whole.lines if whole.lines else 0,
    }
    return render(request, "projects/works/totals.html", context)


def _totals_table(project: Project, found: Sequence[Total], defects: dict[str, Any]) -> HttpResponse:
    heads = [_("毛病"), _("几处"), _("几户"), _("修好"), _("验收"), _("验收几户"), _("预算（元）"), _("付了（元）")]
    rows = [(defects[one.defect].name if one.defect in defects else one.defect, one) for one in found]
    body = (
        (
            *(name, one.lines, one.homes, one.done, one.accepted, one.homes_accepted),
            *(amount_text(one.budget, Unit.FEN), amount_text(one.paid, Unit.FEN)),
        )
        for name, one in [*rows, (_("合计"), works_rules.all_of(found))]
    )
    return rows_as_xlsx(_("工程合计 {number}").format(number=project.number), heads, body, note=project.title)


@require_safe
def warranties(request: HttpRequest) -> HttpResponse:
    """What is still warranted, the next to end first."""
    actor, today = staff(request), clock.local_date(clock.now())
    if request.GET.get("as") == "xlsx":
        return _warranties_table(reads.warranties_page(actor, today, limit=works_rules.MOST_LINES).items)
    page = reads.warranties_page(actor, today, cursor=request.GET.get("cursor", ""))
    rows = [
        {"line": one, "defect": _defect_word(one), "left": (one.warranty_until - today).days}
        for one in page.items
        if one.warranty_until
    ]
    next_url = f"{reverse('works-warranties')}?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else ""
    context = {"rows": rows, "next_url": next_url, "within": works_rules.ENDING_WITHIN}
    return render(request, "projects/works/warranties.html", context)


def _defect_word(line: WorksLine) -> str:
    found = queries.kind_of(line.project).defect_of(line.defect)
    return found.name if found else line.defect


def _warranties_table(found: Sequence[WorksLine]) -> HttpResponse:
    heads = [_("项目"), _("序号"), _("哪里"), _("部位"), _("毛病"), _("施工单位"), _("验收"), _("保修到")]
    body = (
        (
            *(one.project.number, one.position, one.place.name, one.part, _defect_word(one)),
            *(one.contractor.name if one.contractor else "", one.accepted_on, one.warranty_until),
        )
        for one in found
    )
    return rows_as_xlsx(_("保修"), heads, body, note=f"{clock.local_date(clock.now()):%Y-%m-%d}")
