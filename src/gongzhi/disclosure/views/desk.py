"""Who looks after spaces: what waits to be read, what readers reported, appeals to judge."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.refusals import tried
from gongzhi.disclosure import actions, queries, rules, words
from gongzhi.disclosure.forms import JudgeForm
from gongzhi.disclosure.queries import moderating
from gongzhi.disclosure.views.message import shown_item


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor, today = staff_of(request, rules.MODERATE, rules.JUDGE), clock.local_date(clock.now())
    context = {
        "waiting": queries.items_of(moderating.waiting_for(actor), today),
        "alerted": queries.items_of(moderating.alerted_for(actor), today),
        "appeals": [
            (one, shown_item(one.decision.message, today), words.appeal_words(one))
            for one in moderating.appeals_for(actor)
        ],
        "spaces": queries.spaces_kept(actor, today),
    }
    return render(request, "disclosure/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, number: int) -> HttpResponse:
    """An appeal with what was written, why it was taken down, and what its author says."""
    actor, at = staff_of(request, rules.JUDGE), clock.now()
    today = clock.local_date(at)
    found = moderating.get_appeal_for(actor, number)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        restored, note = given["answer"] == "restore", given["note"]
        if tried(form, lambda: actions.judge(by=actor, at=at, number=number, restored=restored, note=note)) is not None:
            messages.success(request, _("定了。发的人会收到结果和理由。"))
            return redirect("neighbours-desk")
    reason = queries.reasons(today).get(found.decision.reason)
    context = {
        "appeal": found,
        "item": shown_item(found.decision.message, today),
        "pictures": queries.pictures_of(found.decision.message),
        "reason": reason.name if reason else found.decision.reason,
        "note": words.note_of(found.decision),
        "said": words.appeal_words(found),
        "form": form,
        "concerned": actor.person_id in (found.against_id, found.by_id),
    }
    return render(request, "disclosure/judge.html", context, status=422 if form.errors else 200)
