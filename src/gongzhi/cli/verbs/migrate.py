"""`migrate`: make or update the tables."""

import argparse

from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data) as instance:
        say(N_("表已是最新。"))
        if arguments.json:
            answer({"migrated": True, "data": str(instance.folder)})
    return 0
