"""A village election in a browser: registered, objected to, a first round that falls short, 另行选举, its record."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gongzhi.ballots import actions
from gongzhi.ballots.models import Roll, Vote
from gongzhi.ballots.tests.elections import load_laws
from gongzhi.cli.main import run
from gongzhi.common import clock
from tests import cast
from tests.cast import NOW, World
from tests.journeys.street import Street
from tests.support.widths import fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
DAY = dt.timedelta(days=1)
SHOTS = os.environ.get("GONGZHI_SHOTS", "")  # a folder: what each page looked like
OTHERS = "赵一 一组\n钱二 一组\n孙三 二组\n李四 二组\n周五 二组\n吴六 三组\n郑七 三组"


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    load_laws()
    return world


class Board:
    """The election board at its screen, on a day that passes."""

    def __init__(self, street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
        self.street, self.patch, self.now = street, monkeypatch, NOW
        self.page, self.other = street.page_of("secretary"), street.page_of("supervisor")
        self.wait(dt.timedelta())

    def wait(self, more: dt.timedelta) -> None:
        self.now += more
        self.patch.setattr(clock, "now", lambda: self.now)

    def closing(self, days: int) -> str:
        moment = (self.now + days * DAY).astimezone(clock.CHINA)
        return f"{moment:%Y-%m-%dT%H:%M}"

    def poll(self, vote: Vote, papers: str) -> None:
        """Opened; papers handed out, put into a box, entered by two people; counted after the hour."""
        address, count = f"{self.street.url}/votes/{vote.number}", len(papers.split("\n"))
        self.page.goto(address)
        self.page.get_by_role("button", name="开始表决").click()
        by = self.street.world.actor("secretary")
        for position in range(1, count + 1):
            actions.hand_out_paper(by=by, at=self.now, number=vote.number, position=position, origin="booth")
        self.page.goto(f"{address}/desk")
        self.page.get_by_label("票箱叫什么").fill("1 号箱")
        self.page.get_by_label("里面是哪种票").select_option("booth")
        self.page.get_by_role("button", name="加上").click()
        self.wait(vote.closes_at - self.now + dt.timedelta(minutes=1))
        self.page.goto(address)
        self.page.get_by_role("button", name="截止，开始计票").click()
        for page in (self.page, self.other):
            self._enter(page, address, papers, count)
        self.page.goto(address)
        self.page.get_by_role("button", name="算出结果，公布").click()
        self.page.get_by_role("heading", name="结果").wait_for()

    def _enter(self, page: Any, address: str, papers: str, count: int) -> None:
        page.goto(f"{address}/desk")
        page.get_by_role("link", name="1 号箱").click()
        for label in ("印了几张", "发出几张", "收回几张"):
            page.get_by_label(label).fill(str(count))
        for label in ("没发的几张", "作废的几张"):
            page.get_by_label(label).fill("0")
        page.get_by_label("一行一张票").fill(papers)
        page.get_by_role("button", name="我录完了").click()
        page.get_by_role("status").or_(page.get_by_text("收下")).first.wait_for()


def sound(page: Any) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    if SHOTS:
        name = f"{len(os.listdir(SHOTS)):02d}-{page.viewport_size['width']}"
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    assert fits(page)


def register(board: Board, resident: Any, outsider: Any) -> None:
    """A roll is drawn up, one registers, the board writes seven down, one who was left out objects."""
    page, url = board.page, board.street.url
    page.goto(f"{url}/votes/rolls/")
    page.get_by_role("link", name="定一份名册").click()
    sound(page)
    page.get_by_label("名册用来做什么").select_option("village_election")
    page.get_by_label("哪个村、社区").fill("柳园社区")
    page.get_by_label("选举日").fill(f"{(NOW + 25 * DAY).date()}")
    page.get_by_role("button", name="定名册").click()
    page.get_by_text("名册定好了").wait_for()
    address = page.url
    resident.goto(address)
    resident.get_by_label("户籍在本村，在本村居住", exact=True).check()
    resident.get_by_label("哪个组、哪栋楼").fill("一组")
    resident.get_by_label("我年满十八周岁").check()
    sound(resident)
    resident.get_by_role("button", name="登记参加选举").click()
    resident.get_by_text("名册上有您").wait_for()
    page.goto(address)
    page.get_by_text("由选举委员会登记").click()
    page.get_by_label("他们属于哪一种").select_option("1")
    page.get_by_label("一行一位").fill(OTHERS)
    page.get_by_role("button", name="登记这些人").click()
    page.get_by_text("登记了 7 位").wait_for()
    sound(page)
    page.get_by_role("button", name="公布名册").click()
    outsider.goto(address)
    outsider.get_by_text("我对名册有异议").click()
    outsider.get_by_label("名册上漏了我").check()
    outsider.get_by_label("为什么").fill("我户口在三组，户口本为证。")
    sound(outsider)
    outsider.get_by_role("button", name="提异议").click()
    outsider.get_by_text("等答复").wait_for()
    board.wait(DAY)
    page.goto(address)
    page.get_by_label("异议成立，名册改正").check()
    page.get_by_label("列在哪个组").fill("三组")
    page.get_by_label("理由").fill("核对了户口本。")
    sound(page)
    page.get_by_role("button", name="答复", exact=True).click()
    page.get_by_text("第 2 版").first.wait_for()
    sound(page)


def nominate(board: Board, resident: Any) -> Vote:
    """Two seats; one nominates themselves, the community two; the list is settled."""
    page, roll = board.page, Roll.objects.get(edition=2)
    page.get_by_role("link", name="办一次选举").click()
    page.get_by_label("选什么").fill("选举第十二届村民委员会委员")
    page.get_by_label("谁来办").select_option(label="柳园社区居委会")
    page.get_by_label("选几位").fill("2")
    page.get_by_label("每张票怎么写").select_option("approval")
    page.get_by_label("什么时候截止").fill(board.closing(24))
    page.get_by_label("怎么投").select_option("paper")
    page.get_by_label("结果有什么效力").select_option("binding")
    sound(page)
    page.get_by_role("button", name="开始提名").click()
    page.get_by_text("开始提名。").wait_for()
    mine = roll.entries.get(electors__person=board.street.world.people["resident"]).position
    resident.goto(page.url)
    resident.get_by_label("个人自荐").check()
    resident.get_by_label("名册上几号").fill(str(mine))
    resident.get_by_role("button", name="提名这一位").click()
    resident.get_by_text("提上去了").wait_for()
    sound(resident)
    for position in [number for number in range(1, 10) if number != mine][:2]:
        page.get_by_label("社区提名").check()
        page.get_by_label("名册上几号").fill(str(position))
        page.get_by_role("button", name="提名这一位").click()
        page.get_by_text("提上去了").wait_for()
    sound(page)
    page.get_by_role("button", name="定下候选人名单").click()
    page.get_by_text("候选人名单定了").wait_for()
    sound(page)
    return Vote.objects.get()


@pytest.mark.req("G01", where="/votes/rolls/")
def test_an_election_whose_first_round_falls_short(
    world: World, page_at: Callable[..., Any], live_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    street = Street(page_at, live_server.url, world)
    board = Board(street, monkeypatch)
    resident, outsider = street.page_of("resident", 390), street.page_of("outsider", 390)
    register(board, resident, outsider)
    first = nominate(board, resident)
    board.page.get_by_role("button", name="开始表决").click()
    board.page.get_by_text("异议期到").wait_for()  # too soon
    board.wait(23 * DAY)
    board.poll(first, "1 2\n1 2\n1 2\n1 3\n1 3\n3\n0")
    board.page.get_by_text("还有 1 个名额没选出来").wait_for()
    sound(board.page)

    board.page.get_by_label("什么时候截止").fill(board.closing(5))
    board.page.get_by_role("button", name="写好下一轮").click()
    board.page.get_by_text("下一轮写好了").wait_for()
    second = Vote.objects.get(after=first)
    board.poll(second, "1\n1\n1\n1\n2\n2")
    resident.goto(f"{street.url}/votes/{second.number}")
    resident.get_by_text("选出来了").first.wait_for()
    resident.get_by_text("当选", exact=True).first.wait_for()
    sound(resident)
    for vote in (first, second):
        resident.goto(f"{street.url}/votes/{vote.number}")
        with resident.expect_download() as download:
            resident.get_by_role("link", name="下载记录").click()
        path = tmp_path / f"{vote.number}.json"
        download.value.save_as(path)
        assert run(["verify", str(path)]) == 0
