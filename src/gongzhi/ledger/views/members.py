"""积分台 of the office: how many take part, what they hold together, awards by two, objections and their answers."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.refusals import tried
from gongzhi.ledger import holding, queries, rules, shown, words
from gongzhi.ledger.actions import earning, objecting
from gongzhi.ledger.forms_points import AnswerForm, AwardForm
from gongzhi.ledger.models import Objection
from gongzhi.ledger.views import row_of, staff
from gongzhi.packs.fund_contents import BY_BOTH

MOST = 50


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(
    request: HttpRequest, number: str, answering: uuid.UUID | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    """Nobody stands here by name; a pseudonym only beside what was written or objected to."""
    actor = staff(request)
    fund = queries.get_fund_for(actor, number)
    _fund, kind, _persons = holding.get_fund(number)
    sums = queries.held_by_line(fund)
    waiting = queries.entries_of(actor, fund).filter(approval=None).exclude(movement__in=BY_BOTH)
    objections = holding.objections_for([fund.path]).filter(entry__fund=fund)[:MOST]
    context = {
        "fund": fund,
        "members": fund.accounts.filter(holder__isnull=False, until=None).values("holder").distinct().count(),
        "lines": [
            (one.name, shown.money(rules.natural(one.kind, sums[one.line]), fund.unit))
            for one in queries.lines_of(fund)
        ],
        "waiting": [row_of(one) for one in waiting.prefetch_related("postings__account")[:MOST]],
        "objections": [(one, words.objection_of(one)) for one in objections],
        "can": queries.may(actor, rules.PROPOSE, fund),
        "form": form or AnswerForm(),
        "answering": answering,
        "kind": kind,
    }
    return render(request, "ledger/members.html", context, status=422 if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def award(request: HttpRequest, number: str) -> HttpResponse:
    """评定 or 补录: written here, counts when another approves."""
    actor, now = staff(request), clock.now()
    fund = queries.get_fund_for(actor, number)
    require(actor, rules.PROPOSE, path=fund.path)
    _fund, _kind, persons = holding.get_fund(number)
    form = AwardForm(request.POST if request.method == "POST" else None, persons=persons, today=clock.local_date(now))
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: earning.award(by=actor, at=now, number=number, given=form.award()))
        if made is not None:
            messages.success(request, _("写好了，等另一个人审批。"))
            return redirect("fund-members", number)
    return render(request, "ledger/award.html", {"fund": fund, "form": form}, status=422 if form.errors else 200)


@require_POST
def answer(request: HttpRequest, objection_id: uuid.UUID) -> HttpResponse:
    """The answer to an objection, with reasons, by somebody who had no hand in the entry."""
    actor, form = staff(request), AnswerForm(request.POST)
    row = objecting.open_objection(by=actor, objection_id=objection_id)
    number = row.entry.fund.number

    def act() -> Objection:
        given = form.cleaned_data
        return objecting.answer_objection(
            by=actor,
            at=clock.now(),
            objection_id=objection_id,
            upheld=given["upheld"] == "yes",
            answer=given["answer"],
            undo=given["undo"],
        )

    if not form.is_valid() or tried(form, act) is None:
        return _page(request, number, objection_id, form)
    messages.success(request, _("答复了，已经通知本人。"))
    return redirect("fund-members", number)
