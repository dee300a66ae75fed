"""Rounds of a participatory budget: which there are, a new one, what came out and where it went."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.ballots import budgets, roll_queries
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.rules import STATUS_WORDS
from gongzhi.ballots.shown import ICONS, TONES
from gongzhi.common import clock
from gongzhi.common.access import allows
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.places.queries import get_place
from gongzhi.projects import actions, rounds, rules
from gongzhi.projects.forms_rounds import RoundForm
from gongzhi.projects.views import badge_of

HELD_BY = N_("这一步由审项目的岗位来办。开始投了，您会收到消息。")
PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rounds whose paper the reader may see, the newest first."""
    actor = signed_in(request)
    rows = [
        {"vote": vote, "word": _(STATUS_WORDS[vote.status]), "tone": TONES[vote.status], "icon": ICONS[vote.status]}
        for vote in rounds.rounds_for(actor)[:PAGE]
    ]
    holds = bool(actor.paths_for(rules.REVIEW))
    context = {"rows": rows, "holds": holds, "rolls": rounds.rolls_for(actor) if holds else []}
    return render(request, "projects/rounds.html", context)


IDEA_TONES = {
    "assessing": ("wait", "pencil"),
    "ready": ("soon", "checkbox"),
    "on_paper": ("now", "building-bank"),
    "going_on": ("done", "circle-check"),
    "not_taken": ("over", "circle-x"),
    "taken_back": ("", "arrow-back-up"),
}


@require_safe
def ideas(request: HttpRequest, code: str) -> HttpResponse:
    """What became of every idea at a place that was taken up, with the reason where it went no further."""
    place = get_place(code)
    found = rounds.ideas_page(place, request.GET.get("cursor", ""))
    rows = [
        {
            "idea": one,
            "tone": IDEA_TONES[one.stage][0],
            "icon": IDEA_TONES[one.stage][1],
            "word": _(rounds.STAGES[one.stage]),
            "opens": one.project.state in rules.OPEN_TO_ALL,
        }
        for one in found.items
    ]
    context = {
        "place": place,
        "rows": rows,
        "next_url": f"?cursor={found.next_cursor}" if found.next_cursor else "",
        "illustrative": any(one.project.illustrative for one in found.items),
    }
    return render(request, "projects/ideas.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, roll: str) -> HttpResponse:
    """Assessed projects for those on this roll."""
    actor = staff_of(request, rules.REVIEW, otherwise=HELD_BY)
    at, found = clock.now(), roll_queries.get_roll_for(actor, roll)
    law, waiting = budgets.law_of(found.path, clock.local_date(at)), rounds.waiting(actor, found.path)
    costs = rounds.costs_of(waiting)
    form = RoundForm(request.POST or None, roll=found, law=law, projects=waiting, costs=costs)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        named: dict[str, Any] = {name: given[name] for name in ("body", "budget", "form", "way", "closes_at")}
        paper = actions.Paper(Question(given["title"], given["about"]), online=given["ways"] == "both", **named)
        made = tried(
            form, lambda: actions.put_to_vote(by=actor, at=at, roll=found, numbers=given["projects"], paper=paper)
        )
        if made is not None:
            messages.success(request, _("票写好了。核对以后开始。"))
            return redirect("round", made.number)
    context = {"form": form, "roll": found, "waiting": waiting}
    return render(request, "projects/round_new.html", context, status=422 if form.errors else 200)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Each proposal, its project, how it came out; where to vote."""
    actor = signed_in(request)
    vote = rounds.get_round(actor, number)
    lines = rounds.lines_of(actor, vote)
    context = {
        "vote": vote,
        "word": _(STATUS_WORDS[vote.status]),
        "tone": TONES[vote.status],
        "icon": ICONS[vote.status],
        "budget": budgets.terms_of(vote).budget,
        "lines": [{"row": one.row, "project": one.project, **_state(one)} for one in lines],
        "settles": vote.status == "counted" and allows(actor, rules.REVIEW, path=vote.path),
        "settled": rounds.settled(lines),
    }
    return render(request, "projects/round.html", context)


def _state(line: rounds.Line) -> dict[str, str]:
    return badge_of(line.project) if line.project is not None else {}


@require_POST
def settle(request: HttpRequest, number: str) -> HttpResponse:
    """What came out, into the projects."""
    actor = staff_of(request, rules.REVIEW, otherwise=HELD_BY)
    moved = actions.settle_round(by=actor, at=clock.now(), number=number)
    messages.success(request, _("记进 {n} 个项目了。").format(n=len(moved)))
    return redirect("round", number)
