"""GET /api/v1/duties: what is due, for whom, in what state; for bearers whose post may see it."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router, Schema

from gongzhi.common import clock
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.duties import queries
from gongzhi.duties.models import OPEN
from gongzhi.duties.queries import DutyRow
from gongzhi.people.bearer import caller_of

router = Router(tags=["duties"])
_NO_NUL = r"^[^\x00]*$"


class DutyItem(Schema):
    """One duty; `subject` and `evidence` are references ("organization:7", "case:GZ-…"), never names of people."""

    id: uuid.UUID
    rule: str
    title: str
    pack: str
    subject: str
    about: str
    period: str
    opens_on: dt.date
    due_on: dt.date
    state: Literal["ahead", "due", "overdue", "dormant", "done", "excused"]
    missed: int
    evidence: str | None
    fulfilled_at: dt.datetime | None


class DutyPage(Schema):
    """Some duties, and the cursor of the next page."""

    items: list[DutyItem]
    next_cursor: str | None


@router.get("/duties", response={200: DutyPage, **PROBLEMS}, operation_id="list_duties")
def list_duties(
    request: HttpRequest,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Annotated[str, Field(max_length=200, pattern=_NO_NUL)] = "",
    rule: Annotated[str, Field(max_length=64, pattern=_NO_NUL)] = "",
    show: Literal["open", "done", "all"] = "all",
) -> dict[str, Any]:
    """Duties the token may see, by their last day; `rule` is a code of a schedule rule."""
    actor = caller_of(request)
    if actor.person_id is None:
        raise SignInRequired("token_required", N_("请带上接口令牌：Authorization: Bearer …"))
    duties = queries.visible_to(actor).distinct()
    if rule:
        duties = duties.filter(rule=rule)
    if show != "all":
        duties = duties.filter(OPEN) if show == "open" else duties.exclude(OPEN)
    if cursor:
        due_on, last = _position(cursor)
        duties = duties.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=last))
    found = list(duties.order_by("due_on", "id")[: limit + 1])
    rows = queries.rows_of(found[:limit], clock.local_date(clock.now()))
    last_row = rows[-1].duty if len(found) > limit else None
    following = encode_cursor(last_row.due_on.isoformat(), str(last_row.pk)) if last_row else None
    return {"items": [_item(row) for row in rows], "next_cursor": following}


def _position(cursor: str) -> tuple[dt.date, uuid.UUID]:
    due_on, last = decode_cursor(cursor, 2)
    try:
        return dt.date.fromisoformat(due_on), uuid.UUID(last)
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error


def _item(row: DutyRow) -> dict[str, Any]:
    duty = row.duty
    fields = ("id", "rule", "pack", "subject", "period", "opens_on", "due_on", "fulfilled_at")
    return {
        **{name: getattr(duty, name) for name in fields},
        "title": row.title,
        "about": row.subject,
        "state": row.state,
        "missed": row.missed,
        "evidence": duty.evidence or None,
    }
