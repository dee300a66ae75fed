"""`ledger export --beancount FILE`: every fund as one file, for programs that others wrote (bean-check)."""

import argparse
from pathlib import Path

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["export"], help="export")
    parser.add_argument("--beancount", metavar="FILE", required=True, help=words(N_("写到这个文件")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    path = Path(arguments.beancount)
    with opened(arguments.data):
        write = late.load("gongzhi.ledger.exporting:write_beancount")
        try:
            found = write(path, clock.local_date(clock.now()))
        except OSError as error:
            raise Refused("not_written", N_("写不了 {file}：{why}"), file=path, why=error.strerror or "") from error
    say(N_("{funds} 本账，{accounts} 个账户，{entries} 笔，写在 {file}。"), file=path, **found)
    if arguments.json:
        answer({"file": str(path), **found})
    return 0
