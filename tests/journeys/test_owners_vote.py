"""Owners raise maintenance funds (3/4) in a browser: refused to the committee alone, called with its notice, voted
online and on paper, counted on both bases, resolved, and its record verified by a program of its own.
"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongzhi.ballots.models import Vote
from gongzhi.common import clock
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.registers.tests.homes import approve, declare, homes
from tests import cast
from tests.cast import World
from tests.journeys.street import Street
from tests.journeys.test_deliberation import Village
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
OWNERS = ("resident", "neighbour", "outsider")
COMMITTEE, ASSEMBLY, TELLERS = "业主委员会", "业主大会", "计票人和监票人"
TITLE = "每平方米筹集 5 元电梯维修资金"
CHECKER = Path(__file__).parents[2] / "tools/verify_record.py"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Three owners of building 5 in the register of tenures; the law and the procedure of special matters."""
    world = cast.build()
    load_procedures(("owners_special",))
    for name, door in zip(OWNERS, homes(world).values(), strict=True):
        approve(world, declare(world, name, door))
    return world


def refused_and_led(office: Village) -> None:
    """The committee may not decide it alone: the page says the article and opens the course that may."""
    page = office.runner
    page.goto(f"{office.street.url}/deliberations/at/LY-5/")
    page.get_by_label("想请业委会定什么事").fill(TITLE)
    page.get_by_label("是不是下面这些事").select_option("cn.owners.decisions#matter.6")
    page.get_by_role("button", name="看该谁定").click()
    page.get_by_text("业主委员会不能代替决定").first.wait_for()
    assert page.get_by_text("四分之三以上").first.is_visible()
    sound(page)
    page.get_by_role("link", name="启动“业主决定特别事项”").click()
    assert page.get_by_label("要决定什么事").input_value() == TITLE
    page.get_by_label("谁提出来").select_option(label=COMMITTEE)
    with page.expect_navigation():
        page.get_by_role("button", name="启动", exact=True).click()


def prepared(office: Village) -> None:
    """Studied by the committee, the roll posted until nobody objects any more, the assembly called 15 days ahead."""
    office.enter("recorded", body=COMMITTEE, filed_proposal="一号盒")
    office.enter("published", body=COMMITTEE, filed_roll="小区公示栏")
    office.wait(9)
    office.enter("noticed", body=COMMITTEE, for_day=office.day(15), filed_plan="一号盒", filed_told="一号盒")
    assert "要提前 15 天通知" in office.runner.content()
    office.enter("noticed", body=COMMITTEE, for_day=office.day(16), filed_plan="一号盒", filed_told="一号盒")
    office.runner.get_by_role("link", name="通知 PDF").wait_for()


def drawn_up(office: Village) -> str:
    """From the register to an open vote; the address of its page."""
    page = office.runner
    page.goto(f"{office.street.url}/votes/new")
    page.get_by_label("哪个小区、哪栋楼").fill("柳园小区5栋")
    page.get_by_label("谁来办").select_option(label="柳园社区居委会")
    page.get_by_label("属于哪一项").select_option("matter.6")
    page.get_by_label("要表决什么").fill(f"{TITLE}，好不好？")
    page.get_by_label("同意是什么意思").fill("每平方米 5 元")
    page.get_by_label("什么时候截止").fill(f"{office.day(16)}T08:00")
    page.get_by_label("结果有什么效力").select_option("binding")
    page.get_by_role("button", name="定名册，写好表决").click()
    page.get_by_role("button", name="公布名册").click()
    page.get_by_role("button", name="开始表决").click()
    page.get_by_text("开始表决了").wait_for()
    for name, file in (("表决通知 PDF", "表决通知"), ("表决通知 Word", "表决通知")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.suggested_filename.startswith(file)
    address: str = page.url
    return address


def voted_online(office: Village, address: str) -> str:
    """Three taps on a telephone: the vote, the answer, the cast; the receipt."""
    phone = office.street.page_of("resident", 390)
    phone.goto(f"{office.street.url}/votes/")
    phone.get_by_role("link", name=TITLE).click()
    assert phone.get_by_role("radio", checked=True).count() == 0
    phone.get_by_text("还差 2 户").wait_for()
    phone.get_by_label("同意").check()
    phone.get_by_role("button", name="投出我的一票").click()
    phone.get_by_text("回执码").wait_for()
    sound(phone)
    receipt: str = phone.locator(".gz-receipt details p").text_content()
    return receipt.strip()


def counted_on_paper(office: Village, address: str) -> None:
    """Two papers in a box, typed by two people who do not see each other."""
    page, other = office.runner, office.street.page_of("grid_member")
    page.goto(f"{address}/desk")
    page.get_by_label("票箱叫什么").fill("1 号箱")
    page.get_by_role("button", name="加上").click()
    for teller in (page, other):
        teller.goto(f"{address}/desk")
        teller.get_by_role("link", name="1 号箱").click()
        for label, number in (("印了几张", 3), ("发出几张", 2), ("没发的几张", 1), ("作废的几张", 0), ("收回几张", 2)):
            teller.get_by_label(label).fill(str(number))
        teller.get_by_label("一行一张票").fill("2 1\n3 1")
        teller.get_by_role("button", name="我录完了").click()
    other.get_by_text("收下了").first.wait_for()


def published(office: Village, address: str) -> None:
    """Over: closed, counted, both bars on both bases; the announcement is a draft with one press."""
    page = office.runner
    page.goto(address)
    page.get_by_role("button", name="截止，开始计票").click()
    page.get_by_role("button", name="算出结果，公布").click()
    page.get_by_text("按 3/4 要 3 户，同意的 3 户").wait_for()
    assert page.locator(".gz-bar").count() == 4  # heads and area, taking part and agreeing
    sound(page)
    page.get_by_role("button", name="公告结果").click()
    page.get_by_text("公告的草稿写好了").wait_for()


def resolved(office: Village) -> None:
    """The course takes its figures from the sealed result, is signed, posted, told, archived."""
    vote = Vote.objects.get()
    office.enter("recorded", body=ASSEMBLY, vote=vote.number, filed_tally="二号盒", filed_minutes="二号盒")
    office.enter("signed", page=office.watcher, body=TELLERS)
    office.enter("published", body=COMMITTEE, filed_decision="小区公示栏")
    office.wait(11)
    office.enter("recorded", body=COMMITTEE, filed_told="三号盒")
    office.enter("recorded", body=COMMITTEE, filed_file="四号盒")
    assert Course.objects.get().ending == "decided"


def verified(office: Village, address: str, receipt: str, tmp_path: Path) -> None:
    """A neighbour downloads the record; the second program counts it again and finds the receipt in it."""
    phone = office.street.page_of("neighbour", 390)
    phone.goto(address)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载记录").click()
    record = tmp_path / "record.json"
    download.value.save_as(record)
    seal = Vote.objects.get().seal
    command = [sys.executable, str(CHECKER), str(record), "--seal", seal, "--receipt", receipt]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and json.loads(checked.stdout)["valid"] is True, checked.stdout
    made = Resolution.objects.get()
    assert made.record["inputs"]["yes"] == 3 and made.record["inputs"]["yes.area"] == 3 * 8_912
    phone.goto(f"{office.street.url}/resolutions/{made.number}")
    assert phone.get_by_text("267.36").first.is_visible() and phone.get_by_text("第278条").first.is_visible()
    sound(phone)


@pytest.mark.req("H03", where="/deliberations/at/{code}/")
@pytest.mark.req("H02", where="/deliberations/at/{code}/")
@pytest.mark.req("H09", where="/votes/{number}")
def test_owners_raise_funds_from_the_register_to_a_verified_record(
    world: World, page_at: Callable[..., Any], live_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = Village(Street(page_at, live_server.url, world), monkeypatch)
    refused_and_led(office)
    prepared(office)
    address = drawn_up(office)
    receipt = voted_online(office, address)
    counted_on_paper(office, address)
    office.wait(16)
    assert clock.now() - Vote.objects.get().closes_at < dt.timedelta(days=1)
    published(office, address)
    resolved(office)
    verified(office, address, receipt, tmp_path)
