"""`audit verify`: recompute the chain of the trail from its first entry on."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"], help="verify")
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        found = late.load("gongzhi.audit.jobs:verify_trail")()
    if found.valid:
        say(N_("留痕完好：核对了 {checked} 条。"), checked=found.checked)
    else:
        say(
            N_("留痕有 {count} 处不对，共核对 {checked} 条。"),
            count=len(found.failures),
            checked=found.checked,
        )
        for failure in found.failures[:20]:
            say("{code} {where}", **failure)
    if arguments.json:
        answer({"valid": found.valid, "checked": found.checked, "failures": found.failures})
    return 0 if found.valid else 1
