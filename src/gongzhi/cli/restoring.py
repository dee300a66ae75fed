"""Put an archive back: into a database beside the old one, checked row by row, and only then in its place."""

import contextlib
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from gongzhi.cli import vault_keys
from gongzhi.cli.archive import DUMP, extract, extract_folder
from gongzhi.cli.digests import fix_text_forms, is_empty, tables
from gongzhi.cli.dumping import digests_of, load, server_major, with_database
from gongzhi.cli.instance import Instance
from gongzhi.cli.postgres.checks import connect
from gongzhi.cli.postgres.folders import mark_of
from gongzhi.common.errors import Refused
from gongzhi.common.progress import Progress
from gongzhi.common.text import N_

_SHOWN = 20


@dataclass
class Restoration:
    """One archive on its way into one instance."""

    instance: Instance
    tar: tarfile.TarFile
    manifest: dict[str, Any]
    progress: Progress
    unreadable: int = field(default=0)

    @property
    def same_instance(self) -> bool:
        return bool(self.manifest["instance"]) and (
            mark_of(self.instance.folder).get("instance") == self.manifest["instance"]
        )

    def run(self, *, force: bool) -> None:
        """Load, compare, swap; raises Refused and leaves the instance as it was when anything differs."""
        with connect(self.instance.url) as connection:
            empty = is_empty(connection) and not any((self.instance.folder / "media").iterdir())
            refuse_older(server_major(connection), self.manifest["postgresql"])
        if not empty and not force:
            raise Refused(
                "not_empty",
                N_("{folder} 里已有内容。要用备份替换它，请加 --force；要保留，请用 --data 另指文件夹。"),
                folder=self.instance.folder,
            )
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=self.instance.folder) as folder:
            files = self._checked_files(Path(folder))
            with _database_beside(self.instance.url, empty=empty) as beside:
                self._load(beside.url, Path(folder) / DUMP)
                beside.swap()
            self._swap_files(files)

    def _checked_files(self, folder: Path) -> Path:
        """Everything of the archive written beside, each file compared with its hash."""
        self.progress.start(N_("文件"), len(self.manifest["media"]) + len(self.manifest["keys"]))
        wrong = [] if extract(self.tar, DUMP, folder / DUMP) == self.manifest["dump"] else [DUMP]
        for name in ("media", "keys"):
            wrong += extract_folder(self.tar, name, self.manifest[name], folder / name, self.progress)
        self.progress.finish()
        if wrong:
            raise differs(wrong)
        return folder

    def _load(self, url: str, dumped: Path) -> None:
        with connect(url) as new:
            major = server_major(new)
            for section in ("pre-data", "data"):
                load(url, dumped, section, major)
            refuse_differences(new, self.manifest["tables"], self.progress)
            with connect(self.instance.url) as old, new.transaction():
                if self.same_instance and url != self.instance.url:
                    vault_keys.carry_over(old, new, with_keys=self.manifest["with_keys"])
                references = [(table, column) for table, column in self.manifest["vault_references"]]
                self.unreadable = vault_keys.stand_in_for_missing(new, references)
            load(url, dumped, "post-data", major)

    def _swap_files(self, files: Path) -> None:
        """Media as in the archive; keys only if it holds some, and then newer masters of the same instance stay."""
        folder = self.instance.folder
        _replace(folder / "media", files / "media", files / "media-before")
        if self.manifest["with_keys"]:
            if self.same_instance:
                for path in (folder / "keys").iterdir():
                    if not (files / "keys" / path.name).exists():
                        shutil.copy2(path, files / "keys" / path.name)
            _replace(folder / "keys", files / "keys", files / "keys-before")


def _replace(place: Path, fresh: Path, before: Path) -> None:
    owner = place.stat()
    for path in [fresh, *fresh.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)
    place.rename(before)
    fresh.rename(place)


def refuse_older(target: int, source: int) -> None:
    if target < source:
        raise Refused(
            "target_older",
            N_("备份来自 PostgreSQL {source}，这里是 {target}。请用 {source} 或更新的版本。"),
            source=source,
            target=target,
        )


def refuse_differences(
    connection: psycopg.Connection, wanted: dict[str, dict[str, object]], progress: Progress
) -> None:
    """Compare every table's rows with the manifest; raises Refused `differs` with the names of those that do."""
    fix_text_forms(connection)
    progress.start(N_("核对"), len(wanted))
    found = digests_of(connection, wanted, progress)
    progress.finish()
    if wrong := [name for name, digest in wanted.items() if found.get(name) != digest]:
        raise differs(wrong)


def differs(wrong: list[str]) -> Refused:
    return Refused(
        "differs",
        N_("核对不上，没有恢复：{names}。备份文件可能被改过或坏了，请换一份。"),
        names=", ".join(wrong[:_SHOWN]),
        all=wrong,
    )


@dataclass
class _Beside:
    """A database that takes the place of another when it is complete."""

    url: str
    administration: str
    name: str
    place: str
    swapped: bool = False

    def swap(self) -> None:
        """Close the old database to everyone, put this one under its name, and drop the old."""
        if self.name == self.place:
            return
        before = f"{self.place}_before_{os.getpid()}"
        with connect(self.administration) as administration:
            _close(administration, self.place)
            _rename(administration, self.place, before)
            try:
                _rename(administration, self.name, self.place)
            except psycopg.Error:
                _rename(administration, before, self.place)
                _alter(administration, self.place, "ALLOW_CONNECTIONS true")
                raise
            self.swapped = True
            _drop(administration, before)


@contextlib.contextmanager
def _database_beside(url: str, *, empty: bool) -> Iterator[_Beside]:
    """A new database beside the one of `url`; where the role may not make one, an empty database itself."""
    with connect(url) as connection:
        place = connection.info.dbname
        row = connection.execute(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        may_create = bool(row and row[0])
        if not may_create:
            _prepare_in_place(connection, empty=empty)
    if not may_create:
        yield _Beside(url, url, place, place)
        return
    beside = _Beside("", with_database(url, "postgres"), f"{place}_restore_{os.getpid()}", place)
    beside.url = with_database(url, beside.name)
    with connect(beside.administration) as administration:
        administration.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(beside.name)
            )
        )
    try:
        yield beside
    finally:
        if not beside.swapped:
            with connect(beside.administration) as administration:
                _drop(administration, beside.name)


def _prepare_in_place(connection: psycopg.Connection, *, empty: bool) -> None:
    if not empty:
        raise Refused(
            "may_not_create_database",
            N_("数据库用户 {user} 不能新建库，不能安全地替换。请运行 ALTER ROLE {user} CREATEDB; 再试。"),
            user=connection.info.user,
        )
    for table in tables(connection):
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table)))


def _alter(administration: psycopg.Connection, name: str, what: str) -> None:
    administration.execute(
        sql.SQL("ALTER DATABASE {} ").format(sql.Identifier(name)) + sql.SQL(what)
    )


def _close(administration: psycopg.Connection, name: str) -> None:
    _alter(administration, name, "ALLOW_CONNECTIONS false")
    administration.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    )


def _rename(administration: psycopg.Connection, name: str, to: str) -> None:
    """Rename, waiting for sessions that are just ending."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to))
    for attempt in range(50):
        try:
            administration.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            if attempt == 49:
                raise
            time.sleep(0.1)


def _drop(administration: psycopg.Connection, name: str) -> None:
    administration.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
