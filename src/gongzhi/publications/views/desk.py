"""The desk: items by state, one item with what it lacks, its text, its steps."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.publications import actions, forms, queries, rules, words
from gongzhi.publications.actions import Subject
from gongzhi.publications.actions.correcting import current_record
from gongzhi.publications.models import WAS_PUBLIC, Publication, ReplyState, State
from gongzhi.publications.rules import lint
from gongzhi.publications.rules.records import Words, difference, lines_of
from gongzhi.publications.views.asking import writer_of

PAGE, MOST_EXPORTED = 30, 2000
TABS = (
    ("", N_("等着办的")),
    ("released", N_("公开中")),
    ("expired", N_("已到期")),
    ("withdrawn", N_("已撤下")),
    ("dropped", N_("没有发布")),
)
TONES = {
    "draft": ("wait", "pencil"),
    "statement": ("now", "clock"),
    "review": ("now", "user-check"),
    "released": ("done", "circle-check"),
    "expired": ("wait", "clock-x"),
    "withdrawn": ("wait", "eye-off"),
    "dropped": ("wait", "trash"),
}


def row_of(publication: Publication) -> dict[str, Any]:
    """One line of the list."""
    text = words.working(publication)
    tone, icon = TONES[publication.state]
    state = _(str(publication.get_state_display()))
    kind = queries.kind_name(publication.kind)
    return {"p": publication, "title": text.title or kind, "kind": kind, "state": state, "tone": tone, "icon": icon}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, what is public, what is over; replies that somebody must look at."""
    actor = writer_of(request)
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    wanted = MOST_EXPORTED if request.GET.get("format") == "xlsx" else PAGE
    page = queries.staff_page(actor, state=state, cursor=request.GET.get("cursor", ""), limit=wanted)
    rows = [row_of(one) for one in page.items]
    if request.GET.get("format") == "xlsx":
        return _table(rows, dict(TABS).get(state, ""))
    more = urlencode({"state": state, "cursor": page.next_cursor})
    context = {
        "rows": rows,
        "tabs": [(code, _(word), code == state) for code, word in TABS],
        "state": state,
        "replies": list(queries.replies_waiting(actor)[:20]),
        "may_write": allows(actor, rules.WRITE),
        "xlsx": f"?{urlencode({'state': state, 'format': 'xlsx'})}",
        "next_url": f"?{more}" if page.next_cursor else "",
    }
    return render(request, "publications/desk/list.html", context)


def _table(rows: list[dict[str, Any]], word: str) -> HttpResponse:
    heads = (_("编号"), _("标题"), _("种类"), _("哪里"), _("状态"), _("开始写"), _("发布"), _("公开到"), _("指纹"))
    lines = (
        (
            row["p"].number,
            row["title"],
            row["kind"],
            row["p"].place.name,
            row["state"],
            row["p"].created_at,
            row["p"].released_at,
            row["p"].expires_on,
            bytes(row["p"].digest).hex(),
        )
        for row in rows
    )
    return rows_as_xlsx(_("公开"), heads, lines, title=_("公开"), note=_(word) if word else "")


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """A kind and a place; the rest is written on the next page."""
    actor = writer_of(request, rules.WRITE)
    form = forms.BeginForm(request.POST if request.method == "POST" else None, actor=actor)
    if form.is_bound and form.is_valid():
        kind = queries.kind_of(form.cleaned_data["kind"])
        subject = Subject(next(one for one in kind.subjects if one != "organization"))
        place = form.cleaned_data["place"]
        made = actions.begin_publication(
            by=actor, at=clock.now(), kind=kind.code, place=place, text=Words(), subject=subject
        )
        return redirect("publication-edit", made.number)
    kinds = queries.settings().kinds
    return render(
        request, "publications/desk/begin.html", {"form": form, "kinds": kinds}, status=422 if form.errors else 200
    )


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """One item: what it lacks, how it will look, what changed, what may be done now."""
    actor, at = writer_of(request), clock.now()
    publication = queries.get_publication_for(actor, number)
    kind, text = queries.kind_of(publication.kind), words.working(publication)
    reviews = queries.versions_of(publication)
    was_public = publication.state in WAS_PUBLIC
    gone = publication.key.destroyed_at is not None
    context = {
        **row_of(publication),
        "publication": publication,
        "kind_of": kind,
        "gone": gone,
        "text": current_record(publication) if was_public else preview(publication, text),
        "needs": [] if was_public or gone else _needs(publication, at),
        "findings": [] if was_public else _findings(kind.negative, text),
        "pictures": queries.pictures_of(publication),
        "evidence": queries.evidence_for(publication) if kind.negative else [],
        "picture_form": forms.PicturesForm(),
        "changes": queries.changes_since_last_review(publication, reviews) if publication.state == State.REVIEW else [],
        "reviews": [(one, words.note_of(one)) for one in reviews],
        "corrections": _corrections(publication),
        "replies": _replies(publication),
        "may": queries.may(actor, publication),
        "may_release": allows(actor, rules.RELEASE, path=publication.path),
        "me": actor.person_id,
        "digest": bytes(publication.digest).hex(),
        "over": publication.statement_until is not None and at >= publication.statement_until,
        "code": queries.reply_code(publication) if kind.negative else "",
        "begins": dt.datetime.fromisoformat(text.begins_at) if text.begins_at else None,
        "ends": dt.datetime.fromisoformat(text.ends_at) if text.ends_at else None,
    }
    return render(request, "publications/desk/page.html", context)


def preview(publication: Publication, text: Words) -> dict[str, Any]:
    """As it will look, before there is a record."""
    kind = queries.kind_of(publication.kind)
    pictures = [{"id": str(row.media_id)} for row in queries.pictures_of(publication)]
    facts = [(one.label, text.facts[one.code]) for one in kind.fields if text.facts.get(one.code)]
    about = queries.about_of(publication, text)
    subject = {"name": _(str(publication.get_subject_kind_display())), "about": about}
    shown = {"title": text.title, "body": text.body, "facts": facts, "pictures": pictures}
    return {**shown, "basis": kind.basis, "subject": subject}


def _needs(publication: Publication, at: dt.datetime) -> list[dict[str, Any]]:
    needs = queries.needs_of(publication, at)
    shown = [{"ok": one.ok, "words": _(one.words).format(**dict(one.facts))} for one in needs]
    return sorted(shown, key=lambda one: one["ok"])


def _findings(negative: bool, text: Words) -> list[tuple[str, str]]:
    """(what it is, as it stands) for everything that must be covered or confirmed."""
    found = lint.forbidden(lint.find_all(text.texts()), negative=negative, confirmed=text.confirmed)
    return [(_(lint.WORDS[one.kind]), one.found) for one in found]


def _corrections(publication: Publication) -> list[dict[str, Any]]:
    rows = publication.corrections.select_related("publication__key", "post").order_by("-pk")
    standing = current_record(publication)
    found = []
    for one in rows:
        waits = one.released_at is None and one.refused_at is None
        after = words.corrected(one) if waits else {}
        lines = [lines_of(record, _) for record in (standing, after)] if after else [[], []]
        changes = list(difference(*lines))
        pictures = [row.media_id for row in evidence_of([one.reference])] if waits else []
        said = words.correction_words(one)
        found.append({"one": one, "said": said, "waits": waits, "changes": changes, "pictures": pictures})
    return found


def _replies(publication: Publication) -> list[dict[str, Any]]:
    rows = publication.replies.select_related("publication__key", "organization").order_by("filed_at")
    found = []
    for one in rows:
        said = words.reply_words(one)
        covered = lint.covered(said, [hit for hit in lint.find_in("shown", said) if hit.kind != "name"])
        waits = one.state in (ReplyState.FILED, ReplyState.REFUSING)
        state = _(str(one.get_state_display()))
        found.append(
            {
                "one": one,
                "said": said,
                "covered": covered,
                "reason": words.reply_reason(one),
                "waits": waits,
                "state": state,
            }
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The text; saved as one types (with script), or with the button."""
    actor = writer_of(request, rules.WRITE)
    publication = queries.get_publication_for(actor, number)
    rules.check_step("edit", publication.state)
    form = _text_form(request, actor, publication)
    if form.is_bound and form.is_valid():
        try:
            actions.edit_publication(by=actor, at=clock.now(), number=number, **form.asked())
        except Refused as refused:
            put_back(form, refused)
        else:
            return _saved(request, number)
    if _is_autosave(request):
        return render(request, "publications/desk/saved.html", {"form": form})
    context = {"form": form, "publication": publication, "kind": queries.kind_of(publication.kind)}
    return render(request, "publications/desk/edit.html", context, status=422 if form.errors else 200)


def _text_form(request: HttpRequest, actor: Actor, publication: Publication) -> forms.TextForm:
    kind = queries.kind_of(publication.kind)
    given = request.POST if request.method == "POST" else None
    initial = forms.initial_of(publication, words.working(publication))
    named = publication.named
    today = clock.local_date(clock.now())
    where: dict[str, Any] = {"kind": kind, "place": publication.place, "actor": actor, "today": today}
    return forms.TextForm(given, named=named, initial=initial, **where)


def _is_autosave(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _saved(request: HttpRequest, number: str) -> HttpResponse:
    if _is_autosave(request):
        return render(request, "publications/desk/saved.html", {"at": clock.now()})
    messages.success(request, _("存好了。"))
    return redirect("publication-desk", number)


Step = Callable[[Actor, dt.datetime, str, Any], str]


def _cover(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    count = actions.cover_findings(by=by, at=at, number=number)
    return _("遮住了 {n} 处。原文封存在版本里。").format(n=count)


def _notify(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.notify_party(by=by, at=at, number=number)
    return _("已告知。请把告知书也送到。陈述期满再送审。")


def _submit(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.submit_publication(by=by, at=at, number=number)
    return _("送审了。等另一位有发布权的人看过再发。")


def _return(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.return_publication(by=by, at=at, number=number, note=given.get("note", ""))
    return _("退回了，写的人会看到要改哪里。")


def _release(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.release_publication(by=by, at=at, number=number)
    return _("发布了。从现在起，改动只能用更正。")


def _pin(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    pinned = given.get("pinned") == "yes"
    actions.pin_publication(by=by, at=at, number=number, pinned=pinned)
    return _("置顶了。") if pinned else _("不再置顶。")


def _withdraw(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.withdraw_publication(by=by, at=at, number=number, why=given.get("note", ""))
    return _("撤下了。原因写在公开页上。")


def _rectify(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.record_rectified(by=by, at=at, number=number, note=given.get("note", ""))
    return _("记下了：已整改。这一条马上不再公开。")


def _drop(by: Actor, at: dt.datetime, number: str, given: Any) -> str:
    actions.drop_publication(by=by, at=at, number=number)
    return _("不发了。写的内容已经删除。")


STEPS: dict[str, Step] = {
    "cover": _cover,
    "notify": _notify,
    "submit": _submit,
    "return": _return,
    "release": _release,
    "pin": _pin,
    "withdraw": _withdraw,
    "rectify": _rectify,
    "drop": _drop,
}


@require_POST
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One step of an item; the action says who may and when."""
    actor = writer_of(request)
    if name not in STEPS:
        raise NotFound("unknown_step", N_("没有这一步。请刷新再看。"))
    messages.success(request, STEPS[name](actor, clock.now(), number, request.POST))
    return redirect("publications" if name == "drop" else "publication-desk", *([] if name == "drop" else [number]))
