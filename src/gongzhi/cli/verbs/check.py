"""`check`: lint, types, the rooms' order, missing migrations, architecture tests; all of them, then the verdict."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from gongzhi.cli.options import add_json
from gongzhi.cli.repository import repository
from gongzhi.cli.throwaway import throwaway_database
from gongzhi.cli.words import answer, say, words
from gongzhi.common.text import N_

_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CHECKS = {
    "ruff": ["-m", "ruff", "check"],
    "mypy": ["-m", "mypy"],
    "imports": ["-c", _IMPORTS],
    "migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
    "architecture": ["-m", "pytest", "tests/architecture"],
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "only",
        nargs="*",
        metavar="CHECK",
        choices=[[], *CHECKS],
        help=words(N_("只做这几项：")) + " ".join(CHECKS),
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    root = repository()
    with throwaway_database():
        results = [_run(name, root) for name in arguments.only or CHECKS]
    failed = [result["name"] for result in results if not result["passed"]]
    say(N_("没有通过：{names}") if failed else N_("都通过了。"), names=" ".join(map(str, failed)))
    if arguments.json:
        answer({"passed": not failed, "checks": results})
    return 1 if failed else 0


def _run(name: str, root: Path) -> dict[str, object]:
    say(f"── {name}")
    paths = os.pathsep.join([str(root / "src"), str(root)])
    environment = {**os.environ, "PYTHONPATH": paths}
    if name == "migrations":
        environment["DJANGO_SETTINGS_MODULE"] = "gongzhi.config.settings"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *CHECKS[name]], cwd=root, env=environment, check=False, stdout=sys.stderr.fileno()
    )
    return {"name": name, "passed": done.returncode == 0, "seconds": round(time.monotonic() - began, 1)}
