"""A vote on paper: notice, roll, ballots, proxy form, result; and the drafts that go to the community's pages."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from gongzhi.ballots import actions, papers
from gongzhi.ballots.models import RollEntry, Vote
from gongzhi.ballots.tests.conftest import AFTER, FUND, drafted, ground, opened, owners, roll_of
from gongzhi.common import clock
from gongzhi.common.errors import Conflict
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.publications import queries as publications
from gongzhi.publications import words as publication_words
from gongzhi.publications.models import Publication
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_for

NAMES = ("resident", "neighbour", "outsider")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def vote(world: World) -> Vote:
    for path in sorted((shipped.FOLDER / "papers").glob("*.toml")):
        load_pack(by=SETUP, at=NOW, path=path)
    people = [Entitlement((world.people[name].pk,), group="5栋", area=8_960) for name in NAMES]
    return opened(world, roll_of(world, people), ground(FUND))


def pdf_words(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


def docx_words(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


@pytest.mark.req("H03", where="/votes/{number}/print/notice.pdf")
def test_the_notice_says_the_question_the_law_and_the_digests(world: World, vote: Vote) -> None:
    resident, page = client_for(world.people["resident"]), f"/votes/{vote.number}"
    for form, read in (("docx", docx_words), ("pdf", pdf_words)):
        words = read(resident.get(f"{page}/print/notice.{form}").content)
        assert vote.title in words and "户数的 3/4 以上" in words and "民法典" in words
        assert vote.roll_digest in words.replace(" ", "") and "供参考" in words and vote.number in words
    assert resident.get(f"{page}/print/notice.odt").status_code == 404
    assert resident.get(f"{page}/print/result.pdf").status_code == 404  # nothing before it is published
    assert Client().get(f"{page}/print/notice.pdf").status_code == 302
    assert client_for(world.people["dispatcher"]).get(f"{page}/print/notice.pdf").status_code == 404


def test_there_is_no_notice_before_the_roll(world: World) -> None:
    with pytest.raises(Conflict, match="nothing_to_notice"):
        papers.notice_of(drafted(world, roll_of(world, owners(2), published=False)))


@pytest.mark.req("H03", where="/votes/{number}/print/roll.docx")
def test_the_roll_on_paper_has_family_names_groups_and_the_digest(world: World, vote: Vote) -> None:
    words = docx_words(client_for(world.people["neighbour"]).get(f"/votes/{vote.number}/print/roll.docx").content)
    assert "5栋" in words and vote.roll.digest in words and "3 户" in words
    assert not any(f"演示{name}" in words for name in NAMES)


@pytest.mark.req("H03", where="/votes/{number}/print/ballots.pdf")
def test_recorded_ballots_are_numbered_and_secret_ones_are_all_alike(world: World, vote: Vote) -> None:
    page = f"/votes/{vote.number}/print/ballots"
    office = client_for(world.people["grid_member"])
    words = pdf_words(office.get(f"{page}.pdf").content)
    assert all(f"表决票 {number} 号" in words for number in (1, 2, 3)) and words.count("□ 同意") == 3
    assert len(Document(io.BytesIO(office.get(f"{page}.docx?group=5栋").content)).inline_shapes) == 3
    assert client_for(world.people["resident"]).get(f"{page}.pdf").status_code == 403
    vote.secret = True
    secret = papers.ballots_of(vote, list(RollEntry.objects.filter(roll=vote.roll)), "5栋")
    assert len({(part.heading, tuple(part.paragraphs), part.square) for part in secret.parts}) == 1
    assert secret.parts[0].square == ""


def test_a_proxy_form_is_for_ones_own_entry_and_the_proxy_is_taken_back(world: World, vote: Vote) -> None:
    page = f"/votes/{vote.number}"
    owner, other = client_for(world.people["resident"]), client_for(world.people["neighbour"])
    words = pdf_words(owner.get(f"{page}/print/proxy.pdf?position=1").content)
    assert "1 号（5栋）" in words and "委托人签名" in words
    assert other.get(f"{page}/print/proxy.pdf?position=1").status_code == 404
    holder, signed = world.people["outsider"], clock.local_date(NOW)
    desk = world.actor("grid_member")
    actions.give_proxy(by=desk, at=NOW, number=vote.number, position=1, holder=holder, signed_on=signed)
    assert "撤回" in owner.get(page).content.decode() and "撤回" not in other.get(page).content.decode()
    assert other.post(f"{page}/proxies/1/withdraw").status_code == 403
    assert owner.post(f"{page}/proxies/1/withdraw").status_code == 302
    assert not vote.proxies.filter(withdrawn_at=None).exists()


@pytest.mark.req("H03", where="/votes/{number}/announce/result")
def test_one_press_makes_the_announcement_a_draft(world: World, vote: Vote, today: list[dt.datetime]) -> None:
    page, office = f"/votes/{vote.number}", client_for(world.people["secretary"])
    assert client_for(world.people["resident"]).post(f"{page}/announce/notice").status_code == 403
    assert office.post(f"{page}/announce/result").status_code == 404
    first = office.post(f"{page}/announce/notice").headers["Location"]
    assert office.post(f"{page}/announce/notice").headers["Location"] == first  # pressed twice, the same draft
    for name, position in zip(NAMES, (1, 2, 3), strict=True):
        client_for(world.people[name]).post(f"{page}/cast", {"position": position, "choice": "yes"})
    today[0] = AFTER
    office.post(f"{page}/act/close")
    office.post(f"{page}/act/count")
    assert office.post(f"{page}/announce/result").status_code == 302
    made = Publication.objects.order_by("-created_at")[0]
    text = publication_words.working(made)
    assert made.state == "draft" and made.subject_reference == vote.reference and "通过" in text.body
    vote.refresh_from_db()
    assert vote.seal in text.body and "按 3/4 要 3 户，同意的 3 户" in text.body
    assert [need for need in publications.needs_of(made, AFTER) if not need.ok] == []
    result = pdf_words(office.get(f"{page}/print/result.pdf").content)
    assert vote.seal in result.replace(" ", "") and "通过" in result
    assert "同意的够了吗" in office.get(page).content.decode()
