"""The owner's desk of one project: material, money, steps, visits, acceptance, closing; every form in one table."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.projects import actions, forms, queries, rules
from gongzhi.projects.actions import Source
from gongzhi.projects.models import Project
from gongzhi.projects.views import panels, staff

Bound = dict[str, Form]


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    return _page(request, actor, queries.get_project_for(actor, number))


def _page(request: HttpRequest, actor: Actor, project: Project, bound: Bound | None = None) -> HttpResponse:
    """Everything at once; a form that was refused comes back with its reason, in its place."""
    context = panels.context_of(actor, project, clock.local_date(clock.now()))
    context["forms"] = {name: _fresh(act, project, bound or {}, name) for name, act in ACTS.items()}
    context["broken"] = next(iter(bound.values()), None) if bound else None
    context["opened"] = next(iter(bound), "") if bound else ""
    return render(request, "projects/desk.html", context, status=422 if bound else 200)


def _fresh(act: "Act", project: Project, bound: Bound, name: str) -> Form:
    return bound.get(name) or act.form(**_needs(act, project))


def _needs(act: "Act", project: Project) -> dict[str, Any]:
    """What a form has to know of the project."""
    today = clock.local_date(clock.now())
    found: dict[str, Any] = {"project": project, "today": today}
    if act.form is forms.FactsForm:
        point = "revisited" if project.state == "closed" else "closed"
        return {"facts": queries.kind_of(project).facts_at(point)}
    return {name: found[name] for name in act.knows}


@require_POST
def do(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """One form of the desk."""
    actor, act = staff(request), ACTS.get(what)
    if act is None:
        raise Http404
    project = queries.get_project_for(actor, number)
    form = act.form(request.POST, request.FILES, **_needs(act, project))
    if not form.is_valid() or tried(form, lambda: act.call(actor, clock.now(), project, form) or True) is None:
        return _page(request, actor, project, {what: form})
    messages.success(request, _(act.done))
    return redirect(f"{reverse('project', args=[number])}#{act.anchor}")


@require_POST
def move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One move of the table in rules.py; the reason beside the button that was pressed."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    form = forms.MoveForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, project, {f"move-{verb}": form})
    reason, at = form.cleaned_data["reason"], clock.now()
    made = tried(form, lambda: actions.move_project(by=actor, at=at, number=number, verb=verb, reason=reason))
    if made is None:
        return _page(request, actor, project, {f"move-{verb}": form})
    messages.success(request, _("记下了：{word}。").format(word=_(rules.EVENT_WORDS[verb])))
    return redirect("project", number)


@require_POST
def publish(request: HttpRequest, number: str) -> HttpResponse:
    made = actions.publish_account(by=staff(request), at=clock.now(), number=number)
    messages.success(request, _("写成草稿了。看一遍，送另一个人审核。"))
    return redirect("publication-desk", made.number)


# --- the table of forms --------------------------------------------------------------------------------------------

Call = Callable[[Actor, dt.datetime, Project, Any], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One form of the desk: what it knows, what it calls, what is said afterwards, where the page goes on."""

    form: type[Form]
    call: Call
    done: str
    anchor: str
    knows: tuple[str, ...] = ()


def _show(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.show_point(by=by, at=at, number=row.number, **form.cleaned_data)


def _meeting(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.log_meeting(by=by, at=at, number=row.number, **form.cleaned_data)


def _facts(by: Actor, at: dt.datetime, row: Project, form: forms.FactsForm) -> Any:
    point = "revisited" if row.state == "closed" else "closed"
    return actions.give_facts(by=by, at=at, number=row.number, point=point, facts=form.facts())


def _funding(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.add_funding_line(by=by, at=at, number=row.number, source=Source(**form.cleaned_data))


def _commit(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.commit_line(by=by, at=at, number=row.number, **form.cleaned_data)


def _pay(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    given = form.cleaned_data
    position, amount = given["position"], given["amount"]
    return actions.pay_line(
        by=by, at=at, number=row.number, position=position, amount=amount, uploads=given["files"]
    )


def _drop(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.drop_line(by=by, at=at, number=row.number, **form.cleaned_data)


def _sponsor(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    chosen = int(form.cleaned_data["sponsor"])
    return actions.assign_sponsor(by=by, at=at, number=row.number, mandate_id=chosen)


def _visit(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    given = form.cleaned_data
    return actions.record_visit(
        by=by, at=at, number=row.number, found=given["found"], on=given["on"], uploads=given["files"]
    )


def _step(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    return actions.add_milestone(by=by, at=at, number=row.number, **form.cleaned_data)


def _done(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    given = form.cleaned_data
    uploads, purpose = given["files"], given["purpose"]
    return actions.finish_milestone(
        by=by, at=at, number=row.number, position=given["position"], note=given["note"], uploads=uploads,
        purpose=purpose,
    )  # fmt: skip


def _photos(by: Actor, at: dt.datetime, row: Project, form: Form) -> Any:
    given = form.cleaned_data
    return actions.add_photos(by=by, at=at, number=row.number, uploads=given["files"], purpose=given["purpose"])


ACTS: dict[str, Act] = {
    "show": Act(forms.ShowForm, _show, N_("交上了。"), "guide", ("project",)),
    "meeting": Act(forms.MeetingForm, _meeting, N_("记下了。"), "meetings"),
    "facts": Act(forms.FactsForm, _facts, N_("填好了，大家都看得到。"), "facts"),
    "funding": Act(forms.FundingForm, _funding, N_("列上了。"), "funding", ("project",)),
    "commit": Act(forms.LineForm, _commit, N_("定下来了。"), "funding"),
    "pay": Act(forms.PayForm, _pay, N_("记下了。"), "funding"),
    "drop": Act(forms.DropForm, _drop, N_("去掉了，列表里还看得到。"), "funding"),
    "sponsor": Act(forms.SponsorForm, _sponsor, N_("定好了，从今天起按期走访。"), "visits", ("project", "today")),
    "visit": Act(forms.VisitForm, _visit, N_("走访记下了。"), "visits"),
    "step": Act(forms.StepForm, _step, N_("加上了。"), "steps"),
    "done": Act(forms.DoneForm, _done, N_("这一步做完了。"), "steps"),
    "photos": Act(forms.PhotosForm, _photos, N_("传好了。"), "photos"),
}
