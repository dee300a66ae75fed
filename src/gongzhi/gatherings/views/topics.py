"""Topics: proposed, joined, answered; from cases and talks with one press; how far each is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.gatherings import actions, queries, rules, words
from gongzhi.gatherings.forms_topics import AnswerForm, ProposeForm
from gongzhi.gatherings.models import Topic
from gongzhi.gatherings.queries import topics
from gongzhi.gatherings.views import holder_of

PAGE = 100
TONES = {"open": ("now", "users"), "taken": ("done", "check"), "declined": ("wait", "x")}


def shown(row: Topic) -> dict[str, Any]:
    tone, icon = TONES[row.status]
    return {"row": row, "tone": tone, "icon": icon, "word": _(rules.TOPIC_WORDS[row.status])}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What people want to talk about; for who calls meetings, what could become a topic with one press."""
    actor, now = signed_in(request), clock.now()
    rows = list(topics.topics_for(actor)[:PAGE])
    if request.GET.get("as") == "xlsx":
        return _table(rows, f"{clock.local_date(now):%Y-%m-%d}")
    holds = bool(actor.paths_for(rules.HOLD))
    context = {
        "waiting": [shown(row) for row in rows if row.status == "open"],
        "answered": [shown(row) for row in rows if row.status != "open"],
        "bodies": list(topics.held_bodies(actor)) if holds else [],
        "candidates": topics.candidates(actor, now) if holds else [],
        "staff": bool(actor.roles),
    }
    return render(request, "gatherings/topics.html", context)


def _table(rows: list[Topic], day: str) -> HttpResponse:
    heads = [_("编号"), _("议题"), _("谁议"), _("附议"), _("情况"), _("提出")]
    lines = (
        (row.number, row.title, row.organization.name, row.seconds.count(), shown(row)["word"], row.proposed_at)
        for row in rows
    )
    return rows_as_xlsx(_("居民议题"), heads, lines, note=day)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    actor, now = signed_in(request), clock.now()
    bodies = topics.bodies_for(actor, clock.local_date(now))
    form = ProposeForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.propose_topic(by=actor, at=now, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("提出来了。有人附议，就更快议到。"))
            return redirect("topic", row.number)
    return render(request, "gatherings/propose.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return _page_of(request, signed_in(request), number)


def _page_of(request: HttpRequest, actor: Actor, number: str, form: AnswerForm | None = None) -> HttpResponse:
    row = topics.get_topic_for(actor, number)
    said = words.opened(row)
    holds = allows(actor, rules.HOLD, path=row.path)
    mine = row.proposer_id is not None and row.proposer_id == actor.person_id
    context = {
        **shown(row),
        "way": topics.way(row),
        "joined": topics.joined(actor, row),
        "speaks": topics.may_speak(actor, row.path, clock.local_date(clock.now())),
        "mine": mine,
        # The words are the proposer's; neighbours see the matter, the chair and the proposer see why.
        "why": said.get("why", "") if holds or mine else "",
        "reason": said.get("reason", ""),
        "holds": holds,
        "item": row.item,
        "decisions": rules.DECISIONS,
        "done": [one for one in queries.outcomes_of(row.item.gathering) if one.item.pk == row.item_id]
        if row.item
        else [],
        "rows": queries.numbers_seen(actor, row.rows) if actor.roles else [],
        "form": form or AnswerForm(auto_id="answer-%s"),
    }
    return render(request, "gatherings/topic.html", context, status=422 if form and form.errors else 200)


@require_POST
def second(request: HttpRequest, number: str) -> HttpResponse:
    count = actions.second_topic(by=signed_in(request), at=clock.now(), number=number)
    messages.success(request, _("附议了，现在 {n} 人。").format(n=count))
    return redirect("topic", number)


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = holder_of(request), AnswerForm(request.POST, auto_id="answer-%s")
    if form.is_valid():
        taken = form.cleaned_data["taken"] == "yes"
        try:
            actions.answer_topic(
                by=actor, at=clock.now(), number=number, taken=taken, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("答复了。提的人会收到消息。"))
            return redirect("topic", number)
    return _page_of(request, actor, number, form)


@require_POST
def raise_one(request: HttpRequest) -> HttpResponse:
    """One press: repeated cases, or what was said in a talk."""
    actor = holder_of(request)
    wanted = request.POST.get("body", "")
    body = next((one for one in topics.held_bodies(actor) if str(one.pk) == wanted), None)
    if body is None:
        raise NotFound("unknown_body", N_("没有这个组织，或者它不归您管。"))
    row = actions.raise_topic(by=actor, at=clock.now(), body=body, source=request.POST.get("source", ""))
    messages.success(request, _("列为议题了，下次排会时会在议程上。"))
    return redirect("topic", row.number)
