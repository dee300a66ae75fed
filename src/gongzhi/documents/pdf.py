"""The same paper as PDF, by ReportLab: real text that can be searched and copied, no program asked for help.

Without a font of its own the file names STSong-Light, which every PDF reader knows how to stand in for; with
GONGZHI_PAPER_FONT (a TrueType font with Chinese) that font is embedded and the paper looks the same everywhere.
docs/decisions/0014.
"""

import io
import threading
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.documents.papers import CUT, Paper, Part, squared

MEDIA_TYPE = "application/pdf"
TITLE, BODY, LINE, TABLE, TABLE_LINE = 22, 16, 28, 12, 20
_STAND_IN, _OWN = "STSong-Light", "GongzhiPaper"
_SQUARE = 28 * mm
_BROAD = A4[0] - (28 + 26) * mm
_setting = threading.Lock()  # ReportLab keeps fonts and caches in module variables


def make_pdf(paper: Paper) -> bytes:
    """The paper as the bytes of a PDF file; margins 37/35/28/26 mm, page numbers below."""
    out = io.BytesIO()
    with _setting:
        font = _font(settings.PAPER_FONT)
        sheet = PageTemplate(frames=[_frame()], onPage=_number_of(font))
        document = BaseDocTemplate(
            out, pagesize=A4, title=paper.title, author="", creator="", producer="", pageTemplates=[sheet]
        )
        document.build(_flow(paper, font))
    return out.getvalue()


def _frame() -> Frame:
    """Margins 37 above, 35 below, 28 left, 26 right, in mm; the type stands right at them."""
    width, height = A4
    return Frame(
        28 * mm,
        35 * mm,
        width - 54 * mm,
        height - 72 * mm,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


@cache
def _font(path: str) -> str:
    """The name under which ReportLab knows the font. Raises Refused `paper_font` for a file it cannot embed."""
    if not path:
        pdfmetrics.registerFont(UnicodeCIDFont(_STAND_IN))
        return _STAND_IN
    try:
        pdfmetrics.registerFont(TTFont(_OWN, path))
    except (TTFError, OSError) as error:
        raise Refused(
            "paper_font",
            N_("公文字体装不上：{path}。请换一个 TrueType 字体（.ttf），或清空 GONGZHI_PAPER_FONT。"),
            path=path,
        ) from error
    return _OWN


def _style(font: str, size: float = BODY, line: float = LINE, **more: Any) -> ParagraphStyle:
    return ParagraphStyle("", fontName=font, fontSize=size, leading=line, wordWrap="CJK", **more)


def _flow(paper: Paper, font: str) -> list[Flowable]:
    centred: dict[str, Any] = {"alignment": TA_CENTER}
    flow: list[Flowable] = [Paragraph(_text(paper.title), _style(font, TITLE, 36, **centred))]
    if paper.number:
        flow.append(Paragraph(_text(paper.number), _style(font, **centred)))
    flow.append(Spacer(0, LINE / 2))
    for part in paper.parts:
        flow += _part(part, font)
    flow += [Spacer(0, LINE)] if paper.closing else []
    return flow + [Paragraph(_text(line), _style(font, alignment=TA_RIGHT)) for line in paper.closing]


def _part(part: Part, font: str) -> list[Flowable]:
    indented = _style(font, firstLineIndent=2 * BODY)
    lines = [part.heading] if part.heading else []
    lines += [line for text in part.paragraphs for line in text.split("\n")]
    flow: list[Flowable] = [Paragraph(_text(line), indented) for line in lines]
    if part.square:
        flow.append(Image(io.BytesIO(squared(part.square)), _SQUARE, _SQUARE, hAlign="LEFT"))
    if part.columns:
        flow += [_table(part, font), Spacer(0, TABLE_LINE / 2)]
    if not part.whole:
        return flow
    cut = Paragraph(_text(CUT), _style(font, TABLE, TABLE_LINE, alignment=TA_CENTER))
    return [KeepTogether([*flow, cut])]


def _table(part: Part, font: str) -> Flowable:
    small = _style(font, TABLE, TABLE_LINE)
    cells = [[Paragraph(_text(cell), small) for cell in row] for row in [part.columns, *part.rows]]
    widths = [_BROAD / len(part.columns)] * len(part.columns)
    lines = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return LongTable(cells, colWidths=widths, repeatRows=1, style=lines)


def _text(words: str) -> str:
    """Words as they are: no mark-up of theirs means anything here."""
    return escape(words) or " "


def _number_of(font: str):  # type: ignore[no-untyped-def]  # ReportLab's callback, typed nowhere
    def draw(canvas: Canvas, _page: object) -> None:
        canvas.saveState()
        canvas.setFont(font, 14)
        canvas.drawCentredString(A4[0] / 2, 28 * mm, f"— {canvas.getPageNumber()} —")
        canvas.restoreState()

    return draw
