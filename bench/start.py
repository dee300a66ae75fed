"""How long `./gongzhi demo` takes until it answers: warm, and from a bare checkout; and the worker's memory.

The bare checkout is a copy of the tracked files without `.venv`; packages come from pip's cache where it has them
(the row says whether anything was fetched), so that the network is not what is measured.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._serving import ROOT, load, row

WARM_STARTS = 3


def _environment() -> dict[str, str]:
    """Ours without the benchmark's own database and folder."""
    left_out = ("DATABASE_URL", "GONGZHI_DATA", "GONGZHI_DEMO", "GONGZHI_URL", "PYTHONPATH", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in left_out}


@contextlib.contextmanager
def _demo(checkout: Path, folder: Path) -> Iterator[tuple[float, int, str]]:
    """Seconds until it printed its address, its process, and what it said meanwhile."""
    log = folder.parent / "demo.log"
    began = time.perf_counter()
    with log.open("w") as words:
        program = subprocess.Popen(
            [str(checkout / "gongzhi"), "demo", "--json", "--no-browser", "--port", "0", "--data", str(folder)],
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            cwd=checkout,
        )
    line = program.stdout.readline() if program.stdout else ""
    took = time.perf_counter() - began
    try:
        if not line:
            raise RuntimeError(log.read_text()[-2000:])
        json.loads(line)
        yield took, program.pid, log.read_text()
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(60)


def _copy(checkout: Path) -> None:
    """The tracked files as they are now, and nothing else."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)


def _memory(pid: int) -> dict[str, float]:
    """MiB of the demo's children by name: RSS, and PSS (shared pages split among those who share them)."""
    found: dict[str, float] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        name = Path(f"/proc/{child}/comm").read_text().strip()
        for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Rss:", "Pss:")):
                found[f"{name} {line[:3]}"] = int(line.split()[1]) / 1024
    return found


def run() -> dict[str, Any]:
    rows = [load()]
    with tempfile.TemporaryDirectory(prefix="gz-bench-") as scratch:
        checkout, folder = Path(scratch) / "checkout", Path(scratch) / "data"
        _copy(checkout)
        with _demo(checkout, folder) as (cold, _, said):
            fetched = "something was fetched" if "Downloading" in said else "nothing said to be fetched"
            rows.append(row("demo from a bare checkout", cold, "s", f"target ≤90; pip's cache, {fetched}"))
        with _demo(checkout, Path(scratch) / "second") as (filled, _, _):
            rows.append(row("demo in an empty folder, packages there", filled, "s"))
        warm, memory = [], {}
        for _ in range(WARM_STARTS):
            with _demo(checkout, folder) as (took, pid, _):
                warm.append(took)
                time.sleep(3)  # the worker has run each of its jobs
                memory = _memory(pid)
        rows.append(row("demo, warm: the best of three", min(warm), "s", "target ≤3"))
        rows.append(row("demo, warm: the worst of three", max(warm), "s"))
        for name, size in sorted(memory.items()):
            target = "target ≤200" if name == "gongzhi-worker Rss" else ""
            rows.append(row(f"memory: {name}", size, "MiB", target))
    return {"name": "start", "rows": rows}


if __name__ == "__main__":
    sys.exit("run it with ./gongzhi bench start")
