"""Papers that somebody attaches: PDF, Word, Excel, known by their first bytes and by what lies inside them.

They are kept as they came, sealed, and only ever handed out as a download: no browser opens them here. What a program
wrote into them about its user stays in them; the page that takes them says so.
"""

import io
import zipfile

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MAX_BYTES = 12_000_000
MAX_PARTS, MAX_OPENED = 2_000, 200_000_000
PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
ENDINGS = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx"}
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def mime_of(content: bytes) -> str:
    """What the bytes are. Raises Refused `file_empty`, `file_too_large`, `file_format`, `file_has_program`."""
    if not content:
        raise Refused("file_empty", N_("这个文件是空的。请重新选一个。"), field="files")
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        raise Refused("file_too_large", N_("文件太大，最大 {limit} MB。"), limit=limit, field="files")
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise _unknown()


def _unknown() -> Refused:
    return Refused("file_format", N_("这个文件不认识。请传照片、PDF、Word（docx）或 Excel（xlsx）。"), field="files")


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
    except zipfile.BadZipFile as error:
        raise _unknown() from error
    names = {part.filename for part in found}
    if len(found) > MAX_PARTS or sum(part.file_size for part in found) > MAX_OPENED:
        raise _unknown()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("file_has_program", N_("文件里带着宏程序。请另存为不带宏的再传。"), field="files")
    kind = next((mime for main, mime in _MAIN_PARTS.items() if main in names), "")
    if not kind or "[Content_Types].xml" not in names:
        raise _unknown()
    return kind
