"""`worker`: the jobs that run by themselves, each under a lock, so that any number of workers may run."""

import argparse
import contextlib
import time
from collections.abc import Iterator

import psycopg

from gongzhi.cli.instance import Instance, opened
from gongzhi.cli.options import add_data
from gongzhi.cli.words import refusal, say, words
from gongzhi.cli.worker import Worker
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

_PATIENCE, _PAUSE = 60.0, 1.0  # seconds
_AWAY = ("database_unreachable", "database_does_not_start")


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--once", action="store_true", help=words(N_("每项任务跑一次就结束")))


def run(arguments: argparse.Namespace) -> int:
    with _opened_when_there(arguments.data) as instance:
        worker = Worker(instance.url)
        if arguments.once:
            return worker.run_each_once()
        worker.run_until_stopped()
    return 0


@contextlib.contextmanager
def _opened_when_there(data: str | None) -> Iterator[Instance]:
    """The instance; a database that is just coming back after a crash is waited for, up to a minute."""
    with contextlib.ExitStack() as stack:
        yield _patiently(stack, data)


def _patiently(stack: contextlib.ExitStack, data: str | None) -> Instance:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return stack.enter_context(opened(data))
        except Refused as refused:
            if refused.code not in _AWAY or time.monotonic() > until:
                raise
            say(N_("{reason} 先等着，最多一分钟。"), reason=refusal(refused))
        except psycopg.OperationalError:  # it went away between two questions
            if time.monotonic() > until:
                raise
        time.sleep(_PAUSE)
