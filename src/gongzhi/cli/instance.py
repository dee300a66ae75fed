"""One instance for a command: its folder, its database (DATABASE_URL, else the embedded one), its tables, Django."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from gongzhi.cli.postgres.checks import check_database, connect
from gongzhi.cli.postgres.cluster import running_cluster
from gongzhi.cli.postgres.folders import prepare_folder
from gongzhi.config import environment

# Any number, the same for everyone: one migration at a time per database.
_MIGRATION_LOCK = 0x676F6E67


@dataclass(frozen=True)
class Instance:
    folder: Path
    url: str


@contextlib.contextmanager
def opened(data: str | None, *, migrated: bool = True) -> Iterator[Instance]:
    """The instance of a folder, running and with its tables; Django is ready inside.

    DATABASE_URL and GONGZHI_DATA are set for this process and its children.
    """
    folder = Path(data).absolute() if data else environment.data_folder()
    os.environ["GONGZHI_DATA"] = str(folder)
    with _database(folder) as url:
        set_up_django()
        if migrated:
            migrate(url)
        yield Instance(folder, url)
        close_connections()


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        check_database(given)
        prepare_folder(folder)
        yield given
    else:
        with running_cluster(folder) as cluster:
            yield cluster.url


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.config.settings")
    import django

    django.setup()


def _up_to_date(connection: psycopg.Connection) -> bool:
    """Whether every migration on disk is applied, by name: much quicker than asking Django to plan."""
    from django.apps import apps

    row = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    if not (row and row[0]):
        return False
    applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    return all(
        (config.label, file.stem) in applied
        for config in apps.get_app_configs()
        for file in (Path(config.path) / "migrations").glob("[0-9]*.py")
    )


def migrate(url: str) -> None:
    """Bring the tables up to date; two starts wait for each other."""
    from django.core.management import call_command

    with connect(url) as connection:
        if _up_to_date(connection):
            return
        connection.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        call_command("migrate", verbosity=0, interactive=False)


def close_connections() -> None:
    """Let go of the database before it may be stopped: the pool's connections too."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()
