"""The few hot statements: staging and inserting the division, raising the revision."""

from typing import Any

from django.db import connection

MAKE_STAGING = """
CREATE TEMPORARY TABLE places_staging (
  n integer, level text, code text, parent text, name text, civil text, file text, line integer
) ON COMMIT PRESERVE ROWS"""
COPY_STAGING = "COPY places_staging (n, level, code, parent, name, civil, file, line) FROM STDIN"
INDEX_STAGING = "CREATE INDEX ON places_staging (n)"
DROP_STAGING = "DROP TABLE IF EXISTS places_staging, places_changed"

# Rows whose stated parent is not the one in the table; they leave the staging table.
TAKE_MOVED = """
DELETE FROM places_staging s USING places_place p
WHERE p.kind = 'region' AND p.code = s.code AND p.valid_to IS NULL
  AND right(p.path, length(s.parent) + length(s.code) + 2) <> s.parent || '/' || s.code || '/'
RETURNING s.level, s.code, s.parent, s.name, s.file, s.line, p.path"""

# Rows that are there already leave the staging table too; those with another name are kept aside.
TAKE_PRESENT = """
CREATE TEMPORARY TABLE places_changed ON COMMIT PRESERVE ROWS AS
WITH present AS (
  DELETE FROM places_staging s USING places_place p
  WHERE p.kind = 'region' AND p.code = s.code AND p.valid_to IS NULL
  RETURNING p.id, p.name AS old, s.name AS new
) SELECT id, new FROM present WHERE old <> new"""

# Other writers wait for a chunk (readers do not): cheaper by a third than ON CONFLICT on every row.
LOCK_PLACES = "LOCK TABLE places_place IN SHARE ROW EXCLUSIVE MODE"

INSERT_PLACES = """
INSERT INTO places_place (kind, level, code, civil_code, name, parent_id, path, valid_from, facets, features)
SELECT 'region', s.level, s.code, s.civil, s.name, p.id, coalesce(p.path, '/') || s.code || '/',
       %(valid_from)s::date, '[]', '{}'
FROM places_staging s
LEFT JOIN places_place p ON p.kind = 'region' AND p.code = s.parent AND p.valid_to IS NULL
WHERE s.n > %(start)s AND s.n <= %(end)s AND NOT EXISTS (
  SELECT 1 FROM places_place q WHERE q.kind = 'region' AND q.code = s.code AND q.valid_to IS NULL
)"""

# A second name on the same day mends the first: no version of no days is kept.
KEEP_OLD_NAMES = """
INSERT INTO places_placeversion (place_id, name, parent_id, path, households, features, valid_from, valid_to)
SELECT p.id, p.name, p.parent_id, p.path, p.households, p.features, since.day, %(on)s::date
FROM places_changed c
JOIN places_place p ON p.id = c.id
CROSS JOIN LATERAL (
  SELECT coalesce(max(v.valid_to), p.valid_from) AS day FROM places_placeversion v WHERE v.place_id = p.id
) since
WHERE since.day IS NULL OR since.day < %(on)s::date"""

RENAME_PLACES = "UPDATE places_place p SET name = c.new FROM places_changed c WHERE p.id = c.id"

# Many places at once get another parent and path: ids, parents and paths travel as three arrays.
PLACE_ANEW = """
UPDATE places_place p SET parent_id = m.parent, path = m.path
FROM unnest(%(ids)s::bigint[], %(parents)s::bigint[], %(paths)s::text[]) AS m (id, parent, path)
WHERE p.id = m.id"""

# Places as the versions say that they were; the versions go away after it.
PUT_BACK = """
UPDATE places_place p SET name = v.name, parent_id = v.parent_id, path = v.path, features = v.features
FROM places_placeversion v WHERE v.place_id = p.id AND v.id = ANY(%(versions)s::bigint[])"""

RAISE_REVISION = """
INSERT INTO places_placerevision (id, number) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET number = places_placerevision.number + 1"""


def run(statement: str, values: dict[str, Any] | None = None) -> int:
    """Run one statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def codes_above_villages() -> set[str]:
    """Codes of the regions that others may lie in; villages have 12 digits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM places_place WHERE kind = 'region' AND valid_to IS NULL AND length(code) < 12")
        return {code for (code,) in cursor.fetchall()}
