"""Kinds of workbooks an office brings in: their columns, their template, and one row as the checks see it.

A room that has something to set up makes a `Kind` and registers it in its AppConfig.ready() (`register_kind`). The
template, the reading, the dry run, the workbook of wrong rows, the one transaction, the trail and the undoing are the
same for all kinds: `gongzhi.audit.imports`.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gongzhi.common.access import Actor
from gongzhi.common.spreadsheets import SHEET_NAME_LIMIT
from gongzhi.common.tables import header_word
from gongzhi.common.text import N_, tidy

_EMPTY: Mapping[str, Any] = {}
_DAY_MARKS = str.maketrans("年月日/.", "-----")


class WrongRow(Exception):
    """A row that cannot be brought in; the message (marked with N_, {placeholders} as facts) is the reason."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts

    @property
    def reason(self) -> str:
        return gettext(self.message).format(**self.facts)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `field` as the code calls it, `header` as the office does; `also` are other headers understood."""

    field: str
    header: str
    needed: bool = False
    hint: str = ""
    example: str = ""
    also: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Headers as they are compared."""
        return tuple(header_word(word) for word in (self.header, *self.also))


class Row(Mapping[str, str]):
    """The cells of one row by field, as tidy text; a missing cell is ""."""

    __slots__ = ("_cells", "line")

    def __init__(self, cells: Mapping[str, Any], line: int = 0) -> None:
        self._cells = {name: _text(value) for name, value in cells.items()}
        self.line = line

    def __getitem__(self, name: str) -> str:
        return self._cells.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def count(self, name: str, word: str) -> int | None:
        """A whole number, or None for an empty cell. Raises WrongRow."""
        text = self[name].replace(",", "").replace("，", "")
        if not text:
            return None
        if not text.isdigit() or len(text) > 9:
            raise WrongRow(N_("“{column}”要写数字，现在是“{value}”"), column=word, value=self[name])
        return int(text)

    def amount(self, name: str, word: str) -> float | None:
        """A number with decimals, or None. Raises WrongRow."""
        text = self[name].replace(",", "")
        try:
            return float(text) if text else None
        except ValueError:
            raise WrongRow(N_("“{column}”要写数字，现在是“{value}”"), column=word, value=self[name]) from None

    def day(self, name: str, word: str) -> dt.date | None:
        """A date written 2026-03-18, 2026/3/18, 2026年3月18日 or as a date cell; None when empty. Raises WrongRow."""
        text = self[name].split(" ")[0].split("T")[0]
        if not text:
            return None
        try:
            year, month, day = (int(part) for part in text.translate(_DAY_MARKS).strip("-").split("-"))
            return dt.date(year, month, day)
        except ValueError:
            raise WrongRow(N_("“{column}”写成 2026-03-18 这样，现在是“{value}”"), column=word, value=text) from None


def _text(value: Any) -> str:
    """A cell as text: 3.0 of a spreadsheet is 3, a date is its ISO form."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time(0)
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return tidy(str(value)).replace("\n", " ")


# What an import made, by table label ("places.Place"), as primary keys.
Made = dict[str, list[Any]]
Prepare = Callable[[Sequence[Row], Actor, dt.datetime], Any]
CheckRow = Callable[[Row, Any], Any]
WriteRows = Callable[[Sequence[Any], Actor, dt.datetime], Made]
TakeBack = Callable[[Made, Actor, dt.datetime], int]


def _nothing(rows: Sequence[Row], by: Actor, at: dt.datetime) -> Any:
    return _EMPTY


def _free(made: "Made") -> list[str]:
    return []


YES = ("是", "能", "可以", "有", "1", "yes", "y", "true")
NO = ("", "否", "不", "不能", "不可以", "没有", "0", "no", "n", "false")


def spoken(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Word → code in lower case: the code itself, and what it is called in either language of the interface."""
    return {word.lower(): code for code, names in words.items() for word in (code, *names)}


def says_yes(row: Row, column: Column) -> bool:
    """A yes or a no, in either language; an empty cell is a no. Raises WrongRow."""
    word = row[column.field].lower()
    if word not in (*YES, *NO):
        message = N_("“{column}”写是或否，现在是“{value}”")
        raise WrongRow(message, column=column.header, value=row[column.field])
    return word in YES


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of the good rows, as a table for the page; warnings are no errors."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of workbook.

    `prepare(rows, by, at)` reads what the checks need, once; its answer is given to every
    `check_row(row, prepared)`, which returns a draft, or None where the row is there already, or raises WrongRow.
    `write_rows(drafts, by, at)` writes all drafts (inside one transaction; `by` was checked against `permission`;
    refuse with `require` where a place matters) and returns the primary keys it made by table label:
    {"places.Place": [1, 2]}, in the order of making. Those rows are what an undo takes away, when nothing points to
    them; `held_by(made)` names what else holds them (words for the page). A kind that changes what was there, or whose
    rows stay, has `take_back(made, by, at)` instead: it undoes the whole and returns how many things it put back.
    `forget()` clears caches after a change.
    With `batch`, drafts are written so many at a time, all in the one transaction. `whole`: one wrong row stops
    everything. `preview(drafts, by, at)` shows before what would come of it. `sheet` is the place in the order of
    setting up.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    check_row: CheckRow
    write_rows: WriteRows
    prepare: Prepare = _nothing
    permission: str = "instance.manage"
    about: str = ""
    sheet: int = 100
    batch: int = 0
    whole: bool = False
    undoable: bool = True
    preview: Callable[[Sequence[Any], Actor, dt.datetime], Preview] | None = None
    held_by: Callable[[Made], list[str]] = _free
    take_back: TakeBack | None = None
    forget: Callable[[], None] = lambda: None

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Field → headers, for `common.tables.read_tables`."""
        return {column.field: column.words for column in self.columns}

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.field for column in self.columns if column.needed)


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """Every kind, in the order of setting up."""
    return sorted(_kinds.values(), key=lambda kind: (kind.sheet, kind.name))


def find_kind(name: str) -> Kind | None:
    return _kinds.get(name)


def check_needed(row: Row, kind: Kind) -> None:
    """Refuse a row in which a needed cell is empty. Raises WrongRow."""
    for column in kind.columns:
        if column.needed and not row[column.field]:
            raise WrongRow(N_("“{column}”是空的，要填"), column=column.header)


def template_of(kind: Kind) -> bytes:
    """The empty workbook to fill in: headers (the needed ones marked), one line of examples, a sheet that explains."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(gettext(kind.title)[:SHEET_NAME_LIMIT])
    for at, column in enumerate(kind.columns, 1):
        cell = sheet.cell(row=1, column=at, value=column.header)
        cell.font = Font(bold=True)
        cell.number_format = "@"
        if column.needed:
            cell.fill = PatternFill("solid", fgColor="DFF3F0")
        if column.hint:
            cell.comment = Comment(gettext(column.hint), "共治")
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(14, 2 * len(column.header) + 6)
        # Codes and telephone numbers stay text: a spreadsheet program would drop their zeros.
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(gettext("填写说明")), kind)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(sheet: Any, kind: Kind) -> None:
    """How to fill each column in; numbered, so that the reader takes no line of it for a header."""
    sheet.append([gettext("要填什么"), gettext("必填"), gettext("怎么填"), gettext("例子（演示数据）")])
    for number, column in enumerate(kind.columns, 1):
        needed = gettext("必填") if column.needed else gettext("可空")
        sheet.append([f"{number} {column.header}", needed, column.hint and gettext(column.hint), column.example])
    if kind.about:
        sheet.append([gettext(kind.about)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (18, 8, 60, 28), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=cell.column == 3)
            cell.data_type = "s"
