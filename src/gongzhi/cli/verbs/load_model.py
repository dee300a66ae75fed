"""`load-model`: put a model pack (organizations, posts, categories, forms) into the instance."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.words import answer, say, words
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=words(N_("模式包的名字，如 pingchang、longling")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    with opened(arguments.data):
        load_model = late.load("gongzhi.cli.load_model:load_model")
        with transaction.atomic():
            load_model(arguments.name, progress=TerminalProgress())
    say(N_("模式 {name} 已装入。"), name=arguments.name)
    if arguments.json:
        answer({"model": arguments.name})
    return 0
