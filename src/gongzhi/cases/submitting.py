"""A report taken in once, whoever sends it: page and API count it, compare it with earlier tries, then write."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest

from gongzhi.audit.limits import Request, address_of, begin_request, find_answer, limited, visitor
from gongzhi.cases import queries
from gongzhi.common.access import Actor

# Reports from one address in ten minutes; a neighbourhood behind one router still gets through.
REPORTS, WINDOW = 60, 600


def caller_name(request: HttpRequest, actor: Actor) -> str:
    """Who writes, for limits and keys: the account, or the address as a keyed fingerprint."""
    return actor.reference if actor.person_id else f"visitor:{visitor(address_of(request.META))}"


def submit_once(
    asked: Request,
    *,
    who: str,
    address: str,
    at: dt.datetime,
    write: Callable[[], dict[str, Any]],
) -> tuple[dict[str, Any], bool]:
    """The public answer of a report, and whether an earlier try had given it already.

    `who` is counted, `asked` compared. Raises TooMany `rate_limited`, Conflict `idempotency_conflict`, and what
    `write` raises.
    """
    limit = REPORTS if limited(address) else 0
    if earlier := begin_request(asked, what="report", who=who, limit=limit, seconds=WINDOW, at=at):
        return queries.with_track_code(earlier), True
    try:
        return write(), False
    except IntegrityError:
        # Another request with the same key was faster by a moment.
        if not asked.key or (answer := find_answer(asked)) is None:
            raise
        return queries.with_track_code(answer), True
