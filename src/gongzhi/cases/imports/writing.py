"""Writing a batch: rows copied straight into the tables, together or not at all."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from gongzhi.cases import queries, sql
from gongzhi.cases.actions.counting import put_in_many, take_out_many
from gongzhi.cases.imports import drafting
from gongzhi.cases.imports.drafting import Draft, Values
from gongzhi.cases.imports.messages import Message
from gongzhi.cases.models import Case, Status
from gongzhi.common.access import Actor
from gongzhi.people import vault

_KEYS = ("id", "subject_kind", "master_id", "wrapped", "created_at", "destroyed_at")
_SET = (
    *("channel", "category", "category_source", "priority", "privacy", "place_id", "grid_id", "path", "location"),
    *("key_id", "words", "result", "unit_id", "routing", "received_at", "answered_at", "closed_at", "due_at"),
    *("due_certain", "status", "external_id", "grams"),
)
_FIXED: dict[str, Any] = {
    "next_clock": "",
    "escalation": 0,
    "returns": 0,
    "reopens": 0,
    "extensions": 0,
    "pending": "{}",
    "solved": "",
}
_CASES = ("id", "number", *_SET, *_FIXED)
_REPORTERS = ("case_id", "assisted", "reported_at", "erased")
_EVENTS = ("case_id", "at", "move", "status", "actor", "unit_id", "facts", "public")
_TRAIL = ("at", "actor", "mandate_id", "action", "subject", "purpose", "changes", "digest")
_IDS = "SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) FROM generate_series(1, %s)"
_BLOCKS = "SELECT nextval('cases_number_block') FROM generate_series(1, %s)"


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Rows into a table by COPY; names are ours, never a source's."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _take(statement: str, amount: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [amount])
        return [row[0] for row in cursor.fetchall()]


def _take_numbers(drafts: Sequence[Draft]) -> list[str]:
    """Case numbers from blocks of the sequence that reports take theirs from."""
    blocks = _take(_BLOCKS, -(-len(drafts) // sql.BLOCK))
    free = (start + offset for start in blocks for offset in range(sql.BLOCK))
    prefix = queries.prefix_of("/")
    return [drafting.case_number(prefix, draft.message.received_at, next(free)) for draft in drafts]


def write_drafts(drafts: Sequence[Draft], *, by: Actor, at: dt.datetime) -> None:
    """New cases with key, reporter, timeline and trail; in the caller's transaction."""
    if not drafts:
        return
    ids, numbers = _take(_IDS, len(drafts)), _take_numbers(drafts)
    numbered = list(zip(ids, numbers, drafts, strict=True))
    fixed = tuple(_FIXED.values())
    copy_rows("people_vaultkey", _KEYS, (draft.key for draft in drafts))
    cases = ((key, number, *(draft.case[name] for name in _SET), *fixed) for key, number, draft in numbered)
    copy_rows("cases_case", _CASES, cases)
    put_in_many(ids)
    reporters = ((key, False, draft.message.received_at, False) for key, _, draft in numbered)
    copy_rows("cases_reporter", _REPORTERS, reporters)
    events = (
        row
        for key, _, draft in numbered
        for row in _event_rows(key, draft.case["unit_id"], draft.message, by=by, with_report=True)
    )
    copy_rows("cases_caseevent", _EVENTS, events)
    entries = (drafting.trail_values(number, None, draft.case["status"], by=by, at=at) for _, number, draft in numbered)
    copy_rows("audit_entry", _TRAIL, entries)


def _event_rows(
    case_id: int, unit_id: int | None, message: Message, *, by: Actor, with_report: bool
) -> Iterable[Values]:
    for moment, move, status, facts in drafting.events_of(message, with_report=with_report):
        yield case_id, moment, move, status, by.reference, unit_id, facts, True


@transaction.atomic
def write_answers(messages: dict[str, Message], *, by: Actor, at: dt.datetime) -> list[str]:
    """Close imported cases whose answer came with a later file; returns the numbers that stay as they are.

    Somebody here may have taken one up meanwhile: then its answer is theirs to give.
    """
    open_still = Case.objects.filter(
        channel=drafting.CHANNEL, external_id__in=messages, status=Status.REPORTED
    ).select_for_update(of=("self",))
    cases = list(open_still.select_related("key").order_by("id"))
    for case in cases:
        message = messages[case.external_id]
        found = drafting.answer_values(message, vault.open_key(case.key), case.key_id)
        for name, value in found.items():
            setattr(case, name, value)
    take_out_many(case.pk for case in cases)
    Case.objects.bulk_update(cases, ["status", "result", "answered_at", "closed_at"], batch_size=500)
    put_in_many(case.pk for case in cases)
    events = (
        row
        for case in cases
        for row in _event_rows(case.pk, case.unit_id, messages[case.external_id], by=by, with_report=False)
    )
    copy_rows("cases_caseevent", _EVENTS, events)
    entries = (drafting.trail_values(case.number, "reported", "closed", by=by, at=at) for case in cases)
    copy_rows("audit_entry", _TRAIL, entries)
    taken = {case.external_id for case in cases}
    return [number for number in messages if number not in taken]
