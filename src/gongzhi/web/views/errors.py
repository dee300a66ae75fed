"""Pages for what cannot be done, and the health answer. Plain words, one way on."""

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_

log = logging.getLogger("gongzhi.web")

TITLES = {
    401: N_("要先登录"),
    403: N_("您办不了这一件"),
    404: N_("没找到这一页"),
    409: N_("刚刚有变化"),
    422: N_("现在还不能办"),
    429: N_("太快了，歇一下"),
}
ICONS = {401: "login-2", 403: "lock", 404: "map-search", 409: "refresh", 422: "lock", 429: "clock"}


def refusal_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page of a refusal, or for HTMX the alert that goes to the top of the page already open."""
    context = {
        "code": refused.code,
        "title": _(TITLES.get(refused.status, TITLES[422])),
        "icon_name": ICONS.get(refused.status, "lock"),
        "message": said(refused),
        "needs": needs_of(refused),
        "basis": refused.facts.get("basis", ""),
        "steps": refused.facts.get("steps", ()),
    }
    if request.headers.get("HX-Request") == "true":
        response = render(request, "web/parts/refusal.html", context, status=refused.status)
        response.headers["HX-Retarget"] = "#gz-refusal"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    response = render(request, "web/errors/refused.html", context, status=refused.status)
    if retry := refused.facts.get("retry_after"):
        response.headers["Retry-After"] = str(retry)
    return response


def needs_of(refused: Refused) -> list[dict[str, Any]]:
    """`missing` and `ready` facts as one list for the page: what lacks first."""
    missing: Sequence[str] = refused.facts.get("missing", ())
    ready: Sequence[str] = refused.facts.get("ready", ())
    return [{"ok": False, "words": _(words)} for words in missing] + [
        {"ok": True, "words": _(words)} for words in ready
    ]


def _page(request: HttpRequest, status: int, icon: str, title: str, message: str, **more: Any) -> HttpResponse:
    context = {"icon_name": icon, "title": title, "message": message, **more}
    return render(request, "web/errors/refused.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "alert-triangle", _("没看懂这个请求"), _("网址或表单不完整。请回到上一页，再试一次。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "lock", _(TITLES[403]), _("这一页不对您开放。要用的话，请找街道管理员核对任职。"))


def _problem(status: int, code: str, title: str) -> JsonResponse:
    """What a program gets where no endpoint answered (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "code": code, "title": title}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _problem(404, "not_found", _("没有这个接口地址。接口一览在 /api/v1/openapi.json。"))
    return _page(
        request,
        404,
        "map-search",
        _(TITLES[404]),
        _("网址可能抄错了，或者这一页已经撤下了。您可以凭编号查进度。"),
        track=True,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.info("csrf refused: %s", reason)
    return _page(
        request,
        403,
        "refresh",
        _("这一页放太久了"),
        _("没送出去，您填的没有被收下。请回到上一页，刷新后再送一次；浏览器要允许 Cookie。"),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor the session: either may be what broke."""
    number = uuid.uuid4().hex[:6].upper()
    log.error("error page %s shown for %s", number, request.path)
    if request.path.startswith("/api/"):
        return _problem(500, "server_error", _("我们这边出了问题，这一次没有办成。请稍后再试。"))
    return HttpResponse(render_to_string("web/errors/500.html", {"number": number}), status=500)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ok", "version", "database"}; 503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            database = cursor.fetchone()[0].split(" ")[0]
    except DatabaseError as error:
        log.warning("health: database does not answer: %s", type(error).__name__)
        return JsonResponse({"status": "failing", "version": settings.VERSION, "database": ""}, status=503)
    return JsonResponse({"status": "ok", "version": settings.VERSION, "database": database})
