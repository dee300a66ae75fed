"""Sealed files under the media folder: written whole or not at all, mode 0600, read back with their seal checked."""

import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from gongzhi.common import sealing
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNFINISHED = ".part"


class NoSpace(Refused):
    """The disk is full; nothing was kept of what could not be kept whole."""

    status = 507


def folder() -> Path:
    return Path(settings.MEDIA_DIR)


def path_of(media_id: uuid.UUID) -> str:
    """ab/<uuid>.sealed, by the last two digits: the first ones of a version-7 UUID are the time."""
    return f"{media_id.hex[-2:]}/{media_id}.sealed"


def write_sealed(relative: str, key: bytes, content: bytes) -> bytes:
    """Seal and store; returns the sealed bytes. Durable when it returns (file and folder are synced).

    Raises NoSpace `disk_full` with nothing half-made left behind; any other error of the disk as it is.
    """
    sealed = sealing.seal(key, content, _context(relative))
    target = folder() / relative
    unfinished = target.with_name(target.name + _UNFINISHED)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_synced(unfinished, sealed)
        unfinished.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in _FULL:
            message = N_("存照片的地方满了，这张照片没有存上。可以先不带照片送出，再请管理员清出空间。")
            raise NoSpace("disk_full", message) from error
        raise
    return sealed


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_sealed(relative: str, key: bytes) -> bytes:
    """Raises FileNotFoundError; sealing.Unreadable when the file was changed or is another's."""
    return sealing.unseal(key, (folder() / relative).read_bytes(), _context(relative))


def remove(relative: str) -> None:
    (folder() / relative).unlink(missing_ok=True)


def stored_before(moment: float) -> Iterator[str]:
    """Relative paths of the files last written before a time (seconds since 1970), unfinished ones included."""
    for path in folder().glob("??/*.sealed*"):
        try:
            old = path.stat().st_mtime < moment
        except FileNotFoundError:
            continue  # removed by somebody else just now
        if old:
            yield path.relative_to(folder()).as_posix()


def _context(relative: str) -> str:
    return f"media:{relative}"
