"""`worker`: the jobs that run by themselves, each under a lock, so that any number of workers may run."""

import argparse

from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data
from gongzhi.cli.words import words
from gongzhi.cli.worker import Worker
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--once", action="store_true", help=words(N_("每项任务跑一次就结束")))


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data) as instance:
        worker = Worker(instance.url)
        if arguments.once:
            return worker.run_each_once()
        worker.run_until_stopped()
    return 0
