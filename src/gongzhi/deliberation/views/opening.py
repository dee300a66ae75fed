"""Opening a course: which body, which procedure, what about."""

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import actions, queries, rules, whom
from gongzhi.deliberation.bodies import deciding
from gongzhi.deliberation.forms import OpenForm
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.views import put_back
from gongzhi.packs.procedure_queries import Procedure
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

_SHOWN = 12
"""So many bodies stand on the page; the others are found by name."""


def _runner(request: HttpRequest) -> Actor:
    return staff_of(request, rules.RUN, otherwise=N_("启动程序由社区（村）书记来做。正在走的，您可以在列表里看。"))


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """First the body, then what may be opened there today."""
    actor, today = _runner(request), clock.local_date(clock.now())
    asked = request.GET.get("q", "").strip()[:60]
    mine = queries.bodies_for(actor)
    body = mine.filter(pk=request.GET["body"]).first() if request.GET.get("body", "").isdecimal() else None
    found = queries.busy_first(mine.filter(name__icontains=asked) if asked else mine)
    bodies = list(found[: _SHOWN + 1])
    more = len(bodies) > _SHOWN
    if body is not None and body not in bodies[:_SHOWN]:
        bodies.insert(0, body)
    groups: dict[str, list[object]] = {}
    if body is not None and body.place is not None:
        for procedure in queries.procedures_for(body.place.path, today):
            groups.setdefault(procedure.pack.group, []).append(procedure)
    context = {
        "asked": asked,
        "bodies": bodies[:_SHOWN],
        "more": more,
        "body": body,
        "groups": [(word, groups[code]) for code, word in rules.GROUP_WORDS.items() if code in groups],
    }
    return render(request, "deliberation/choose.html", context)


def _body(actor: Actor, pk: int) -> tuple[Organization, Place]:
    """Raises NotFound `unknown_body`."""
    found = queries.bodies_for(actor).filter(pk=pk).first()
    if found is None or found.place is None:
        raise NotFound("unknown_body", N_("没有这个组织，或者它不归您管。"))
    return found, found.place


def _ways(
    form: OpenForm, procedure: Procedure, body: Organization, place: Place, today: dt.date
) -> list[tuple[str, str]]:
    """Where a matter that was refused may be decided: titles and doors, filled in with what was said."""
    if not form.errors or not hasattr(form, "cleaned_data"):
        return []
    given = {field: form.cleaned_data.get(field, "") for field in ("about", "matter")}
    if given["matter"] in procedure.definition.matters:
        return []
    return [
        (one.pack.title, f"{reverse('course-open', args=[body.pk, one.pack.over or one.pack.name])}?{urlencode(given)}")
        for one in deciding(given["matter"], place.path, today)
    ]


@transaction.atomic
def _opened(actor: Actor, now: dt.datetime, body: Organization, name: str, form: OpenForm, case: str) -> Course:
    """`case`: the number of what somebody reported, with which it begins."""
    row = actions.open_course(by=actor, at=now, body=body, name=name, opening=form.opening())
    if case:
        actions.take_up(by=actor, at=now, number=row.number, case=case)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, body: int, name: str) -> HttpResponse:
    """The matter must be chosen where the procedure, or a law that reserves it, wants one."""
    actor, now = _runner(request), clock.now()
    organization, place = _body(actor, body)
    today = clock.local_date(now)
    procedure = queries.procedure(name, place.path, today)
    form = OpenForm(
        request.POST if request.method == "POST" else None,
        initial={field: request.GET.get(field, "") for field in ("about", "matter", "concerns")},
        procedure=procedure,
        matters=queries.matter_words(procedure.definition.matters, path=place.path, on=today),
        reserved=queries.reserved_matters(procedure, path=place.path, on=today),
        whom=whom.choices(actor, procedure.pack.concerns, organization, today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = _opened(actor, now, organization, name, form, request.GET.get("case", ""))
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("启动了。一步一步来，每一步都写着要什么。"))
            return redirect("course", row.number)
    ways = _ways(form, procedure, organization, place, today)
    context = {"procedure": procedure, "body": organization, "form": form, "ways": ways}
    return render(request, "deliberation/open.html", context, status=422 if form.errors else 200)
