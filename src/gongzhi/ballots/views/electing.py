"""Elections: seats opened for nomination, candidates, the list settled, the next round, the lot."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.ballots import actions, elections, queries, roll_queries, rules
from gongzhi.ballots.actions.electing import NOT_ON_ROLL
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.forms_elections import ElectionForm, LotForm, NextForm, NominateForm, ReviewForm
from gongzhi.ballots.grounds import review_ground
from gongzhi.ballots.views import page_of
from gongzhi.ballots.views.desk import teller_of
from gongzhi.ballots.views.naming import nominating
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_


def _holder(request: HttpRequest) -> Actor:
    return staff_of(request, rules.HOLD, otherwise=N_("选举由选举委员会和社区书记来办。您可以提名、投票、提异议。"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Seats to fill by this roll."""
    actor, at = _holder(request), clock.now()
    roll = roll_queries.get_roll_for(actor, number)
    form = ElectionForm(request.POST if request.method == "POST" else None, roll=roll)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "online": form.cleaned_data["ways"] == "both"}
        del given["ways"]
        try:
            vote = actions.draft_election(by=actor, at=at, roll=roll, **given)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("开始提名。提完以后定下候选人名单。"))
            return redirect("vote", vote.number)
    context = {"form": form, "roll": roll, "kind": rules.ROLL_WORDS.get(roll.kind, "")}
    return render(request, "ballots/election_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: str) -> HttpResponse:
    """One member is reviewed by those on this roll, in four grades (村组法 33)."""
    actor, at = _holder(request), clock.now()
    roll = roll_queries.get_roll_for(actor, number)
    form = ReviewForm(request.POST if request.method == "POST" else None, roll=roll)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        question = Question(given["title"], words=rules.GRADES)
        try:
            ground = review_ground(roll.path, clock.local_date(at), effect=given["effect"])
            vote = actions.draft_vote(
                by=actor, at=at, roll=roll, body=given["body"], question=question, ground=ground,
                closes_at=given["closes_at"],
            )  # fmt: skip
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("评议票写好了。核对以后开始。"))
            return redirect("vote", vote.number)
    context = {"form": form, "roll": roll, "review": True}
    return render(request, "ballots/election_new.html", context, status=422 if form.errors else 200)


@require_POST
def nominate(request: HttpRequest, number: str) -> HttpResponse:
    actor, at = signed_in(request), clock.now()
    vote = queries.get_vote_for(actor, number, naming=True)
    holds, mine = queries.may(actor, rules.HOLD, vote), roll_queries.entry_of(vote.roll, actor)
    if not holds and mine is None:
        raise Forbidden("not_on_roll", NOT_ON_ROLL)
    form = NominateForm(request.POST, holds=holds, listed=mine is not None, auto_id="nominate-%s")
    if form.is_valid():
        try:
            actions.nominate(by=actor, at=at, number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("提上去了。"))
            return redirect("vote", number)
    if vote.status != "nominating":
        raise Conflict("wrong_step", N_("候选人名单已经定了，不再提名。"))
    return nominating(request, actor, elections.with_names(actor, at, vote), nominate=form)


@require_POST
def withdraw(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.withdraw_candidate(by=signed_in(request), at=clock.now(), number=number, position=position)
    messages.success(request, _("从候选人里移出了。"))
    return redirect("vote", number)


@require_POST
def settle(request: HttpRequest, number: str) -> HttpResponse:
    actions.settle_candidates(by=_holder(request), at=clock.now(), number=number)
    messages.success(request, _("候选人名单定了。"))
    return redirect("vote", number)


@require_POST
def another(request: HttpRequest, number: str) -> HttpResponse:
    """The next round."""
    actor, form = _holder(request), NextForm(request.POST, auto_id="next-%s")
    if form.is_valid():
        try:
            vote = actions.next_round(by=actor, at=clock.now(), number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("下一轮写好了，候选人照上一轮的结果。"))
            return redirect("vote", vote.number)
    return page_of(request, queries.get_vote_for(actor, number), next=form)


@require_POST
def lot(request: HttpRequest, number: str) -> HttpResponse:
    """The result with the order of a lot that was drawn in public."""
    actor, vote = teller_of(request, number)
    at = clock.now()
    form = LotForm(request.POST, vote=vote, auto_id="lot-%s")
    if form.is_valid():
        try:
            actions.count_vote(by=actor, at=at, number=number, lot=form.cleaned_data["lot"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("结果公布了。"))
            return redirect("vote", number)
    return page_of(request, vote, lot=form)
