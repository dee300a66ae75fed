"""What a grid member has to do today: a list that is enough alone, and the same things on a map."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import rules
from gongzhi.cases.queries import CaseView
from gongzhi.cases.queries import desk as waiting
from gongzhi.cases.views import telling
from gongzhi.cases.views.inbox import next_url
from gongzhi.cases.views.showing import PAGE, Pin, map_of, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_

TASKS = {"reported": (N_("受理"), N_("去受理")), "answered": (N_("核查"), N_("去核查"))}


@require_safe
def grid_today(request: HttpRequest) -> HttpResponse:
    """To accept and to check first, then what is running; pins bear the numbers of the list."""
    actor, at = staff_of(request, "cases.accept"), clock.now()
    cases, cursor = waiting.grid_day(actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    rows = [_row(n, row, at) for n, row in enumerate(rows_of(actor, cases, at), start=1)]
    tasks = [row for row in rows if row["task"]]
    context = {
        "now": at,
        "tasks": tasks,
        "running": [row for row in rows if not row["task"]],
        "map": map_of([_pin(row) for row in rows], under=_code(actor)),
        "report_url": _report_url(),
        "next_url": next_url("grid-today", cursor),
    }
    return render(request, "cases/staff/grid.html", context)


def _row(n: int, view: CaseView, at: Any) -> dict[str, Any]:
    case = view.case
    due, since = getattr(case, "clock_at", None), getattr(case, "clock_since", None)
    word, action = TASKS.get(case.status, ("", ""))
    standing = rules.standing(started_at=since, due_at=due, at=at) if due and since else None
    tone = standing.state if standing and standing.state in ("over", "soon") else ""
    return {
        "n": n,
        "view": view,
        "task": _(word) if word else "",
        "action": _(action) if action else "",
        "place": telling.place_words(case),
        "due": due,
        "since": since,
        "tone": tone,
    }


def _pin(row: dict[str, Any]) -> Pin:
    return Pin(row["view"].case, str(row["n"]), row["view"].title, row["tone"])


def _code(actor: Actor) -> str:
    """The code of the first place that the actor answers for."""
    path = next(iter(actor.paths_for("cases.accept")), "")
    return path.strip("/").split("/")[-1]


def _report_url() -> str:
    """Filling in for somebody; the page belongs to the residents' part."""
    try:
        return reverse("report")
    except NoReverseMatch:
        return ""
