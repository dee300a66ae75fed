"""A new cluster: initdb into a folder beside, our settings, and who may connect; renamed when whole."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

from .binaries import binaries
from .folders import Folders
from .service_user import Owner, caller

_LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]

# Logs carry no personal values: no statement text, no DETAIL, no parameters.
_SETTINGS = """
# --- 共治 Gongzhi ---
listen_addresses = ''
max_connections = 100
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
jit = off
"""

_ACCESS = (
    "# Only over our own socket, only the users named in pg_ident.conf.\nlocal all all peer map=gongzhi\n"
)


def initialise(folders: Folders) -> None:
    """Make the cluster's files; an attempt that was cut off is swept away and made again."""
    for left in folders.home.glob("data.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    making = folders.home / f"data.new-{os.getpid()}"
    command = [
        binaries() / "initdb",
        "-D",
        making,
        "-U",
        "postgres",
        "-A",
        "peer",
        *_LOCALE,
        "--data-checksums",
    ]
    done = run_as(folders.owner, [str(word) for word in command])
    if done.returncode != 0:
        raise Refused(
            "initdb_failed",
            N_("建不了数据库：{reason}"),
            reason=(done.stderr or done.stdout).strip()[-800:],
        )
    with (making / "postgresql.conf").open("a") as file:
        file.write(_SETTINGS)
    (making / "pg_hba.conf").write_text(_ACCESS)
    making.rename(folders.data)


def run_as(owner: Owner, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program as the cluster's owner, with nothing of our environment but the path."""
    lent: dict[str, Any] = (
        {} if owner.is_caller else {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    )
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env=clean_environment(), **lent
    )
    return done


def clean_environment() -> dict[str, str]:
    """Without PG* and locale variables of the caller, which would change what initdb and postgres do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def write_access_rules(folders: Folders) -> None:
    """Let root, the cluster's owner and the caller in as the database's roles, and nobody else."""
    names = sorted({"root", folders.owner.name, caller().name})
    lines = [f'gongzhi "{name}" "{role}"' for name in names for role in ("gongzhi", "postgres")]
    text = "# Operating-system user → database role\n" + "\n".join(lines) + "\n"
    (folders.data / "pg_ident.conf").write_text(text)


def refuse_other_major(data: Path, major: int) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(major):
        raise Refused(
            "cluster_of_other_version",
            N_(
                "这个文件夹的数据库是 PostgreSQL {found}，这里的程序是 {major}。"
                "请用原来的程序 backup，再在空文件夹里 restore。"
            ),
            found=found,
            major=major,
        )
