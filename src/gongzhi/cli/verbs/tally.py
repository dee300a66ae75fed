"""`tally budget FILE.pb`: the winners of a participatory budget by one rule; needs no instance and no database."""

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from gongzhi.cli.options import add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.words import answer, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.budgeting.elections import Amount, Election, plain
from gongzhi.engines.budgeting.faults import Unreadable
from gongzhi.engines.budgeting.outcomes import Outcome
from gongzhi.engines.budgeting.pabulib import read_pb, write_pb
from gongzhi.engines.budgeting.rules import BudgetRule, Completion, Name, Stop, Utility
from gongzhi.engines.budgeting.tallies import tally

USAGE = 2
FAULTS = {
    "encoding": N_("不是 UTF-8、UTF-16 或 GB 18030 的文字。请另存为 UTF-8。"),
    "before_first_section": N_("第一节之前有文字。文件要从 META 开始。"),
    "second_section": N_("{name} 出现了两次。每一节只留一个。"),
    "no_section": N_("没有 {name} 这一节。文件要有 META、PROJECTS、VOTES。"),
    "quotation": N_("引号不成对，或一格没有结尾。请找到它补上。"),
    "no_column": N_("没有 {name} 这一列。请写在这一节的第一行。"),
    "second_key": N_("{name} 写了两次。只留一个。"),
    "no_amount": N_("没有 {name}。请在 META 里加一行，写它和金额，中间用分号。"),
    "no_number": N_("{name} 的“{text}”不是数。请写数字，最多一个小数点。"),
    "below_zero": N_("{name} 的“{text}”小于零。请写零或更大的数。"),
    "vote_type": N_("没有“{text}”这种票。可以是 approval、choose-1、cumulative、ordinal。"),
    "max_length": N_("max_length 的“{text}”不是数。请写一张票有几个名次。"),
    "project_id": N_("项目编号“{text}”空着或写了两次。每个项目要有自己的编号。"),
    "comma_in_id": N_("项目编号“{text}”里有逗号，会和选票上的分隔混在一起。请去掉。"),
    "no_vote": N_("这一行没有选票。选票在第 {place} 格，可以空着。"),
    "unknown_project": N_("“{text}”不在项目里。请把它加进 PROJECTS，或从票上去掉。"),
    "second_choice": N_("单选票上有几个项目。请只留一个，或把 vote_type 改成 approval。"),
    "points": N_("{projects} 个项目，却有 {points} 个分数。请给每个项目一个分数。"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["budget"], help="budget")
    parser.add_argument("file", metavar="FILE.pb", help=words(N_("选举文件，Pabulib 的 .pb 格式")))
    parser.add_argument("--rule", choices=get_args(Name), default="equal-shares", help=words(N_("按哪种规则")))
    parser.add_argument(
        "--utility", choices=get_args(Utility), default="cost", help=words(N_("项目值多少：按花的钱，或按个数"))
    )
    parser.add_argument(
        "--completion", choices=get_args(Completion), default="none", help=words(N_("剩下的钱怎么用完"))
    )
    parser.add_argument(
        "--stop", choices=get_args(Stop), default="exhaustive", help=words(N_("什么时候停：放不下别的，或再加就超支"))
    )
    parser.add_argument("--step", type=_amount, default=1, metavar="N", help=words(N_("每一轮给每人多加多少，默认 1")))
    parser.add_argument(
        "--order", metavar="FILE", default="", help=words(N_("事先公布或当众抽出的项目顺序，一行一个编号"))
    )
    parser.add_argument("--write", metavar="FILE", default="", help=words(N_("把结果写成新的 .pb 文件，不覆盖")))
    add_json(parser)


def _amount(text: str) -> Amount:
    """An exact amount above zero; argparse shows the ValueError as wrong usage."""
    exact = Fraction(text)
    if exact <= 0:
        raise ValueError(text)
    return int(exact) if exact.denominator == 1 else exact


def run(arguments: argparse.Namespace) -> int:
    election = _read(arguments.file)
    try:
        outcome = _counted(election, _rule(arguments))
    except ValueError as error:
        say(N_("这样的规则不成立：{why}"), why=str(error))
        return USAGE
    if arguments.write:
        _write(Path(arguments.write), write_pb(election, outcome.selected))
    _tell(election, outcome)
    if arguments.json:
        answer(outcome.to_record())
    return 0


def _read(file: str) -> Election:
    try:
        return read_pb(_bytes(file))
    except Unreadable as error:
        what = words(FAULTS[error.code], **error.facts)
        if not error.line:
            raise Refused("pb_unreadable", N_("{file}：{what}"), file=file, what=what) from error
        raise Refused(
            "pb_unreadable", N_("{file} 第 {line} 行：{what}"), file=file, line=error.line, what=what
        ) from error


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused("file_not_read", N_("读不了 {file}：{why}"), file=file, why=why) from error


def _rule(arguments: argparse.Namespace) -> BudgetRule:
    order = _bytes(arguments.order).decode(errors="replace").split() if arguments.order else []
    return BudgetRule(
        arguments.rule, arguments.utility, arguments.completion, arguments.stop, arguments.step, tuple(order)
    )


def _counted(election: Election, rule: BudgetRule) -> Outcome:
    progress = TerminalProgress()
    progress.start(words(N_("试算")))

    def tell(runs: int, spent: Amount, budget: Amount) -> None:
        progress.advance()

    outcome = tally(election, rule, tell)
    progress.finish()
    return outcome


def _write(file: Path, content: bytes) -> None:
    try:
        with file.open("xb") as out:
            out.write(content)
    except FileExistsError as error:
        raise Refused("file_exists", N_("{file} 已经有了，不覆盖。请换一个文件名。"), file=file) from error
    except OSError as error:
        raise Refused(
            "file_not_written", N_("写不了 {file}：{why}"), file=file, why=error.strerror or str(error)
        ) from error


def _tell(election: Election, outcome: Outcome) -> None:
    """For people, on stderr: what won, in which order; what was left."""
    names = {each.code: each.name for each in election.projects}
    for place, each in enumerate(outcome.rounds, 1):
        say("{place}. {code} {name} {cost}", place=place, code=each.project, name=names[each.project],
            cost=plain(each.cost))  # fmt: skip
    facts: dict[str, Any] = {"spent": plain(outcome.spent), "budget": plain(outcome.budget)}
    say(N_("选上 {count} 个项目，用 {spent}，预算 {budget}。"), count=len(outcome.rounds), **facts)
    for tie in outcome.ties:
        if tie.by == "code":
            say(N_("有完全并列的，按编号排了先后，请当众抽签后用 --order 重算：{projects}"),
                projects=" ".join(tie.projects))  # fmt: skip
