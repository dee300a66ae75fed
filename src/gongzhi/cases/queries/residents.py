"""What a resident is shown: one's own cases page by page, what waits for one's word, and the promises of a case."""

import datetime as dt

from django.db.models import Q

from gongzhi.cases.models import Case, Clock, Status
from gongzhi.cases.queries.seeing import get_case_for, mine, track_code_for
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_

_SHOWN = ("key", "unit", "place", "grid", "main__unit", "main__key")


def cursor_id(cursor: str) -> int:
    """The id that a cursor of a newest-first list holds. Raises Refused `bad_cursor`."""
    last = decode_cursor(cursor, 1)[0]
    if not isinstance(last, int) or not 0 < last < 2**63:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return last


def page_of_mine(actor: Actor, *, cursor: str = "", limit: int | None = None) -> tuple[list[Case], str]:
    """One keyset page of what the actor raised or helped to raise, newest first."""
    cases, size = mine(actor), clamp_limit(limit)
    if cursor:
        cases = cases.filter(id__lt=cursor_id(cursor))
    rows = list(cases.select_related(*_SHOWN)[: size + 1])
    return rows[:size], encode_cursor(rows[size - 1].pk) if len(rows) > size else ""


def waiting_for_my_word(actor: Actor, limit: int = 10) -> list[Case]:
    """Checked cases that wait for the actor's confirmation, the longest waiting first."""
    if actor.person_id is None:
        return []
    asked = Q(status=Status.VERIFIED, main__isnull=True) | Q(main__status=Status.VERIFIED)
    waiting = mine(actor).filter(asked).select_related(*_SHOWN)
    return list(waiting.order_by("id")[:limit])


def opened_case(actor: Actor, number: str, *, by_code: bool) -> Case:
    """The case for whoever raised it or helped, or opened it with its code; NotFound `case_not_found` for others."""
    if not by_code and not (actor.person_id and mine(actor).filter(number=number).exists()):
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    return get_case_for(actor, number, track_code=track_code_for(number))


def promised(case: Case, kind: str) -> dt.datetime | None:
    """When the newest clock of a kind is due, on the case that is worked on: first_contact, confirm, review."""
    clock = Clock.objects.filter(case=case.main_id or case.pk, kind=kind).order_by("-id").first()
    return clock.due_at if clock else None


def confirm_dues(cases: list[Case]) -> dict[int, Clock]:
    """The running confirmation clock of each case, by case id: one statement."""
    worked_on = {case.pk: case.main_id or case.pk for case in cases}
    running = Clock.objects.filter(case__in=set(worked_on.values()), kind="confirm", met_at__isnull=True)
    clocks = {clock.case_id: clock for clock in running}
    return {case_id: clocks[main_id] for case_id, main_id in worked_on.items() if main_id in clocks}
