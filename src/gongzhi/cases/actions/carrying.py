"""Open work goes along when places move and bodies go up in others; what is closed keeps the place and unit it had."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from gongzhi.audit.imports import refuse_held
from gongzhi.cases import sql
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.common.registry import Carried
from gongzhi.common.text import N_

_MOVED = """
SELECT DISTINCT ON (c.id) c.id, m.old
FROM cases_case c JOIN unnest(%(old)s::text[]) AS m (old) ON starts_with(c.path, m.old)
WHERE c.closed_at IS NULL ORDER BY c.id, length(m.old) DESC"""
# Where a place moved inside one that moved, the nearer of the two says where to.
_CARRY = """
UPDATE cases_case c SET path = (
  SELECT m.new || substr(c.path, length(m.old) + 1) FROM unnest(%(old)s::text[], %(new)s::text[]) AS m (old, new)
  WHERE starts_with(c.path, m.old) ORDER BY length(m.old) DESC LIMIT 1
) WHERE c.id = ANY(%(ids)s::bigint[])"""

_CARRY_BACK = """
UPDATE cases_case SET path = %(old)s || substr(path, length(%(new)s) + 1)
WHERE id = ANY(%(ids)s::bigint[]) AND starts_with(path, %(new)s)"""
_LEFT = "SELECT number FROM cases_case JOIN unnest(%s::text[]) AS g (gone) ON starts_with(path, g.gone) LIMIT 20"


def _recounted(ids: Sequence[int], change: Callable[[], None]) -> int:
    """Change cases whose place or unit is counted: out of the counts before, into them after."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(sql.TAKE_CASES, [list(ids)])
            change()
            cursor.execute(sql.ADD_CASES, [list(ids)])
    return len(ids)


def carry_cases(moves: dict[str, str], at: dt.datetime) -> Carried:
    """Open cases under an old path get the new one; registered with `common.registry.register_carrier`."""
    values = {"old": list(moves), "new": list(moves.values())}
    kept: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        for case, old in cursor.fetchall():
            kept.setdefault(old, []).append(case)
        ids = [case for some in kept.values() for case in some]

        def change() -> None:
            cursor.execute(_CARRY, {**values, "ids": ids})

        count = _recounted(ids, change)
    return Carried({"cases": count} if count else {}, {"cases": kept} if kept else {})


def carry_cases_back(kept: dict[str, dict[str, list[int]]], moves: dict[str, str], gone: tuple[str, ...]) -> None:
    """A change of places is undone: its cases go back. Raises Refused `import_in_use` for cases that came since."""
    moved = kept.get("cases", {})
    with connection.cursor() as cursor:

        def change() -> None:
            for old, ids in moved.items():
                cursor.execute(_CARRY_BACK, {"old": old, "new": moves[old], "ids": ids})

        _recounted([case for some in moved.values() for case in some], change)
        cursor.execute(_LEFT, [list(gone)])
        refuse_held([gettext(N_("{number}：调整以后来的诉求")).format(number=row[0]) for row in cursor.fetchall()])


def hand_on_cases(organization: int, heir: int, at: dt.datetime) -> int:
    """A body's open cases and open orders go to its heir; registered with `register_succession`."""
    orders = WorkOrder.objects.filter(unit_id=organization, ended_at__isnull=True)
    same = WorkOrder.objects.filter(case=OuterRef("case"), role=OuterRef("role"), unit_id=heir, ended_at__isnull=True)
    orders.filter(Exists(same)).update(ended_at=at)
    orders.update(unit_id=heir)
    ids = list(Case.objects.filter(unit_id=organization, closed_at__isnull=True).values_list("pk", flat=True))

    def change() -> None:
        Case.objects.filter(pk__in=ids).update(unit_id=heir)

    return _recounted(ids, change)
