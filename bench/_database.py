"""A migrated database for one benchmark, gone afterwards; whatever else is on the server stays untouched."""

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """DATABASE_URL points at a database of this process, migrated, with Django set up; call it once a process."""
    before = os.environ["DATABASE_URL"]
    name = f"gz_bench_{os.getpid()}"
    with psycopg.connect(before, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = _named(before, name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.config.settings")
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield
    finally:
        from django.db import connection

        connection.close()
        if getattr(connection, "pool", None):
            connection.close_pool()
        os.environ["DATABASE_URL"] = before
        with psycopg.connect(before, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def backend_cpu(pid: int) -> float:
    """CPU seconds of a server process on this machine; 0 where it cannot be read."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
