"""大家看得到的: the way of one work from the first report to its account, and the works of a place."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.refusals import tried
from gongzhi.places.queries import get_place
from gongzhi.projects import actions, queries, rules, story
from gongzhi.projects.forms import VoiceForm
from gongzhi.projects.models import Project
from gongzhi.projects.queries import bidding
from gongzhi.projects.views import badge_of, panels


@require_safe
def work(request: HttpRequest, number: str) -> HttpResponse:
    """One work: where it came from, what it cost, how it went, what residents say."""
    actor = actor_of(request)
    return _work(request, actor, queries.get_work_for(actor, number))


def _work(request: HttpRequest, actor: Actor, project: Project, form: VoiceForm | None = None) -> HttpResponse:
    pack, lines = queries.kind_of(project), queries.lines_of(project)
    events, steps = queries.events_of(project), list(project.milestones.order_by("position"))
    files = panels.files_of(project, (), steps, ())
    shots = [one for found in files.values() for one in found if one.media.kind == "image"]
    context = {
        "project": project,
        "pack": pack,
        "variety": panels.variety_of(project, pack),
        "chain": story.chain_of(actor, project, lines),
        "before": [one for one in shots if one.purpose == "before"],
        "after": [one for one in shots if one.purpose == "after"],
        "money": panels.money_rows(lines, {}),
        "sums": panels.sums_of(lines),
        "entries": [(one, panels.yuan(one.amount)) for one in queries.entries_about(project)],
        "facts": [one for one in panels.facts_of(project, pack) if one["value"] is not None],
        "chosen": bidding.chosen_of(project) if pack.bids else None,
        "steps": panels.steps_rows(steps, files, clock.local_date(clock.now())),
        "voices": queries.voices_of(project),
        "asks": project.state == "acceptance",
        "mine": queries.voice_of(actor, project) if project.state == "acceptance" else None,
        "speaks": project.state == "acceptance" and _speaks(actor, project),
        "form": form or VoiceForm(),
        "timeline": [(one, _(rules.EVENT_WORDS[one.kind])) for one in events if one.kind in rules.TOLD_TO_ALL],
        "desk": queries.worked_by(actor).filter(pk=project.pk).exists() if actor.scopes else False,
        **badge_of(project),
    }
    return render(request, "projects/work.html", context, status=422 if form else 200)


def _speaks(actor: Actor, project: Project) -> bool:
    return actor.kind == "person" and queries.lives_there(actor, project, clock.local_date(clock.now()))


@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """满意 or not, of a resident of the place."""
    actor, form = actor_of(request), VoiceForm(request.POST)
    project = queries.get_work_for(actor, number)
    if not form.is_valid():
        return _work(request, actor, project, form)
    satisfied, reason = form.cleaned_data["satisfied"] == "yes", form.cleaned_data["reason"]
    at = clock.now()
    made = tried(
        form, lambda: actions.say_accepted(by=actor, at=at, number=number, satisfied=satisfied, reason=reason)
    )
    if made is None:
        return _work(request, actor, project, form)
    messages.success(request, _("谢谢您，记下了。验收结束以前可以改。"))
    return redirect(f"{reverse('work', args=[number])}#accept")


@require_safe
def at_place(request: HttpRequest, code: str) -> HttpResponse:
    """Works at a place and in it, on a map and in a list; `?kind=micro_space` those of one kind."""
    place = get_place(code)
    kind, cursor = request.GET.get("kind", "")[:64], request.GET.get("cursor", "")
    rows = queries.works_at(place)
    found = queries.projects_page(rows, kind=kind, cursor=cursor)
    kinds = queries.kinds_in_force(clock.local_date(clock.now()))
    titles = {name: pack.title for name, (pack, _reference) in kinds.items()}
    there = sorted(set(rows.values_list("kind", flat=True)))
    given = request.GET.copy()
    given["cursor"] = found.next_cursor
    context = {
        "place": place,
        "rows": [{"project": one, "kind": titles.get(one.kind, one.kind), **badge_of(one)} for one in found.items],
        "kinds": [(name, titles.get(name, name)) for name in there],
        "kind": kind,
        "next_url": f"?{given.urlencode()}" if found.next_cursor else "",
        "map": _map(found.items),
        "illustrative": any(one.illustrative for one in found.items),
    }
    return render(request, "projects/at_place.html", context)


def _map(projects: list[Project]) -> dict[str, Any] | None:
    """One pin a place, its works named together."""
    points: dict[tuple[float, float], list[Project]] = {}
    for one in projects:
        if (point := story.point_of(one.place)) is not None:
            points.setdefault(point, []).append(one)
    if not points:
        return None
    pins = [
        {
            "n": str(n),
            "lng": longitude,
            "lat": latitude,
            "state": badge_of(there[0])["tone"],
            "title": "、".join(one.title for one in there[:5]),
            "url": reverse("work", args=[there[0].number]),
        }
        for n, ((longitude, latitude), there) in enumerate(points.items(), 1)
    ]
    return {"pins": pins, "outlines": []}
