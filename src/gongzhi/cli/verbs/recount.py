"""`recount`: make the counts beside the cases, and their sums, anew from the cases."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        groups = late.load("gongzhi.cases.actions.counting:recount")()
    say(N_("数好了，汇总里有 {count} 组。"), count=groups)
    if arguments.json:
        answer({"groups": groups})
    return 0
