"""`statistics`: how long answers took, how many came in time, what is open; each with its denominator."""

import argparse
import datetime as dt
from typing import Any

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--place", metavar="CODE", default="", help=words(N_("只数这个地点和它下面的")))
    parser.add_argument("--since", metavar="DATE", type=dt.date.fromisoformat, help=words(N_("从这一天起收到的")))
    parser.add_argument("--until", metavar="DATE", type=dt.date.fromisoformat, help=words(N_("到这一天为止收到的")))
    parser.add_argument("--channel", metavar="CODE", default="", help=words(N_("只数这个渠道，如 import")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        filters = late.load("gongzhi.cases.queries.listing:Filters")(
            place=_path(arguments.place),
            since=arguments.since,
            until=arguments.until,
            channel=arguments.channel,
        )
        statistics = late.load("gongzhi.cases.queries.statistics:statistics")
        found = statistics(system_actor("statistics"), filters, clock.now()).as_json()
    _tell(found)
    if arguments.json:
        answer(found)
    return 0


def _path(code: str) -> str:
    return str(late.load("gongzhi.places.queries:get_place")(code).path) if code else ""


def _tell(found: dict[str, Any]) -> None:
    delay, in_time = found["reply_delay_days"], found["answered_in_time"]
    say(
        N_("答复用的天数：中位数 {median}，四分之三不超过 {p75}，平均 {mean}，最长 {longest}（{count} 件）。"),
        **{name: delay[name] for name in ("median", "p75", "mean", "longest", "count")},
    )
    say(
        N_("按期答复 {numerator} / {denominator} 件。"),
        numerator=in_time["numerator"],
        denominator=in_time["denominator"],
    )
