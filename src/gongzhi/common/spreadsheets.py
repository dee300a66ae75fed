"""Tables as .xlsx: one sheet, a header row that stays in view, text that no spreadsheet program runs as a formula."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gongzhi.common.clock import CHINA

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME_LIMIT = 31
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "       ")


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, dt.datetime):
        value = value.astimezone(CHINA).replace(tzinfo=None)
    known = value is None or isinstance(value, int | float | dt.date)
    cell = WriteOnlyCell(sheet, value=value if known else str(value))
    if not known:
        # "=…" from a resident's words must stay words, whatever program opens the file.
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    if bold:
        cell.font = Font(bold=True)
    return cell


def workbook(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "", note: str = "", mark: str = ""
) -> bytes:
    """The table as the bytes of an .xlsx file.

    `rows` may be any length (written as they come); times are shown in local time. `note` (what is counted, from
    when, by which definition) stands above the header row. `mark` is a watermark: above and below every printed page.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(_FORBIDDEN_IN_NAMES)[:SHEET_NAME_LIMIT] or "Sheet1")
    for index, header in enumerate(headers, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, min(48, 2 * len(header) + 4))
    sheet.freeze_panes = "A3" if note else "A2"
    if mark:
        # "&" begins a code there.
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.replace("&", "&&")
    if note:
        sheet.append([_cell(sheet, note)])
    sheet.append([_cell(sheet, header, bold=True) for header in headers])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_as_xlsx(
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    note: str = "",
    mark: str = "",
) -> HttpResponse:
    """The answer to "导出": `name` without ending becomes the file's; `note` says what the rows are."""
    answer = HttpResponse(workbook(headers, rows, title=title, note=note, mark=mark), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    answer.headers["Cache-Control"] = "no-store"
    return answer
