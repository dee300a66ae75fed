"""Importing all divisions against plain COPY of the same rows, in one call.

The rows are the real ones beside the project, else as many made-up ones of the same shape. COPY is measured into
a table of the same columns twice: with the same indexes, constraints and foreign keys (what any loader must pay),
and bare (the physical limit).
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench._database import backend_cpu, own_database

REAL = Path(__file__).resolve().parents[2] / "shared/data/divisions"
COLUMNS = "kind, level, code, civil_code, name, parent_id, path, valid_from, facets, features"


def _made_up(folder: Path) -> Path:
    """31 provinces, 11 cities each, 9 areas, 14 streets, 15 villages: about as many rows as there really are."""
    levels = (("provinces", 31, 2, ""), ("cities", 11, 2, "provinceCode"), ("areas", 9, 2, "cityCode"))
    levels += (("streets", 14, 3, "areaCode"), ("villages", 15, 3, "streetCode"))
    above = [""]
    for name, count, digits, parent in levels:
        codes = [(code + str(n).zfill(digits), code) for code in above for n in range(11, 11 + count)]
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write(f"code,name,{parent}\n" if parent else "code,name\n")
            file.writelines(f"{code},演示{code},{up}\n" if parent else f"{code},演示{code}\n" for code, up in codes)
        above = [code for code, _ in codes]
    return folder


class _Measured:
    """Wall and CPU seconds of one step: this process and its server process together."""

    def __init__(self, step: Callable[[], Any]) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        wall, here, there = time.perf_counter(), time.process_time(), backend_cpu(pid)
        self.result = step()
        self.wall = time.perf_counter() - wall
        self.cpu = time.process_time() - here + backend_cpu(pid) - there


def _copied_out() -> bytes:
    from django.db import connection

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {COLUMNS} FROM places_place ORDER BY id) TO STDOUT") as copy,
    ):
        return b"".join(bytes(block) for block in copy)


def _copy_in(table: str, rows: bytes) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as copy:
        for start in range(0, len(rows), 1 << 20):
            copy.write(rows[start : start + (1 << 20)])


def _peers() -> None:
    from gongzhi.places import sql

    sql.run("CREATE TABLE bench_bare (LIKE places_place INCLUDING DEFAULTS INCLUDING IDENTITY)")
    sql.run("CREATE TABLE bench_same (LIKE places_place INCLUDING ALL)")
    for column in ("parent_id", "civil_parent_id"):
        sql.run(
            f"ALTER TABLE bench_same ADD FOREIGN KEY ({column}) REFERENCES places_place DEFERRABLE INITIALLY DEFERRED"
        )


def _row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": ratio_to}


def run() -> dict[str, Any]:
    """`ratio_to` says the rows per second of the import as a share of each COPY's."""
    with own_database(), tempfile.TemporaryDirectory(prefix="gz-bench-") as scratch:
        from gongzhi.places.imports import import_divisions

        folder = REAL if REAL.is_dir() else _made_up(Path(scratch))
        if folder != REAL:
            print("made-up divisions: no shared/data/divisions beside the project", file=sys.stderr)
        first = _Measured(lambda: import_divisions([folder], data_dir=Path(scratch)))
        again = _Measured(lambda: import_divisions([folder], data_dir=Path(scratch)))
        _peers()
        rows = _copied_out()
        same = _Measured(lambda: _copy_in("bench_same", rows))
        bare = _Measured(lambda: _copy_in("bench_bare", rows))
        return {"name": "import_divisions", "rows": _table(first, again, same, bare)}


def _table(first: _Measured, again: _Measured, same: _Measured, bare: _Measured) -> list[dict[str, Any]]:
    count = first.result.read

    def peer(what: str, other: _Measured) -> dict[str, Any]:
        share = f"import: {other.wall / first.wall:.0%} of it by wall, {other.cpu / first.cpu:.0%} by CPU"
        return _row(what, count / other.wall, "rows/s", share)

    return [
        _row("rows read, all imported", count, "rows", f"{first.result.imported}/{count}"),
        _row("import: everything on", first.wall, "s", "target: 60 s"),
        _row("import: rate", count / first.wall, "rows/s"),
        _row("import: CPU, client and server", first.cpu, "s"),
        _row("import again: nothing to make", again.wall, "s"),
        peer("COPY, same indexes and constraints", same),
        peer("COPY, bare table", bare),
    ]
