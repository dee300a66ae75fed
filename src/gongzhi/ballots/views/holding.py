"""Drawing a vote up, publishing its roll, opening, closing, counting, calling off; proxies."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.ballots import actions, queries, rules
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.forms import NewVoteForm, ProxyForm, ReasonForm
from gongzhi.ballots.grounds import owners_ground
from gongzhi.ballots.models import Vote
from gongzhi.ballots.views import page_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.registry import electorate
from gongzhi.common.text import N_
from gongzhi.people import vault

ACTS = {
    "publish": N_("名册公布了，不再改动。"),
    "open": N_("开始表决了，名册上的人都会收到消息。"),
    "close": N_("截止了。票箱两个人录得一样，就能公布结果。"),
    "count": N_("结果公布了。"),
}


def holder_of(request: HttpRequest) -> Actor:
    return staff_of(request, rules.HOLD, otherwise=N_("办表决由社区书记和督办来做。请您表决的，消息里有地址。"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An owners' vote: the roll is frozen from the register, the rule read from the law."""
    actor, at = holder_of(request), clock.now()
    form = NewVoteForm(request.POST if request.method == "POST" else None, actor=actor, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            vote = _draw_up(actor, at, form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("写好了。核对名册，公布以后就能开始。"))
            return redirect("vote", vote.number)
    return render(request, "ballots/new.html", {"form": form}, status=422 if form.errors else 200)


@transaction.atomic
def _draw_up(actor: Actor, at: Any, given: dict[str, Any]) -> Vote:
    place, register = given["place"], electorate("owners")
    if register is None:
        raise Refused("no_register", N_("没有业主册，定不了名册。"))
    on = clock.local_date(at)
    ground = owners_ground(place.path, on, given["matter"], effect=given["effect"], online=given["ways"] == "both")
    roll = actions.freeze_roll(
        by=actor,
        at=at,
        place=place,
        kind="owners",
        measures=ground.rule.measures,
        entries=register(place.code, on),
    )
    question = Question(given["title"], given["about"], {"yes": given["yes"], "no": given["no"]})
    return actions.draft_vote(
        by=actor, at=at, roll=roll, body=given["body"], question=question, ground=ground, closes_at=given["closes_at"]
    )


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One step; a refusal comes back on the page."""
    actor, at = signed_in(request), clock.now()
    if act not in ACTS:
        raise NotFound("unknown_act", N_("没有这一步。"))
    vote = queries.get_vote_for(actor, number)
    common: dict[str, Any] = {"by": actor, "at": at}
    if act == "publish":
        actions.publish_roll(**common, number=vote.roll.number)
    else:
        steps = {"open": actions.open_vote, "close": actions.close_vote, "count": actions.count_vote}
        steps[act](**common, number=number)
    messages.success(request, _(ACTS[act]))
    return redirect("vote", number)


@require_POST
def off(request: HttpRequest, number: str) -> HttpResponse:
    actor = holder_of(request)
    vote = queries.get_vote_for(actor, number, naming=True)
    form = ReasonForm(request.POST, auto_id="off-%s")
    if form.is_valid():
        try:
            actions.cancel_vote(by=actor, at=clock.now(), number=number, reason=form.cleaned_data["reason"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("不办了。名册上的人会收到消息。"))
            return redirect("vote", number)
    return page_of(request, vote, reason=form)


@require_POST
def proxies(request: HttpRequest, number: str) -> HttpResponse:
    """委托: entered by whoever has the signed paper before them."""
    actor = signed_in(request)
    vote = queries.get_vote_for(actor, number)
    form = ProxyForm(request.POST, auto_id="proxy-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.give_proxy(
                by=actor,
                at=clock.now(),
                number=number,
                position=given["position"],
                holder=_holder(given["phone"]),
                signed_on=given["signed_on"],
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记下了，列在委托名单里。"))
            return redirect("vote", number)
    return page_of(request, vote, proxy=form)


def _holder(phone: str) -> Any:
    found = vault.find_person("phone", phone)
    if found is None:
        raise Refused("no_such_account", N_("这个手机号没有账号。请受托人先登录一次。"), field="phone")
    return found


@require_POST
def withdraw(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actions.withdraw_proxy(by=signed_in(request), at=clock.now(), number=number, position=position)
    messages.success(request, _("委托撤回了。"))
    return redirect("vote", number)
