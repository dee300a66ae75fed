"""`keys rotate`: a new master key, and every key of the vault wrapped anew under it; cut off, it goes on next time."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.words import answer, say
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.sealing import add_master
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["rotate"], help="rotate")
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        done = _rotate()
    if done["resumed"]:
        say(N_("上次没换完，这次接着换完，没有再添新的主密钥。"))
    say(N_("主密钥已换成第 {master} 号，重新包装了 {count} 把密钥。旧的主密钥要留着。"), **done)
    if arguments.json:
        answer(done)
    return 0


def _rotate() -> dict[str, object]:
    """A new master key only when the last rotation is through: else that one is finished."""
    from django.conf import settings

    resumed = late.load("gongzhi.people.vault:keys_left")().exists()
    if not resumed:
        add_master(settings.KEYS_DIR)
    count = late.load("gongzhi.people.actions:rewrap_keys")(
        by=system_actor("cli"), at=clock.now(), progress=TerminalProgress()
    )
    return {"master": late.load("gongzhi.people.vault:keyring")().current, "count": count, "resumed": resumed}
