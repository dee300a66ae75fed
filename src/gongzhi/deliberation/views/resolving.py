"""Resolutions: the list, one with the law and figures it rests on, as a paper, and what it still asks for."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.queries import links_of
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import actor_of, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.deliberation import actions, papers, planned, queries, rules
from gongzhi.deliberation.actions.announcing import announce_resolution
from gongzhi.deliberation.forms import DoneForm, TextForm
from gongzhi.deliberation.forms_referring import ReferForm
from gongzhi.deliberation.queries import Followed
from gongzhi.deliberation.views import put_back, whom_shown
from gongzhi.documents.templating import FORMATS, printed
from gongzhi.packs.procedure_wording import amount, figure_lines
from gongzhi.publications.rules import WRITE

# Where the form of an effect goes.
SENDS = {"adopt_text": "resolution-text", "work_order": "resolution-refer"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = queries.resolutions(actor)
    if request.GET.get("as") == "xlsx":
        heads = [_("编号"), _("什么事"), _("谁定的"), _("哪天定的"), _("依据"), _("还要办的")]
        lines = [
            [
                row.number,
                row.about,
                row.course.organization.name,
                row.decided_on.isoformat(),
                row.record.get("article", ""),
                "" if row.done_at or not row.effect else _(rules.EFFECT_WORDS[row.effect]),
            ]
            for row in rows
        ]
        return rows_as_xlsx(_("决议"), heads, lines)
    context = {"rows": rows, "staff": bool(actor.roles), "todo": sum(bool(r.effect and not r.done_at) for r in rows)}
    return render(request, "deliberation/resolutions.html", context)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, number)


def page_of(request: HttpRequest, number: str, wrong: Form | None = None) -> HttpResponse:
    actor = actor_of(request)
    made = queries.get_resolution_for(actor, number)
    course = Followed(made.course, clock.local_date(clock.now()))
    context = {
        "made": made,
        "course": made.course,
        "pack": course.pack,
        "outcome": papers.outcome_words(made, course),
        "figures": figure_lines(course.pack, made.record.get("inputs", {})),
        "worked": list(_worked(made.record.get("computed", []), course)),
        "effect": rules.EFFECT_WORDS.get(made.effect, ""),
        "posts": planned.panel(actor, made, course, wrong),
        "form": wrong or _form(actor, made),
        **whom_shown(actor, course),
        "instrument": _instrument(made.done_as),
        "sends_to": SENDS.get(made.effect, "resolution-done"),
        "case": made.done_as.removeprefix("case:") if made.done_as.startswith("case:") else "",
        "digest": papers.digest_of(made),
        "staff": bool(actor.roles),
        "announces": not course.pack.closed
        and queries.may_run(actor, made.course)
        and allows(actor, WRITE, path=made.course.path),
        "links": [link for link in links_of(made.reference) if link.relation != "resolved"],
    }
    return render(request, "deliberation/resolution.html", context, status=422 if wrong and wrong.errors else 200)


def _form(actor: Actor, made: Any) -> Form | None:
    if not made.effect or made.effect in rules.POSTS or made.done_at or not queries.may_run(actor, made.course):
        return None
    if made.effect == "work_order":
        return ReferForm(auto_id="refer-%s")
    return TextForm(auto_id="text-%s") if made.effect == "adopt_text" else DoneForm(auto_id="done-%s")


def _instrument(done_as: str) -> str:
    """Where an adopted text is read."""
    if not done_as.startswith("instrument:"):
        return ""
    code, _sep, version = done_as.removeprefix("instrument:").partition("/")
    return f"{reverse('instrument', args=[code])}?version={version}"


def _worked(computed: list[dict[str, Any]], course: Followed) -> Any:
    """Each requirement as it was worked out, once: part, bound, reached, whether it was met."""
    names = course.pack.names
    for needs in (one for place, one in enumerate(computed) if one not in computed[:place]):
        for way in needs.get("alternatives", []):
            for one in way:
                tail = "" if one["measure"] == "heads" else f".{one['measure']}"
                part, whole = f"{one['counts']}{tail}", f"{one['of']}{tail}"
                yield {
                    "part": names.get(part, part),
                    "whole": names.get(whole, whole),
                    "share": one["share"],
                    "over": not one["inclusive"],
                    "bound": amount(part, int(one["bound"])),
                    "reached": amount(part, int(one["reached"])),
                    "met": one["met"],
                    "article": needs.get("article", ""),
                }


@require_safe
def paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    if form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    made = queries.get_resolution_for(actor_of(request), number)
    course = Followed(made.course, clock.local_date(clock.now()))
    name = _("决议{number}").format(number=made.number)
    today = clock.local_date(clock.now())
    return printed("resolution", papers.resolution_of(made, course), form, on=today, file=name)


def _runner(request: HttpRequest) -> Actor:
    return staff_of(request, rules.RUN, otherwise=N_("决议之后的事由办这件事的人来记。您可以看。"))


@require_POST
def done(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = _runner(request), DoneForm(request.POST, auto_id="done-%s")
    if form.is_valid():
        try:
            words = form.cleaned_data["words"]
            actions.settle_effect(by=actor, at=clock.now(), number=number, words=words)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记下了。"))
            return redirect("resolution", number)
    return page_of(request, number, form)


@require_POST
def text(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = _runner(request), TextForm(request.POST, auto_id="text-%s")
    if form.is_valid():
        try:
            actions.adopt_text(by=actor, at=clock.now(), number=number, text=form.text())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("文本写进来了，到那天起管用。"))
            return redirect("resolution", number)
    return page_of(request, number, form)


@require_POST
def refer(request: HttpRequest, number: str) -> HttpResponse:
    """What was not made good becomes a case that the department in charge answers."""
    actor, form = _runner(request), ReferForm(request.POST, auto_id="refer-%s")
    if form.is_valid():
        try:
            case = actions.refer_on(by=actor, at=clock.now(), number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("移送了，编号 {number}。办得怎样，从编号点进去看。").format(number=case))
            return redirect("resolution", number)
    return page_of(request, number, form)


@require_POST
def announce(request: HttpRequest, number: str) -> HttpResponse:
    """One press: a draft on the desk of public items, where somebody else releases it."""
    made = announce_resolution(by=_runner(request), at=clock.now(), number=number)
    messages.success(request, _("公告的草稿写好了。看一遍，补上缺的，送审。"))
    return redirect("publication-desk", made.number)
