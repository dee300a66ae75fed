"""The district's page from the roll-up: one statement over the counts, one over what is not due yet."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection

from gongzhi.cases import sql
from gongzhi.cases.models import PlaceCount
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date

_NAMES = ("cases", "open", "deferred", "ended_dated", "in_time", "said", "solved", "timed")
# What came before the oldest month that is shown counts only as long as it is open.
_BEFORE = {"cases": "open", "ended_dated": "0", "in_time": "0", "said": "open_said", "solved": "open_solved"}
_SUMS = ", ".join(
    f"sum(CASE WHEN month >= %(first)s THEN {name} ELSE {_BEFORE[name]} END)::bigint AS {name}"
    if name in _BEFORE
    else f"sum({name})::bigint AS {name}"
    for name in _NAMES
)
_FINE = ", ".join(f"({value})::int AS {name}" for name, value in sql.SUMS.items())
# The sums of this place, and beside them the rows that are not in them: by month, by the place one level down, by
# unit with open work.
_COUNTED = f"""
SELECT GROUPING(month), by, member, month, {_SUMS}
FROM (SELECT by, member, month, {", ".join(sql.SUMS)} FROM cases_placecount
      WHERE path = %(path)s AND (month >= %(first)s OR open <> 0)
      UNION ALL
      SELECT kept.by, kept.member, month, {_FINE} FROM cases_casecount CROSS JOIN LATERAL
        (VALUES ('place', split_part(path, '/', %(level)s)), ('unit', coalesce(unit_id::text, ''))) AS kept(by, member)
      WHERE path LIKE %(below)s AND scored AND {{fine}}) AS counted
GROUP BY GROUPING SETS ((by, member), (by, month))
HAVING by = 'place' OR GROUPING(month) = 1 AND sum(open) <> 0
"""  # noqa: S608 - put together from constants
# What is overdue is what runs (in the sums) without what is not due yet: so many as come in within a deadline's length,
# however much was left lying over the years.
_NOT_DUE = f"""
SELECT GROUPING(child), child, unit_id, count(*)
FROM (SELECT split_part(path, '/', %(level)s) AS child, unit_id FROM cases_case
      WHERE {sql.TIMED_STATES} AND main_id IS NULL AND uncounted = '' AND privacy IN ('open', 'named')
        AND due_at >= %(at)s AND path LIKE %(below)s) AS running
GROUP BY GROUPING SETS ((child), (unit_id))
"""  # noqa: S608 - put together from constants


@dataclass(slots=True)
class Count:
    """How many cases of one group there are, how many are open, and what came of them."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_NAMES, 0))
    not_due: int = 0

    def add(self, values: Iterable[int]) -> None:
        for name, value in zip(_NAMES, values, strict=True):
            self.sums[name] += value

    @property
    def received(self) -> int:
        return self.sums["cases"]

    @property
    def open(self) -> int:
        return self.sums["open"]

    @property
    def overdue(self) -> int:
        """A case may end between the two statements: never below none."""
        return max(0, self.sums["timed"] - self.not_due)

    @property
    def deferred(self) -> int:
        return self.sums["deferred"]

    @property
    def due(self) -> int:
        """应结案: what has ended and what is overdue; 挂账 and what waits for the reporter stand beside it."""
        return self.sums["ended_dated"] + self.overdue

    @property
    def on_time(self) -> Fraction | None:
        return Fraction(self.sums["in_time"], self.due) if self.due else None

    @property
    def closed(self) -> Fraction | None:
        return Fraction(self.sums["ended_dated"], self.due) if self.due else None

    @property
    def solved(self) -> Fraction | None:
        return Fraction(self.sums["solved"], self.sums["said"]) if self.sums["said"] else None


@dataclass(slots=True)
class District:
    """A district's numbers: in all, by month of receipt, by place one level down, by unit with open work."""

    whole: Count
    months: dict[dt.date, Count]  # without `not_due`: a month is read for what came in
    places: dict[str, Count]
    units: dict[int | None, Count]


MONTHS = 13


def first_month(at: dt.datetime) -> dt.date:
    """The first day of the oldest month that is counted."""
    today = local_date(at)
    months = today.year * 12 + today.month - MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def district(actor: Actor, path: str, at: dt.datetime) -> District:
    """What lies at and below `path`, without confidential and protected cases: two statements, however many cases.

    What came in the last MONTHS months, and what is open whenever it came.

    Raises Forbidden outside the actor's places.
    """
    require(actor, "statistics.read", path=path)
    pattern = path.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    level = path.count("/")
    values: dict[str, Any] = {"path": path, "below": pattern, "level": level + 1, "at": at, "first": first_month(at)}
    found = District(Count(), {}, {}, {})
    with connection.cursor() as cursor:
        kept = level <= sql.KEPT + 1
        cursor.execute(_COUNTED.format(fine="NOT folded" if kept else "true"), values)
        for row in cursor.fetchall():
            _sort_in(found, *row)
        cursor.execute(_NOT_DUE, values)
        for by_unit, child, unit_id, running in cursor.fetchall():
            group = found.units.get(unit_id) if by_unit else found.places.get(child)
            if group is not None:
                group.not_due += running
            if not by_unit:
                found.whole.not_due += running
    return found


def _sort_in(found: District, over_months: int, by: str, member: str, month: dt.date, *sums: int) -> None:
    if not any(sums):
        return
    if by == PlaceCount.By.UNIT:
        found.units.setdefault(int(member) if member else None, Count()).add(sums)
    elif over_months:
        found.places.setdefault(member, Count()).add(sums)
        found.whole.add(sums)
    else:
        found.months.setdefault(month, Count()).add(sums)
