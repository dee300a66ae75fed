"""Reads for exports: what a request covers, until when it is approved, what stands on the file."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from gongzhi.cases.models import Case, CaseEvent, Status
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MOST = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """An approved export: the request, its reason, [(case, contacts in clear)], and when the approval ends."""

    request: Case
    reason: str
    rows: list[tuple[Case, list[dict[str, str]]]]
    until: dt.datetime


def scope_of(scope: str) -> Filters:
    """The filters of the list's address that an export keeps; what is not understood narrows nothing."""
    given = QueryDict(scope)
    status, unit = given.get("status", ""), given.get("unit", "")
    return Filters(
        status=status if status in ("open", *Status.values) else "",
        place=given.get("place", "")[:60],
        unit=int(unit) if unit.isdecimal() and len(unit) < 18 else None,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        channel=given.get("channel", "")[:40],
        category=given.get("category", "")[:64],
        over=given.get("over") == "1",
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def cases_in(actor: Actor, scope: str, at: dt.datetime) -> list[Case]:
    """What the filters of an address leave of the cases that the actor sees; private ones are never exported."""
    rows = filtered(actor, scope_of(scope), at).exclude(privacy__in=PRIVATE)
    return list(rows.select_related("key", "unit", "place", "grid").order_by("-id")[: MOST + 1])


def check_size(count: int) -> int:
    """Raises Refused `nothing_to_export`, `too_many_to_export`."""
    if count == 0:
        raise Refused("nothing_to_export", N_("这个范围里没有您能看联系方式的。请换一个范围。"), field="scope")
    if count > MOST:
        raise Refused("too_many_to_export", N_("一次最多导出 {most} 件。请把范围选小一点。"), most=MOST, field="scope")
    return count


def approved_until(case: Case) -> dt.datetime | None:
    """The end of the approval, past or not; None while there is none."""
    events = CaseEvent.objects.filter(case=case, move="step", facts__step="approved").order_by("-id")
    facts: dict[str, Any] | None = events.values_list("facts", flat=True).first()
    return dt.datetime.fromisoformat(facts["until"]) if facts else None


def watermark(taken: Taken, standing: str, at: dt.datetime) -> str:
    """Who (by post), when, by which approval, what for: it stands in the sheet and on every printed page."""
    when = f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return _("{number} {who} {when} 导出，用途：{reason}。含个人信息，用完销毁，不得转发。").format(
        number=taken.request.number, who=standing, when=when, reason=taken.reason
    )
