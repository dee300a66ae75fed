"""The hot statement of this room, tested equal to what the rules count; and lawful deletion from the fact store."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# The owners' register (解释 8, 9) in one pass: the base of a vote, then units by path. A unit has its holders as sorted
# keys and the first area that is known in the order of the law. Units of the same holders are one head, a unit
# without a known one is a head of its own; heads are numbered as they are met in the whole register, not in the page.
# Ordered by bytes whatever the database's collation, so that a page begins exactly behind the last one.
OWNERS = """
WITH home AS MATERIALIZED (
  SELECT d.id, d.path COLLATE "C" AS path,
    coalesce(d.features ->> %(first)s, d.features ->> %(second)s, d.features ->> %(third)s)::bigint AS area,
    CASE WHEN d.features ->> %(first)s IS NOT NULL THEN 0 WHEN d.features ->> %(second)s IS NOT NULL THEN 1
      WHEN d.features ->> %(third)s IS NOT NULL THEN 2 ELSE 3 END AS source
  FROM places_place d
  WHERE d.kind = 'dwelling' AND starts_with(d.path, %(path)s)
    AND (d.valid_from IS NULL OR d.valid_from <= %(on)s) AND (d.valid_to IS NULL OR d.valid_to > %(on)s)
), owner AS (
  SELECT t.dwelling_id, string_agg(DISTINCT CASE WHEN t.person_id IS NOT NULL THEN 'p' || t.person_id
      WHEN t.organization_id IS NOT NULL THEN 'o' || t.organization_id ELSE 's' || t.stand_in END, ' ') AS holders
  FROM registers_tenure t
  WHERE t.capacity = 'owner' AND t.status IN ('approved', 'ended') AND t.decided_at IS NOT NULL
    AND t.valid_from <= %(on)s AND (t.valid_to IS NULL OR t.valid_to > %(on)s)
    AND (t.expires_on IS NULL OR t.expires_on > %(on)s) AND t.dwelling_id IN (SELECT id FROM home)
  GROUP BY t.dwelling_id
), unit AS (
  SELECT home.id, home.area, home.source, owner.holders, row_number() OVER (ORDER BY home.path) AS at
  FROM home LEFT JOIN owner ON owner.dwelling_id = home.id
), met AS (
  SELECT unit.*, CASE WHEN holders IS NULL THEN at ELSE min(at) OVER (PARTITION BY holders) END AS first FROM unit
), numbered AS MATERIALIZED (
  SELECT id, area, source, at, holders IS NULL AS free, dense_rank() OVER (ORDER BY first) AS head FROM met
), total AS (
  SELECT count(*), coalesce(max(head), 0), coalesce(sum(area), 0)::bigint, count(*) FILTER (WHERE free),
    count(*) FILTER (WHERE area IS NULL), array[count(*) FILTER (WHERE source = 0),
    count(*) FILTER (WHERE source = 1), count(*) FILTER (WHERE source = 2), count(*) FILTER (WHERE source = 3)]
  FROM numbered
), page AS (
  SELECT * FROM numbered
  WHERE at > (SELECT count(*) FROM home WHERE home.path <= %(after)s) ORDER BY at LIMIT %(most)s
)
SELECT total.*, page.id, d.code, coalesce(above.name || ' ', '') || d.name, d.path, page.area, page.source, page.head
FROM total LEFT JOIN page ON true LEFT JOIN places_place d ON d.id = page.id
  LEFT JOIN places_place above ON above.id = d.parent_id
ORDER BY page.at"""


@contextmanager
def maintenance(reason: str) -> Iterator[None]:
    """Inside, rows of append-only tables may go: the trigger is told so for this transaction only.

    The caller is in a transaction and says in the trail what went.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', %s, true)", [reason])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gongzhi.maintenance', '', true)")
