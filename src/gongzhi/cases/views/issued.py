"""督办单、整改项、清单、吹哨: what was handed out from above, how units came together; each list as a file too."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.cases import actions
from gongzhi.cases.actions import Task
from gongzhi.cases.form_fields import narrowed
from gongzhi.cases.forms_joint import FindingForm, ListForm, TaskForm
from gongzhi.cases.models import Case
from gongzhi.cases.queries import issued as reading
from gongzhi.cases.queries import joint
from gongzhi.cases.views.inbox import asked_rows
from gongzhi.cases.views.showing import READERS, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

_METHODS = ["GET", "HEAD", "POST"]
SHOWS = ("open", "all")


def _task(form: Form) -> Task:
    given = form.cleaned_data
    return Task(given["text"], given["unit_id"], given["until"], given["standard"], given["co_units"])


def _row(view: Any) -> dict[str, Any]:
    case = view.case
    word = packs.active_model().state_word(case.status, case.channel)
    channel = packs.active_model().channel(case.channel)
    return {"view": view, "word": word, "channel": channel.name if channel else case.channel}


@require_http_methods(_METHODS)
def supervised(request: HttpRequest) -> HttpResponse:
    """Supervise orders and rectification items, the nearest day first; a new item for a finding below."""
    actor, at = staff_of(request, *READERS), clock.now()
    form = FindingForm(request.POST or None)
    if request.method == "POST":
        staff_of(request, "cases.issue")
        if form.is_valid() and (order := _issue_finding(actor, form)) is not None:
            messages.success(request, _("整改项 {number} 已交办。").format(number=order.number))
            return redirect("supervised")
    show = request.GET.get("show", "")
    show = show if show in SHOWS else SHOWS[0]
    cases = reading.orders_page(actor, request.GET.get("channel", ""), show)
    rows = [_order_row(view) for view in rows_of(actor, cases, at)]
    if request.GET.get("format") == "xlsx":
        return _orders_file(rows)
    context = {
        "rows": rows,
        "show": show,
        "over": sum(row["view"].standing is not None and row["view"].standing.state == "over" for row in rows),
        "form": form if allows(actor, "cases.issue") else None,
    }
    return render(request, "cases/staff/supervised.html", context, status=422 if form.errors else 200)


def _issue_finding(actor: Actor, form: FindingForm) -> Case | None:
    given = form.cleaned_data
    try:
        return actions.issue_rectification(
            by=actor,
            at=clock.now(),
            finding=given["finding"],
            place_code=given["place_code"],
            task=_task(form),
        )
    except Refused as refused:
        put_back(form, refused)
        return None


def _order_row(view: Any) -> dict[str, Any]:
    """The row with what it is about: a case, or a finding by its number."""
    about = view.case.about or ""
    kind, _sep, code = about.partition(":")
    return {**_row(view), "about": code, "about_case": code if kind == "case" else ""}


def _orders_file(rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [_("编号"), _("哪一种"), _("什么事"), _("由谁负责"), _("哪天办好"), _("现在"), _("针对")]
    table = [_cells(row, row["about"]) for row in rows]
    return rows_as_xlsx(_("督办和整改"), headers, table, title=_("督办和整改"))


def _cells(row: dict[str, Any], *more: object) -> tuple[object, ...]:
    case, title = row["view"].case, row["view"].title
    return (case.number, row["channel"], title, case.unit.name if case.unit else "", case.due_at, row["word"], *more)


@require_http_methods(_METHODS)
def task_lists(request: HttpRequest) -> HttpResponse:
    """清单: every list with how much of it is struck off; a new one below."""
    actor, at = staff_of(request, *READERS), clock.now()
    form = ListForm(request.POST or None)
    if request.method == "POST":
        staff_of(request, "cases.issue")
        if form.is_valid() and (head := _issue_list(actor, form)) is not None:
            return redirect("task-list", head.number)
    pairs = reading.lists_page(actor, at)
    views = rows_of(actor, [head for head, _progress in pairs], at)
    rows = [{**_row(view), "progress": progress} for view, (_head, progress) in zip(views, pairs, strict=True)]
    if request.GET.get("format") == "xlsx":
        return _lists_table(rows)
    context = {"rows": rows, "form": form if allows(actor, "cases.issue") else None}
    return render(request, "cases/staff/task_lists.html", context, status=422 if form.errors else 200)


def _lists_table(rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [_("编号"), _("清单"), _("由谁负责"), _("销号"), _("共几项"), _("过期"), _("哪天办完")]
    lines = (
        (
            row["view"].case.number,
            row["view"].title,
            row["view"].case.unit.name if row["view"].case.unit else "",
            row["progress"].struck,
            row["progress"].total,
            row["progress"].over,
            row["view"].case.due_at,
        )
        for row in rows
    )
    return rows_as_xlsx(_("清单"), heads, lines, title=_("清单"))


def _issue_list(actor: Actor, form: ListForm) -> Case | None:
    try:
        place = form.cleaned_data["place_code"]
        return actions.issue_list(by=actor, at=clock.now(), place_code=place, task=_task(form))
    except Refused as refused:
        put_back(form, refused)
        return None


@require_http_methods(_METHODS)
def task_list(request: HttpRequest, number: str) -> HttpResponse:
    """One list: its lines with owner, co-owners, standard, day, and whether they are struck off."""
    actor, at = staff_of(request, *READERS), clock.now()
    head = reading.list_of(actor, number)
    form = narrowed(TaskForm(request.POST or None), head)
    if request.method == "POST":
        staff_of(request, "cases.issue")
        if form.is_valid() and _add_item(actor, form, number):
            messages.success(request, _("加上了。已交给承办单位。"))
            return redirect("task-list", number)
    pairs = reading.items_of(head)
    views = rows_of(actor, [item for item, _names in pairs], at)
    rows = [{**_row(view), "helpers": names} for view, (_item, names) in zip(views, pairs, strict=True)]
    (top,) = rows_of(actor, [head], at)
    if request.GET.get("format") == "xlsx":
        return _list_file(top, rows)
    struck = sum(row["view"].case.status == "closed" for row in rows)
    context = {
        "head": _row(top),
        "rows": rows,
        "struck": struck,
        "left": len(rows) - struck,
        "form": form if allows(actor, "cases.issue", path=head.path) else None,
    }
    return render(request, "cases/staff/task_list.html", context, status=422 if form.errors else 200)


def _add_item(actor: Actor, form: Form, number: str) -> bool:
    try:
        actions.add_item(by=actor, at=clock.now(), number=number, task=_task(form))
    except Refused as refused:
        put_back(form, refused)
        return False
    return True


def _list_file(head: Any, rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [_("编号"), _("哪一种"), _("什么事"), _("由谁负责"), _("哪天办好"), _("现在"), _("配合"), _("算完的标准")]
    table = [_cells(row, "、".join(row["helpers"]), row["view"].detail) for row in rows]
    return rows_as_xlsx(head.case.number, headers, table, title=_("清单"), note=head.title)


ROLE_WORDS = {"whistle": N_("吹哨"), "co": N_("合办")}


@require_safe
def together(request: HttpRequest) -> HttpResponse:
    """吹哨与合办: how each unit came when it was called, and what partners did; counts, never people.

    A unit that is called reads its own line, and answers here what it was asked to help with.
    """
    actor = staff_of(request, "statistics.read", "cases.handle")
    role = request.GET.get("role", "")
    role = role if role in ROLE_WORDS else "whistle"
    rows = joint.joint_counts(actor, role)
    if request.GET.get("format") == "xlsx":
        return _together_file(rows, role)
    context = {"rows": rows, "role": role, "credits": joint.partner_credits(actor), "asked": asked_rows(actor)}
    return render(request, "cases/staff/together.html", context)


def _together_file(rows: list[joint.UnitCounts], role: str) -> HttpResponse:
    headers = [_("单位"), _("叫了几次"), _("应答"), _("按时应答"), _("到场"), _("没到"), _("签字")]
    headers += [_("社区评 {n} 分").format(n=n) for n in range(1, 6)]
    headers += [_("部门评 {n} 分").format(n=n) for n in range(1, 6)]
    table = [
        (r.unit, r.called, r.answered, r.in_time, r.arrived, r.absent, r.signed, *r.ratings, *r.whistler) for r in rows
    ]
    return rows_as_xlsx(_("吹哨与合办"), headers, table, title=_(ROLE_WORDS[role]))
