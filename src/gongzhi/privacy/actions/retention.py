"""到期删除和去身份 (个人信息保护法 19, 47): each rule counts first, then works in small steps that can be cut off.

What goes, and how, is each room's own (common.registry.register_keeping); for how long, the pack's; here it is run.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.progress import Progress, Silent
from gongzhi.common.registry import keepings
from gongzhi.privacy import queries, rules

BATCH = 1_000
_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class Due:
    """One rule of the pack: what is over, how many, since which moment."""

    code: str
    title: str
    days: int
    count: int
    before: dt.datetime


def _days(on: dt.date) -> dict[str, int]:
    """The days of each rule; logs never less than the law's months. Raises Refused `logs_too_short`."""
    given, known = queries.numbers(on).params("retention"), keepings()
    rules.check_retention(given, queries.number("log_kept", "months", on) * _MONTH_DAYS)
    return {code: int(days) for code, days in given.items() if code in known}


def count_due(*, by: Actor, at: dt.datetime) -> list[Due]:
    """What would go now; nothing is changed."""
    require(by, "privacy.manage")
    known, found = keepings(), []
    for code, days in _days(local_date(at)).items():
        before = at - dt.timedelta(days=days)
        found.append(Due(code, known[code].title, days, known[code].count(before), before))
    return found


def forget_due(
    *, by: Actor, at: dt.datetime, most: int = 200, progress: Progress | None = None
) -> dict[str, int]:
    """Delete or anonymise what is over, at most `most` steps of a thousand for each rule; counts by rule.

    Every step is a transaction with its entry: cut off anywhere, the next run goes on with what is left.
    """
    require(by, "privacy.manage")
    shown = progress or Silent()
    done: dict[str, int] = {}
    for due in count_due(by=by, at=at):
        shown.start(due.title, due.count)
        for _ in range(most):
            if not (count := _forget_some(due, by=by, at=at)):
                break
            done[due.code] = done.get(due.code, 0) + count
            shown.advance(count)
        shown.finish()
    return done


@transaction.atomic
def _forget_some(due: Due, *, by: Actor, at: dt.datetime) -> int:
    count = keepings()[due.code].forget(due.before, BATCH)
    if count:
        record(by=by, at=at, action="privacy.forget", subject=f"retention:{due.code}", changes={"count": count})
    return count
