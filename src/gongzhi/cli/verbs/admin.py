"""`admin create`: the first administrator of an instance, by telephone; the others are appointed on the pages."""

import argparse

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.words import answer, say, words
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["create"], help="create")
    parser.add_argument("--phone", required=True, help=words(N_("管理员的手机号，用它收验证码登录")))
    parser.add_argument("--name", required=True, help=words(N_("管理员的姓名")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments.data):
        mandate = late.load("gongzhi.people.actions:make_first_administrator")(
            by=system_actor("cli"), at=clock.now(), contact=arguments.phone, name=arguments.name
        )
        made = {"place": mandate.post.place.name, "post": mandate.post.code}
    say(N_("{place}的第一位管理员建好了。用这个手机号登录，再到“开站步骤”接着做。"), **made)
    if arguments.json:
        answer({"person": str(mandate.person_id), **made})
    return 0
