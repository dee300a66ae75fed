"""Options that several verbs share."""

import argparse

from gongzhi.cli.words import words
from gongzhi.common.text import N_


def add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", metavar="DIR", help=words(N_("数据文件夹（也可设 GONGZHI_DATA）；旁边有演示在跑也能用"))
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=words(N_("在标准输出打印一个 JSON 值")))
