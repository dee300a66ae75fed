"""`restore FILE`: put an archive back; every table's rows and every file are compared before anything is replaced."""

import argparse
import json
from pathlib import Path
from typing import Any

from gongzhi.cli.archive import opened_archive
from gongzhi.cli.backing_up import summary
from gongzhi.cli.demo_content import forget_mark
from gongzhi.cli.instance import Instance, close_connections, migrate, opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.postgres.folders import MARK, mark_of
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.restoring import Restoration
from gongzhi.cli.trail import begin_anew_after_restore, note
from gongzhi.cli.words import answer, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=words(N_("backup 做的备份文件")))
    parser.add_argument("--force", action="store_true", help=words(N_("替换已有的内容")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    file = arguments.file.absolute()
    with opened_archive(file) as (tar, manifest), opened(arguments.data, migrated=False) as instance:
        _refuse_newer(manifest)
        restoration = Restoration(instance, tar, manifest, TerminalProgress())
        close_connections()
        restoration.run(force=arguments.force)
        _finish(instance, manifest)
    about = {**summary(manifest), "unreadable": restoration.unreadable}
    say(N_("已恢复：{tables} 张表，{rows} 行，{media} 个文件，逐一核对无误。"), **about)
    if restoration.unreadable:
        say(
            N_(
                "这份备份不含密钥，这台机器上也没有（或已销毁）：{unreadable} 个人或诉求的姓名、电话、地址、"
                "原文和照片读不出来，也不会再能读出来。"
            ),
            unreadable=restoration.unreadable,
        )
    say(N_("正在运行的演示请重新启动一次。"))
    if arguments.json:
        answer({"restored": str(file), **about})
    return 0


def _refuse_newer(manifest: dict[str, Any]) -> None:
    """An archive of a newer version has tables this one does not understand."""
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest["migrations"]) - known):
        raise Refused(
            "archive_newer",
            N_("备份是更新的版本（{version}）做的，这里不认得：{unknown}。请先升级。"),
            version=manifest["version"],
            unknown=", ".join(unknown[:5]),
        )


def _finish(instance: Instance, manifest: dict[str, Any]) -> None:
    """Up to date, named as the instance it is now, and with an entry in the trail."""
    close_connections()
    forget_mark(instance.folder)
    mark = {**mark_of(instance.folder), "instance": manifest["instance"]}
    fresh = instance.folder / f"{MARK}.new"
    fresh.write_text(json.dumps(mark))
    fresh.replace(instance.folder / MARK)
    migrate(instance.url)
    begin_anew_after_restore()
    note("cli.restore", f"instance:{manifest['instance']}", {"made_at": manifest["made_at"]})
