"""The bytes of one medium, for whoever may see its subject."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common.asking import actor_of
from gongzhi.common.clock import now
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.documents import actions, attachments, passes, queries
from gongzhi.documents.forms import AreasForm
from gongzhi.documents.models import MediaKind
from gongzhi.documents.sounds import ENDINGS

KEPT_FOR = 300  # seconds in the reader's own browser; a permission that ends must soon end there too
HEADERS = {
    "Cache-Control": f"private, max-age={KEPT_FOR}, no-transform",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Cookie",
}


@require_safe
def media(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    return _answer(request, media_id, thumbnail=False)


@require_safe
def thumbnail(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    return _answer(request, media_id, thumbnail=True)


def _answer(request: HttpRequest, media_id: uuid.UUID, *, thumbnail: bool) -> HttpResponse:
    actor = actor_of(request)
    passed = passes.pass_opens(request.GET.get("pass", ""), media_id)
    found = queries.get_media_for(actor, media_id, passed=passed)
    thumbnail = thumbnail and found.kind == MediaKind.IMAGE  # a voice note has no small form
    content = queries.open_media(found, by=actor, at=now(), purpose="view", thumbnail=thumbnail)
    ending = {**ENDINGS, **attachments.ENDINGS}.get(found.mime, "jpg")
    name = f"{media_id}{'-small' if thumbnail else ''}.{ending}"
    shown = "attachment" if found.kind == MediaKind.FILE else "inline"  # no browser opens a stranger's paper here
    headers = {**HEADERS, "Content-Disposition": f'{shown}; filename="{name}"'}
    return HttpResponse(content, content_type=found.mime, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """遮挡 a photo of any subject, for whom its room lets: the covered copy is shown from now on, the original kept."""
    actor = actor_of(request)
    found = queries.get_media_for(actor, media_id)
    queries.check_editor(actor, found)
    back = _back(request)
    form = AreasForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.redact_photo(by=actor, at=now(), media=found, areas=form.cleaned_data["areas"])
        except Refused as refused:
            if refused.status in (401, 403, 404):
                raise
            form.add_error("areas", said(refused))
        else:
            messages.success(request, _("遮好了。别人从现在起只看到遮过的。"))
            return redirect(back)
    context = {"media": found, "form": form, "back": back}
    return render(request, "documents/redact.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest) -> str:
    """The page that led here, never another site."""
    address = request.GET.get("back", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else "/"
