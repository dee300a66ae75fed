"""The backup archive: a tar of database.dump, media/, keys/ (if asked for) and, last, manifest.json.

The manifest is written last: an archive that was cut off has none and is refused.
"""

import contextlib
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from gongzhi.common.errors import Refused
from gongzhi.common.progress import Progress
from gongzhi.common.text import N_

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
_BLOCK = 1 << 20


@contextlib.contextmanager
def new_archive(file: Path) -> Iterator[tarfile.TarFile]:
    """A new archive, mode 0600: whole under its name, or not there. An existing file is never overwritten."""
    refuse_existing(file)
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield tar
            raw.flush()
            os.fsync(raw.fileno())
        try:
            os.link(making, file)  # unlike rename, this does not replace
        except FileExistsError:
            refuse_existing(file)
    except OSError as error:
        raise Refused(
            "archive_not_written",
            N_("写不了 {file}：{reason}。请核对文件夹是否存在、能否写、空间够不够。"),
            file=file,
            reason=error.strerror or str(error),
        ) from error
    finally:
        making.unlink(missing_ok=True)


def refuse_existing(file: Path) -> None:
    if file.exists():
        raise Refused("file_exists", N_("{file} 已经有了，不覆盖。请换一个文件名。"), file=file)


def add_folder(tar: tarfile.TarFile, folder: Path, name: str, progress: Progress) -> dict[str, str]:
    """Add every file below `folder`; returns {path below it: sha256}. A file that goes away meanwhile is left out."""
    found: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        relative = path.relative_to(folder).as_posix()
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            found[relative] = add_file(tar, file, f"{name}/{relative}")
            progress.advance()
    return found


def add_file(tar: tarfile.TarFile, file: IO[bytes], name: str) -> str:
    """Add an open file as `name`; returns the sha256 of what went in."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
    watched = _Hashing(file)
    tar.addfile(entry, watched)
    return watched.total.hexdigest()


def add_manifest(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(text), 0o600
    tar.addfile(entry, io.BytesIO(text))


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.total = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.total.update(block)
        return block


@contextlib.contextmanager
def opened_archive(file: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    """The archive and its manifest; raises Refused for what is not a whole archive of ours."""
    try:
        with tarfile.open(file, "r:") as tar:
            text = tar.extractfile(MANIFEST)
            manifest = json.load(text) if text else {}
            if manifest.get("format") != FORMAT:
                raise Refused(
                    "archive_of_other_format",
                    N_("{file} 是另一种格式的备份（{found}）。请用做它的版本恢复。"),
                    file=file,
                    found=manifest.get("format"),
                )
            yield tar, manifest
    except FileNotFoundError as error:
        raise Refused("no_such_file", N_("没有这个文件：{file}"), file=file) from error
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise Refused(
            "not_an_archive", N_("{file} 不是完整的共治备份：没有清单，或被截断了。"), file=file
        ) from error


def extract(tar: tarfile.TarFile, name: str, target: Path) -> str:
    """Write one member to `target` (0600); returns its sha256."""
    source = tar.extractfile(name)
    if source is None:
        raise KeyError(name)
    total = hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := source.read(_BLOCK):
            total.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return total.hexdigest()


def extract_folder(
    tar: tarfile.TarFile, name: str, hashes: dict[str, str], target: Path, progress: Progress
) -> list[str]:
    """Write the files that the manifest names below `target`; returns those that are missing or differ."""
    wrong = []
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for relative, wanted in hashes.items():
        path = (target / relative).resolve()
        if not path.is_relative_to(target.resolve()):
            wrong.append(f"{name}/{relative}")
            continue
        try:
            found = extract(tar, f"{name}/{relative}", path)
        except KeyError:
            found = ""
        if found != wanted:
            wrong.append(f"{name}/{relative}")
        progress.advance()
    return wrong
