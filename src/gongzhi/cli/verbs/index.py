"""`index`: make the words of older cases findable; new ones are indexed as they come in."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.words import answer, say
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        index = late.load("gongzhi.cases.actions.indexing:index_words")
        count = index(by=system_actor("cli"), at=clock.now(), progress=TerminalProgress())
    say(N_("编好了 {count} 件的检索索引。没有编的只有保密的和已销毁原话的。"), count=count)
    if arguments.json:
        answer({"indexed": count})
    return 0
