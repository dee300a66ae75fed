"""Public progress of the community: what, roughly where, who, by when. No words, no persons, no dwellings.

What neighbours settle among themselves, and what goes to police, petition office, lawyer or counsellor, is counted
only, and only from k up (packs.small_cell). What a reporter answered shows in no row, and in the figures only when the
day is over and at least k said not all the same: whoever did the work cannot work out one answer.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from gongzhi.cases.models import OPEN, Case, CaseEvent, Status
from gongzhi.cases.queries.reading import category_name
from gongzhi.cases.queries.residents import cursor_id
from gongzhi.cases.queries.routing import lineage
from gongzhi.cases.rules.privacy import PRIVATE, SENT_BACK_BY_WORD, SHOWN_TO_HANDLERS, told_in_batches
from gongzhi.common.clock import CHINA, local_date, starts
from gongzhi.common.paging import clamp_limit, encode_cursor
from gongzhi.common.registry import check_activity
from gongzhi.engines.suppression import is_small
from gongzhi.packs import queries as packs
from gongzhi.packs.taxonomies import PREFIX as IMPORTED

FINISHED = (Status.CLOSED, Status.CLOSED_SILENT, Status.REFERRED)
# States in which somebody still owes the promised date.
OWED = tuple(status for status in OPEN if status not in (Status.VERIFIED, Status.DEFERRED))
SHOWS = ("received", "finished", "open", "overdue", "deferred")


@dataclass(frozen=True, slots=True)
class Numbers:
    """This month's public counts; `unlisted` is None where fewer than `smallest` would be told.

    `finished`, `answered` and `solved` are as of the end of yesterday (`counted_to`); the last two count answers of
    reporters, batch by batch (rules.privacy.told_in_batches).
    """

    since: dt.datetime
    until: dt.datetime
    received: int
    finished: int
    answered: int
    solved: int
    open: int
    overdue: int
    unlisted: int | None
    smallest: int
    counted_to: dt.datetime


def private_categories() -> frozenset[str]:
    """Categories whose cases are not listed: what the pack keeps back, and whatever a confidential way in leads to."""
    # Also the office's own that can be chosen no more: their old cases stay as private as they were.
    model, every = packs.active_model(), packs.in_use().by_code.values()
    judged = [item for item in every if not item.code.startswith(f"{IMPORTED}.")]
    kept = {item.code for item in judged if not item.published}
    kept |= {lineage(way.category)[-1] for way in model.channels if way.privacy in PRIVATE and way.category}
    return frozenset(item.code for item in judged if kept & set(lineage(item.code)))


def listed() -> Q:
    """Not what is confidential, nor history from another system or its categories: nobody here has judged those."""
    judged = ~Q(channel="import") & ~Q(category__startswith=f"{IMPORTED}.")
    raised = Q(main__isnull=True) & ~Q(channel__in=packs.active_model().issued)
    return raised & ~Q(privacy__in=PRIVATE) & ~Q(category__in=private_categories()) & judged


def month_start(at: dt.datetime) -> dt.datetime:
    return starts(local_date(at).replace(day=1))


def day_begins(at: dt.datetime) -> dt.datetime:
    """Up to here the days are over: what was said since then is not in any public figure or row."""
    return starts(local_date(at))


def _finished(at: dt.datetime) -> Q:
    """Ended, and that not today: the moment would tell that somebody answered."""
    return Q(status__in=FINISHED, closed_at__lt=day_begins(at))


def shown_status(case: Case, at: dt.datetime) -> str:
    """The state in public: not that the reporter answered, nor that nobody did, and no end before the day is over."""
    if case.status in (Status.CLOSED, Status.CLOSED_SILENT) and (case.closed_at or at) >= day_begins(at):
        return Status.VERIFIED.value
    return SHOWN_TO_HANDLERS.get(case.status, case.status)


def answers_told(at: dt.datetime) -> tuple[int, int]:
    """(answers, of them solved) about cases of this month that may be told: one statement."""
    cases = Case.objects.filter(listed(), received_at__gte=month_start(at))
    said = CaseEvent.objects.filter(case__in=cases, move__in=("confirm", *SENT_BACK_BY_WORD), at__lt=day_begins(at))
    days = said.annotate(day=TruncDate("at", tzinfo=CHINA)).values("day").order_by("day")
    counts = days.annotate(said=Count("pk"), solved=Count("pk", filter=Q(move="confirm")))
    return told_in_batches(counts.values_list("said", "solved"), packs.small_cell(local_date(at)))


def public_numbers(at: dt.datetime) -> Numbers:
    """Three statements: what came this month, what was said of it, and what is open whenever it came."""
    since, public, issued = month_start(at), listed(), packs.active_model().issued
    raised = Case.objects.filter(main__isnull=True).exclude(channel__in=issued)
    month = raised.filter(received_at__gte=since, received_at__lte=at).aggregate(
        received=Count("pk", filter=public),
        finished=Count("pk", filter=public & _finished(at)),
        unlisted=Count("pk", filter=~public),
    )
    still = Case.objects.filter(public, _open(at)).aggregate(
        open=Count("pk"), overdue=Count("pk", filter=Q(status__in=OWED, due_at__lt=at))
    )
    smallest = packs.small_cell(local_date(at))
    if is_small(month["unlisted"], smallest) or not month["unlisted"]:  # that there were none would tell of a month
        month["unlisted"] = None
    answered, solved = answers_told(at)
    told: dict[str, Any] = {"answered": answered, "solved": solved, "counted_to": day_begins(at), "smallest": smallest}
    return Numbers(since=since, until=at, **month, **still, **told)


def _open(at: dt.datetime) -> Q:
    """Open as the public sees it: with what was answered, and with what ended today."""
    ended_today = Q(status__in=(Status.CLOSED, Status.CLOSED_SILENT), closed_at__gte=day_begins(at))
    return Q(status__in=[*OPEN, Status.CONFIRMED]) | ended_today


def deferred_counts() -> list[tuple[str, int]]:
    """挂账: how many of each category are put off now, the most first; counts only."""
    rows = Case.objects.filter(listed(), status=Status.DEFERRED).values_list("category").annotate(count=Count("pk"))
    return [(category_name(code), count) for code, count in rows.order_by("-count", "category")]


def _shown(show: str, at: dt.datetime) -> QuerySet[Case]:
    cases, month = Case.objects.filter(listed()), Q(received_at__gte=month_start(at), received_at__lte=at)
    return {
        "received": cases.filter(month),
        "finished": cases.filter(month, _finished(at)),
        "open": cases.filter(_open(at)),
        "overdue": cases.filter(status__in=OWED, due_at__lt=at),
        "deferred": cases.filter(status=Status.DEFERRED),
    }.get(show, cases)


def public_page(
    at: dt.datetime, *, show: str = "", cursor: str = "", limit: int | None = None
) -> tuple[list[Case], str]:
    """One keyset page, newest first; `show` is one of SHOWS or "" for all. Raises Conflict `activity_off`."""
    check_activity("public_cases")
    cases, size = _shown(show, at), clamp_limit(limit)
    if cursor:
        cases = cases.filter(id__lt=cursor_id(cursor))
    rows = cases.defer("words", "result").select_related("unit", "grid", "place").order_by("-id")[: size + 1]
    found = list(rows)
    return found[:size], encode_cursor(found[size - 1].pk) if len(found) > size else ""
