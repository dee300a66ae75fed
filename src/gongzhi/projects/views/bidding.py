"""竞购: where offers may be made, one's own offer, and for the office the window, the judging and the choice."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import Forbidden
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.actions import Offer
from gongzhi.projects.forms_bidding import BidForm, ChooseForm, InterestForm, WindowForm
from gongzhi.projects.models import Bid, Project
from gongzhi.projects.queries import bidding
from gongzhi.projects.rules import bidding as bid_rules
from gongzhi.projects.views import badge_of, marking, staff
from gongzhi.projects.views.panels import yuan

Row = dict[str, Any]
NOT_THEIRS = N_("申请由单位里任职的人来交。您在能申请的单位里没有岗位，请让单位的人来。")


def _today() -> dt.date:
    return clock.local_date(clock.now())


def _asks(project: Project, today: dt.date) -> bool:
    return project.state == bid_rules.ASKING and bid_rules.is_open(project.bids_until, today)


# --- for everybody and for the bodies ------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Where bodies are asked for offers, and where they were: those that end last come first."""
    today = _today()
    found = bidding.tenders_page(today, request.GET.get("cursor", ""))
    rows = [{"project": one, "open": _asks(one, today)} for one in found.items]
    context = {"rows": rows, "next_url": f"?cursor={found.next_cursor}" if found.next_cursor else ""}
    return render(request, "projects/bids.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def tender(request: HttpRequest, number: str) -> HttpResponse:
    """What is to be done and for how much; one's own offer until the end, everybody's after it."""
    actor = signed_in(request) if request.method == "POST" else actor_of(request)
    project, at = queries.get_work_for(actor, number), clock.now()
    terms, today = bidding.terms_of(project), clock.local_date(at)
    bodies = _bodies(actor, project, today)
    if request.method == "POST" and not bodies.exists():
        raise Forbidden("not_of_this_body", NOT_THEIRS)
    held = bidding.bodies_held(actor)
    mine = [one for one in bidding.bids_of(project) if one.body_id in held]
    form = BidForm(request.POST or None, request.FILES or None, bodies=bodies, bid=mine[0] if mine else None)
    made = request.method == "POST" and form.is_valid() and tried(form, lambda: _submit(actor, at, number, form))
    if made:
        messages.success(request, _("收到了。截止以前可以改，也可以撤回。"))
        return redirect("tender", number)
    over = bid_rules.is_over(project.bids_until, today)
    context = {
        "project": project,
        "terms": terms,
        "money": yuan(sum(one.amount for one in queries.money_of(queries.lines_of(project)))),
        "open": _asks(project, today),
        "over": over,
        "form": form if bodies.exists() else None,
        "mine": mine,
        "rows": _public_rows(project) if over else [],
        **badge_of(project),
    }
    return render(request, "projects/tender.html", context, status=422 if form.errors else 200)


def _bodies(actor: Actor, project: Project, today: dt.date) -> Any:
    """For which bodies the actor may hand in: one's own, or for the office all that may."""
    rows = bidding.possible_bodies(project, today)
    if queries.may(actor, rules.RUN, project):
        return rows
    return rows.filter(pk__in=bidding.bodies_held(actor))


def _submit(by: Actor, at: dt.datetime, number: str, form: BidForm) -> Bid:
    given = form.cleaned_data
    offer = Offer(given["ask"], given["plan"], given["hands"])
    uploads = given["files"] or ()
    return actions.submit_bid(by=by, at=at, number=number, body=given["body"], offer=offer, uploads=uploads)


def _public_rows(project: Project) -> list[Row]:
    """Every offer; its points only once one is chosen."""
    bids = bidding.bids_of(project)
    chosen = any(one.chosen_at for one in bids)
    said = bidding.said_of(project, [one.position for one in bids])
    points = {one.position: one for one in bidding.judged(bids, said)}
    rows = [
        {
            "bid": one,
            "ask": yuan(one.ask),
            "points": f"{float(points[one.position].mean):.1f}" if chosen else "",
            "judges": len(points[one.position].points) if chosen else 0,
            "aside": sum(each.conflict for each in said[one.position]) if chosen else 0,
        }
        for one in bids
    ]
    order = [one.position for one in bid_rules.ranked(points.values())]
    return sorted(rows, key=lambda row: order.index(row["bid"].position)) if chosen else rows


@require_POST
def withdraw(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.withdraw_bid(by=signed_in(request), at=clock.now(), number=number, position=position)
    messages.success(request, _("撤回了。截止以前可以再交。"))
    return redirect("tender", number)


# --- for the office ------------------------------------------------------------------------------------------------


@require_safe
def desk(request: HttpRequest, number: str) -> HttpResponse:
    actor = staff(request)
    return _desk(request, actor, queries.get_project_for(actor, number))


def _desk(request: HttpRequest, actor: Actor, project: Project, bound: dict[str, Form] | None = None) -> HttpResponse:
    """How many have come while it is open; each with what was said of it once no other may come."""
    terms, today = bidding.terms_of(project), _today()
    over, chosen = bid_rules.is_over(project.bids_until, today), bidding.chosen_of(project)
    bids = bidding.bids_of(project)
    first = max(today + dt.timedelta(days=terms.days), (project.bids_until or today) + dt.timedelta(days=1))
    may = queries.may(actor, rules.RUN, project) and project.state == bid_rules.ASKING and chosen is None
    context = {
        "project": project,
        "terms": terms,
        "open": _asks(project, today),
        "over": over,
        "count": len(bids),
        "rows": _judging_rows(actor, project, bids, terms.reviewers) if over else [],
        "window": (bound or {}).get("window") or WindowForm(first=first) if may else None,
        "chooses": over and chosen is None and queries.may(actor, rules.APPROVE, project),
        "choose": (bound or {}).get("choose") or ChooseForm(),
        "chosen": chosen,
        "starts": clock.local_date(chosen.chosen_at) + dt.timedelta(days=terms.published)
        if chosen and chosen.chosen_at
        else None,
        "judges": over and chosen is None and bidding.reviews(actor, project),
    }
    return render(request, "projects/bids_desk.html", context, status=422 if bound else 200)


def _judging_rows(actor: Actor, project: Project, bids: list[Bid], reviewers: int) -> list[Row]:
    said = bidding.said_of(project, [one.position for one in bids])
    points = {one.position: one for one in bidding.judged(bids, said)}
    papers = evidence_of([one.reference for one in bids]).filter(media__erased_at=None)
    files: dict[str, list[Any]] = {}
    for paper in papers:
        files.setdefault(paper.subject, []).append(paper)
    return [
        {
            "bid": one,
            "ask": yuan(one.ask),
            "files": files.get(one.reference, []),
            "points": f"{float(points[one.position].mean):.1f}" if points[one.position].points else "",
            "judges": len(points[one.position].points),
            "aside": sum(each.conflict for each in said[one.position]),
            "enough": len(points[one.position].points) >= reviewers,
            "mine": next((each for each in said[one.position] if each.by == actor.reference), None),
        }
        for one in bids
    ]


def _tried(request: HttpRequest, number: str, name: str, form: Form, call: Callable[[Actor], object]) -> HttpResponse:
    """One form of the desk: done and back, or the desk again with what was refused."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    if not form.is_valid() or tried(form, lambda: call(actor)) is None:
        return _desk(request, actor, project, {name: form})
    messages.success(request, _("记下了。"))
    return redirect("project-bids", number)


@require_POST
def begin(request: HttpRequest, number: str) -> HttpResponse:
    form, at = WindowForm(request.POST, first=_today()), clock.now()
    return _tried(
        request, number, "window", form,
        lambda by: actions.open_bidding(by=by, at=at, number=number, until=form.cleaned_data["until"]),
    )  # fmt: skip


@require_POST
def choose(request: HttpRequest, number: str) -> HttpResponse:
    form, at = ChooseForm(request.POST), clock.now()
    return _tried(
        request, number, "choose", form,
        lambda by: actions.choose_bid(by=by, at=at, number=number, **form.cleaned_data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """One offer: whether something stands between, then the sheet."""
    actor = staff(request)
    project = queries.get_project_for(actor, number)
    bid_rules.check_over(project.bids_until, _today())
    refused: dict[str, str] = {}
    if request.method == "POST":
        named: dict[str, Any] = {"by": actor, "at": clock.now(), "number": number, "position": position}
        refused = marking.fill(request, lambda marks, shown: actions.score_bid(marks=marks, evidence=shown, **named))
        if not refused:
            messages.success(request, _("评分记下了。"))
            return redirect("project-bids", number)
    return _judge(request, actor, project, position, refused=refused)


def _judge(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    position: int,
    *,
    refused: dict[str, str] | None = None,
    form: InterestForm | None = None,
) -> HttpResponse:
    bid, content = bidding.get_bid(project, position), queries.sheet_content(bidding.terms_of(project).sheet)
    said = bidding.said_of(project, [position])[position]
    mine = next((one for one in said if one.by == actor.reference), None)
    may = bidding.reviews(actor, project) and bidding.chosen_of(project) is None
    context = {
        "project": project,
        "bid": bid,
        "ask": yuan(bid.ask),
        "content": content,
        "files": list(evidence_of([bid.reference]).filter(media__erased_at=None)),
        "mine": mine,
        "form": form or (InterestForm() if may else None),
        "rows": marking.rows_of(request, content or {"items": []}, mine.filled if mine else None, refused or {}),
        "fills": may and mine is not None and not mine.conflict,
        "refused": next(iter((refused or {}).values()), ""),
    }
    return render(request, "projects/judge.html", context, status=422 if refused or (form and form.errors) else 200)


@require_POST
def declare(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actor, form, at = staff(request), InterestForm(request.POST), clock.now()
    project = queries.get_project_for(actor, number)
    conflict = form.is_valid() and form.cleaned_data["conflict"] == "yes"
    made = form.is_valid() and tried(
        form,
        lambda: actions.declare_interest(by=actor, at=at, number=number, position=position, conflict=conflict),
    )
    if not made:
        return _judge(request, actor, project, position, form=form)
    messages.success(request, _("记下了，您回避这一份。") if conflict else _("记下了，请打分。"))
    return redirect("project-bid", number, position)
