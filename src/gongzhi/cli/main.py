"""The table of verbs, and what happens around each: arguments, refusals in words, exit codes 0, 1 and 2."""

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi import __version__
from gongzhi.cli.words import answer, refusal, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


@dataclass(frozen=True)
class Verb:
    """A command; its module has `configure(parser)` and `run(arguments) -> int`."""

    name: str
    summary: str
    module: str
    passes_arguments_on: bool = False


VERBS = (
    Verb("demo", N_("启动演示：数据库、网页、后台，一条命令"), "demo"),
    Verb("serve", N_("只启动网页服务"), "serve"),
    Verb("worker", N_("只启动后台任务"), "worker"),
    Verb("migrate", N_("建表或更新表"), "migrate"),
    Verb("load-model", N_("装入一个模式包（如 pingchang）"), "load_model"),
    Verb("load-pack", N_("装入地方的规则包、程序包，逐行核对"), "load_pack"),
    Verb("import", N_("导入文件：区划、留言等"), "import"),
    Verb("statistics", N_("答复用了几天、按期多少、还有多少没办完"), "statistics"),
    Verb("backup", N_("备份到一个文件"), "backup"),
    Verb("restore", N_("从备份恢复，并逐表逐件核对"), "restore"),
    Verb("move-to-server", N_("搬到另一个 PostgreSQL"), "move_to_server"),
    Verb("audit", N_("核对留痕的哈希链"), "audit"),
    Verb("verify", N_("把一次决定的记录重新数一遍"), "verify"),
    Verb("ledger", N_("把账本导出成 Beancount 文件"), "ledger"),
    Verb("tally", N_("按一种规则算出参与式预算选上的项目"), "tally"),
    Verb("keys", N_("换主密钥"), "keys"),
    Verb("index", N_("给老的诉求编检索索引"), "index"),
    Verb("recount", N_("把件数汇总重新数一遍"), "recount"),
    Verb("admin", N_("建第一位管理员"), "admin"),
    Verb("token", N_("生成接口令牌"), "token"),
    Verb("test", N_("运行测试"), "test", passes_arguments_on=True),
    Verb("check", N_("代码检查：格式、类型、架构"), "check"),
    Verb("bench", N_("跑一项基准"), "bench"),
)


def build_parser(only: str = "") -> argparse.ArgumentParser:
    """The whole command line; each verb adds its own arguments.

    With `only` a verb's name, no other one is loaded for its arguments: what they need takes longer than many a verb.
    """
    parser = argparse.ArgumentParser(prog="gongzhi", description=words(N_("共治：从一条诉求到一个核实过的结果。")))
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        summary = words(verb.summary)
        own = verbs.add_parser(verb.name, help=summary, description=summary)
        if not only or verb.name == only:
            _module(verb).configure(own)
    return parser


def _module(verb: Verb) -> Any:
    return importlib.import_module(f"gongzhi.cli.verbs.{verb.module}")


def run(argv: Sequence[str]) -> int:
    """Run one command; 0 done, 1 refused or failed, 2 wrong usage (argparse exits with it)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _end)
    named = argv[0] if argv and argv[0] in {verb.name for verb in VERBS} else ""
    parser = build_parser(named)
    arguments, rest = parser.parse_known_args(argv)
    verb = next(verb for verb in VERBS if verb.name == arguments.verb)
    if rest and not verb.passes_arguments_on:
        parser.error(words(N_("不认得的参数：{rest}"), rest=" ".join(rest)))
    arguments.rest = rest
    return _refusals_in_words(verb, arguments)


def _end(*_: object) -> None:
    """SIGTERM unwinds like an exception, so that what was started is stopped."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(143)


def _refusals_in_words(verb: Verb, arguments: argparse.Namespace) -> int:
    try:
        return int(_module(verb).run(arguments))
    except Refused as refused:
        say(N_("没有办成：{reason}"), reason=refusal(refused))
        if getattr(arguments, "json", False):
            answer({"error": refused.code, "message": refusal(refused)})
        return 1
    except KeyboardInterrupt:
        say(N_("已停下。再运行一次会接着来。"))
        return 130
