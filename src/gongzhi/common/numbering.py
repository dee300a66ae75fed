"""Numbers people read aloud: GJ0001, GJ0002 …"""

from django.db import connection

_NUMBERS = 7_301_060


def next_number(table: str, prefix: str, width: int) -> str:
    """The number after the highest of a table with a text column `number`: prefix and `width` digits, or more.

    One at a time until the transaction ends, so none is given twice and none is left out.
    """
    own = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NUMBERS, table])
        query = f"SELECT coalesce(max(substr(number, %s)::int), 0) + 1 FROM {own}"  # noqa: S608 - a quoted name
        cursor.execute(query, [len(prefix) + 1])
        found: int = cursor.fetchone()[0]
    return f"{prefix}{found:0{width}d}"
