"""The root of /api/v1/: one OpenAPI document, bearer tokens, problem details for every error."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as BodyError

from gongzhi import __version__
from gongzhi.api.document import finished
from gongzhi.audit.actions import log_refusal
from gongzhi.ballots.api import router as votes
from gongzhi.cases.api import BODY_SCHEMAS
from gongzhi.cases.api import router as cases
from gongzhi.cases.api.events import router as events
from gongzhi.cases.api.joint import router as moves
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.deliberation.api import router as deliberation
from gongzhi.duties.api import router as duties
from gongzhi.exchange.api import router as exchange
from gongzhi.gatherings.api import router as gatherings
from gongzhi.gatherings.api.bodies import router as bodies
from gongzhi.ledger.api import router as ledger
from gongzhi.partnerships.api import router as partnerships
from gongzhi.people.bearer import caller_of
from gongzhi.projects.api import router as projects
from gongzhi.publications.api import router as publications
from gongzhi.registers.api import router as registers
from gongzhi.sheets.api import router as indicators


class Api(NinjaAPI):
    """Ninja's API with a document that says what is really answered."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return finished(super().get_openapi_schema(**options), bodies=BODY_SCHEMAS)


api = Api(
    title="共治 Gongzhi",
    version=__version__,
    description="From a resident's demand to a result that everyone affected can check.",
    docs_url=None,
    urls_namespace="api",
    openapi_extra={"security": [{"token": []}]},
)
api.add_router("", cases)
api.add_router("", moves)
api.add_router("", events)
api.add_router("", duties)
api.add_router("", indicators)
api.add_router("", registers)
api.add_router("", publications)
api.add_router("", gatherings)
api.add_router("", bodies)
api.add_router("", votes)
api.add_router("", deliberation)
api.add_router("", ledger)
api.add_router("", projects)
api.add_router("", partnerships)
api.add_router("", exchange)

_TITLES = {
    400: N_("请求不完整"),
    401: N_("要先登录"),
    403: N_("这里不办这件事"),
    404: N_("没有找到"),
    405: N_("没有这个操作"),
    409: N_("情况已经变了"),
    422: N_("内容还差一点"),
    429: N_("请过一会儿再试"),
}


# Members of the answer that the standard names; a fact of the same name would change what they mean.
_MEMBERS = frozenset({"type", "title", "status", "detail", "code"})


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """One RFC 9457 answer; `code` is stable, `detail` is for people."""
    body = {"type": "about:blank", "title": gettext(_TITLES.get(status, N_("请求不完整"))), "status": status}
    content = msgspec.json.encode({**body, "detail": detail, "code": code, **more})
    response = HttpResponse(content, content_type="application/problem+json", status=status)
    if "retry_after" in more:
        response["Retry-After"] = str(more["retry_after"])
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    if error.reading is not None:
        log_refusal(by=caller_of(request), at=clock.now(), refused=error)
    told = {name: value for name, value in error.facts.items() if isinstance(value, str | int | float | bool)}
    facts = {name: value for name, value in told.items() if name not in _MEMBERS}
    return problem(error.status, error.code, said(error), **facts)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _invalid(error.errors)


@api.exception_handler(BodyError)
def invalid_body(request: HttpRequest, error: BodyError) -> HttpResponse:
    return _invalid(error.errors(include_url=False, include_input=False, include_context=False))


def _invalid(errors: list[Any]) -> HttpResponse:
    fields = [{"field": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in errors]
    detail = gettext(N_("有 {count} 处要改：{fields}。")).format(
        count=len(fields), fields="、".join(f["field"] for f in fields)
    )
    return problem(422, "invalid", detail, errors=fields)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, "bad_request", str(error))
