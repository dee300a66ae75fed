"""Make `.venv` from the hash-locked requirements: `python -I bootstrap.py ROOT SET…`; called by the launcher.

Standard library only. A lock held by the kernel lets two launchers wait for each other; a venv that was cut off in the
making is made again; a stamp (a copy of the lock file) says that a set is complete. The venv is built in place, because
a venv cannot be moved.
"""

import contextlib
import fcntl
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_EVERY_SECONDS = 5.0


class Failed(Exception):
    """Something is missing; the text says what to do, in both languages."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of this checkout (on the folder itself); say so when another start holds it.

    What we start inherits the lock: it is freed when the last of it has ended, not when we are killed.
    """
    if not os.access(root, os.W_OK):
        raise Failed(
            f"{root} 不能写。请把源码放到您能写的文件夹。\n"
            f"{root} is not writable. Put the checkout where you can write."
        )
    descriptor = os.open(root, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("另一个 ./gongzhi 正在准备 .venv，等它做完…… / Another ./gongzhi is preparing .venv, waiting …")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def prepare(root: Path, sets: list[str]) -> None:
    """Every set installed and stamped; what is complete is left alone."""
    venv = root / ".venv"
    stamps = venv / ".gongzhi"
    if (stamps / "making").exists() or not os.access(venv / "bin" / "python", os.X_OK):
        make_venv(venv, stamps)
    for name in sets:
        lock = root / "requirements" / f"{name}.txt"
        if not lock.exists():
            raise Failed(f"缺少 {lock}，源码不全。/ {lock} is missing: the checkout is incomplete.")
        stamp = stamps / f"{name}.txt"
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            install(venv, lock, stamp)
    (stamps / "making").unlink(missing_ok=True)


def make_venv(venv: Path, stamps: Path) -> None:
    """A fresh venv of this interpreter. `making` stands until the first set is complete."""
    # Debian leaves these out of python3 itself.
    if not (importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv")):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Failed(
            f"这个 Python 没有 venv 模块。Debian/Ubuntu：apt-get install python3-venv（或 python{version}-venv）。\n"
            f"This Python has no venv module. Debian/Ubuntu: apt-get install python3-venv (or python{version}-venv)."
        )
    say(f"正在建 .venv（Python {sys.version.split()[0]}）…… / Making .venv …")
    shutil.rmtree(venv, ignore_errors=True)
    stamps.mkdir(parents=True)
    (stamps / "making").touch()
    # The resolved interpreter: an upgrade of /usr/bin/python3 must break this venv visibly, not silently.
    run([os.path.realpath(sys.executable), "-I", "-m", "venv", str(venv)], "venv")


def install(venv: Path, lock: Path, stamp: Path) -> None:
    """pip install with hashes; an install that was cut off before is forced over what it left."""
    python = str(venv / "bin" / "python")
    if (
        subprocess.run([python, "-I", "-m", "pip", "--version"], capture_output=True, check=False).returncode
        != 0
    ):
        run([python, "-I", "-m", "ensurepip"], "ensurepip")
    stamp.parent.mkdir(exist_ok=True)
    unfinished = stamp.with_suffix(".unfinished")
    again = ["--force-reinstall"] if unfinished.exists() else []
    unfinished.touch()
    stamp.unlink(missing_ok=True)
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"]
    run_pip([*command, "--disable-pip-version-check", *again, "-r", str(lock)], lock)
    shutil.copyfile(lock, unfinished)
    unfinished.replace(stamp)


def run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, close_fds=False)
    if done.returncode != 0:
        raise Failed(f"{what} 没有成功 / failed:\n{(done.stderr or done.stdout).strip()[-1500:]}")


def run_pip(command: list[str], lock: Path) -> None:
    """pip with a line of progress: how many of the packages it has looked at."""
    total = len(re.findall(r"^[A-Za-z0-9._-]+==", lock.read_text(), re.MULTILINE))
    say(
        f"正在安装 {lock.name}：{total} 个包，第一次约一两分钟…… / Installing {total} packages, a minute or two …"
    )
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
    }
    last: list[str] = []
    seen, shown = 0, time.monotonic()
    with started(command, environment) as child:
        for line in child.stdout or []:
            last = [*last[-14:], line.rstrip()]
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            if line.startswith("Installing collected") or time.monotonic() - shown >= _EVERY_SECONDS:
                shown = time.monotonic()
                say(f"  {min(seen, total)}/{total} {line.split(';')[0].strip()[:70]}")
    if child.returncode != 0:
        raise Failed(
            "\n".join(last)
            + "\n安装没有成功（上面是 pip 的话）。请查网络或镜像设置（pip config），再运行一次会接着来。\n"
            "Installing failed (pip's words above). Check the network or pip's mirror settings, then run this again."
        )


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A child whose output we read; stopped when we are."""
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        close_fds=False,
    )
    try:
        yield child
    except BaseException:
        child.kill()
        raise
    finally:
        child.wait()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    root = Path(sys.argv[1])
    try:
        with alone(root):
            prepare(root, sys.argv[2:])
    except Failed as failed:
        say(str(failed))
        return 1
    except KeyboardInterrupt:
        say("停下了。再运行一次会接着来。/ Stopped. Run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
