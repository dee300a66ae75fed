"""导入: templates, a dry run that writes nothing, the import itself, its wrong rows, and undoing it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit import imports
from gongzhi.audit.imports import Outcome
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import said
from gongzhi.common.sheets import Kind, kinds, template_of
from gongzhi.common.spreadsheets import MEDIA_TYPE
from gongzhi.web import incoming, long_imports

MANAGE = "instance.manage"
_SHOWN = 40
# Session key: names of the workbooks of wrong rows that this sign-in was given.
_WRONG = "wrong_rows"


class FileForm(forms.Form):
    """One workbook."""

    file = forms.FileField(
        label=gettext_lazy("填好的表"),
        help_text=gettext_lazy(".xlsx 或 .csv。先核对，不写入。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": gettext_lazy("请选一个文件。")},
    )


def _importer(request: HttpRequest, kind: str = "") -> Actor:
    """Who may bring in workbooks of the kind; without one, of some kind at least. Raises Forbidden, NotFound."""
    actor = actor_of(request)
    asked = imports.get_kind(kind).permission if kind else ""
    mine = _kinds_for(actor)
    if asked or not mine:
        require(actor, asked or MANAGE)
    return actor


def _kinds_for(actor: Actor) -> list[Kind]:
    return [kind for kind in kinds() if allows(actor, kind.permission)]


def _working(request: HttpRequest, token: str) -> tuple[Actor, long_imports.Note | None]:
    """Who may see and steer a long import: the administrator, or whoever began it."""
    actor, note = _importer(request), long_imports.find(token)
    if note is not None and note.by != str(actor.person_id):
        require(actor, MANAGE)
    return actor, note


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every kind of workbook in the order of setting up, and what was brought in before."""
    return _overview(request, _importer(request))


def _overview(request: HttpRequest, actor: Actor, refused: Refused | None = None) -> HttpResponse:
    now = clock.now()
    done = [{"row": row, "may_undo": row.may_undo(now)} for row in imports.imports_made(actor)]
    manages = allows(actor, MANAGE)
    open_now = [note for note in long_imports.unfinished() if manages or note.by == str(actor.person_id)]
    going = [{"note": note, "kind": imports.get_kind(note.kind)} for note in open_now]
    context = {
        "kinds": _kinds_for(actor),
        "manages": manages,
        "done": done,
        "going": going,
        "days": imports.undo_days(),
        "refused": _told(refused),
    }
    return render(request, "web/importing/overview.html", context, status=refused.status if refused else 200)


def _told(refused: Refused | None) -> dict[str, Any] | None:
    if refused is None:
        return None
    facts = {name: value for name, value in refused.facts.items() if name != "needs"}
    return {"words": _(refused.message).format(**facts), "needs": refused.facts.get("needs", [])}


@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook."""
    _importer(request, kind)
    chosen = imports.get_kind(kind)
    answer = HttpResponse(template_of(chosen), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file; it is checked, nothing is written, and the page says what would come of it."""
    actor, chosen = _importer(request, kind), imports.get_kind(kind)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            token = incoming.keep(form.cleaned_data["file"], clock.now())
            if long_imports.is_long(token):
                long_imports.begin(actor, chosen.name, token, dry_run=True)
                return redirect("import-work", token=token)
            return _checked(request, actor, chosen, token)
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error("file", said(refused))
    return render(request, "web/importing/upload.html", {"kind": chosen, "form": form})


def _run(actor: Actor, kind: Kind, token: str, *, dry_run: bool) -> Outcome:
    folder, path = settings.DATA_DIR, incoming.path_of(token)
    return imports.import_workbook(
        [path], kind=kind.name, by=actor, at=clock.now(), folder=folder, dry_run=dry_run
    )


def _checked(request: HttpRequest, actor: Actor, kind: Kind, token: str) -> HttpResponse:
    outcome = _run(actor, kind, token, dry_run=True)
    return _result(request, kind, outcome, token)


def _result(request: HttpRequest, kind: Kind, outcome: Outcome, token: str) -> HttpResponse:
    wrong = outcome.wrong_file
    if wrong:
        request.session[_WRONG] = [*request.session.get(_WRONG, ())[-_SHOWN:], wrong.name]
    context = {
        "kind": kind,
        "outcome": outcome,
        "token": token,
        "wrong_url": reverse("import-wrong", args=[wrong.name]) if wrong else "",
        "may_write": outcome.created > 0 and not (kind.whole and outcome.wrong),
        "more_wrong": outcome.wrong - len(outcome.first_wrong),
        "preview_rows": outcome.preview.rows[:_SHOWN] if outcome.preview else (),
    }
    return render(request, "web/importing/result.html", context)


@require_POST
def write(request: HttpRequest, kind: str) -> HttpResponse:
    """Write what the dry run showed, in one transaction."""
    actor, chosen, token = _importer(request, kind), imports.get_kind(kind), request.POST.get("token", "")
    try:
        if long_imports.is_long(token):
            long_imports.begin(actor, chosen.name, token, dry_run=False)
            return redirect("import-work", token=token)
        outcome = _run(actor, chosen, token, dry_run=False)
    except Forbidden:
        raise
    except Refused as refused:
        return _overview(request, actor, refused)
    incoming.drop(token)
    return _written(request, outcome)


def _written(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    words = _("读 {read} 行，导入 {imported} 行（新的 {created}），有错 {wrong} 行。")
    facts = {name: getattr(outcome, name) for name in ("read", "imported", "created", "wrong")}
    messages.success(request, words.format(**facts))
    return redirect("imports")


@never_cache
@require_safe
def work(request: HttpRequest, token: str) -> HttpResponse:
    """How far a long import is; its result when it is over. Without script the page loads itself again."""
    _, note = _working(request, token)
    if note is None:
        return redirect("imports")
    kind = imports.get_kind(note.kind)
    if request.headers.get("HX-Request") and note.open and not note.silent(clock.now()):
        return render(request, "web/importing/bar.html", {"note": note})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    if note.state == long_imports.DONE and note.dry_run:
        return _result(request, kind, long_imports.outcome_of(note), token)
    if note.state == long_imports.DONE:
        outcome = long_imports.outcome_of(note)
        incoming.drop(token)
        return _written(request, outcome)
    context = {"note": note, "kind": kind, "silent": note.silent(clock.now())}
    return render(request, "web/importing/work.html", context)


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Stop: all is one transaction, so nothing is half written."""
    _working(request, token)
    long_imports.cancel(token)
    return redirect("import-work", token=token)


@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Take it up again, from the kept file; what is there already is not written twice."""
    actor, note = _working(request, token)
    if note is not None and note.state != long_imports.DONE:
        long_imports.begin(actor, note.kind, token, dry_run=note.dry_run)
    return redirect("import-work", token=token)


@never_cache
@require_safe
def wrong(request: HttpRequest, name: str) -> FileResponse:
    """The wrong rows with the reason in a column; it holds what people wrote, so others' are the administrator's."""
    actor = _importer(request)
    if name not in request.session.get(_WRONG, ()):
        require(actor, MANAGE)
    file = incoming.wrong_rows(name).open("rb")
    return FileResponse(file, content_type=MEDIA_TYPE, filename=name, as_attachment=True)


@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take an import back, or say what holds it."""
    actor = _importer(request)
    try:
        rows = imports.undo_import(by=actor, at=clock.now(), number=number)
    except Forbidden:
        raise
    except Refused as refused:
        return _overview(request, actor, refused)
    messages.success(request, _("撤销了，拿掉 {rows} 条。").format(rows=rows))
    return redirect("imports")
