"""Running `python -m gongzhi` in tests, and looking for what it left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[3]
ROOT = SOURCE.parent


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder in /tmp that the service user may pass through, so that the cluster lies inside and goes with it."""
    with tempfile.TemporaryDirectory(prefix="gz-cli-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def environment(**more: str) -> dict[str, str]:
    """Ours, without the database and folder of the test run."""
    left_out = ("DATABASE_URL", "GONGZHI_DATA", "GONGZHI_DEMO", "GONGZHI_URL")
    found = {name: value for name, value in os.environ.items() if name not in left_out}
    if found.get("DJANGO_SETTINGS_MODULE") == "tests.settings":
        del found["DJANGO_SETTINGS_MODULE"]  # commands run on the product's own settings
    path = os.pathsep.join(filter(None, [str(SOURCE), found.get("PYTHONPATH", "")]))
    return {**found, "PYTHONPATH": path, **more}


def gongzhi(*arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gongzhi", *map(str, arguments)],
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def answered(*arguments: object, **more: str) -> Any:
    """The JSON answer of a command that must succeed."""
    done = gongzhi(*arguments, "--json", **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextlib.contextmanager
def running(code: str, *arguments: object, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """A Python program of the test, killed at the end if it is still there."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment(**more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        child.communicate()


def processes_about(folder: Path) -> list[str]:
    """Every living process whose command line or working folder names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(entry / "cwd")
            data = b"GONGZHI_DATA=" + str(folder).encode() in (entry / "environ").read_bytes()
            if str(folder) in command or place.startswith(str(folder)) or data:
                found.append(f"{entry.name} {command[:120]}")
    return found


def until(question: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return question()
