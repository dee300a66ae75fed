"""`backup FILE`: the database, every media file and their digests in one archive; without keys unless asked."""

import argparse
from pathlib import Path

from gongzhi.cli.archive import refuse_existing
from gongzhi.cli.backing_up import back_up, summary
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.postgres.folders import mark_of
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.trail import note
from gongzhi.cli.words import answer, say, words
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=words(N_("备份文件，不能已经存在")))
    parser.add_argument(
        "--with-keys", action="store_true", help=words(N_("连密钥一起备份：拿到它就能读所有个人信息，请锁好"))
    )
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    file = arguments.file.absolute()
    refuse_existing(file)
    with opened(arguments.data, migrated=False) as instance:
        manifest = back_up(instance, file, with_keys=arguments.with_keys, progress=TerminalProgress())
        about = summary(manifest)
        note(
            "cli.backup",
            f"instance:{mark_of(instance.folder)['instance']}",
            {"with_keys": about["with_keys"]},
        )
    say(N_("已备份到 {file}：{tables} 张表，{rows} 行，{media} 个文件。"), file=file, **about)
    if not arguments.with_keys:
        say(
            N_(
                "没有备份密钥：在别的机器上恢复时，姓名、电话、地址、诉求原文和照片都读不出来，留痕的印记也核对不了。"
                "要能在新机器上完整恢复，请另做一份 --with-keys，锁好。"
            )
        )
    if arguments.json:
        answer({"file": str(file), "bytes": file.stat().st_size, **about})
    return 0
