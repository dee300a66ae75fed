"""`verify RECORD`: count the record of a decision again; needs neither an instance nor a database."""

import argparse
from pathlib import Path

from gongzhi.cli.options import add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common.text import N_
from gongzhi.engines.record_checks import Published, verify_record
from gongzhi.engines.record_shapes import Unreadable, read_record

UNREADABLE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="RECORD", help=words(N_("一次决定的记录文件")))
    parser.add_argument("--seal", metavar="HEX", default="", help=words(N_("公告上的封印")))
    parser.add_argument("--rule", metavar="HEX", default="", help=words(N_("表决前公布的规则摘要")))
    parser.add_argument("--roll", metavar="HEX", default="", help=words(N_("表决前公布的名册摘要")))
    parser.add_argument(
        "--receipt", metavar="HEX", action="append", default=[], help=words(N_("实名票的回执，可以写几次"))
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        record = read_record(Path(arguments.record).read_bytes())
    except (OSError, Unreadable) as error:
        say(N_("这个文件读不出记录：{why}"), why=str(error))
        return UNREADABLE
    published = Published(arguments.seal, arguments.rule, arguments.roll, arguments.receipt)
    failures = verify_record(record, published)
    if failures:
        say(N_("记录有 {count} 处不对。"), count=len(failures))
        for failure in failures[:20]:
            say("{code} {where}", **failure._asdict())
    else:
        say(N_("记录完好，重新数过，结果一样。封印：{seal}"), seal=record["seal"])
    if arguments.json:
        answer({"valid": not failures, "failures": [failure._asdict() for failure in failures]})
    return 1 if failures else 0
