"""What a costly preparation wrote, kept as rows: made through the actions once in a process, then copied back in.

The rows are the database's own text (COPY), so a test meets exactly what the actions wrote. They are copied only into a
database as empty as the one they were made in, and only under the same keys; else the preparation runs again.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction


@dataclass(frozen=True)
class _Kept:
    """`keys`: the settings it was made under; `rows`: the text of each table it filled; `value`: what it returned.

    `quiet`: the tables that are copied into without their triggers.
    """

    keys: tuple[str, ...]
    rows: dict[str, bytes]
    sequences: str
    value: bytes
    quiet: tuple[str, ...] = ()


_kept: dict[str, _Kept] = {}


def prepared(name: str, prepare: Callable[[], Any], *, adds: bool = False) -> Any:
    """What `prepare()` returns, and its rows in the database: from the copy where there is one that fits.

    `adds`: among the tables are some whose triggers write into others, such as the balances of accounts.
    """
    keys = (str(settings.DATA_DIR), settings.SECRET_KEY, connection.settings_dict["NAME"])
    filled = _filled_tables()
    kept = _kept.get(name)
    if kept is not None and kept.keys == keys and not filled & kept.rows.keys():
        _copy_in(kept)
        return pickle.loads(kept.value)
    before = _counts(filled)
    value = prepare()
    made = _filled_tables() - filled
    if kept is None and _counts(filled) == before:
        rows = {table: _copied(table) for table in sorted(made)}
        _kept[name] = _Kept(keys, rows, _sequences(made), pickle.dumps(value), _with_triggers(made) if adds else ())
    return value


def _tables() -> list[str]:
    return sorted(name for name in connection.introspection.django_table_names(include_views=False))


def _asked(words: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(words))
        return list(cursor.fetchall())


def _filled_tables() -> set[str]:
    rows = _asked([f"SELECT '{table}', EXISTS (SELECT 1 FROM \"{table}\")" for table in _tables()])
    return {table for table, filled in rows if filled}


def _counts(tables: set[str]) -> set[tuple[Any, ...]]:
    words = [f"SELECT '{table}', count(*) FROM \"{table}\"" for table in sorted(tables)]
    return set(_asked(words)) if words else set()


def _copied(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(piece) for piece in copy)


def _sequences(tables: set[str]) -> str:
    """One statement that lets no table give a number twice."""
    found = _asked(
        [
            f"SELECT '{table}', pg_get_serial_sequence('\"{table}\"', 'id')"
            for table in sorted(tables)
            if "id" in _columns(table)
        ]
    )
    steps = [
        f"setval('{sequence}', greatest((SELECT last_value FROM {sequence}), (SELECT max(id) FROM \"{table}\")))"
        for table, sequence in found
        if sequence
    ]
    return f"SELECT {', '.join(steps)}"


def _columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _copy_in(kept: _Kept) -> None:
    """All tables in one transaction: their references are checked at its end."""
    with transaction.atomic(), connection.cursor() as cursor:
        with _quiet(cursor, kept.quiet):
            for table, rows in kept.rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
        cursor.execute(kept.sequences)


@contextmanager
def _quiet(cursor: Any, tables: tuple[str, ...]) -> Iterator[None]:
    """Without the triggers of these tables, which would add to a balance what the copied rows hold already."""
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    if tables:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to be made is not altered
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    if tables:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _with_triggers(tables: Iterable[str]) -> tuple[str, ...]:
    """Those that have a trigger of ours."""
    words = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(words)
        found = {name.strip('"') for (name,) in cursor.fetchall()}
    return tuple(sorted(found & set(tables)))
