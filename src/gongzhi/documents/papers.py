"""Papers that people sign, as .docx, .pdf and .xlsx: A4 and type as public bodies set them, made and nowhere kept.

Margins 37 mm above, 35 below, 28 left, 26 right; title in 二号 (22 pt), body in 三号 (16 pt), lines of 28 pt, first
line set in by two characters (the layout of GB/T 9704 as the design names it). Fonts are named, not embedded: where
one is missing the reader's own takes its place.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import segno
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = (Mm(210), Mm(297))
MARGINS = {"top": Mm(37), "bottom": Mm(35), "left": Mm(28), "right": Mm(26)}
TITLE, BODY, LINE = Pt(22), Pt(16), Pt(28)
TABLE, TABLE_LINE = Pt(12), Pt(20)
SQUARE, CUT = Mm(28), "— " * 24
TITLE_FONT, HEADING_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"


@dataclass(frozen=True)
class Part:
    """A heading with its paragraphs; without a heading the paragraphs stand alone.

    `square`: words set as a QR code beside it; `whole`: never torn over two pages, a line to cut along below it.
    """

    heading: str = ""
    paragraphs: Sequence[str] = field(default_factory=tuple)
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    square: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Paper:
    """A paper ready to be set: title, number, parts, and the closing lines at the right edge (who, when)."""

    title: str
    parts: Sequence[Part]
    number: str = ""
    closing: Sequence[str] = ()


def make_paper(title: str, parts: Sequence[Part], *, number: str = "", closing: Sequence[str] = ()) -> bytes:
    """The paper as the bytes of a .docx file; `closing` stands at the right edge (who, when)."""
    paper = Document()
    _set_page(paper)
    _paragraph(paper, title, TITLE_FONT, TITLE, align=WD_ALIGN_PARAGRAPH.CENTER)
    if number:
        _paragraph(paper, number, BODY_FONT, BODY, align=WD_ALIGN_PARAGRAPH.CENTER)
    for part in parts:
        _part(paper, part)
    for line in closing:
        _paragraph(paper, line, BODY_FONT, BODY, align=WD_ALIGN_PARAGRAPH.RIGHT)
    paper.core_properties.title = title
    paper.core_properties.author = ""
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _part(paper: Any, part: Part) -> None:
    first = len(paper.paragraphs)
    if part.heading:
        _paragraph(paper, part.heading, HEADING_FONT, BODY, indent=True)
    for text in part.paragraphs:
        for line in text.split("\n"):
            _paragraph(paper, line, BODY_FONT, BODY, indent=True)
    if part.square:
        paper.add_picture(io.BytesIO(squared(part.square)), width=SQUARE)
    if part.columns:
        _table(paper, part)
    if part.whole:
        for line in paper.paragraphs[first:]:
            line.paragraph_format.keep_with_next = True
        _paragraph(paper, CUT, BODY_FONT, TABLE, align=WD_ALIGN_PARAGRAPH.CENTER, line=TABLE_LINE)


def squared(words: str) -> bytes:
    """Words as a QR code, a PNG."""
    out = io.BytesIO()
    segno.make(words, error="q", micro=False).save(out, kind="png", scale=6, border=2)
    return out.getvalue()


def _set_page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = PAGE
    for side, width in MARGINS.items():
        setattr(section, f"{side}_margin", width)
    style = paper.styles["Normal"]
    style.font.size = BODY
    style.font.name = BODY_FONT
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)


def _table(paper: Any, part: Part) -> None:
    table = paper.add_table(rows=1 + len(part.rows), cols=len(part.columns), style="Table Grid")
    for row, cells in zip(table.rows, [part.columns, *part.rows], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.paragraphs[0]._element.getparent().remove(cell.paragraphs[0]._element)
            _paragraph(cell, text, BODY_FONT, TABLE, line=TABLE_LINE)


def _paragraph(
    paper: Any,
    text: str,
    font: str,
    size: Pt,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    line: Pt = LINE,
) -> None:
    paragraph = paper.add_paragraph()
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line
    shape.space_before = shape.space_after = Pt(0)
    if indent:
        shape.first_line_indent = size * 2
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
