"""Public items as papers in the official layout, read back by programs that others wrote."""

import io
from typing import Any

import pytest
from django.test import Client
from docx import Document
from docx.shared import Mm
from openpyxl import load_workbook
from pypdf import PdfReader

from gongzhi.publications import actions
from gongzhi.publications.actions import Subject
from gongzhi.publications.tests.conftest import Make
from tests.cast import NOW, World

pytestmark = pytest.mark.usefixtures("templates")


def paper_of(number: str, form: str) -> Any:
    answer = Client().get(f"/n/{number}/paper.{form}")
    assert answer.status_code == 200, answer.content.decode()
    assert number in answer["Content-Disposition"]
    return io.BytesIO(answer.content)


def words_of_pdf(file: Any) -> str:
    return "".join(page.extract_text() for page in PdfReader(file).pages).replace("\n", "")


@pytest.mark.req("O05", where="/n/NUMBER/paper.pdf")
def test_a_notice_is_a_paper_in_the_official_layout(release: Make) -> None:
    done = release()
    made = Document(paper_of(done.number, "docx"))
    words = "\n".join(paragraph.text for paragraph in made.paragraphs)
    margins = [getattr(made.sections[0], f"{side}_margin") for side in ("top", "bottom", "left", "right")]
    assert [round(side / Mm(1)) for side in margins] == [37, 35, 28, 26]
    printed = words_of_pdf(paper_of(done.number, "pdf"))
    for said in (
        "换水管请绕行",
        f"通知 {done.number}",
        "柳园社区各位居民：",
        "5月20日上午9点到11点",
        "有问题找谁：居委会值班室",
        "公开到2026年4月17日前",
        f"/n/{done.number}",
        "柳园社区居委会",
        "2026年3月18日",
    ):
        assert said in words and said in printed
    assert [paragraph.text for paragraph in made.paragraphs[-2:]] == ["柳园社区居委会", "2026年3月18日"]


@pytest.mark.req("O05", where="/n/NUMBER/paper.xlsx")
def test_accounts_are_a_disclosure_sheet_with_its_table(release: Make) -> None:
    done = release("accounts", title="第一季度账目", body="收支明细见下表。", about="账目")
    cells = [[cell.text for cell in row.cells] for row in Document(paper_of(done.number, "docx")).tables[0].rows]
    assert cells[:3] == [["公开事项", "内容", "备注"], ["哪一段时间", "第一季度", ""], ["收入合计", "12000元", ""]]
    sheet = load_workbook(paper_of(done.number, "xlsx")).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "第一季度账目" in str(rows[0][0]) and done.number in str(rows[0][0])
    assert [row[0] for row in rows[1:]] == ["公开事项", "哪一段时间", "收入合计", "支出合计", "谁审核过"]
    assert "城市居民委员会组织法第十六条" in words_of_pdf(paper_of(done.number, "pdf"))
    assert "下载 Excel" in Client().get(f"/n/{done.number}/print").content.decode()


def test_what_happens_at_a_time_says_when(release: Make) -> None:
    done = release("activity", title="义诊", ends_at="2026-04-01T03:00:00+00:00")
    assert "时间：2026年4月1日 09:00—2026年4月1日 11:00" in words_of_pdf(paper_of(done.number, "pdf"))


def test_an_unknown_form_is_no_paper(release: Make) -> None:
    assert Client().get(f"/n/{release().number}/paper.exe").status_code == 404


@pytest.mark.req("O01", where="/publications/NUMBER/notice.pdf")
def test_the_notice_to_the_body_concerned_is_a_paper_too(world: World, release: Make) -> None:
    done = release("exposure", title="东门通道堵了")
    writer = Client()
    writer.force_login(world.people["secretary"])
    printed = words_of_pdf(io.BytesIO(writer.get(f"/publications/{done.number}/notice.pdf").content))
    assert "告知书" in printed and "柳园物业：" in printed and "东门通道堵了" in printed
    assert Client().get(f"/publications/{done.number}/notice.pdf").status_code in (302, 403)


def test_a_post_without_a_body_signs_with_its_place(world: World, draft: Make) -> None:
    made = draft(who="dispatcher", subject=Subject("matter"))
    actions.submit_publication(by=world.actor("dispatcher"), at=NOW, number=made.number)
    actions.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)
    assert "指挥中心" in words_of_pdf(paper_of(made.number, "pdf"))
