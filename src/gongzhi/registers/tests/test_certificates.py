"""住户登记证明: for one's own approved home, true, numbered, and checked by whoever was handed it."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from gongzhi.audit.models import Entry, Link
from gongzhi.common import clock
from gongzhi.common.errors import NotFound, Refused
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.actions.accounts import erase_account
from gongzhi.registers import actions
from gongzhi.registers.actions.certifying import issue_certificate
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries.certificates import check_certificate
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

HOST = "http://127.0.0.1:8000/certificates"


@pytest.fixture
def world(db: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    made = cast.build()
    load_law()
    for path in shipped.common_packs():
        if path.parent.name == "papers":
            load_pack(by=SETUP, at=NOW, path=path)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return made


@pytest.fixture
def home(world: World) -> Tenure:
    return approve(world, declare(world, "resident", homes(world)["1-101"]))


def test_the_paper_says_what_the_register_says_and_no_more(world: World, home: Tenure) -> None:
    client = client_of(world, "resident")
    assert "下载登记证明" in client.get("/my/home/").content.decode()
    answer = client.post(f"/my/home/{home.pk}/certificate.pdf")
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).replace("\n", "")
    number = issue_certificate(by=world.actor("resident"), at=NOW, number=home.pk, address=HOST).number
    for said in (
        "演示resident在本社区住户登记里",
        "柳园小区5栋",
        "业主",
        "不代替不动产权证书、居住证和户口簿",
        "柳园社区居委会",
        "（盖章有效）",
        "2026年3月18日",
        number,
        f"/certificates/{number}",
    ):
        assert said in printed
    made = Document(io.BytesIO(client.post(f"/my/home/{home.pk}/certificate.docx").content))
    assert made.paragraphs[0].text == "证　明" and made.paragraphs[1].text == number
    assert Link.objects.filter(relation="certifies").count() == 1, "the same day, the same number"
    entry = Entry.objects.get(action="registers.certify")
    assert "演示resident" not in str(entry.changes) and entry.subject == home.reference


def test_whoever_holds_the_number_learns_whether_it_still_holds(world: World, home: Tenure) -> None:
    number = issue_certificate(by=world.actor("resident"), at=NOW, number=home.pk, address=HOST).number
    page = Client().get(f"/certificates/{number.lower()}").content.decode()
    assert "登记的情况今天没有变" in page and "柳园小区5栋" in page
    assert "演示resident" not in page and "101室" not in page, "no name, no door"
    tomorrow = NOW + dt.timedelta(days=1)
    actions.end_tenure(by=world.actor("grid_member"), at=NOW, tenure=home)
    assert not check_certificate(number, tomorrow).holds
    with pytest.raises(NotFound, match="unknown_certificate"):
        check_certificate(f"{number}X", NOW)
    assert Client().get("/certificates/ZM-260318-AAAAAAAA").status_code == 404


def test_nothing_is_left_to_recognise_after_an_erasure(world: World, home: Tenure) -> None:
    number = issue_certificate(by=world.actor("resident"), at=NOW, number=home.pk, address=HOST).number
    erase_account(by=world.actor("resident"), at=NOW, person=world.people["resident"])
    found = check_certificate(number, NOW)
    assert (found.name, found.holds) == ("", False)


def test_only_the_holder_of_an_approved_home_gets_it(world: World, home: Tenure) -> None:
    waiting = declare(world, "neighbour", home.dwelling)
    with pytest.raises(Refused, match="not_certifiable"):
        issue_certificate(by=world.actor("neighbour"), at=NOW, number=waiting.pk, address=HOST)
    for who in ("neighbour", "grid_member", "secretary"):
        with pytest.raises(NotFound, match="unknown_tenure"):
            issue_certificate(by=world.actor(who), at=NOW, number=home.pk, address=HOST)
    assert client_of(world, "resident").post(f"/my/home/{home.pk}/certificate.exe").status_code == 404
    assert client_of(world, "resident").get(f"/my/home/{home.pk}/certificate.pdf").status_code == 405


def test_without_a_committee_nobody_certifies(world: World, home: Tenure) -> None:
    committee = world.units["committee-1"]
    committee.valid_to = clock.local_date(NOW)
    committee.save(update_fields=["valid_to"])
    with pytest.raises(Refused, match="nobody_certifies"):
        issue_certificate(by=world.actor("resident"), at=NOW, number=home.pk, address=HOST)
