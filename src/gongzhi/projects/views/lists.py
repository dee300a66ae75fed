"""The list of projects of one's places; proposing one."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.refusals import tried
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.projects import actions, chain, queries, rules
from gongzhi.projects.forms import ProposeForm
from gongzhi.projects.models import Problem, Project, State
from gongzhi.projects.views import OFFICE, badge_of, staff

MOST_ROWS = 5_000


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest first, page by page; by kind and state; as a table to take along."""
    actor, today = staff(request), clock.local_date(clock.now())
    kind, state = request.GET.get("kind", "")[:64], request.GET.get("state", "")[:12]
    place = request.GET.get("place", "")[:64]
    rows = queries.worked_by(actor)
    as_table = request.GET.get("as") == "xlsx"
    limit, cursor = (MOST_ROWS, "") if as_table else (queries.PAGE, request.GET.get("cursor", ""))
    found = queries.projects_page(rows, kind=kind, state=state, place=place, cursor=cursor, limit=limit)
    kinds = {name: pack for name, (pack, _reference) in queries.kinds_in_force(today).items()}
    shown = _rows(found.items, kinds, today)
    if as_table:
        return _table(shown, today)
    given = request.GET.copy()
    given["cursor"] = found.next_cursor
    counts = queries.counts_by_state(actor)
    context = {
        "rows": shown,
        "next_url": f"?{given.urlencode()}" if found.next_cursor else "",
        "proposes": bool(actor.paths_for(rules.PROPOSE)),
        "kinds": [(name, pack.title) for name, pack in kinds.items()],
        "states": [(value, _(label), counts.get(value, 0)) for value, label in State.choices if counts.get(value)],
        "kind": kind,
        "state": state,
        "total": sum(counts.values()),
    }
    return render(request, "projects/list.html", context)


def _rows(projects: list[Project], kinds: dict[str, Any], today: dt.date) -> list[dict[str, Any]]:
    steps, visits = queries.steps_by_project(projects), queries.last_visits(projects)
    return [
        {
            "project": one,
            "kind": kinds[one.kind].title if one.kind in kinds else one.kind,
            "visits": kinds[one.kind].visits.every if one.kind in kinds else "",
            "steps": steps.get(one.pk, (0, 0)),
            "late": _late(one, kinds, visits, today),
            **badge_of(one),
        }
        for one in projects
    ]


def _late(project: Project, kinds: dict[str, Any], visits: dict[object, dt.date], today: dt.date) -> bool:
    """Whether the sponsor should have been there."""
    if project.state not in rules.RUNNING or project.sponsored_on is None or project.kind not in kinds:
        return False
    every = kinds[project.kind].visits.every
    return rules.next_visit(every, project.sponsored_on, visits.get(project.pk)) < today


def _table(rows: list[dict[str, Any]], today: dt.date) -> HttpResponse:
    heads = [_("编号"), _("项目"), _("问题"), _("类型"), _("哪里"), _("谁来办"), _("情况"), _("做完几步"), _("走访")]
    lines = (
        (
            one["project"].number,
            one["project"].title,
            one["project"].problem.name,
            one["kind"],
            one["project"].place.name,
            one["project"].owner.name,
            one["word"],
            f"{one['steps'][0]}/{one['steps'][1]}",
            _("过期没去") if one["late"] else "",
        )
        for one in rows
    )
    return rows_as_xlsx(_("项目"), heads, lines, note=f"{today:%Y-%m-%d}")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then the form for it; `?source=case:…` says what it comes from."""
    actor = staff_of(request, rules.PROPOSE, otherwise=OFFICE)
    today, source = clock.local_date(clock.now()), request.GET.get("source", "")[:80]
    known = Problem.objects.filter(source=source).select_related("project").first() if source else None
    if known is not None and hasattr(known, "project"):
        messages.info(request, _("这件事已经立了项目，一个问题只立一个。"))
        return redirect("project", queries.get_project_for(actor, known.project.number).number)
    queries.check_source(actor, source)
    kinds = queries.kinds_in_force(today)
    if request.GET.get("kind") not in kinds:
        packs = [pack for pack, _reference in kinds.values()]
        return render(request, "projects/kinds.html", {"packs": packs, "source": source})
    return _form(request, actor, request.GET["kind"], source, today)


def _form(request: HttpRequest, actor: Actor, kind: str, source: str, today: dt.date) -> HttpResponse:
    pack, _reference = queries.get_kind(kind, today)
    initial = {"request": uuid.uuid4(), **chain.proposed_from(actor, source)}
    sent = (request.POST,) if request.method == "POST" else ()
    form = ProposeForm(*sent, actor=actor, pack=pack, today=today, initial=initial)
    if sent and form.is_valid():
        made = tried(form, lambda: _propose(actor, kind, source, form))
        if made is not None:
            messages.success(request, _("申报了。接着把材料一项一项交上。"))
            return redirect("project", made.number)
    context = {"pack": pack, "form": form, "source": source}
    return render(request, "projects/new.html", context, status=422 if form.errors else 200)


def _propose(actor: Actor, kind: str, source: str, form: ProposeForm) -> Project:
    given = form.cleaned_data
    return actions.propose_for(
        by=actor,
        at=clock.now(),
        stated=actions.Stated(given["place"], given["name"], given["told"], source),
        kind=kind,
        title=given["title"],
        owner=given["owner"],
        variety=given.get("variety", ""),
        facts=form.facts(),
        request=given["request"],
    )
