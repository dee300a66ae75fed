"""Pledges: how far they are fulfilled, with what shows it, and the certificate; small grants with their own share."""

import io

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.ledger.tests.conftest import photo
from gongzhi.projects import actions
from gongzhi.projects.actions import Source
from gongzhi.projects.models import Project
from gongzhi.projects.rules import pledging
from gongzhi.projects.tests.conftest import move, propose, show_all, sponsor_of
from tests.cast import NOW, World
from tests.support.pages import client_of, words


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_a_pledge_is_whole_once_nothing_is_left(amount: int, paid: int) -> None:
    state = "paid" if paid else "committed"
    assert (pledging.status(state, amount, paid) == "whole") == (pledging.left(state, amount, paid) == 0)
    assert pledging.left(state, amount, paid) + min(paid, amount) == amount


def test_a_thing_is_whole_once_it_was_brought() -> None:
    assert pledging.status("paid", None, 0) == "whole" and pledging.status("promised", None, 0) == "promised"
    assert pledging.left("paid", None, 0) == 0


def pledged(world: World) -> Project:
    """A need-based project that was approved, with money and a thing pledged."""
    project = propose(world, "venture", title="老人助餐")
    show_all(world, project)
    for source in (
        Source("pledge", "演示物业", 10_000_00, body=world.units["property-1"]),
        Source("in_kind", "演示理发店", thing="理发工具两套"),
    ):
        actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    return move(world, project, "approve")


@pytest.mark.req("I12", where="/projects/P00001/pledges")
def test_a_pledge_is_fulfilled_with_a_paper_and_certified(world: World) -> None:
    project = pledged(world)
    office, base = client_of(world, "secretary"), f"/projects/{project.number}/pledges"
    page = words(office.get(base))
    assert "演示物业" in page and "理发工具两套" in page and "认捐证明" not in page
    assert office.get(f"{base}/1/certificate.docx").status_code == 409
    bare = office.post(f"{base}/1", {"amount": "4,000"})
    assert bare.status_code == 422 and "收据" in words(bare)
    assert office.post(f"{base}/1", {"amount": "0", "files": [photo()]}).status_code == 422
    assert office.post(f"{base}/1", {"amount": "4,000", "files": [photo()]}).url == base
    page = words(office.get(base))
    assert "兑现一部分" in page and "还差 6,000.00 元" in page
    office.post(f"{base}/1", {"amount": "10,000"})
    office.post(f"{base}/2", {"files": [photo()]})
    assert words(office.get(base)).count("兑现了") >= 2
    paper = Document(io.BytesIO(office.get(f"{base}/1/certificate.docx").content))
    told = "\n".join(one.text for one in paper.paragraphs)
    assert "柳园物业" in told and "10,000.00 元" in told and "不是捐赠票据" in told
    assert office.get(f"{base}/2/certificate.pdf").content.startswith(b"%PDF")
    assert office.get(f"{base}/1/certificate.exe").status_code == 404
    assert office.get(f"{base}/9/certificate.pdf").status_code == 404


def test_who_only_reads_or_lives_there_fulfils_nothing(world: World) -> None:
    project = pledged(world)
    base = f"/projects/{project.number}/pledges"
    auditor = client_of(world, "auditor")
    assert "收到了，记下" not in words(auditor.get(base))
    assert auditor.post(f"{base}/1", {"amount": "1", "files": [photo()]}).status_code == 403
    assert client_of(world, "resident").get(base).status_code == 403
    assert set(project.lines.values_list("paid", flat=True)) == {0}


@pytest.mark.req("I11", where="/projects/P00001")
def test_a_small_grant_has_a_cap_and_an_own_share(world: World) -> None:
    project = propose(world)
    show_all(world, project)
    office, second = client_of(world, "secretary"), client_of(world, "supervisor")
    do = f"/projects/{project.number}/do/funding"
    line = {"kind": "reward", "name": "街道以奖代补", "thing": "", "account": "", "body": ""}
    over = office.post(do, {**line, "amount": "100,000.01"})
    assert over.status_code == 422 and "最多 100,000" in words(over)
    assert office.post(do, {**line, "amount": "90,000"}).status_code == 302
    second.post(f"/projects/{project.number}/move/review", {})
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    own = {**line, "kind": "own", "name": "居民自筹"}
    assert office.post(do, {**own, "amount": "9,999.99"}).status_code == 302
    short = second.post(f"/projects/{project.number}/move/approve", {})
    assert short.status_code in (409, 422) and "自筹还差 0.01 元" in words(short)
    office.post(do, {**own, "amount": "0.01"})
    assert second.post(f"/projects/{project.number}/move/approve", {}).status_code == 302
