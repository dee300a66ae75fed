"""`bench`: one benchmark of `bench/`, its figures as ratios of things measured in the same call."""

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

from gongzhi.cli.options import add_json
from gongzhi.cli.repository import repository
from gongzhi.cli.throwaway import throwaway_database
from gongzhi.cli.words import answer, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=words(N_("基准的名字，即 bench/ 下的文件名")))
    add_json(parser)


def names(root: Path) -> list[str]:
    """Benchmarks are files of bench/ that have `run() -> {name, rows: [{what, value, unit, ratio_to}]}`."""
    return sorted(path.stem for path in (root / "bench").glob("*.py") if not path.stem.startswith("_"))


def run(arguments: argparse.Namespace) -> int:
    root = repository()
    if arguments.name not in (known := names(root)):
        raise Refused("no_such_benchmark", N_("没有这项基准。有：{known}"), known=" ".join(known) or "-")
    with throwaway_database(durable=True):
        table = _load(root, arguments.name).run()
    if arguments.json:
        answer(table)
    else:
        for row in table["rows"]:
            print(f"{row['what']:<48} {row['value']:>14} {row['unit']:<10} {row.get('ratio_to') or ''}")
    return 0


def _load(root: Path, name: str) -> Any:
    sys.path.insert(0, str(root))
    spec = importlib.util.spec_from_file_location(f"bench.{name}", root / "bench" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise Refused("no_such_benchmark", N_("没有这项基准。有：{known}"), known=name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
