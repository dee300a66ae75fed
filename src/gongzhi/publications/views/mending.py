"""Beside the text: pictures, corrections, replies, the notice to the other side, taking an item elsewhere."""

import io
import uuid
import zipfile
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.documents import templating
from gongzhi.documents.forms import AreasForm
from gongzhi.documents.queries import open_media
from gongzhi.publications import actions, feeds, forms, papers, queries, rules, words
from gongzhi.publications.actions.correcting import current_record
from gongzhi.publications.forms_correction import CorrectionForm
from gongzhi.publications.models import Publication, State
from gongzhi.publications.views.asking import item_address, writer_of


@require_POST
def add_pictures(request: HttpRequest, number: str) -> HttpResponse:
    """To be shown, or (`evidence`) what the facts were checked with."""
    actor, form = writer_of(request, rules.WRITE), forms.PicturesForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Refused("no_picture", N_("还没选照片。请选一张再传。"))
    evidence = request.POST.get("evidence") == "yes"
    uploads = form.cleaned_data["pictures"]
    made = actions.add_pictures(by=actor, at=clock.now(), number=number, uploads=uploads, evidence=evidence)
    messages.success(request, _("放上了 {n} 张照片。").format(n=len(made)))
    return redirect("publication-desk", number)


@require_http_methods(["GET", "HEAD", "POST"])
def cover_picture(request: HttpRequest, number: str, media_id: uuid.UUID) -> HttpResponse:
    """遮挡: drag over what nobody needs to see, or type where it is."""
    actor = writer_of(request, rules.WRITE)
    publication = queries.get_publication_for(actor, number)
    shown = {row.media_id: row.media for row in queries.pictures_of(publication)}
    if media_id not in shown:
        raise NotFound("media_not_found", N_("没有这张照片，或者它不给您看。"))
    form = AreasForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        areas = form.cleaned_data["areas"]
        try:
            actions.cover_picture(by=actor, at=clock.now(), number=number, media_id=media_id, areas=areas)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("遮好了。别人从现在起只看到遮过的。"))
            return redirect("publication-desk", number)
    context = {"publication": publication, "media": shown[media_id], "form": form}
    return render(request, "publications/desk/cover.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """更正: the text as it should be, and what was wrong."""
    actor = writer_of(request)
    publication = queries.get_publication_for(actor, number)
    rules.check_step("correct", publication.state)
    standing = current_record(publication)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CorrectionForm(*given, kind=queries.kind_of(publication.kind), record=standing, actor=actor)
    if form.is_bound and form.is_valid():
        try:
            actions.propose_correction(by=actor, at=clock.now(), number=number, **form.asked())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("更正送出了。等另一位有发布权的人看过，公开页上就会更正。"))
            return redirect("publication-desk", number)
    context = {"publication": publication, "form": form, "title": standing.get("title", "")}
    return render(request, "publications/desk/correct.html", context, status=422 if form.errors else 200)


@require_POST
def decide_correction(request: HttpRequest, number: str, correction_id: int) -> HttpResponse:
    actor, granted = writer_of(request, rules.RELEASE), request.POST.get("granted") == "yes"
    actions.decide_correction(by=actor, at=clock.now(), number=number, correction_id=correction_id, granted=granted)
    messages.success(request, _("更正公开了，原文也还能看。") if granted else _("这份更正不用。"))
    return redirect("publication-desk", number)


@require_POST
def decide_reply(request: HttpRequest, number: str, reply_id: int) -> HttpResponse:
    """Show it, propose to refuse it, or be the second one who refuses it."""
    actor, at, what = writer_of(request, rules.RELEASE), clock.now(), request.POST.get("what", "")
    common: dict[str, Any] = {"by": actor, "at": at, "number": number, "reply_id": reply_id}
    if what == "show":
        actions.show_reply(shown=request.POST.get("shown", ""), **common)
        messages.success(request, _("登在旁边了。"))
    elif what == "propose":
        actions.propose_refusal(reason=request.POST.get("reason", ""), **common)
        messages.success(request, _("记下了。要另一个人同意，才不登。"))
    else:
        actions.decide_refusal(**common)
        messages.success(request, _("这条回应不登，理由留着。"))
    return redirect("publication-desk", number)


@require_safe
def notice(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """告知书 with the word that lets the body concerned answer without an account."""
    actor = writer_of(request)
    publication = queries.get_publication_for(actor, number)
    if publication.noticed_at is None:
        raise Refused("not_noticed", N_("还没告知。先点“告知对方”，再下载告知书。"))
    paper = papers.party_notice(
        publication,
        words.working(publication),
        kind=queries.kind_name(publication.kind),
        address=f"{item_address(publication)}/reply",
        code=queries.reply_code(publication),
    )
    return templating.as_download(paper, form, file=f"{publication.number}-notice")


def _released(request: HttpRequest, number: str) -> tuple[Publication, dict[str, Any]]:
    publication = queries.get_publication_for(writer_of(request), number)
    if publication.state != State.RELEASED:
        raise Refused("not_released", N_("发布以后才能拿去别处发。"))
    return publication, current_record(publication)


@require_safe
def article(request: HttpRequest, number: str) -> HttpResponse:
    """For a 公众号: plain HTML to copy, the same as .docx, and the pictures."""
    publication, text = _released(request, number)
    address = item_address(publication)
    context = {"publication": publication, "text": text, "html": feeds.as_html(text), "address": address}
    return render(request, "publications/desk/article.html", context)


@require_safe
def article_zip(request: HttpRequest, number: str) -> HttpResponse:
    """article.html, article.txt, article.docx and the pictures as they were released."""
    publication, text = _released(request, number)
    address, out = item_address(publication), io.BytesIO()
    by, at = writer_of(request), clock.now()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("article.html", f"<h1>{escape(text['title'])}</h1>{feeds.as_html(text)}")
        bundle.writestr("article.txt", f"{text['title']}\n\n{text['body']}\n\n{address}\n")
        paper = papers.board_paper(text, queries.kind_of(publication.kind), address)
        bundle.writestr("article.docx", templating.make(paper, "docx"))
        for count, row in enumerate(queries.pictures_of(publication), 1):
            bundle.writestr(f"picture-{count}.jpg", open_media(row.media, by=by, at=at, purpose="article"))
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{publication.number}.zip"'
    return response
