"""`test`: pytest on a throw-away cluster; without Chromium the journeys that were not run are listed."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from gongzhi.cli.repository import repository
from gongzhi.cli.throwaway import throwaway_database
from gongzhi.cli.words import words
from gongzhi.common.text import N_

# Each process has a database and now and then a browser of its own.
_MOST = 4


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-browser", action="store_true", help=words(N_("不跑要浏览器的测试，也不算缺")))
    parser.epilog = words(N_("其余参数原样交给 pytest。"))


def run(arguments: argparse.Namespace) -> int:
    root = repository()
    with throwaway_database():
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "gongzhi.cli.journeys", *_shared(arguments.rest), *arguments.rest],
            cwd=root,
            env=_environment(root, skip=arguments.no_browser),
            check=False,
        ).returncode


def _shared(rest: list[str]) -> list[str]:
    """A run of everything is shared by as many processes as there are cores, a file to each at a time."""
    chosen = any(not word.startswith("-") or word.startswith(("-n", "-k", "-m")) for word in rest)
    count = min(os.cpu_count() or 1, _MOST)
    return [] if chosen or count < 2 else ["-n", str(count), "--dist", "loadfile"]


def _environment(root: Path, *, skip: bool) -> dict[str, str]:
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(root / "src"), str(root), os.environ.get("PYTHONPATH")])
    )
    if skip:
        environment["GONGZHI_JOURNEYS"] = "skip"
    return environment
