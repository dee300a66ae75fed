"""A vote as papers, and what of it goes to the community's pages as a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.ballots import actions, elections, papers, queries, rules
from gongzhi.ballots.models import RollEntry, Vote
from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents.papers import Paper
from gongzhi.documents.templating import FORMATS, as_download, fill, template

TEMPLATES = {"notice": "vote_notice", "roll": "roll", "result": "vote_result", "proxy": "proxy"}
NAMES = {
    "notice": N_("表决通知"),
    "roll": N_("名册公示"),
    "result": N_("表决结果公告"),
    "proxy": N_("委托书"),
    "ballots": N_("表决票"),
}


@require_safe
def paper(request: HttpRequest, number: str, what: str, form: str) -> HttpResponse:
    """One paper as a file; ballots for those who count, the roll once it is published."""
    if what not in NAMES or form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    actor = signed_in(request)
    vote = elections.with_names(actor, clock.now(), queries.get_vote_for(actor, number))
    made = _ballots(actor, vote, request) if what == "ballots" else _filled(actor, vote, what, request)
    return as_download(made, form, file=f"{_(NAMES[what])}{vote.number}")


def _ballots(actor: Actor, vote: Vote, request: HttpRequest) -> Paper:
    """Those of one group, or all."""
    require(actor, rules.COUNT, path=vote.path)
    rows = RollEntry.objects.filter(roll=vote.roll_id).order_by("position")
    group = request.GET.get("group", "")
    return papers.ballots_of(vote, list(rows.filter(group=group) if group else rows), group)


def _filled(actor: Actor, vote: Vote, what: str, request: HttpRequest) -> Paper:
    values: dict[str, Any]
    if what == "roll":
        queries.check_roll_shown(actor, vote)
        values = papers.roll_of(vote, actor, clock.now())
    elif what == "proxy":
        values = papers.proxy_form(vote, _own(actor, vote, request.GET.get("position", "")))
    else:
        values = {"notice": papers.notice_of, "result": papers.result_of}[what](vote)
    return fill(template(TEMPLATES[what], clock.local_date(clock.now())), values)


def _own(actor: Actor, vote: Vote, position: str) -> RollEntry:
    """An entry of the reader's own; at the desk, any. Raises NotFound `not_yours`."""
    rows = RollEntry.objects.filter(roll=vote.roll_id, position=int(position) if position.isdecimal() else 0)
    if not queries.may(actor, rules.COUNT, vote):
        rows = rows.filter(pk__in=queries.electors_of(actor).values("entry"))
    if (found := rows.first()) is None:
        raise NotFound("not_yours", N_("名册上这一户不是您的，也没有委托给您。"))
    return found


@require_POST
def announce(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """One press: a draft on the desk of public items, where somebody else releases it."""
    made = actions.announce_vote(by=signed_in(request), at=clock.now(), number=number, what=what)
    messages.success(request, _("公告的草稿写好了。看一遍，补上缺的，送审。"))
    return redirect("publication-desk", made.number)
