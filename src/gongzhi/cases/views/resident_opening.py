"""Which cases this browser has opened with their code: kept in the session, so that no code stays in an address."""

import datetime as dt

from django.http import HttpRequest

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.cases.queries.seeing import code_opens
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_

_KEY = "opened"
KEPT, MOST = dt.timedelta(days=7), 20
# Tries with a code from one address in ten minutes.
TRIES, WINDOW = 30, 600


def opened(request: HttpRequest, at: dt.datetime) -> dict[str, str]:
    """Numbers and when each was opened, the newest last; after seven days the code is asked for again."""
    kept: dict[str, str] = request.session.get(_KEY, {})
    return {number: since for number, since in kept.items() if dt.datetime.fromisoformat(since) > at - KEPT}


def remember(request: HttpRequest, number: str, at: dt.datetime) -> None:
    kept = {**opened(request, at), number: at.isoformat()}
    request.session[_KEY] = dict(list(kept.items())[-MOST:])


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def open_with_code(request: HttpRequest, number: str, code: str, at: dt.datetime) -> str:
    """Open a case for this browser; returns its number as it is written.

    Raises NotFound `case_not_found` (the same for a wrong code and an unknown number), TooMany `rate_limited`.
    """
    address, number = address_of(request.META), number.strip().upper()
    if limited(address):
        count_use(what="track", who=visitor(address), limit=TRIES, seconds=WINDOW, at=at)
    if not code_opens(number, code):
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    remember(request, number, at)
    return number
