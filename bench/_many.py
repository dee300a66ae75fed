"""Many cases, made by PostgreSQL from one that the product took in: places, units, dates and states differ.

PostgreSQL writes the rows itself (INSERT from generate_series, a chunk at a time; no row passes through Python). What
costs most a row is done once at the end: secondary indexes and foreign keys are dropped before, then built and checked
over all rows. The tables are the same afterwards.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

# One report is taken in by the product; the rest are copies that share its words and key. One in 101 is open.
_CASES = """
INSERT INTO cases_case (number, status, channel, category, category_source, priority, privacy, place_id, grid_id, path,
  location, key_id, words, unit_id, routing, received_at, first_contact_at, answered_at, closed_at, due_at, due_certain,
  next_clock, escalation, returns, reopens, extensions, pending, solved, satisfied, external_id)
SELECT 'B-' || n, state, c.channel, c.category, c.category_source, c.priority, 'named', p.id, p.id, p.path, c.location,
  c.key_id, c.words, u.id, c.routing, since, since + interval '1 hour',
  CASE WHEN ended THEN since + (n %% 9) * interval '1 day' END, CASE WHEN ended THEN since + interval '10 days' END,
  since + interval '7 days', true, '', 0, 0, 0, (n %% 17 = 0)::int, '{}',
  CASE WHEN ended AND n %% 3 > 0 THEN (ARRAY['yes','no'])[1 + (n %% 7 = 0)::int] ELSE '' END,
  CASE WHEN ended AND n %% 3 > 0 THEN 1 + n %% 5 END, ''
FROM (SELECT n, n %% 101 > 0 AS ended,
        CASE WHEN n %% 101 = 0 THEN (ARRAY['reported','dispatched','in_progress','answered'])[1 + n / 101 %% 4]
             WHEN n %% 10 = 1 THEN 'closed_silent' ELSE 'closed' END AS state,
        now() - (n %% 1800) * interval '1 day' - (n %% 1440) * interval '1 minute' AS since
      FROM generate_series(%(first)s, %(last)s) AS n) AS made
CROSS JOIN (SELECT * FROM cases_case ORDER BY id LIMIT 1) AS c
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS at, id, path FROM places_place WHERE kind = 'grid') AS p
  ON p.at = n %% (SELECT count(*) FROM places_place WHERE kind = 'grid')
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS at, id FROM people_organization WHERE place_id IS NOT NULL) AS u
  ON u.at = (n %% 150 * 3 + n / 150 %% 3) %% (SELECT count(*) FROM people_organization WHERE place_id IS NOT NULL)"""
_CLOCKS = """
INSERT INTO cases_clock (case_id, kind, started_at, due_at, certain, period, met_at, level)
SELECT c.id, kind, c.received_at, c.due_at, true, '{}', c.answered_at, 0
FROM cases_case c CROSS JOIN (VALUES ('first_contact'), ('resolve')) AS k(kind) WHERE c.id > %(above)s"""
_EVENTS = """
INSERT INTO cases_caseevent (case_id, at, move, status, actor, facts, public)
SELECT id, received_at, 'report', 'reported', 'system:bench', '{}', true FROM cases_case WHERE id > %(above)s"""
CHUNK = 50_000


def wanted() -> int:
    """How many cases: BENCH_CASES, five million when nothing is said."""
    return int(os.environ.get("BENCH_CASES", "5000000"))


def first_case() -> None:
    """The one that all others are copied from, taken in by the product."""
    from gongzhi.cases.actions import report_case
    from gongzhi.cases.queries import locate
    from gongzhi.common import clock
    from gongzhi.common.access import system_actor

    report_case(by=system_actor("bench"), at=clock.now(), text="5栋门口路灯不亮", where=locate())


_TABLES = "('cases_case'::regclass, 'cases_clock'::regclass, 'cases_caseevent'::regclass)"
_SECONDARY = f"""
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid IN {_TABLES} AND NOT i.indisunique
UNION ALL
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid IN {_TABLES} AND contype = 'f'"""


@contextlib.contextmanager
def _bare_tables(cursor: Any) -> Iterator[None]:
    """Without secondary indexes and foreign keys until the end of the block."""
    cursor.execute(_SECONDARY)
    found = cursor.fetchall()
    for drop, _ in found:
        cursor.execute(drop)
    yield
    for number, (_, definition) in enumerate(found, 1):
        cursor.execute(definition)
        _say(f"{number} of {len(found)}: {definition[:90]}")


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr)


def grow(first: int, last: int) -> float:
    """Cases number first to last with clocks and an event each, and the roll-up made anew; seconds it took."""
    from django.db import connection

    from gongzhi.cases.actions.counting import recount

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        with _bare_tables(cursor):
            for start in range(first, last + 1, CHUNK):
                _fill(cursor, start, min(last, start + CHUNK - 1))
                _say(f"{min(last, start + CHUNK - 1):>10,} of {last:,} cases")
        _say(f"{recount():,} groups in the roll-up")
        cursor.execute("VACUUM ANALYZE cases_case, cases_clock, cases_caseevent, cases_casecount, cases_placecount")
        _say("vacuumed")
    return time.perf_counter() - began


def _fill(cursor: Any, first: int, last: int) -> None:
    cursor.execute("SELECT max(id) FROM cases_case")
    above = cursor.fetchone()[0]
    cursor.execute(_CASES, {"first": first, "last": last})
    cursor.execute(_CLOCKS, {"above": above})
    cursor.execute(_EVENTS, {"above": above})
