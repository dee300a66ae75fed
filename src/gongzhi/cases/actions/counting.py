"""The roll-up of cases kept beside them: every step takes the case from where it stood and adds it where it stands.

Steps update nothing in place, so they never wait for one another; a job folds the rows and adds them to the sums of
places. `recount` makes both anew.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from gongzhi.cases import sql


def _run(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def take_out(case_id: int) -> None:
    """Before a case is saved: it no longer counts as what the table says. The row is locked by the caller."""
    _run(sql.TAKE_CASE, [case_id])


def put_in(case_id: int) -> None:
    """After it was saved: it counts as what it has become, in the same transaction."""
    _run(sql.ADD_CASE, [case_id])


def take_out_many(case_ids: Iterable[int]) -> None:
    _run(sql.TAKE_CASES, [list(case_ids)])


def put_in_many(case_ids: Iterable[int]) -> None:
    """After a batch was written past the steps (an import, a merge of many)."""
    _run(sql.ADD_CASES, [list(case_ids)])


@transaction.atomic
def fold_counts() -> int:
    """Fresh rows become one a group and are added to the sums; returns how many groups were written.

    One fold at a time: two would each add what the other has taken. Steps and reports do not wait.
    """
    _run("LOCK TABLE cases_placecount IN SHARE ROW EXCLUSIVE MODE", [])
    return _run(sql.FOLD, [])


@transaction.atomic
def recount() -> int:
    """All counts and sums made anew from the cases; returns how many groups there are. Writers wait meanwhile."""
    _run("LOCK TABLE cases_placecount, cases_casecount IN SHARE ROW EXCLUSIVE MODE", [])
    _run("DELETE FROM cases_casecount", [])
    _run("DELETE FROM cases_placecount", [])
    groups = _run(sql.COUNT_ALL, [])
    _run(sql.PLACE_SUMS, [])
    return groups
