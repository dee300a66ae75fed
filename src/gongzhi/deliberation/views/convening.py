"""The page on which the meeting of a step is called."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import actions, meetings, queries, rules
from gongzhi.deliberation.actions.convening import convened
from gongzhi.deliberation.views import put_back
from gongzhi.gatherings.forms import WhenForm


@require_http_methods(["GET", "HEAD", "POST"])
def convene(request: HttpRequest, number: str) -> HttpResponse:
    """When and where; the days of notice and the quorum are the procedure's."""
    actor, now = staff_of(request, rules.RUN, otherwise=N_("这一步的会由办这件事的人来排。")), clock.now()
    course = queries.followed(actor, number, clock.local_date(now))
    step = convened(course)
    if step is None:
        raise Conflict("wrong_step", N_("现在这一步不用开会。请刷新后再看。"))
    if (called := meetings.meeting_of(course, step)) is not None:
        return redirect("gathering", called.number)
    data = request.POST if request.method == "POST" else None
    form = WhenForm(data, path=course.course.path, initial={"minutes": 120})
    if form.is_valid():
        try:
            made = actions.convene_step(by=actor, at=now, number=number, meeting=form.meeting())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("排好了。议程上已经有这件事，再发通知。"))
            return redirect("gathering", made.number)
    context = {"form": form, "row": course.course, "step": course.step(step), "move": course.move("noticed")}
    return render(request, "deliberation/convene.html", context, status=422 if form.errors else 200)
