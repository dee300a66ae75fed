"""Papers read back by programs that others wrote: python-docx, pypdf, openpyxl."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm, Pt
from openpyxl import load_workbook
from pypdf import PdfReader

import gongzhi.packs as packs_room
from gongzhi.common.errors import NotFound, Refused
from gongzhi.documents import pdf, templating
from gongzhi.documents.papers import Paper, Part
from gongzhi.packs.actions import load_pack
from gongzhi.packs.reading import read_pack
from gongzhi.packs.schedule_contents import PaperPack
from tests.cast import NOW, SETUP

FOLDER = Path(packs_room.__file__).parent / "data/papers"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
ON = dt.date(2026, 3, 18)
PAPER = Paper(
    title="柳园社区居委会三月例会纪要",
    number="第3次",
    parts=[
        Part("一、讨论情况", ["大家说了路灯和楼道 <堆物> 的事 & 停车。", "第二段。"]),
        Part("二、议定事项", (), ["事项", "由谁办"], [["换 5栋 门口的灯", "柳园物业"]]),
    ],
    closing=["柳园社区居委会", "2026年3月18日"],
)


def pack(name: str) -> PaperPack:
    found = read_pack((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert isinstance(found, PaperPack)
    return found


def some_values(content: PaperPack) -> dict[str, Any]:
    shapes: dict[str, Any] = {"text": "文字{body}", "lines": ["第一段", "第二段"], "rows": None}
    return {
        field.code: ON if field.code == "on" else shapes[field.kind] or [[f"{c}甲" for c in field.columns]]
        for field in content.fields
    }


def words_of_pdf(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


def test_the_layout_of_official_papers_stands_in_the_docx() -> None:
    made = Document(io.BytesIO(templating.make(PAPER, "docx")))
    section = made.sections[0]
    lengths = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    lengths += (section.left_margin, section.right_margin)
    assert [round(length / Mm(1)) for length in lengths if length] == [210, 297, 37, 35, 28, 26]
    title, body = made.paragraphs[0], made.paragraphs[3]
    assert (title.text, title.runs[0].font.size) == (PAPER.title, Pt(22))
    assert (body.runs[0].font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["换 5栋 门口的灯", "柳园物业"]


def test_the_pdf_is_a4_with_words_that_can_be_searched() -> None:
    content = templating.make(PAPER, "pdf")
    page = PdfReader(io.BytesIO(content)).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    words = words_of_pdf(content)
    for said in (PAPER.title, "大家说了路灯和楼道 <堆物> 的事 & 停车。", "柳园物业", "2026年3月18日", "— 1 —"):
        assert said in words


def test_the_pdf_keeps_its_margins() -> None:
    many = Paper("很长的一份", [Part("", ["一二三四五六七八九十" * 60] * 6)])
    reader = PdfReader(io.BytesIO(templating.make(many, "pdf")))
    assert len(reader.pages) > 2
    spots: list[tuple[float, float]] = []

    def look(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if "一二三" in text and size:
            spots.append((cm[4] + tm[4], cm[5] + tm[5]))

    for page in reader.pages:
        page.extract_text(visitor_text=look)
    left, top, bottom = 28 / 25.4 * 72, 842 - 37 / 25.4 * 72, 35 / 25.4 * 72
    wrong = [(x, y) for x, y in spots if not (x >= left - 1 and bottom - 1 <= y <= top + 1)]
    assert (len(spots) > 2, wrong) == (True, [])


def test_the_workbook_holds_the_table_and_says_what_it_is() -> None:
    sheet = load_workbook(io.BytesIO(templating.make(PAPER, "xlsx"))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert PAPER.title in str(rows[0][0])
    assert rows[1:] == [["事项", "由谁办"], ["换 5栋 门口的灯", "柳园物业"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_fills_and_prints_in_every_form(name: str) -> None:
    content = pack(name)
    paper = templating.fill(content, some_values(content))
    for form in templating.FORMATS:
        assert len(templating.make(paper, form)) > 1_000
    words = words_of_pdf(templating.make(paper, "pdf"))
    assert "文字{body}" in words, "a value is a value, never a placeholder"
    if any(field.kind == "date" for field in content.fields):
        assert "2026年3月18日" in words


@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_what_is_missing(name: str) -> None:
    content = pack(name)
    with pytest.raises(Refused, match="paper_incomplete") as refused:
        templating.fill(content, {})
    assert all(field.label in refused.value.facts["missing"] for field in content.fields if field.required)


def test_a_part_without_values_is_left_out() -> None:
    content = pack("minutes")
    paper = templating.fill(content, {"body": "居委会", "name": "例会", "on": ON})
    assert [part.heading for part in paper.parts] == [""]


def test_words_from_outside_set_no_mark_up() -> None:
    wild = Paper('<b>&lt;</b> {title} <para alignment="center">', [Part("", ["</para><img src='x'/>"])])
    assert "<b>&lt;</b> {title}" in words_of_pdf(templating.make(wild, "pdf"))


def test_an_unknown_form_or_font_is_refused(settings: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        templating.make(PAPER, "exe")
    settings.PAPER_FONT = str(tmp_path / "none.ttf")
    with pytest.raises(Refused, match="paper_font"):
        pdf.make_pdf(PAPER)


@pytest.mark.django_db
def test_a_template_by_name_comes_from_its_pack() -> None:
    load_pack(by=SETUP, at=NOW, path=FOLDER / "certificate.toml")
    values = {"text": "兹证明……", "basis": "居民登记", "body": "柳园社区居委会", "on": ON}
    content = templating.render("certificate", values, "pdf", on=ON)
    assert "特此证明。" in words_of_pdf(content)
    answer = templating.printed("certificate", values, "docx", on=ON, file="证明")
    assert answer["Content-Type"] == templating.FORMATS["docx"]
    with pytest.raises(NotFound):
        templating.template("certificate", dt.date(2019, 1, 1))
