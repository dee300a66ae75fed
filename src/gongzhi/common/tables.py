"""Reading tables as offices send them: .xlsx or .csv, a title above the header, columns in any order, blank rows."""

import csv
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

_HEADER_WITHIN = 20
# A cell of a spreadsheet holds 32,767 characters; a CSV cell somewhat more before it is not a cell any more.
_LONGEST_CELL = 1 << 20
_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, OSError, ValueError, csv.Error)

Cells = tuple[Any, ...]


class SourceRow(NamedTuple):
    """One row that is not blank; `line` is its number in the sheet or file, from 1."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet or file with its header; `columns` says where each wanted field stands. Read `rows` once, in order."""

    label: str
    header: Cells
    columns: Mapping[str, int]
    rows: Iterator[SourceRow]

    def value(self, row: SourceRow, field: str) -> Any:
        """A cell by field; None where the column or the cell is missing."""
        at = self.columns.get(field, -1)
        return row.cells[at] if 0 <= at < len(row.cells) else None


def header_word(cell: Any) -> str:
    """A header as it is compared: without spaces and marks, full-width letters folded, small."""
    text = unicodedata.normalize("NFKC", str(cell or "")).lower()
    return "".join(letter for letter in text if letter.isalnum())


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def read_tables(path: Path, wanted: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Iterator[Table]:
    """The tables of a file, one after the other; a sheet without the `needed` columns is passed over.

    Raises Refused `unreadable_table` for a file of another kind or a broken one, `no_header` when none fits.
    """
    found = False
    for label, rows in _guarded_sheets(path):
        table = _with_header(label, rows, wanted, needed)
        if table is not None:
            found = True
            yield table
    if not found:
        columns = "、".join(wanted[field][0] for field in needed)
        message = N_("{file} 里没有找到表头。要有这几列：{columns}。")
        raise Refused("no_header", message, file=path.name, columns=columns)


def _guarded_sheets(path: Path) -> Iterator[tuple[str, Iterator[SourceRow]]]:
    read = {".xlsx": _xlsx_sheets, ".xlsm": _xlsx_sheets, ".csv": _csv_sheets}.get(path.suffix.lower())
    if read is None:
        raise _unreadable(path)
    try:
        for label, rows in read(path):
            yield label, _guarded_rows(path, rows)
    except _BROKEN as error:
        raise _unreadable(path) from error


def _guarded_rows(path: Path, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
    try:
        yield from rows
    except _BROKEN as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> Refused:
    message = N_("{file} 读不出来。要 .xlsx 或 .csv；旧的 .xls 请先另存为 .xlsx，再试一次。")
    return Refused("unreadable_table", message, file=path.name)


def _xlsx_sheets(path: Path) -> Iterator[tuple[str, Iterator[SourceRow]]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            # The size that the file states is often missing or wrong.
            sheet.reset_dimensions()
            rows = enumerate(sheet.iter_rows(values_only=True), 1)
            yield (
                f"{path.stem} {sheet.title}",
                (SourceRow(line, cells) for line, cells in rows if not all(map(is_blank, cells))),
            )
    finally:
        book.close()


def _csv_sheets(path: Path) -> Iterator[tuple[str, Iterator[SourceRow]]]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        reader = csv.reader(file)
        yield (
            path.stem,
            (SourceRow(reader.line_num, tuple(cells)) for cells in reader if not all(map(is_blank, cells))),
        )


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    # The last character may be cut in the middle: look only at whole lines.
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _with_header(
    label: str, rows: Iterator[SourceRow], wanted: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Table | None:
    for _ in range(_HEADER_WITHIN):
        row = next(rows, None)
        if row is None:
            return None
        words = [header_word(cell) for cell in row.cells]
        columns = {field: at for field, names in wanted.items() if (at := _column(words, names)) is not None}
        if all(field in columns for field in needed):
            return Table(label, row.cells, columns, rows)
    return None


def _column(words: Sequence[str], names: Sequence[str]) -> int | None:
    return next((words.index(name) for name in names if name in words), None)
