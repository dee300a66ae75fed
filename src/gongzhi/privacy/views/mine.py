"""我的: consents in one press each way, who saw my information, and my rights."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import workbook
from gongzhi.documents.papers import Part, make_paper
from gongzhi.people import actions as people
from gongzhi.people import queries as people_reads
from gongzhi.people.actions.consenting import is_minor, purpose_of
from gongzhi.people.queries.readings import told
from gongzhi.people.rules import CONSENTS, MINOR, NOT_FOR_CHILDREN, Guardian, Purpose
from gongzhi.privacy import queries as register
from gongzhi.privacy.actions import rights as acts
from gongzhi.privacy.asking import own_person
from gongzhi.privacy.forms import GuardianForm, RightForm
from gongzhi.privacy.queries import rights as reads

PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@never_cache
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """Each purpose with its words, its state and its one button."""
    return _consents_page(request)


def _consents_page(request: HttpRequest, form: GuardianForm | None = None) -> HttpResponse:
    person = own_person(request)
    given = {row.purpose: row for row in people_reads.current_consents(person.pk)}
    activities = {row.consent: row for row in register.current() if row.consent}
    minor_ = is_minor(person)
    rows = [
        {
            "purpose": code,
            "title": _(purpose.title),
            "words": _(purpose.words),
            "version": purpose.version,
            "given": given.get(code),
            "old": code in given and given[code].version != purpose.version,
            "activity": activities.get(code),
            "barred": minor_ and code in NOT_FOR_CHILDREN,
        }
        for code, purpose in [*CONSENTS.items(), *_asked_by_rooms(given)]
    ]
    past = list(person.consents.filter(withdrawn_at__isnull=False).exclude(purpose=MINOR).order_by("-id")[:20])
    known = {**CONSENTS, **dict(_asked_by_rooms(row.purpose for row in past))}
    told = [(_(known[row.purpose].title), row) for row in past]
    context = {"rows": rows, "minor": minor_, "past": told, "form": form or GuardianForm()}
    return render(request, "privacy/consents.html", context, status=422 if form and form.errors else 200)


def _asked_by_rooms(codes: Iterable[str]) -> list[tuple[str, Purpose]]:
    """Consents that a room asked for its own matter, such as a form about oneself."""
    return [(code, purpose_of(code)) for code in sorted(set(codes) - set(CONSENTS) - {MINOR})]


@require_POST
def give(request: HttpRequest, purpose: str) -> HttpResponse:
    """Agree to the wording on the page; under fourteen with a guardian's name."""
    actor, form = signed_in(request), GuardianForm(request.POST)
    form.is_valid()
    name, relation = form.cleaned_data.get("guardian", ""), form.cleaned_data.get("relation", "")
    guardian = Guardian(name, relation) if name or relation else None
    known = purpose_of(purpose)
    try:
        people.grant_consent(by=actor, at=clock.now(), purpose=purpose, version=known.version, guardian=guardian)
    except Refused as refused:
        put_back(form, refused)
        return _consents_page(request, form)
    messages.success(request, _("记下了：您同意“{title}”。随时可以撤回。").format(title=_(known.title)))
    return redirect("my-consents")


@require_POST
def withdraw(request: HttpRequest, purpose: str) -> HttpResponse:
    people.withdraw_consent(by=signed_in(request), at=clock.now(), purpose=purpose)
    messages.success(request, _("撤回了。从现在起不再这样用；不影响办您的事。"))
    return redirect("my-consents")


@require_POST
def minor(request: HttpRequest) -> HttpResponse:
    """不满 14 岁: one's own word; no year of birth is asked."""
    under = request.POST.get("minor") == "yes"
    people.say_minor(by=signed_in(request), at=clock.now(), minor=under)
    messages.success(request, _("记下了。同意的事要由监护人来点。") if under else _("记下了。您可以自己同意。"))
    return redirect("my-consents")


@never_cache
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """谁看过我的信息: by post and body, with time and purpose.

    Never the reader's name: who looked answers to the officer and the auditor, who can find the person by the entry;
    a name here would make a colleague of the reader, or the reader, a target without helping the one who reads.
    """
    machine = request.GET.get("show") == "all"
    rows = reads.readings_of(signed_in(request), machine=machine)
    if cursor := request.GET.get("cursor"):
        rows = rows.filter(id__lt=int(decode_cursor(cursor, 1)[0]))
    page = list(rows[: PAGE + 1])
    kept = {"show": "all"} if machine else {}
    more = {**kept, "cursor": encode_cursor(page[PAGE - 1].pk)} if len(page) > PAGE else {}
    next_url = f"{reverse('my-readings')}?{urlencode(more)}" if more else ""
    context = {"rows": told(page[:PAGE]), "next_url": next_url, "machine": machine}
    return render(request, "privacy/readings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """Ask for one of the five; what was asked stands below with its day."""
    actor, at = signed_in(request), clock.now()
    form = RightForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = acts.ask_right(by=actor, at=at, right=form.cleaned_data["right"], text=form.cleaned_data["text"])
        except Refused as refused:
            put_back(form, refused)
        else:
            words = _("收到了，编号 {number}，查询码 {code}。15 日内答复。")
            messages.success(request, words.format(number=answer["number"], code=answer["track_code"]))
            return redirect("my-rights")
    cases = reads.of_channel(actor, "rights").filter(reporters__person=own_person(request))[:20]
    mine = [{"case": case, "word": _(reads.right_word(case)), "ready": reads.has_step(case, "copy")} for case in cases]
    context = {
        "form": form,
        "mine": mine,
        "stays": [(_(one.title), _(one.why)) for one in reads.what_stays(own_person(request).pk)],
    }
    return render(request, "privacy/rights.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that every room holds about me, to read."""
    found = acts.take_copy(by=signed_in(request), at=clock.now(), number=number, form="page")
    rooms = [(room, list(reads.flat(held))) for room, held in found.items()]
    return render(request, "privacy/copy.html", {"number": number, "rooms": rooms})


@never_cache
@require_safe
def copy_file(request: HttpRequest, number: str) -> HttpResponse:
    """The same to take along: json, xlsx, docx, or all three in one zip."""
    form = request.GET.get("as", "json")
    form = form if form in ("json", "xlsx", "docx", "zip") else "json"
    found = acts.take_copy(by=signed_in(request), at=clock.now(), number=number, form=form)
    bodies = {"json": _json, "xlsx": _xlsx, "docx": _docx}
    kinds = {"json": "application/json; charset=utf-8", "xlsx": XLSX, "docx": DOCX, "zip": "application/zip"}
    body = _zip({end: make(found) for end, make in bodies.items()}) if form == "zip" else bodies[form](found)
    response = HttpResponse(body, content_type=kinds[form])
    name = quote(f"{_('我的个人信息')}-{number}.{form}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _json(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=2, default=str).encode()


def _xlsx(found: dict[str, Any]) -> bytes:
    return workbook([_("在哪里"), _("是什么")], reads.flat(found), title=_("我的个人信息"))


def _docx(found: dict[str, Any]) -> bytes:
    parts = [Part(room, [f"{where}：{what}" for where, what in reads.flat(held)]) for room, held in found.items()]
    return make_paper(_("我的个人信息"), parts)


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for end, body in files.items():
            archive.writestr(f"my-information.{end}", body)
    return out.getvalue()
