"""The hot statements of this room, each tested equal to what the ORM would write or read."""

from gongzhi.cases.models import OPEN, TIMED
from gongzhi.notifications.sql import OUTBOX_INSERT

# Run prepared (common.prepared), so every parameter has its cast. One statement, one round trip: key, case,
# reporter, first event, two clocks, trail, roll-up, outbox, idempotency key.
REPORT = f"""
WITH made_key AS (
  INSERT INTO people_vaultkey (id, subject_kind, master_id, wrapped, created_at, destroyed_at)
  VALUES (%(key_id)s::uuid, 'case', %(master_id)s::text, %(wrapped)s::bytea, %(at)s::timestamptz, NULL) RETURNING id
), made AS (
  INSERT INTO cases_case (
    number, status, channel, category, category_source, priority, privacy, place_id, grid_id, path, location,
    longitude, latitude, key_id, words, unit_id, routing, about_unit_id, received_at, due_at, due_certain,
    next_clock, next_clock_at, escalation, returns, reopens, extensions, pending, solved, external_id, grams)
  SELECT %(number)s::text, 'reported', %(channel)s::text, %(category)s::text, %(category_source)s::text,
    %(priority)s::text, %(privacy)s::text, %(place_id)s::bigint, %(grid_id)s::bigint, %(path)s::text,
    %(location)s::text, %(longitude)s::float8, %(latitude)s::float8, made_key.id, %(words)s::bytea,
    %(unit_id)s::bigint, %(routing)s::jsonb, %(about_unit_id)s::bigint, %(at)s::timestamptz,
    %(due_at)s::timestamptz, %(due_certain)s::bool, %(next_clock)s::text, %(next_clock_at)s::timestamptz,
    0, 0, 0, 0, '{{}}', '', '', %(grams)s::int[] FROM made_key RETURNING id
), made_reporter AS (
  INSERT INTO cases_reporter (case_id, person_id, helper_id, assisted, contact, phone_index, reported_at,
    erased)
  SELECT made.id, %(person_id)s::uuid, %(helper_id)s::uuid, %(assisted)s::bool, %(contact)s::bytea,
    %(phone_index)s::bytea, %(at)s::timestamptz, false
  FROM made
), made_event AS (
  INSERT INTO cases_caseevent (case_id, at, move, status, actor, unit_id, note, facts, public)
  SELECT made.id, %(at)s::timestamptz, 'report', 'reported', %(actor)s::text, %(unit_id)s::bigint, NULL,
    %(facts)s::jsonb, true FROM made
), made_clocks AS (
  INSERT INTO cases_clock (case_id, kind, started_at, due_at, certain, period, met_at, level)
  SELECT made.id, clock.kind, %(at)s::timestamptz, clock.due_at, clock.certain, clock.period, NULL, 0
  FROM made, jsonb_to_recordset(%(clocks)s::jsonb)
    AS clock(kind text, due_at timestamptz, certain bool, period jsonb)
), made_entry AS (
  INSERT INTO audit_entry (at, actor, mandate_id, action, subject, purpose, changes, digest)
  VALUES (%(at)s::timestamptz, %(actor)s::text, %(mandate_id)s::bigint, 'cases.report', %(subject)s::text,
    %(purpose)s::text, %(changes)s::jsonb, %(digest)s::bytea)
), made_count AS (
  INSERT INTO cases_casecount (month, path, unit_id, status, scored, cases, dated, in_time, said, solved, rated,
    satisfied, extended)
  SELECT date_trunc('month', %(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, %(path)s::text,
    %(unit_id)s::bigint, 'reported', true, 1, 1, 0, 0, 0, 0, 0, 0
  WHERE %(privacy)s::text IN ('open', 'named')
), made_news AS (
  {OUTBOX_INSERT} VALUES ('case.report', %(payload)s::jsonb, %(at)s::timestamptz, %(at)s::timestamptz)
), made_request AS (
  INSERT INTO audit_requestkey (caller, key, fingerprint, answer, created_at)
  SELECT %(caller)s::text, %(request_key)s::text, %(fingerprint)s::bytea, %(answer)s::jsonb, %(at)s::timestamptz
  WHERE %(request_key)s::text <> ''
)
SELECT id FROM made
"""  # noqa: S608 - put together from constants; every value is a parameter

# Numbers are handed out in blocks, so that a report does not wait for a counter.
NUMBER_BLOCK = "SELECT nextval('cases_number_block')"
BLOCK = 50

# What one case, or every case, is counted as (see CaseCount). `{sign}` is 1 or -1, `{where}` ours, never a value.
_COUNTED = """
SELECT date_trunc('month', received_at AT TIME ZONE 'Asia/Shanghai')::date, path, unit_id, status,
  main_id IS NULL AND uncounted = '',
  {sign} * count(*), {sign} * count(due_at),
  {sign} * count(*) FILTER (WHERE status IN ('confirmed', 'closed', 'closed_silent') AND answered_at <= due_at),
  {sign} * count(*) FILTER (WHERE solved <> ''), {sign} * count(*) FILTER (WHERE solved = 'yes'),
  {sign} * count(satisfied), {sign} * count(*) FILTER (WHERE satisfied >= 4),
  {sign} * count(*) FILTER (WHERE extensions > 0), {folded}
FROM cases_case WHERE privacy IN ('open', 'named') AND {where} GROUP BY 1, 2, 3, 4, 5"""
_COUNT_COLUMNS = """(month, path, unit_id, status, scored, cases, dated, in_time, said, solved, rated, satisfied,
  extended, folded)"""


def count_cases(where: str, *, sign: int = 1, folded: bool = False) -> str:
    """The statement that writes the counts of the cases for which `where` holds."""
    counted = _COUNTED.format(sign=sign, where=where, folded=str(folded).lower())
    return f"INSERT INTO cases_casecount {_COUNT_COLUMNS} {counted}"


ADD_CASE = count_cases("id = %s")
TAKE_CASE = count_cases("id = %s", sign=-1)
ADD_CASES = count_cases("id = ANY(%s)")
TAKE_CASES = count_cases("id = ANY(%s)", sign=-1)
COUNT_ALL = count_cases("true", folded=True)

# What the fine rows add up to (see PlaceCount), for places of at most KEPT parts: down to villages and first grids.
# Pages of the places below read the fine rows, of which such a place has few.
KEPT = 6
_OPEN, TIMED_STATES = ("status IN (" + ", ".join(f"'{status}'" for status in some) + ")" for some in (OPEN, TIMED))
SUMS = {
    "cases": "cases",
    "open": f"CASE WHEN {_OPEN} THEN cases ELSE 0 END",
    "deferred": "CASE WHEN status = 'deferred' THEN cases ELSE 0 END",
    "ended_dated": "CASE WHEN status IN ('confirmed', 'closed', 'closed_silent') THEN dated ELSE 0 END",
    "in_time": "in_time",
    "said": "said",
    "solved": "solved",
    "open_said": f"CASE WHEN {_OPEN} THEN said ELSE 0 END",
    "open_solved": f"CASE WHEN {_OPEN} THEN solved ELSE 0 END",
    "timed": f"CASE WHEN {TIMED_STATES} THEN dated ELSE 0 END",
}
_SUMS = ", ".join(SUMS)


def place_sums(fine: str, *, where: str = "true") -> str:
    """The sums of `fine`, which is CaseCount or rows of it, for each row's place and every place above it.

    What differs only below the kept levels, or in state, is added up first: there are fewer rows to repeat.
    """
    first = ", ".join(f"sum({value}) AS {name}" for name, value in SUMS.items())
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in SUMS)
    changed = " OR ".join(f"sum({name}) <> 0" for name in SUMS)
    return f"""
SELECT above.path, kept.by, kept.member, month, {sums}
FROM (SELECT (string_to_array(trim(BOTH '/' FROM path), '/'))[1:{KEPT + 1}] AS parts, unit_id, month, {first}
      FROM {fine} WHERE scored AND {where} GROUP BY 1, 2, 3) AS fine
CROSS JOIN LATERAL (
  SELECT CASE n WHEN 0 THEN '/' ELSE '/' || array_to_string(parts[1:n], '/') || '/' END AS path,
    coalesce(parts[n + 1], '') AS child
  FROM generate_series(0, least(cardinality(parts), {KEPT})) AS n) AS above
CROSS JOIN LATERAL (VALUES ('place', above.child), ('unit', coalesce(unit_id::text, ''))) AS kept(by, member)
GROUP BY 1, 2, 3, 4 HAVING {changed}"""  # noqa: S608 - put together from constants


# In the order in which a page reads them.
PLACE_SUMS = f"""
INSERT INTO cases_placecount (path, by, member, month, {_SUMS})
{place_sums("cases_casecount")} ORDER BY 1, 2, 3, 4"""
_ADDED = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in SUMS)
# One statement, so that each fresh row is in the fine group and in the sums, or in neither: the rows of every group
# that got fresh ones become one row, and the fresh ones are added to the sums.
FOLD = f"""
WITH touched AS (
  SELECT DISTINCT month, path, unit_id, status, scored FROM cases_casecount WHERE NOT folded
), gone AS (
  DELETE FROM cases_casecount c USING touched t
  WHERE c.month = t.month AND c.path = t.path AND c.unit_id IS NOT DISTINCT FROM t.unit_id AND c.status = t.status
    AND c.scored = t.scored RETURNING c.*
), added AS (
  INSERT INTO cases_placecount AS kept (path, by, member, month, {_SUMS})
  {place_sums("gone", where="NOT folded")}
  ON CONFLICT (path, by, member, month) DO UPDATE SET {_ADDED}
)
INSERT INTO cases_casecount {_COUNT_COLUMNS}
SELECT month, path, unit_id, status, scored, sum(cases), sum(dated), sum(in_time), sum(said), sum(solved), sum(rated),
  sum(satisfied), sum(extended), true
FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING sum(cases) <> 0
"""  # noqa: S608 - put together from constants
