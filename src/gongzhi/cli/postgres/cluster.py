"""Start, share and stop the embedded cluster of one data folder.

Every process that uses the cluster holds a shared lock; the last one to leave stops it (see keeper.py), so a second
command beside a running demo shares its cluster, and nothing survives the last user, however it ended.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

from . import initialise, keeper
from .binaries import binaries, wheel_version
from .folders import Folders, cluster_folders, prepare_folder, socket_folder

ROLE = DATABASE = "gongzhi"
_START_SECONDS = 90
_LARGEST_LOG = 5_000_000
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Cluster:
    """A running cluster; `url` is what DATABASE_URL shall be for whoever uses it."""

    url: str
    folders: Folders
    socket: Path


@contextlib.contextmanager
def running_cluster(data_dir: Path, *, durable: bool = True) -> Iterator[Cluster]:
    """The cluster of a data folder, started if nobody did; DATABASE_URL is set inside, for children too.

    `durable=False` is for the throw-away clusters of tests: no fsync. Raises Refused with what to do.
    """
    folders = cluster_folders(prepare_folder(data_dir))
    use = _Use(folders, {} if durable else _NOT_DURABLE)
    before = os.environ.get("DATABASE_URL")
    cluster = use.begin()
    os.environ["DATABASE_URL"] = cluster.url
    try:
        yield cluster
    finally:
        os.environ.pop("DATABASE_URL", None)
        if before is not None:
            os.environ["DATABASE_URL"] = before
        use.end()


def url_for(socket: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(socket), safe='')}"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold a file alone; the kernel frees it when the process ends, however it ends."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """A lock file beside the cluster; it belongs to the cluster's owner, whoever made it first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != (home := path.parent.stat()).st_uid:
        os.fchown(descriptor, home.st_uid, home.st_gid)
    return descriptor


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Use:
    """One process's use of the cluster, from `begin` to `end`. `gate` orders those who begin and end."""

    def __init__(self, folders: Folders, settings: dict[str, str]) -> None:
        self.folders, self.settings = folders, settings
        self.socket = socket_folder(folders)
        self.keeper: subprocess.Popen[bytes] | None = None
        self.users = -1

    def begin(self) -> Cluster:
        with _locked(self.folders.home / "gate.lock"):
            self.users = _open(self.folders.home / "users.lock")
            try:
                fcntl.flock(self.users, fcntl.LOCK_SH)  # waits while a keeper is stopping
                self._reach()
            except BaseException:
                os.close(self.users)
                if self.keeper:
                    self.keeper.wait(_START_SECONDS)  # it stops what it started: nobody uses it
                raise
        return Cluster(url_for(self.socket), self.folders, self.socket)

    def end(self) -> None:
        """Leave; whoever leaves last stops the cluster and waits until it is down."""
        with _locked(self.folders.home / "gate.lock"):
            if _try(self.users, fcntl.LOCK_EX):
                self._dismiss_keeper()
            elif not _try(self.users, fcntl.LOCK_SH):
                fcntl.flock(self.users, fcntl.LOCK_SH)  # the keeper is stopping it at this moment
            os.close(self.users)
        if self.keeper:
            self._reap(self.keeper)

    def _reap(self, keeper_process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            keeper_process.wait(0.1)

    def _dismiss_keeper(self) -> None:
        pid = self._keeper_pid()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if pid:
                os.kill(pid, 15)
        with _locked(self.folders.home / "keeper.lock"):
            pass  # freed when the keeper, and before it the database, has ended

    def _keeper_pid(self) -> int | None:
        """The living keeper's process id, None when there is none."""
        descriptor = _open(self.folders.home / "keeper.lock")
        try:
            if _try(descriptor, fcntl.LOCK_EX):
                return None
            return int(os.pread(descriptor, 20, 0) or 0)
        finally:
            os.close(descriptor)

    def _reach(self) -> None:
        """Until the database answers: wait for one that starts or stops, start one where there is none."""
        until = time.monotonic() + _START_SECONDS
        started = False
        while not self._answers():
            self.socket = self._socket_in_use() or self.socket
            if time.monotonic() > until or (started and self._keeper_failed()):
                raise self._failure()
            if not started and self._keeper_pid() is None and not self._postmaster_alive():
                self._prepare_files()
                self._start_keeper()
                started = True
            time.sleep(0.03)

    def _keeper_failed(self) -> bool:
        return self.keeper is not None and self.keeper.poll() is not None

    def _answers(self) -> bool:
        """Whether our role reaches our database (made at the first start, right after the cluster)."""
        try:
            psycopg.connect(url_for(self.socket), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return "does not exist" in str(error) and self._create_database()
        return True

    def _create_database(self) -> bool:
        with psycopg.connect(
            url_for(self.socket, role="postgres", database="postgres"), autocommit=True
        ) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                admin.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        return True

    def _socket_in_use(self) -> Path | None:
        """The socket's folder that a running postmaster names: root's and a plain user's choices differ."""
        try:
            lines = (self.folders.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        return Path(lines[4]) if len(lines) > 4 and lines[4] and Path(lines[4]).is_dir() else None

    def _postmaster_alive(self) -> bool:
        """Whether the process that postmaster.pid names is really this cluster's (numbers are used again)."""
        try:
            pid = int((self.folders.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return False
        try:
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.folders.data.resolve()
        except OSError:
            told = subprocess.run(
                ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
            )
            return "postgres" in told.stdout

    def _prepare_files(self) -> None:
        """Nobody runs this cluster: make it if it is new, sweep what a crash left, tidy the log."""
        folders, self.socket = self.folders, socket_folder(self.folders)
        if not (folders.data / "PG_VERSION").exists():
            initialise.initialise(folders)
        initialise.refuse_other_major(folders.data, int(wheel_version().split(".")[0]))
        initialise.write_access_rules(folders)
        (folders.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.socket.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)
        if folders.log.exists() and folders.log.stat().st_size > _LARGEST_LOG:
            folders.log.rename(folders.log.with_suffix(".log.1"))

    def _start_keeper(self) -> None:
        folders, owner = self.folders, self.folders.owner
        settings = {
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            **self.settings,
        }
        command = [str(binaries() / "postgres"), "-D", str(folders.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        spec = {
            "command": command,
            "environment": initialise.clean_environment(),
            "log": str(folders.log),
            "socket": str(self.socket),
            "keeper_lock": str(folders.home / "keeper.lock"),
            "users_lock": str(folders.home / "users.lock"),
            "user": None if owner.is_caller else owner.uid,
            "group": None if owner.is_caller else owner.gid,
        }
        with folders.log.open("ab") as log:
            self.keeper = subprocess.Popen(
                [sys.executable, "-I", keeper.__file__, json.dumps(spec)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def _failure(self) -> Refused:
        log = self.folders.log
        tail = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        return Refused(
            "database_does_not_start",
            N_("数据库没有启动。{log} 的最后几行：\n{tail}"),
            log=log,
            tail="\n".join(tail),
        )
