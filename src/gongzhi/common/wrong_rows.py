"""The workbook of wrong rows: the source's own cells, its line and the reason; mended, it can be imported by itself."""

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import IllegalCharacterError

from gongzhi.common.tables import SourceRow, Table
from gongzhi.common.text import N_

_LONGEST = 32_767


class WrongRows:
    """Made with the first wrong row, one sheet for each table of the source; streams to disk.

    It holds what people wrote, in the clear: readable by its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._book: Workbook | None = None
        self._sheets: dict[tuple[Any, ...], Any] = {}

    def add(self, table: Table, row: SourceRow, reason: str) -> None:
        sheet = self._sheet(table)
        wide = [*row.cells, *[None] * (len(table.header) - len(row.cells))]
        sheet.append([*(_cell(sheet, value) for value in wide[: len(table.header)]), row.line, gettext(reason)])
        self.count += 1

    def _sheet(self, table: Table) -> Any:
        if self._book is None:
            self._book = Workbook(write_only=True)
        key = (table.label, table.header)
        if key not in self._sheets:
            letters = "".join(letter for letter in table.label if letter not in "[]:*?/\\'")
            sheet = self._book.create_sheet(f"{len(self._sheets) + 1} {letters}"[:31])
            sheet.append([*(_cell(sheet, value) for value in table.header), gettext(N_("行号")), gettext(N_("原因"))])
            self._sheets[key] = sheet
        return self._sheets[key]

    def close(self) -> Path | None:
        """Save what was found; without wrong rows an older workbook of the same files goes away."""
        if self._book is None:
            self.path.unlink(missing_ok=True)
            return None
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".part")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            self._book.save(file)
        fresh.replace(self.path)
        return self.path


def _cell(sheet: Any, value: Any) -> Any:
    """The cell as it was; text stays text, also where it begins like a formula."""
    if not isinstance(value, str):
        try:
            return WriteOnlyCell(sheet, value)
        except (ValueError, IllegalCharacterError):
            value = str(value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST])
    cell.data_type = "s"
    return cell
