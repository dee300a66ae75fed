"""`load-pack FILE…`: put local packs (a province's figures, a stricter procedure) into the instance; all or none."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help=words(N_("规则包、程序包等的 TOML 文件")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    files = [Path(name) for name in arguments.files]
    for path in files:
        if not path.is_file():
            raise Refused("no_such_file", N_("没有这个文件：{file}"), file=str(path))
    with opened(arguments.data):
        loaded = load_files(files)
    for name, version, title in loaded:
        say(N_("装入了 {name} {version}：{title}。"), name=name, version=version, title=title)
    if arguments.json:
        answer({"packs": [f"{name}/{version}" for name, version, _title in loaded]})
    return 0


def load_files(files: Sequence[Path]) -> list[tuple[str, str, str]]:
    """Name, version and title of each, in a ready instance. Raises WrongPack with file and line; then none is kept."""
    from django.db import transaction

    from gongzhi.common import clock
    from gongzhi.common.access import system_actor

    load_pack, loader = late.load("gongzhi.packs.actions:load_pack"), system_actor("load-pack")
    with transaction.atomic():
        packs = [load_pack(by=loader, at=clock.now(), path=path).pack for path in files]
        return [(pack.name, pack.version, pack.title) for pack in packs]
