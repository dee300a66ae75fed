"""Votes on how money is spent: drawing one up, its papers and its result to take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.ballots import actions, budgets, queries, roll_queries, rules
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.forms_budgets import BudgetForm
from gongzhi.common import clock
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.engines.budgeting.pabulib import write_pb


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Proposals for those on this roll; the counting rule is one that the text of the place allows."""
    actor = staff_of(request, rules.HOLD, otherwise=N_("这由社区书记和督办来办。开始投了，您会收到消息。"))
    at, roll = clock.now(), roll_queries.get_roll_for(actor, number)
    law = budgets.law_of(roll.path, clock.local_date(at))
    form = BudgetForm(request.POST if request.method == "POST" else None, roll=roll, law=law)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        named = {name: given[name] for name in ("body", "budget", "form", "way", "proposals", "closes_at")}
        question = Question(given["title"], given["about"])
        try:
            vote = actions.draft_budget_vote(
                by=actor, at=at, roll=roll, question=question, online=given["ways"] == "both", **named
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("票写好了。核对以后开始。"))
            return redirect("vote", vote.number)
    illustrative = any(rule.cites[-1].illustrative for rule in law.rules.values())
    context = {"form": form, "roll": roll, "illustrative": illustrative}
    return render(request, "ballots/money_new.html", context, status=422 if form.errors else 200)


@require_safe
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """The anonymous papers as a `.pb` file with the winners, which any program of that format reads."""
    vote = queries.get_vote_for(signed_in(request), number)
    election = budgets.published_papers(vote)
    written = write_pb(election, (vote.result or {})["budget"]["selected"])
    answer = HttpResponse(written, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{vote.number}.pb"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def outcome(request: HttpRequest, number: str) -> HttpResponse:
    """The result as `tools/check_budget.py` reads it beside the papers."""
    vote = queries.get_vote_for(signed_in(request), number)
    if not budgets.is_budget(vote) or vote.status != "counted":
        raise NotFound("no_record", N_("还没有记录。公布结果以后才有。"))
    budgets.published_papers(vote)
    answer = JsonResponse((vote.result or {})["budget"], json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = f'attachment; filename="{vote.number}-budget.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
