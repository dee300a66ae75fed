"""信访: the law's clocks as information. This system is no channel of petition: it refers, and says until when. Pure.

信访工作条例 22–23 (fifteen days to sort or to tell, five working days to object), 34 (sixty days and once thirty more),
35–36 (thirty days to ask for review, thirty to answer, twice).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gongzhi.engines.calendar import Deadline


class Calendar(Protocol):
    """What these clocks need of a calendar."""

    def deadline(self, start: dt.datetime, amount: int, unit: Any) -> Deadline: ...


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock of the law: its rule, from which day, and the last day; `certain` as the calendar says."""

    code: str
    since: dt.date
    last_day: dt.date
    certain: bool


def petition_promises(
    *, received: dt.datetime, accepted: dt.datetime | None, law: Mapping[str, Mapping[str, Any]], calendar: Calendar
) -> list[Promise]:
    """The clocks that run from the day of receipt, and from the day of acceptance once that is known.

    `law` holds the parameters of the pack's rules by code. A last day of rest moves as the calendar says.
    """
    found = [_promise(code, received, law[code], calendar) for code in ("sort", "objection")]
    if accepted is not None:
        decide = law["decide"]
        found.append(_promise("decide", accepted, decide, calendar))
        longer = {**decide, "amount": decide["amount"] + decide["extension"]}
        found.append(_promise("decide_extended", accepted, longer, calendar))
    return found


def _promise(code: str, since: dt.datetime, params: Mapping[str, Any], calendar: Calendar) -> Promise:
    deadline = calendar.deadline(since, params["amount"], params["unit"])
    # The deadline is the end of its last day: the last instant before is on that day.
    last = (deadline.at - dt.timedelta(microseconds=1)).date()
    return Promise(code, since.date(), last, deadline.certain)
