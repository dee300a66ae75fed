"""采集任务: the list, how far one is, what two sources dispute; each as a workbook too."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.paging import encode_cursor, text_behind
from gongzhi.common.personal import LOGGED, Viewer
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.registers.actions import asking, rechecking
from gongzhi.registers.models import CollectionTask
from gongzhi.registers.queries import facts as reading
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries import progress
from gongzhi.registers.queries.dictionary import every_field
from gongzhi.registers.queries.rechecks import rechecks_of
from gongzhi.registers.rules.facts import Standing
from gongzhi.registers.views.filling import source_words, value_words

ASKED = Viewer(staff=True, revealed=True)
PAGE = 100


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Every task of one's places, those that run first; and where two sources differ. Both as workbooks."""
    actor, today = staff_of(request, *queries.READING), local_date(clock.now())
    every, export = queries.tasks_visible_to(actor), request.GET.get("export", "")
    if export == "xlsx":
        return _tasks_file(every, today)
    disputes = _disputes(actor, today)
    if export == "disputes":
        return _disputes_file(disputes)
    rows = list(queries.behind_task(every, request.GET.get("after", ""))[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    more = encode_cursor(int(last.closed_at is not None), last.deadline.isoformat(), last.pk) if last else ""
    context = {
        "rows": rows[:PAGE],
        "today": today,
        "next_url": f"?after={more}" if more else "",
        "disputes": disputes[:PAGE],
        "disputed": len(disputes),
    }
    return render(request, "registers/tasks.html", context)


def _disputes(actor: Actor, today: dt.date) -> list[dict[str, Any]]:
    fields = every_field(today)
    found = [row for row in reading.disputes_under(actor, today, "registers.fill") if row[1] in fields]
    names = reading.names_of(subject for subject, _code, _one in found)
    log_shown(actor, [(subject, fields[code]) for subject, code, _one in found], "dispute")
    return [_dispute(subject, code, one, fields, names[subject]) for subject, code, one in found]


def _tasks_file(rows: Iterable[CollectionTask], today: dt.date) -> HttpResponse:
    headers = [_("表"), _("哪里"), _("单位"), _("哪天做完"), _("情况")]
    lines = (
        (
            row.form.title,
            row.place.name,
            row.form.unit.name if row.form.unit else "",
            row.deadline,
            _("已结束") if row.closed_at else _("过了截止日") if row.deadline < today else _("在做"),
        )
        for row in rows
    )
    return rows_as_xlsx(_("采集任务"), headers, lines)


def _disputes_file(rows: list[dict[str, Any]]) -> HttpResponse:
    every = ((row, say) for row in rows for say in row["sayings"])
    lines = ((row["subject"], row["field"], say["value"], say["source"], say["on"]) for row, say in every)
    return rows_as_xlsx(_("两种说法，等人定"), [_("对象"), _("哪一项"), _("怎么说"), _("谁说的"), _("哪天")], lines)


def log_shown(actor: Actor, shown: Sequence[tuple[str, Any]], purpose: str) -> None:
    """Write which facts of levels L3 and L4 a page shows: (subject, field)."""
    closed = [(subject, field.code) for subject, field in shown if field.level in LOGGED]
    codes = ",".join(sorted({code for _subject, code in closed}))[:120]
    subjects = sorted({subject for subject, _code in closed})
    log_access(by=actor, at=clock.now(), subjects=subjects, fields=codes, purpose=purpose)


def _dispute(subject: str, code: str, one: Standing, fields: Any, name: str) -> dict[str, Any]:
    field = fields[code]
    sayings = [
        {
            "id": fact.id,
            "value": value_words(field, fact.value, ASKED),
            "source": source_words(fact.source),
            "on": fact.observed_on,
        }
        for fact in one.disputed
    ]
    return {"subject": name, "field": field.name, "sayings": sayings}


@require_safe
def task_page(request: HttpRequest, task: int) -> HttpResponse:
    """One task: completeness with its rows, accuracy with its interval, what is left to visit."""
    actor = staff_of(request, *queries.READING)
    found, today = queries.get_task_for(actor, task), local_date(clock.now())
    reach = _own_path(actor, found.path)
    if request.GET.get("export") == "xlsx":
        return _task_file(found, progress.rows_of(found, reach, today))
    show, after = request.GET.get("show", "left"), text_behind(request.GET.get("after", ""))
    done = progress.progress_of(found, reach, today)
    skip = done.whole if show != "all" else ()
    rows, behind = progress.page_of(found, reach, today, after=after, most=PAGE, skip=skip)
    checks = list(rechecks_of(actor, found))
    names = reading.names_of(one.fact.subject for one in checks)
    fields = every_field(today)
    context = {
        "task": found,
        "form": found.form,
        "rows": rows,
        "next_url": f"?show={show}&after={encode_cursor(behind)}" if behind else "",
        "show": show,
        "count": done.count,
        "left": done.left,
        "complete": done.answers,
        "accurate": queries.accuracy(found),
        "checks": [
            {"row": one, "subject": names[one.fact.subject], "field": fields[one.fact.field].name}
            for one in checks
            if one.fact.field in fields
        ],
        "holds": rechecking.sample_holds(found) if found.draw else None,
        "may_fill": found.closed_at is None and allows(actor, "registers.fill"),
        "may_close": found.closed_at is None and allows(actor, "registers.ask", path=found.path),
        "may_draw": found.closed_at and not found.draw and allows(actor, "registers.recheck", path=found.path),
        "may_check": allows(actor, "registers.recheck"),
    }
    return render(request, "registers/task.html", context)


def _own_path(actor: Actor, path: str) -> str:
    """The part of a task that lies in the actor's own place, where that is smaller."""
    below = [one for permission in queries.READING for one in actor.paths_for(permission) if one.startswith(path)]
    inside = any(path.startswith(one) for permission in queries.READING for one in actor.paths_for(permission))
    return path if inside or not below else min(below, key=len)


def _task_file(task: CollectionTask, rows: Iterable[progress.Row]) -> HttpResponse:
    headers = [_("代码"), _("名称"), _("已有几项"), _("共几项"), _("填完")]
    lines = ((row.code, row.name, row.held.known, row.held.asked, _("是") if not row.held.left else "") for row in rows)
    return rows_as_xlsx(task.form.title, headers, lines, title=task.form.title)


@never_cache
@require_POST
def act_on_task(request: HttpRequest, task: int, act: str) -> HttpResponse:
    """End a task, or draw the re-check."""
    actor, at = staff_of(request, "registers.ask", "registers.recheck"), clock.now()
    try:
        if act == "close":
            asking.close_task(by=actor, at=at, task_id=task)
            messages.success(request, _("任务结束了，可以抽查。"))
        elif act == "draw":
            drawn = rechecking.draw_recheck(by=actor, at=at, task_id=task)
            messages.success(request, _("抽了 {n} 项，请换一个人去问。").format(n=len(drawn)))
        else:
            raise NotFound("unknown_act", N_("没有这一步。"))
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound):
            raise
        messages.error(request, said(refused))
    return redirect("collection-task", task=task)
