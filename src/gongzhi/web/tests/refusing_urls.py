"""Addresses that refuse, fail or ask for sign-in, for the tests of the middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired, TooMany
from gongzhi.config.urls import handler400, handler403, handler404, handler500
from gongzhi.config.urls import urlpatterns as product

REFUSALS = {
    "sign-in-first": SignInRequired("sign_in_required", "这一步要先登录。登录后会回到这里。"),
    "forbidden": Forbidden("forbidden", "您的岗位不办这件事。"),
    "unknown": NotFound("not_found", "没有这个编号。"),
    "moved-on": Conflict("wrong_state", "这件事的状态已经变了。"),
    "too-many": TooMany("too_many", "请 {seconds} 秒后再试。", seconds=30, retry_after=30),
    "missing": Refused(
        "missing_clause",
        "退单还缺 {n} 样。",
        n=1,
        missing=["没写职责清单的条款号。"],
        ready=["照片已有。"],
        basis="职责清单 3.2.4",
        steps=[{"url": "/choose", "word": "选条款"}],
    ),
}


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise REFUSALS[name]


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [
    *product,
    path("sign-in", refuse, {"name": "forbidden"}, name="sign-in"),
    path("refuse/<str:name>", refuse),
    path("fail", fail),
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
