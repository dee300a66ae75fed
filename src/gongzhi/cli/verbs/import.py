"""`import`: bring files in; wrong rows go to a file of their own, and read = imported + wrong."""

import argparse
from pathlib import Path
from typing import Any

from gongzhi.cli import late
from gongzhi.cli.instance import opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.words import answer, say, words
from gongzhi.common.errors import Refused
from gongzhi.common.progress import ImportReport
from gongzhi.common.text import N_

# KIND → function(files, *, dry_run, progress, data_dir, **options) -> ImportReport
KINDS = {
    "divisions": "gongzhi.places.imports:import_divisions",
    "messages": "gongzhi.cases.imports:import_messages",
}
# Kinds of workbooks (gongzhi.common.sheets); a test holds this list and what the rooms register together.
SHEETS = (
    "organizations",
    "regions",
    "grids",
    "buildings",
    "dwellings",
    "people",
    "roster",
    "categories",
    "boundaries",
    "duties",
    "hotline",
    "tenures",
    "areas",
    "voters",
    "premises",
    "assets",
    "offers",
    "figures",
    "works-lines",
)


def configure(parser: argparse.ArgumentParser) -> None:
    known = sorted((*KINDS, *SHEETS))
    parser.add_argument("kind", metavar="KIND", choices=known, help=" | ".join(known))
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help=words(N_("要导入的文件")))
    parser.add_argument("--dry-run", action="store_true", help=words(N_("只检查，不写入")))
    parser.add_argument("--template", metavar="FILE", type=Path, help=words(N_("写出空模板，不导入")))
    parser.add_argument("--undo", metavar="NUMBER", help=words(N_("撤销这一次导入")))
    parser.add_argument("--taxonomy", metavar="FILE", type=Path, help=words(N_("留言的分类对照表（messages）")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.template or arguments.undo:
        return _aside(arguments)
    options = {"taxonomy": arguments.taxonomy.absolute()} if arguments.taxonomy else {}
    files = [file.absolute() for file in arguments.files]
    if not files:
        raise Refused("no_such_file", N_("请写要导入的文件。"))
    for file in [*files, *options.values()]:
        if not file.exists():
            raise Refused("no_such_file", N_("没有这个文件：{file}"), file=file)
    with opened(arguments.data) as instance:
        report = _bring_in(arguments, files, instance.folder, options)
    say(N_("读 {read} 行，导入 {imported} 行，有错 {wrong} 行。"), **report.as_json())
    if report.wrong_file:
        say(N_("有错的行在 {wrong_file}，改好后可以单独再导入。"), wrong_file=report.wrong_file)
    if arguments.json:
        answer(report.as_json())
    return 0


def _bring_in(arguments: argparse.Namespace, files: list[Path], folder: Path, options: dict[str, Any]) -> ImportReport:
    if arguments.kind in KINDS:
        report: ImportReport = late.load(KINDS[arguments.kind])(
            files, dry_run=arguments.dry_run, progress=TerminalProgress(), data_dir=folder, **options
        )
        return report
    outcome = late.load("gongzhi.audit.imports:import_workbook")(
        files,
        kind=arguments.kind,
        by=late.load("gongzhi.common.access:system_actor")("import"),
        at=late.load("gongzhi.common.clock:now")(),
        folder=folder,
        dry_run=arguments.dry_run,
        progress=TerminalProgress(),
    )
    if outcome.reference:
        number = outcome.reference.removeprefix("import:")
        say(N_("编号 {number}。撤销：./gongzhi import {kind} --undo {number}"), number=number, kind=arguments.kind)
    found: ImportReport = outcome.report
    return found


def _aside(arguments: argparse.Namespace) -> int:
    """A template written out, or an import taken back."""
    with opened(arguments.data):
        if arguments.template:
            kind = late.load("gongzhi.audit.imports:get_kind")(arguments.kind)
            arguments.template.write_bytes(late.load("gongzhi.common.sheets:template_of")(kind))
            say(N_("模板写好了：{file}"), file=arguments.template)
            found: dict[str, object] = {"template": str(arguments.template)}
        else:
            rows = late.load("gongzhi.audit.imports:undo_import")(
                by=late.load("gongzhi.common.access:system_actor")("import"),
                at=late.load("gongzhi.common.clock:now")(),
                number=arguments.undo,
            )
            say(N_("撤销了，拿掉 {rows} 条。"), rows=rows)
            found = {"removed": rows}
    if arguments.json:
        answer(found)
    return 0
