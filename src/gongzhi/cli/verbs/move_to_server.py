"""`move-to-server URL`: copy the instance's database to another PostgreSQL and compare every row there."""

import argparse
import os
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from gongzhi.cli.archive import DUMP
from gongzhi.cli.digests import tables
from gongzhi.cli.dumping import dump, load, server_major
from gongzhi.cli.instance import Instance, opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.postgres.checks import check_database, connect
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.restoring import refuse_differences, refuse_older
from gongzhi.cli.words import answer, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "url", metavar="URL", help=words(N_("目标库，如 postgresql://用户:密码@主机/库名；要是空的"))
    )
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    check_database(arguments.url)
    with opened(arguments.data, migrated=False) as instance:
        _refuse_target(instance, arguments.url)
        others = _others_at_work(instance.url)
        moved = move(instance, arguments.url)
    say(N_("已搬到新库：{tables} 张表，{rows} 行，逐表核对无误。旧库没有动。"), **moved)
    if others:
        say(
            N_(
                "搬的时候还有 {others} 个连接在用旧库：之后写进旧库的内容不会过去。请停下它们，再搬一次到空库。"
            ),
            others=others,
        )
    say(
        N_("以后启动时请设 DATABASE_URL 为新库，并沿用数据文件夹 {folder}（照片和密钥在里面）。"),
        folder=os.environ["GONGZHI_DATA"],
    )
    if arguments.json:
        answer({"moved": True, "others_at_work": others, **moved})
    return 0


def _refuse_target(instance: Instance, url: str) -> None:
    with connect(instance.url) as source, connect(url) as target:
        refuse_older(server_major(target), server_major(source))
        if found := tables(target):
            raise Refused(
                "target_not_empty",
                N_("目标库里已有 {count} 张表（{first} 等），不覆盖。请给一个空库。"),
                count=len(found),
                first=found[0],
            )


def _others_at_work(url: str) -> int:
    with connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
    return int(row[0]) if row else 0


def move(instance: Instance, url: str) -> dict[str, int]:
    """Dump, load, compare; what was loaded is taken away again when anything fails."""
    progress = TerminalProgress()
    with tempfile.TemporaryDirectory(prefix=".move-", dir=instance.folder) as folder, connect(url) as target:
        dumped = Path(folder) / DUMP
        progress.start(words(N_("数据库")))
        manifest = dump(instance.url, dumped, with_keys=True, progress=progress)
        progress.finish()
        try:
            for section in ("pre-data", "data", "post-data"):
                load(url, dumped, section, server_major(target))
            refuse_differences(target, manifest["tables"], progress)
        except (Refused, KeyboardInterrupt, SystemExit):
            _clear(target)
            raise
    return {
        "tables": len(manifest["tables"]),
        "rows": sum(int(str(table["rows"])) for table in manifest["tables"].values()),
    }


def _clear(target: psycopg.Connection) -> None:
    for table in tables(target):
        target.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table)))
