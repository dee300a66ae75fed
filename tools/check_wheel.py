"""Build the wheel, install it into a fresh environment, and run its demo: ready, stopped, nothing left behind.

python tools/check_wheel.py [--python /usr/bin/python3] [--as USER]

`--as` (root only) runs the installed demo as that user; the interpreter must then be one that the user may run.
Takes a minute or two and the package index of the machine's own pip, so it is not among the tests.
"""

import argparse
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 300


def build(work: Path) -> Path:
    """The wheel of what is committed."""
    source = work / "source"
    source.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "x", "-C", source], input=archive, check=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", work, source]
    subprocess.run(pip, check=True)
    return next(work.glob("*.whl"))


def install(python: str, wheel: Path, work: Path) -> Path:
    """The `gongzhi` command of a fresh environment."""
    fresh = work / "fresh"
    subprocess.run([python, "-m", "venv", "--without-pip", fresh], check=True)
    run = [sys.executable, "-m", "pip", "--python", fresh / "bin/python", "install", "--quiet", wheel]
    subprocess.run(run, check=True)
    return fresh / "bin/gongzhi"


def left_behind(folder: Path) -> list[str]:
    """Living processes that name the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and int(entry.name) != os.getpid():
            found.append(f"{entry.name} {command[:120]}")
    return found


def run_demo(command: Path, folder: Path, user: str | None) -> None:
    """Raises AssertionError in words."""
    owner = pwd.getpwnam(user) if user else None
    folder.mkdir()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": os.environ.get("LANG", "C.UTF-8")}
    child = subprocess.Popen(
        [command, "demo", "--json", "--port", "0", "--data", data],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **({"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}),
    )
    try:
        line = child.stdout.readline() if child.stdout else ""
        assert line, f"the demo ended with {child.wait()}"
        told = json.loads(line)
        with urllib.request.urlopen(f"{told['url']}/healthz", timeout=10) as answer:
            assert json.load(answer)["status"] == "ok", "not healthy"
        with urllib.request.urlopen(told["roles"][0]["login_url"], timeout=30) as page:
            assert page.status == 200, "the first card does not open"
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0, "did not end well"
    finally:
        if child.poll() is None:
            child.kill()
    time.sleep(1)
    assert not (left := left_behind(folder)), f"left behind: {left}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--as", dest="user")
    asked = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="gz-wheel-"))
    work.chmod(0o755)
    try:
        command = install(asked.python, build(work), work)
        began = time.monotonic()
        run_demo(command, work / "instance", asked.user)
        seconds, who = time.monotonic() - began, asked.user or "caller"
        print(f"ok: installed, ready, stopped, nothing left, {seconds:.0f} s as {who}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
