"""The data folder: DIR (0700) holds media, keys and `pg/`; where a parent keeps the database's user out, the cluster
lies under /var/lib/gongzhi and DIR holds a pointer to it. Parents are never opened, strange folders never touched.
"""

import hashlib
import json
import os
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongzhi import __version__
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

from .service_user import NAME, Owner, as_user, by_uid, owner_for

MARK, POINTER, CLUSTER = "instance.json", "pg-location", "pg"
ELSEWHERE = Path("/var/lib/gongzhi")
_OURS = {MARK, POINTER, CLUSTER, "media", "keys", "demo.json", "audit-head.json", "wrong-rows", "lost+found"}
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 107


@dataclass(frozen=True)
class Folders:
    """Where one instance lies: its folder, its cluster's home, and who owns the cluster."""

    folder: Path
    home: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"


def prepare_folder(folder: Path) -> Path:
    """DIR, made with mode 0700 and marked as ours; raises Refused for a folder that holds other things."""
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_strange(folder)
        if stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
        for name in ("media", "keys"):
            if not (folder / name).exists():
                (folder / name).mkdir(mode=0o700, exist_ok=True)
                give_to_folder_owner(folder / name, folder)
        _mark(folder)
    except OSError as error:
        raise Refused(
            "folder_not_usable",
            N_("数据文件夹 {folder} 用不了：{reason}。请换一个文件夹（--data），或核对它的权限。"),
            folder=folder,
            reason=error.strerror or str(error),
        ) from error
    return folder


def _refuse_strange(folder: Path) -> None:
    entries = {entry.name for entry in folder.iterdir()}
    shared = bool(folder.stat().st_mode & stat.S_ISVTX)
    if shared or (MARK not in entries and entries - _OURS):
        raise Refused(
            "folder_not_ours",
            N_("{folder} 里有别的东西，不是共治的数据文件夹。请用 --data 指一个空文件夹。"),
            folder=folder,
        )


def _mark(folder: Path) -> None:
    path = folder / MARK
    if path.exists():
        return
    mark = {"instance": str(uuid.uuid4()), "made_at": clock.now().isoformat(), "version": __version__}
    making = folder / f"{MARK}.{os.getpid()}"
    making.write_text(json.dumps(mark))
    try:
        os.link(making, path)  # whole or absent, and the first of two starts wins
    except FileExistsError:
        pass
    finally:
        making.unlink()
    os.chmod(path, 0o600)
    give_to_folder_owner(path, folder)


def give_to_folder_owner(path: Path, folder: Path) -> None:
    """What root makes in a person's own folder belongs to that person (the service user gets only `pg/`)."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0 and by_uid(owner.st_uid).name != NAME:
        os.chown(path, owner.st_uid, owner.st_gid)


def mark_of(folder: Path) -> dict[str, Any]:
    """What DIR says about itself: its instance id, when and by which version it was made."""
    try:
        return dict(json.loads((folder / MARK).read_text()))
    except (OSError, ValueError):
        return {}


def cluster_folders(folder: Path) -> Folders:
    """The home of the cluster of a prepared DIR, made where it is missing and given to its owner."""
    pointer = folder / POINTER
    if pointer.exists():
        return _pointed(folder, Path(pointer.read_text().strip()))
    owner = owner_for(folder / CLUSTER / "data", folder)
    if _lent(folder, owner):
        return Folders(folder, _owned(folder / CLUSTER, owner), owner)
    home = _free_home(folder)
    pointer.write_text(f"{home}\n")
    return Folders(folder, _owned(home, owner), owner)


def _lent(folder: Path, owner: Owner) -> bool:
    """Whether the owner can work in DIR: it is given to them, and taken back if a parent keeps them out."""
    before = folder.stat()
    if os.geteuid() == 0 and before.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
    if as_user(owner, lambda: os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        return True
    if os.geteuid() == 0:
        os.chown(folder, before.st_uid, before.st_gid)
    return False


def _pointed(folder: Path, home: Path) -> Folders:
    if not home.exists():
        raise Refused(
            "cluster_missing",
            N_(
                "{folder} 的数据库应在 {home}，但那里没有。文件夹若是从别处拷来的，请用 backup 和 restore 搬。"
            ),
            folder=folder,
            home=home,
        )
    return Folders(folder, home, by_uid(home.stat().st_uid))


def _free_home(folder: Path) -> Path:
    """A new home named after DIR; one that an earlier DIR of the same name left behind is not taken over."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    number = 1
    while (home := ELSEWHERE / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return home


def _owned(home: Path, owner: Owner) -> Path:
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != owner.uid and os.geteuid() == 0:
        os.chown(home, owner.uid, owner.gid)
    return home


def socket_folder(folders: Folders) -> Path:
    """A short private folder for the socket, owned by the cluster's owner; raises Refused when there is none."""
    name = hashlib.sha256(str(folders.home.resolve()).encode()).hexdigest()[:10]
    for path in _socket_candidates(folders.owner, name):
        if len(str(path / _SOCKET)) < _LONGEST_SOCKET and _private(path, folders.owner):
            return path
    raise Refused(
        "no_socket_folder",
        N_(
            "找不到放数据库套接字的文件夹：/run 和 /tmp 都不能写。请设 XDG_RUNTIME_DIR，指向一个能写的短路径。"
        ),
    )


def _socket_candidates(owner: Owner, name: str) -> list[Path]:
    if os.geteuid() == 0:
        return [Path("/run/gongzhi") / name, Path(f"/tmp/gongzhi-{owner.uid}-{name}")]  # noqa: S108 - 0700, owner checked
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    first = [Path(runtime) / f"gongzhi-{name}"] if runtime else []
    return [*first, Path(f"/tmp/gongzhi-{owner.uid}-{name}")]  # noqa: S108 - 0700, owner checked


def _private(path: Path, owner: Owner) -> bool:
    """Whether `path` is (or could be made) a real folder with mode 0700 that belongs to the owner."""
    try:
        path.parent.mkdir(mode=0o755, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and not path.is_symlink():
            os.chown(path, owner.uid, owner.gid)
        found = path.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return private and found.st_uid == owner.uid
