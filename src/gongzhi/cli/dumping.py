"""pg_dump and pg_restore, driven: a consistent dump with the digests of the same moment, and loading it again."""

import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from gongzhi.cli.digests import digest, fix_text_forms, tables
from gongzhi.cli.postgres.binaries import program_for
from gongzhi.cli.postgres.checks import connect
from gongzhi.common.errors import Refused
from gongzhi.common.progress import Progress
from gongzhi.common.text import N_

VAULT = "people_vaultkey"
# pg_dump sets what it knows; a server before 17 does not know this one. Only looked for in the head of a script.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_HEAD_LINES = 60

_VAULT_REFERENCES = f"""
SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = to_regclass('{VAULT}') ORDER BY 1, 2
"""  # noqa: S608 - a constant


def server_major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10000


def dump(url: str, target: Path, *, with_keys: bool, progress: Progress) -> dict[str, Any]:
    """Dump the database into `target`; returns the manifest's part about it, all of one snapshot.

    Without keys, the rows of the vault's keys are neither dumped nor digested.
    """
    left_out = [] if with_keys else [VAULT]
    with connect(url) as connection:
        fix_text_forms(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        major = server_major(connection)
        dumping = _start_dump(url, target, snapshot, major, left_out)
        try:
            manifest = _describe(connection, left_out, progress)
        except BaseException:
            dumping.kill()
            raise
        finally:
            told = dumping.communicate()[1]
        if dumping.returncode != 0:
            raise Refused("dump_failed", N_("导不出数据库：{reason}"), reason=told.decode()[-800:])
    return {"postgresql": major, **manifest}


def _start_dump(
    url: str, target: Path, snapshot: str, major: int, left_out: list[str]
) -> "subprocess.Popen[bytes]":
    command: list[str | Path] = [program_for("pg_dump", major), "-Fc", "--no-owner", "--no-privileges", "-d", url]
    command += [
        f"--snapshot={snapshot}",
        "-f",
        target,
        *(f"--exclude-table-data={name}" for name in left_out),
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _describe(connection: psycopg.Connection, left_out: list[str], progress: Progress) -> dict[str, Any]:
    names = [name for name in tables(connection) if name not in left_out]
    found = digests_of(connection, names, progress)
    return {
        "tables": found,
        "migrations": [f"{app}.{name}" for app, name in _migrations(connection, names)],
        "vault_references": [list(row) for row in connection.execute(_VAULT_REFERENCES)],
    }


def _migrations(connection: psycopg.Connection, names: list[str]) -> Iterable[tuple[str, str]]:
    if "django_migrations" not in names:
        return []
    return connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()


def digests_of(
    connection: psycopg.Connection, names: Iterable[str], progress: Progress
) -> dict[str, dict[str, object]]:
    """{table: {rows, sha256}} for tables that exist; one that does not is left out."""
    existing = set(tables(connection))
    found = {}
    for name in names:
        if name in existing:
            found[name] = digest(connection, name).as_json()
        progress.advance()
    return found


def _one(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def load(url: str, archive: Path, section: str, major: int) -> None:
    """Load one section (pre-data, data, post-data) of a dump in one transaction; raises Refused `load_failed`."""
    reading = subprocess.Popen(
        [
            program_for("pg_restore", major),
            "--no-owner",
            "--no-privileges",
            f"--section={section}",
            "-f",
            "-",
            archive,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    psql: list[str | Path] = [
        program_for("psql", major),
        "-X",
        "-q",
        "-1",
        "-v",
        "ON_ERROR_STOP=1",
        "-o",
        "/dev/null",
        "-d",
        url,
    ]
    writing = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told: list[bytes] = []
    listener = threading.Thread(target=lambda: told.extend(writing.stderr or []))
    listener.start()
    try:
        _pass_on(reading.stdout, writing.stdin)
    finally:
        reason = reading.communicate()[1]
        listener.join()
        codes = (reading.wait(), writing.wait())
    if codes != (0, 0):
        text = (reason + b"".join(told)).decode(errors="replace").strip()
        raise Refused("load_failed", N_("装不进数据库：{reason}"), reason=_without_details(text)[-800:])


def _pass_on(source: IO[bytes] | None, target: IO[bytes] | None) -> None:
    """Script lines from pg_restore to psql; a broken pipe means that psql has something to say."""
    if source is None or target is None:
        return
    try:
        for _ in range(_HEAD_LINES):
            if (line := source.readline()) != _UNKNOWN_BEFORE_17:
                target.write(line)
        while block := source.read(1 << 16):
            target.write(block)
        target.close()
    except BrokenPipeError:
        source.close()


def _without_details(text: str) -> str:
    """DETAIL lines quote rows: personal values do not belong in a message."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("DETAIL", "CONTEXT")))


def with_database(url: str, name: str) -> str:
    """The same URL, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))
