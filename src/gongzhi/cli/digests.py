"""What is in a database, table by table: a count and a digest over the sorted digests of its rows.

The digest is the same wherever the rows are the same: columns by name, text forms fixed, order of rows left out.
PostgreSQL hashes and sorts; only 65 bytes a row come over, and nothing is kept in memory.
"""

import hashlib
from dataclasses import dataclass

import psycopg
from psycopg import sql

# Rows that migrations and visitors make by themselves.
_HOUSEKEEPING = ("django_", "auth_permission", "audit_ratewindow", "audit_requestkey")

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped ORDER BY attname
"""
_ROWS = """
COPY (
  SELECT encode(sha256(convert_to(row_of::text, 'UTF8')), 'hex') COLLATE "C" AS digest
  FROM (SELECT {columns} FROM {table}) AS row_of ORDER BY 1
) TO STDOUT
"""
_FORMS = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = 0;
"""


@dataclass(frozen=True)
class TableDigest:
    rows: int
    sha256: str

    def as_json(self) -> dict[str, object]:
        return {"rows": self.rows, "sha256": self.sha256}


def fix_text_forms(connection: psycopg.Connection) -> None:
    """Every value has one text, whatever the server's settings."""
    connection.execute(_FORMS)


def tables(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES)]


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.execute(_COLUMNS, [table])]


def digest(connection: psycopg.Connection, table: str) -> TableDigest:
    statement = sql.SQL(_ROWS).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns(connection, table))),
        table=sql.Identifier(table),
    )
    total, rows = hashlib.sha256(), 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            total.update(block)
            rows += bytes(block).count(b"\n")
    return TableDigest(rows, total.hexdigest())


def is_empty(connection: psycopg.Connection) -> bool:
    """Whether nobody has put anything in: no tables, or only those that fill themselves have rows."""
    for table in tables(connection):
        if table.startswith(_HOUSEKEEPING):
            continue
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
        if row and row[0]:
            return False
    return True
