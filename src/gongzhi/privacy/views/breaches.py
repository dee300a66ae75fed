"""泄露处置: the list with a form to report, one breach with the four steps, the paper for the authority."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.cases.models import Case
from gongzhi.common import clock
from gongzhi.common.access import allows, require
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back, said
from gongzhi.documents.papers import MEDIA_TYPE, Part, make_paper
from gongzhi.people.rules import STAFF_ROLES
from gongzhi.privacy.actions import breaches as acts
from gongzhi.privacy.forms import BreachForm, StepForm, TellForm
from gongzhi.privacy.queries import breaches as reads
from gongzhi.privacy.queries import rights
from gongzhi.privacy.views.register import OPEN_STATES, officer

_METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(_METHODS)
def listed(request: HttpRequest) -> HttpResponse:
    """Whoever works here reports; the officer sees all, the others what they reported."""
    actor = signed_in(request)
    if not actor.roles & STAFF_ROLES:
        require(actor, "privacy.breach")
    form = BreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = acts.report_breach(by=actor, at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("报到了，编号 {number}。先止住，再补写。").format(number=answer["number"]))
            return redirect("privacy-breaches")
    cases = rights.of_channel(actor, acts.CHANNEL)[:40]
    rows = [
        {"case": case, "text": rights.text_of(case), "drill": reads.is_drill(case), "left": len(reads.steps_left(case))}
        for case in cases
    ]
    context = {"form": form, "rows": rows, "may": allows(actor, "privacy.breach"), "all": len(reads.STEPS)}
    return render(request, "privacy/breaches.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_METHODS)
def breach(request: HttpRequest, number: str) -> HttpResponse:
    """The steps: `do` is step, tell or close."""
    actor = officer(request, "privacy.breach")
    case = rights.get_request_for(actor, number, acts.CHANNEL)
    wanted = request.POST.get("do", "")
    step = StepForm(request.POST if wanted == "step" else None)
    tell = TellForm(request.POST if wanted == "tell" else None)
    if request.method == "POST" and _done(request, number, wanted, step, tell):
        messages.success(request, _("记下了。"))
        return redirect("privacy-breach", number)
    context = {
        **_told(case),
        "step": step,
        "tell": tell,
        "open": case.status in OPEN_STATES,
        "left": reads.steps_left(case),
    }
    wrong = step.errors or tell.errors or wanted == "close"
    return render(request, "privacy/breach.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, number: str, wanted: str, step: StepForm, tell: TellForm) -> bool:
    """Whether the step was taken; otherwise the form says why not."""
    common: dict[str, Any] = {"by": actor_of(request), "at": clock.now(), "number": number}
    form = tell if wanted == "tell" else step
    if wanted in ("step", "tell") and not form.is_valid():
        return False
    try:
        if wanted == "step":
            acts.note_breach(**common, step=step.cleaned_data["step"], note=step.cleaned_data["note"])
        elif wanted == "tell":
            acts.tell_persons(**common, cases=tell.numbers(), advice=tell.cleaned_data["advice"])
        else:
            acts.close_breach(**common, note=request.POST.get("note", "") or str(_("处置完了，见各步记录。")))
    except Refused as refused:
        if wanted in ("step", "tell"):
            put_back(form, refused)
        else:
            if refused.status in (401, 403, 404):
                raise
            messages.error(request, said(refused))
        return False
    return True


def _told(case: Case) -> dict[str, Any]:
    given = rights.answers_of(case)
    words = {**reads.STEPS}
    steps = [(_(words[event.facts["step"]]), event.at, note) for event, note in rights.steps_of(case)]
    return {
        "case": case,
        "text": rights.text_of(case),
        "kinds": given.get("kinds", ""),
        "persons": given.get("persons", ""),
        "harm": given.get("harm", ""),
        "drill": reads.is_drill(case),
        "steps": steps,
        "missing": [_(words[step]) for step in reads.steps_left(case)],
    }


@never_cache
@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The report to the authority as .docx: what article 57 asks for; what is not done yet stands there as missing."""
    actor = officer(request, "privacy.breach")
    case = rights.get_request_for(actor, number, acts.CHANNEL)
    told = _told(case)
    done = [f"{word}（{at.astimezone(CHINA):%Y-%m-%d %H:%M}）：{note}" for word, at, note in told["steps"]]
    left = [_("还没做：{steps}").format(steps="、".join(told["missing"]))] if told["missing"] else []
    title = _("个人信息泄露情况报告") + (_("（演练）") if told["drill"] else "")
    parts = [
        Part(_("一、发生了什么，什么原因"), [told["text"]]),
        Part(_("二、哪些信息、多少人"), [told["kinds"], _("大约 {n} 人").format(n=told["persons"])]),
        Part(_("三、可能造成的危害"), [told["harm"]]),
        Part(_("四、采取的措施和通知"), [*done, *left]),
    ]
    closing = [_("个人信息保护负责人"), f"{case.received_at.astimezone(CHINA):%Y-%m-%d}"]
    body = make_paper(title, parts, number=_("编号：{number}").format(number=number), closing=closing)
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}-{number}.docx"
    return response
