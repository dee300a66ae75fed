"""One item as everybody reads it: text, corrections, replies; checking its hash; paper, code and calendar of it."""

import datetime as dt
import hashlib
import io
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.common import clock
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back, said
from gongzhi.common.text import N_
from gongzhi.documents.templating import as_download
from gongzhi.publications import actions, feeds, papers, queries, words
from gongzhi.publications.actions.replying import LONGEST_REPLY, may_reply
from gongzhi.publications.feeds import Feed
from gongzhi.publications.models import Publication, State
from gongzhi.publications.queries import public
from gongzhi.publications.queries.public import Item
from gongzhi.publications.views.asking import item_address

READ_COOKIE, MOST_REMEMBERED = "gz_read", 60
REPLIES, WINDOW = 10, 3600


@require_safe
def item(request: HttpRequest, number: str) -> HttpResponse:
    """The text that stands now, what was corrected, what the other side says, how to check it."""
    at = clock.now()
    found = public.item_of(public.get_public(number), at)
    answer = render(request, "publications/item.html", _context(request, found, at))
    if request.method == "GET" and found.state == State.RELEASED:
        _count(request, answer, found.publication, at)
    return answer


def _context(request: HttpRequest, item: Item, at: dt.datetime) -> dict[str, Any]:
    publication, text = item.publication, item.text
    return {
        "item": item,
        "publication": publication,
        "text": text,
        "begins": _moment(text.get("begins_at")),
        "ends": _moment(text.get("ends_at")),
        "corrections": [(one, one.changes(_)) for one in public.corrections_of(item)],
        "replies": public.replies_of(item),
        "may_reply": public.may_reply_now(publication, at),
        "own_reply": may_reply(actor_of(request), publication),
        "staff": queries.is_staff(actor_of(request), publication),
        "digest": bytes(publication.digest).hex(),
        "address": item_address(publication),
        "summary": " ".join(str(text.get("body", "")).split())[:90],
        "image": f"{settings.HOST_URL}/media/{text['pictures'][0]['id']}" if text.get("pictures") else "",
        "objection": "/report",
    }


def _moment(text: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _count(request: HttpRequest, answer: HttpResponse, publication: Publication, at: dt.datetime) -> None:
    """Once a day for one browser, which alone remembers it; a page fetched in advance is not read."""
    today = f"{clock.local_date(at):%y%m%d}"
    day, _sep, seen = request.COOKIES.get(READ_COOKIE, "").partition(".")
    known = [one for one in seen.split(".") if one] if day == today else []
    mark = hashlib.sha256(publication.number.encode()).hexdigest()[:8]
    if mark in known or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    actions.count_read(by=actor_of(request), at=at, number=publication.number)
    value = ".".join([today, *[*known, mark][-MOST_REMEMBERED:]])
    midnight = dt.datetime.combine(clock.local_date(at) + dt.timedelta(days=1), dt.time(), clock.CHINA)
    left = int((midnight - at).total_seconds())
    answer.set_cookie(READ_COOKIE, value, max_age=left, httponly=True, samesite="Lax", secure=request.is_secure())


class CheckForm(forms.Form):
    """Paste the record; it is hashed and compared, nothing is kept."""

    record = forms.CharField(
        label=gettext_lazy("把记录全文粘到这里"),
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("还没粘贴。先复制上面的记录，或者打开下载的文件全选复制。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """核验: every record that stood, its hash computed now, the hash in the trail; and what a visitor pastes."""
    found = public.item_of(public.get_public(number), clock.now())
    versions = public.versions_of(found)
    form = CheckForm(request.POST if request.method == "POST" else None)
    pasted = ""
    if form.is_bound and form.is_valid():
        # A form field sends line ends as CRLF; the record has none.
        pasted = hashlib.sha256(form.cleaned_data["record"].replace("\r\n", "\n").strip().encode()).hexdigest()
    context = {
        "item": found,
        "versions": versions,
        "newest": versions[-1],
        "record": versions[-1].content.decode(),
        "pasted": pasted,
        "same": next((one for one in versions if pasted and one.stored == pasted), None),
        "form": form,
    }
    return render(request, "publications/verify.html", context, status=422 if form.errors else 200)


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """A record byte for byte: `sha256sum` of the file is its hash. The released one, or `?version=` of a correction."""
    found = public.item_of(public.get_public(number), clock.now())
    wanted = request.GET.get("version", "0")
    content = next((one.content for one in public.versions_of(found) if str(one.number) == wanted), b"")
    if not content:
        raise NotFound("publication_over", N_("这一条已经不公开了，只留下编号、时间和指纹。"))
    response = HttpResponse(content, content_type="application/json")
    name = found.publication.number if wanted == "0" else f"{found.publication.number}-{wanted}"
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def _readable(number: str, at: dt.datetime) -> Item:
    """Raises NotFound `publication_over` for what is not public any more."""
    found = public.item_of(public.get_public(number), at)
    if not found.text:
        raise NotFound("publication_over", N_("这一条已经不公开了，只留下编号、时间和指纹。"))
    return found


@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """One A4 page for the notice board."""
    at = clock.now()
    found = _readable(number, at)
    kind = queries.kind_of(found.publication.kind)
    context = {**_context(request, found, at), "is_table": kind.paper == "disclosure"}
    return render(request, "publications/print.html", context)


@require_safe
def as_file(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The paper of its kind in the official layout: docx, pdf, xlsx."""
    found = _readable(number, clock.now())
    publication = found.publication
    made = papers.board_paper(found.text, queries.kind_of(publication.kind), item_address(publication))
    return as_download(made, form, file=publication.number)


@require_safe
def qr_code(request: HttpRequest, number: str) -> HttpResponse:
    """The address as a QR code; it is read with a torn corner, too."""
    found = public.get_public(number)
    out = io.BytesIO()
    segno.make(item_address(found), error="q", micro=False).save(
        out, kind="svg", scale=6, border=4, light="#ffffff", title=_("扫码看原文"), xmldecl=False
    )
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def calendar(request: HttpRequest, number: str) -> HttpResponse:
    at = clock.now()
    found = _readable(number, at)
    if not found.text.get("begins_at") and found.days_left is None:
        raise NotFound("no_date", N_("这一条没有写时间，放不进日历。"))
    own = Feed(found.title, item_address(found.publication), "", found.publication.changed_at, settings.HOST_URL)
    response = HttpResponse(feeds.calendar(own, [found], at), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}.ics"'
    return response


class ReplyForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("回应码"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("印在告知书上。用你们单位的岗位账号登录的，不用填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=gettext_lazy("你们的说法"),
        max_length=LONGEST_REPLY,
        help_text=gettext_lazy("登的时候一字不改，只遮住号码、门牌和人名。最多 2000 字。"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("请写下您要说的话。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """回应: the body concerned speaks, with its account or with the word on its notice. Says nothing about the item."""
    actor, at = actor_of(request), clock.now()
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        address = address_of(request.META)
        if limited(address):
            count_use(what="reply", who=visitor(address), limit=REPLIES, seconds=WINDOW, at=at)
        try:
            filed = actions.file_reply(by=actor, at=at, number=number, **form.cleaned_data)
        except NotFound as refused:
            form.add_error("code", said(refused))
        except Refused as refused:
            put_back(form, refused)
        else:
            done = (
                _("收到了。审核的人看过，就登在这一条旁边。")
                if not filed.before_release
                else _("收到了。发布前一定会看。")
            )
            messages.success(request, done)
            return redirect("publication-reply", number)
    own = _own(actor, number)
    context = {"form": form, "number": number, "own": own, "filed": _filed(own) if own else []}
    return render(request, "publications/reply.html", context, status=422 if form.errors else 200)


def _own(actor: Any, number: str) -> Publication | None:
    """The item, for somebody in post at the body concerned."""
    rows = Publication.objects.select_related(*queries.JOINED)
    found = rows.filter(number=number).exclude(state__in=(State.DRAFT, State.DROPPED)).first()
    return found if found and may_reply(actor, found) else None


def _filed(publication: Publication) -> list[tuple[Any, str]]:
    rows = publication.replies.select_related("publication__key").order_by("filed_at")
    return [(one, words.reply_words(one)) for one in rows]
