"""处理活动: the public page in plain words, the officer's desk, the register with its assessments."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.privacy import queries, rules
from gongzhi.privacy.actions import register
from gongzhi.privacy.forms import ActivityForm, AssessmentForm
from gongzhi.privacy.models import Ground, Level, ProcessingActivity
from gongzhi.privacy.queries import rights

OPEN_STATES = ("reported", "accepted", "rework")


def officer(request: HttpRequest, permission: str = "privacy.manage") -> Actor:
    actor = actor_of(request)
    require(actor, permission)
    return actor


def _told(row: ProcessingActivity) -> dict[str, Any]:
    return {
        "row": row,
        "ground": _(Ground(row.ground).label),
        "level": _(Level(row.level).label),
        "whats": "；".join(kind["what"] for kind in row.categories),
        "traits": [_(rules.TRAITS[trait]) for trait in row.traits if trait in rules.TRAITS],
    }


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """个人信息怎么用: for everybody, made from the register itself (个人信息保护法 17, 48)."""
    return render(request, "privacy/public.html", {"rows": [_told(row) for row in queries.current()]})


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """今天: requests, exports and breaches that wait, and what still needs an assessment."""
    actor = officer(request)
    context: dict[str, Any] = {"waiting": [_told(row) for row in queries.waiting()]}
    for name, channel in (("requests", "rights"), ("exports", "export_request"), ("breaches", "breach")):
        cases = rights.of_channel(actor, channel).filter(status__in=OPEN_STATES)[:50]
        context[name] = [{"case": case, "word": _(rights.right_word(case)), **_asked(case)} for case in cases]
    context["nothing"] = not any(context[name] for name in ("requests", "exports", "breaches", "waiting"))
    return render(request, "privacy/desk.html", context)


def _asked(case: Any) -> dict[str, Any]:
    given = rights.answers_of(case)
    return {"text": rights.text_of(case), "count": given.get("count", ""), "drill": given.get("drill") == "yes"}


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """The whole register, for the officer and the auditor; as a workbook with ?as=xlsx."""
    rows = [_told(row) for row in queries.register_for(actor_of(request))]
    if request.GET.get("as") == "xlsx":
        heads = [_("处理活动"), _("用途"), _("法律依据"), _("条款"), _("谁的信息"), _("哪些信息"), _("分级")]
        heads += [_("谁看得到"), _("留多久"), _("怎么保护"), _("在用")]
        lines = [
            (
                one["row"].title,
                one["row"].purpose,
                one["ground"],
                one["row"].article,
                one["row"].subjects,
                one["whats"],
                one["row"].level,
                one["row"].receivers,
                one["row"].retention,
                one["row"].measures,
                _("在用") if one["row"].in_use else _("没有启用"),
            )
            for one in rows
        ]
        return rows_as_xlsx(_("处理活动登记"), heads, lines, title=_("处理活动登记"))
    return render(request, "privacy/register.html", {"rows": rows, "may": allows(actor_of(request), "privacy.manage")})


def _page(request: HttpRequest, code: str, form: AssessmentForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    queries.register_for(actor)
    row = queries.get_activity(code)
    given = row.assessment
    first = {**given.get("answers", {}), "result": given.get("result", "")}
    context = {
        **_told(row),
        "form": form or AssessmentForm(initial=first),
        "answers": [(_(word), given["answers"].get(key, "")) for key, word in rules.QUESTIONS.items()]
        if "answers" in given
        else [],
        "result": _(rules.RESULTS[given["result"]]) if given.get("result") else "",
        "approved": "approved_on" in given,
        "assessment": given,
        "review_on": given.get("review_on", ""),
        "may": allows(actor, "privacy.manage"),
        "may_stop": code not in rules.STAY_ON,
        "own": given.get("by") == actor.reference,
        "versions": [_told(one) for one in queries.versions_of(code)[:20]],
    }
    return render(request, "privacy/activity.html", context, status=422 if form and form.errors else 200)


@require_safe
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """One activity: what is done, its assessment, its versions."""
    return _page(request, code)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Another wording, ground, receiver, retention, with the reason; the version before is kept."""
    actor, row = officer(request), queries.get_activity(code)
    first = {name: getattr(row, name) for name in register.CHANGED if name in ActivityForm.base_fields}
    form = ActivityForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            fresh = register.change_activity(
                by=actor, at=clock.now(), code=code, reason=given.pop("reason"), changes=given
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            stopped = row.in_use and not fresh.in_use
            words = _("改好了。要重新评估，批准了才能再用。") if stopped else _("改好了，旧的一版留着。")
            messages.success(request, words)
            return redirect("privacy-activity", code)
    context = {"row": row, "form": form}
    return render(request, "privacy/change.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def assess(request: HttpRequest, code: str) -> HttpResponse:
    actor, form = officer(request), AssessmentForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        answers = {question: given[question] for question in rules.QUESTIONS}
        try:
            register.assess_activity(
                by=actor, at=clock.now(), code=code, answers=answers, result=given["result"]
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("评估记下了。请另一位负责人批准。"))
            return redirect("privacy-activity", code)
    return _page(request, code, form)


@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    register.approve_assessment(by=officer(request), at=clock.now(), code=code)
    messages.success(request, _("批准了，从现在起可以做。评估至少留三年。"))
    return redirect("privacy-activity", code)


@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Stop or start; refused with the reason where an assessment is missing."""
    wanted = request.POST.get("in_use") == "yes"
    register.switch_activity(by=officer(request), at=clock.now(), code=code, in_use=wanted)
    messages.success(request, _("启用了。") if wanted else _("停了。"))
    return redirect("privacy-activity", code)
