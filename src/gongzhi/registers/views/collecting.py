"""上门 and one's own: a page prefilled with what is known, asking again, what is disputed, what is held about me."""

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.personal import Viewer, asked_for, viewer_of
from gongzhi.common.refusals import put_back, said
from gongzhi.common.text import N_
from gongzhi.people.actions.consenting import is_minor
from gongzhi.people.queries import consents_to, person_of
from gongzhi.people.rules import Guardian
from gongzhi.registers.actions import collecting, rechecking
from gongzhi.registers.actions.deleting import take_back
from gongzhi.registers.forms_facts import RecheckForm
from gongzhi.registers.models import CollectionTask, How, Recheck
from gongzhi.registers.queries import facts as reading
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries.dictionary import every_field, whole_dictionary
from gongzhi.registers.queries.facts import Subject
from gongzhi.registers.rules.facts import held
from gongzhi.registers.views.filling import said_words, source_words, value_words
from gongzhi.registers.views.tasks import log_shown

ASKED = Viewer(staff=True, revealed=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """上门: what is known of a dwelling, and the form that asks now, prefilled."""
    actor = staff_of(request, "registers.fill")
    with asked_for(f"dwelling:{code}", "facts"):
        subject = reading.subject_for(actor, "dwelling", code, "registers.fill")
    open_now = queries.open_tasks_at(actor, "dwelling", subject.path, local_date(clock.now()))
    wanted = request.POST.get("task") or request.GET.get("task") or ""
    task = next((one for one in open_now if str(one.pk) == wanted), open_now[0] if open_now else None)
    return _fill_page(request, actor, subject, task, open_now)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, task: int, code: str) -> HttpResponse:
    """One subject of a task, whatever kind it is."""
    actor = staff_of(request, "registers.fill")
    found = queries.get_task_for(actor, task)
    with asked_for(f"{found.form.about}:{code}", "facts"):
        subject = reading.subject_for(actor, found.form.about, code, "registers.fill")
    return _fill_page(request, actor, subject, found, [found])


def _fill_page(
    request: HttpRequest, actor: Actor, subject: Subject, task: CollectionTask | None, open_now: list[CollectionTask]
) -> HttpResponse:
    problem = None
    if request.method == "POST" and task is not None:
        try:
            done = collecting.answer_form(
                by=actor, at=clock.now(), task_id=task.pk, subject_code=subject.code, **_sent(request)
            )
        except Refused as refused:
            if isinstance(refused, Forbidden | NotFound):
                raise
            problem = refused
        else:
            left = _("还差 {n} 项，下次接着填。").format(n=done.left) if done.left else _("这一张填齐了。")
            messages.success(request, _("存下了 {n} 项。").format(n=done.written) + left)
            return redirect(request.get_full_path())
    context = _page_of(subject, task, problem, request.POST if problem else {})
    asked = [row["field"] for row in (*context["known"], *context["asked"]) if row["stands"]]
    log_shown(actor, [(subject.reference, field) for field in asked], "visit")
    history = _history(subject, actor, {field.code for field in asked})
    context |= {"subject": subject, "task": task, "open_now": open_now, "history": history}
    return render(request, "registers/fill.html", context, status=422 if problem else 200)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The answers of a page: `a-code` new ones, `confirm` for what is known, `entry` to count it once."""
    try:
        entry = uuid.UUID(request.POST.get("entry", ""))
    except ValueError:
        entry = uuid.uuid4()
    given = {key.removeprefix("a-"): value for key, value in request.POST.items() if key.startswith("a-")}
    return {"given": given, "confirm": request.POST.get("confirm") == "yes", "entry": entry}


def _page_of(subject: Subject, task: CollectionTask | None, problem: Refused | None, sent: Any) -> dict[str, Any]:
    """What is known (with source and day), what is asked, and what was wrong."""
    today = local_date(clock.now())
    if task is None:
        return {"known": [], "asked": [], "entry": uuid.uuid4(), "problem": ""}
    known = whole_dictionary(today, task.form.scene)
    stands = reading.standings(subject.reference, today, task.form.codes)
    rows = []
    for field, why in queries.fields_of(task.form, known):
        one = stands.get(field.code)
        rows.append(
            {
                "field": field,
                "why": why,
                "stands": one,
                "sent": sent.get(f"a-{field.code}", ""),
                "options": _options(field),
                "said": said_words(field, one.fact, ASKED) if one else None,
                "disputed": [said_words(field, fact, ASKED) for fact in one.disputed] if one else [],
                "wrong": problem is not None and problem.facts.get("field") == field.code,
            }
        )
    return {
        "known": [row for row in rows if row["stands"] and row["stands"].sure],
        "asked": [row for row in rows if not (row["stands"] and row["stands"].sure)],
        "held": held(task.form.codes, stands),
        "entry": uuid.uuid4(),
        "problem": said(problem) if problem else "",
    }


def _options(field: Any) -> list[tuple[str, str]]:
    if field.kind == "yes_no":
        return [("yes", _("是")), ("no", _("否"))]
    return [(one, one) for one in field.options]


def _history(subject: Subject, actor: Actor, asked: Collection[str]) -> list[dict[str, Any]]:
    """The facts of a subject, newest first, with who said so and why it may be kept.

    Of levels L3 and L4 only what the task is `asked` for, which is its purpose; the rest shows that it is there.
    """
    fields = every_field(local_date(clock.now()))
    rows = reading.history_of(subject.reference)[:60]
    return [
        {
            "name": fields[row.field].name,
            "value": value_words(
                fields[row.field], reading.value_of(row), viewer_of(actor, revealed=row.field in asked)
            ),
            "source": source_words(row.source),
            "how": _(str(How(row.how).label)),
            "on": row.observed_on,
            "basis": row.basis,
            "until": row.keep_until,
        }
        for row in rows
        if row.field in fields
    ]


@never_cache
@require_POST
def choose(request: HttpRequest, fact: int) -> HttpResponse:
    """Of two sayings one is taken."""
    actor = staff_of(request, "registers.fill")
    try:
        collecting.choose_fact(by=actor, at=clock.now(), fact_id=fact)
        messages.success(request, _("定下了，原来的几种说法都留着可查。"))
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound):
            raise
        messages.error(request, said(refused))
    return redirect("collection-tasks")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: HttpRequest, recheck: int) -> HttpResponse:
    """Asking again, without seeing what the first one was told."""
    actor = staff_of(request, "registers.recheck")
    found = Recheck.objects.select_related("fact__scene", "task__form").filter(pk=recheck).first()
    if found is None or not allows(actor, "registers.recheck", path=found.fact.path):
        raise NotFound("recheck_not_found", N_("没有这一条抽查，或者答案已经到期删除了。"))
    field = every_field(local_date(clock.now()))[found.fact.field]
    form = RecheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = rechecking.record_recheck(
                by=actor, at=clock.now(), recheck_id=recheck, given=form.cleaned_data["given"]
            )
            messages.success(
                request, _("和第一次一样。") if done.agrees else _("和第一次不一样，两种说法都留着，等人定。")
            )
            return redirect("collection-task", task=found.task_id)
        except Refused as refused:
            if isinstance(refused, Forbidden | NotFound):
                raise
            put_back(form, refused)
            form.errors.setdefault("given", form.non_field_errors())
    context = {
        "row": found,
        "field": field,
        "options": _options(field),
        "form": form,
        "subject": reading.names_of([found.fact.subject])[found.fact.subject],
    }
    return render(request, "registers/recheck.html", context, status=422 if form.errors else 200)


# One's own


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What is held about me, from where, until when; and forms that ask people about themselves."""
    actor, today = signed_in(request), local_date(clock.now())
    fields = every_field(today)
    facts = reading.facts_of_person(actor.person_id) if actor.person_id else []
    rows = [
        {
            "name": fields[row.field].name,
            "value": value_words(fields[row.field], reading.value_of(row), Viewer(own=True, revealed=True)),
            "row": row,
            "title": row.form.title if row.form else source_words(row.source),
            "receiver": row.form.receiver if row.form else "",
        }
        for row in facts
        if row.field in fields
    ]
    given = {row.form.code: row.form.title for row in facts if row.form and row.form.basis_kind == "consent"}
    asking_now = CollectionTask.objects.filter(
        closed_at__isnull=True,
        form__about="person",
        form__status="open",
        form__opens_on__lte=today,
        form__closes_on__gte=today,
    ).select_related("form", "place")
    context = {"rows": rows, "given": sorted(given.items()), "tasks": asking_now.order_by("deadline", "pk")}
    return render(request, "registers/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill_mine(request: HttpRequest, task: int) -> HttpResponse:
    """A form about oneself, filled in by oneself."""
    actor, at = signed_in(request), clock.now()
    found = collecting.own_task(task, local_date(at))
    subject = Subject(f"person:{actor.person_id}", _("我"), found.path)
    problem = None
    if request.method == "POST":
        try:
            said: dict[str, Any] = {"agreed": request.POST.get("agreed") == "yes", "guardian": _guardian(request)}
            collecting.answer_for_myself(by=actor, at=at, task_id=task, **said, **_sent(request))
            messages.success(request, _("存下了。在这里随时可以看，也可以撤回。"))
            return redirect("my-facts")
        except Refused as refused:
            if isinstance(refused, Forbidden | NotFound):
                raise
            problem = refused
    context = _page_of(subject, found, problem, request.POST if problem else {})
    person = person_of(actor)
    context |= {
        "subject": subject,
        "task": found,
        "own": True,
        "asks_consent": found.form.basis_kind == "consent" and not consents_to(person.pk, found.form.reference),
        "minor": is_minor(person),
        "guardian": _guardian(request),
    }
    return render(request, "registers/fill_mine.html", context, status=422 if problem else 200)


def _guardian(request: HttpRequest) -> Guardian | None:
    """Who stands beside a child who agrees."""
    name, relation = request.POST.get("guardian", "").strip()[:40], request.POST.get("relation", "").strip()[:20]
    return Guardian(name, relation) if name or relation else None


@never_cache
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Consent to a form taken back: what was said with it is deleted at once."""
    actor = signed_in(request)
    count = take_back(by=actor, at=clock.now(), form_code=code)
    messages.success(request, _("撤回了，{n} 项已经删除。").format(n=count))
    return redirect("my-facts")
