"""`token create`: a bearer token for a program, shown once."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["create"], help="create")
    parser.add_argument("--role", required=True, help=words(N_("令牌担任的角色")))
    parser.add_argument("--place", metavar="CODE", help=words(N_("管到哪个地点（代码），默认最上一级")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        token = late.load("gongzhi.people.actions:create_token")(
            by=system_actor("cli"),
            at=clock.now(),
            role=arguments.role,
            place=_place(arguments.place),
        )
    say(N_("令牌只显示这一次，请收好。"))
    if arguments.json:
        answer({"token": token, "role": arguments.role})
    else:
        print(token)
    return 0


def _place(code: str | None) -> object:
    from gongzhi.places.models import Place

    places = Place.objects.filter(code=code) if code else Place.objects.filter(parent=None)
    if (place := places.order_by("id").first()) is None:
        raise Refused("no_such_place", N_("没有这个地点。请先装入模式（load-model）或导入区划。"))
    return place
