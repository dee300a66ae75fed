"""Importing the division: 620,573 villages and what lies above them, in a minute, resumable, idempotent.

Rows are read, mended and checked in one pass and copied into a temporary table. Those that are there already
leave it again; the others are inserted level by level in chunks, each in its own transaction. So an import that
was interrupted goes on where it stopped, and one that is repeated makes nothing twice.
"""

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.locking import database_time, one_at_a_time
from gongzhi.common.progress import ImportReport, Progress, Silent
from gongzhi.common.text import N_
from gongzhi.places import rules, sql
from gongzhi.places.division_files import Row, digest_of, find_files, read_in_order, read_shape

CHUNK = 40_000
_BLOCK = 5_000
_LOCK = 7_302_001


class _Span(NamedTuple):
    """One chunk: rows after `start` up to `end` in the order of reading, all of one level."""

    level: str
    start: int
    end: int


class _WrongRows:
    """The file of wrong rows; made with the first one. It can be mended and imported by itself."""

    HEADER = ("code", "name", "parentCode", "文件", "行号", "原因")

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, row: Row, reason: str) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # With a byte-order mark, so that Excel reads it as UTF-8.
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(self.HEADER)
        cells = (row.code, row.name, row.parent, row.file, row.line, reason)
        self._writer.writerow([_harmless(str(cell)) for cell in cells])
        self.count += 1

    def close(self) -> Path | None:
        if self._file is None:
            return None
        self._file.close()
        return self.path


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@") else cell


class _Reading:
    """One pass over the files: good rows out, wrong rows aside, the spans of the levels."""

    def __init__(self, rows: Iterator[Row], known: set[str], wrong: _WrongRows, progress: Progress) -> None:
        self._rows, self._known, self._wrong, self._progress = rows, known, wrong, progress
        self._seen: set[str] = set()
        self.count = 0
        self.ends: dict[str, int] = {}

    def _reason(self, row: Row) -> str:
        if row.reason:
            return row.reason
        if row.code in self._seen:
            return N_("代码重复")
        if row.parent and row.parent not in self._known and row.parent not in self._seen:
            return N_("没有上级 {parent}")
        return ""

    def good_rows(self) -> Iterator[tuple[int, Row]]:
        """Good rows with their number in the order of reading, wrong rows counted along."""
        for number, row in enumerate(self._rows, 1):
            self.count = number
            if number % _BLOCK == 0:
                self._progress.advance(_BLOCK)
            if reason := self._reason(row):
                self._wrong.add(row, gettext(reason).format(parent=row.parent))
                continue
            self._seen.add(row.code)
            self.ends[row.level] = number
            yield number, row

    def spans(self) -> list[_Span]:
        """Chunks that never mix two levels: a parent is in the table before its children look for it."""
        found, start = [], 0
        for level, end in self.ends.items():
            for first in range(start, end, CHUNK):
                found.append(_Span(level, first, min(first + CHUNK, end)))
            start = end
        return found


def _stage(reading: _Reading) -> None:
    """Copy the good rows into the temporary table."""
    with connection.cursor() as cursor:
        cursor.execute(sql.MAKE_STAGING)
        with cursor.copy(sql.COPY_STAGING) as copy:
            block: list[str] = []
            for number, row in reading.good_rows():
                name = row.name.replace("\\", "\\\\")
                cells = (
                    str(number),
                    row.level,
                    row.code,
                    row.parent,
                    name,
                    row.civil,
                    row.file,
                    str(row.line),
                )
                block.append("\t".join(cells) + "\n")
                if len(block) >= _BLOCK:
                    copy.write("".join(block))
                    block.clear()
            copy.write("".join(block))
        cursor.execute(sql.INDEX_STAGING)
        cursor.execute("ANALYZE places_staging")


def _set_moved_aside(wrong: _WrongRows) -> int:
    """Rows whose parent is another one than in the table: a move is an act with a date, not an import."""
    with connection.cursor() as cursor:
        cursor.execute(sql.TAKE_MOVED)
        rows = cursor.fetchall()
    for level, code, parent, name, file, line, path in rows:
        row = Row(file=file, line=line, level=level, code=code, parent=parent, name=name, civil="")
        reason = gettext(N_("库里的上级是 {parent}，文件里不同。要改隶属，请办区划调整。"))
        wrong.add(row, reason.format(parent=path.strip("/").rpartition("/")[0].rpartition("/")[2]))
    return len(rows)


def _rename(on: dt.date) -> int:
    """Give places their new names and keep the old ones with their dates, together or not at all."""
    with transaction.atomic():
        sql.run(sql.KEEP_OLD_NAMES, {"on": on})
        if renamed := sql.run(sql.RENAME_PLACES):
            sql.run(sql.RAISE_REVISION)
    return renamed


def _write_span(span: _Span, valid_from: dt.date | None) -> int:
    """Insert a chunk and tell caches, together or not at all."""
    with transaction.atomic():
        sql.run(sql.LOCK_PLACES)
        values = {"start": span.start, "end": span.end, "valid_from": valid_from}
        if created := sql.run(sql.INSERT_PLACES, values):
            sql.run(sql.RAISE_REVISION)
    return created


def _write(spans: Sequence[_Span], valid_from: dt.date | None, progress: Progress) -> int:
    progress.start(gettext(N_("写入地点")), spans[-1].end if spans else 0)
    level, created = "", 0
    for span in spans:
        if span.level != level:
            # The planner looks up parents by code: it must know how many there are by now.
            sql.run("ANALYZE places_place")
            level = span.level
        created += _write_span(span, valid_from)
        progress.advance(span.end - span.start)
    sql.run("ANALYZE places_place")
    progress.finish()
    return created


def _read(shapes: Any, wrong: _WrongRows, progress: Progress) -> _Reading:
    reading = _Reading(read_in_order(shapes), sql.codes_above_villages(), wrong, progress)
    progress.start(gettext(N_("读取区划文件")))
    _stage(reading)
    progress.advance(reading.count % _BLOCK)
    progress.finish()
    return reading


def import_divisions(
    files: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    data_dir: Path,
    by: Actor | None = None,
    at: dt.datetime | None = None,
    valid_from: dt.date | None = None,
    **options: Any,
) -> ImportReport:
    """Load division files (or folders of them); returns how many rows were read, imported and wrong.

    A row that is there already counts as imported; another name for its code renames it from `at` on (the
    database's time when not given). `valid_from` is the date new places begin, empty for "not known".
    Raises Refused `no_division_files`, `unreadable_division_file`, Conflict `import_running`.
    """
    by, progress, at = by or system_actor("import"), progress or Silent(), at or database_time()
    shapes = sorted((read_shape(path) for path in find_files(files)), key=_reading_order)
    digest = digest_of(shape.path for shape in shapes)
    wrong = _WrongRows(data_dir / "imports" / f"divisions-{digest[:8]}-wrong.csv")
    with one_at_a_time(_LOCK, N_("另一个区划导入还没做完。等它做完再来。")):
        try:
            reading = _read(shapes, wrong, progress)
            _set_moved_aside(wrong)
            if not dry_run:
                _finish(reading, digest, valid_from, by=by, at=at, progress=progress)
        finally:
            wrong_file = wrong.close()
            sql.run(sql.DROP_STAGING)
    return ImportReport(reading.count, reading.count - wrong.count, wrong.count, wrong_file)


def _reading_order(shape: Any) -> tuple[int, str]:
    levels = rules.DIVISION_LEVELS
    return (levels.index(shape.level) if shape.level in levels else len(levels), shape.path.name)


def _finish(
    reading: _Reading,
    digest: str,
    valid_from: dt.date | None,
    *,
    by: Actor,
    at: dt.datetime,
    progress: Progress,
) -> None:
    sql.run(sql.TAKE_PRESENT)
    renamed = _rename(local_date(at))
    created = _write(reading.spans(), valid_from, progress)
    with transaction.atomic():
        changes = {"read": reading.count, "created": created, "renamed": renamed}
        subject = f"division-import:{digest[:16]}"
        audit.record(by=by, at=at, action="places.import_divisions", subject=subject, changes=changes)
    note = gettext(N_("新增 {created} 个地点，更名 {renamed} 个，其余已有。"))
    progress.note(note.format(created=created, renamed=renamed))
