"""A round of a participatory budget: put on paper, voted on a phone with the sum in sight, counted, written back."""

import datetime as dt

import pytest

from gongzhi.ballots import actions as ballots
from gongzhi.ballots.models import Vote
from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.projects.tests.conftest import build
from gongzhi.projects.tests.test_rounds import IDEAS, VOTERS, idea, roll_of
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.budgeting.toml")
    clear_units()
    packs.forget()
    return made


def test_a_round_from_the_paper_to_the_projects(street: Street, world: World) -> None:
    for title, fen in IDEAS:
        idea(world, title, fen)
    roll, now = roll_of(world), clock.now()
    office = street.page_of("supervisor", 1280)
    office.goto(f"{street.url}/projects/rounds/with/{roll.number}")
    office.get_by_label("要投什么").fill("今年的 2 万元做哪几件事？")
    office.get_by_label("一共多少钱（元）").fill("20000")
    office.get_by_label("票怎么写").select_option("approval")
    office.get_by_label("怎么算").select_option("greedy")
    office.locator("select[name=body]").select_option(str(world.units["committee-1"].pk))
    closes = now.astimezone(clock.CHINA) + dt.timedelta(days=3)
    office.locator("input[name=closes_at]").fill(f"{closes:%Y-%m-%dT%H:%M}")
    for box in office.locator("input[name=projects]").all():
        box.check()
    office.get_by_role("button", name="写好票").click()
    vote = Vote.objects.get()
    office.goto(f"{street.url}/votes/{vote.number}")
    office.get_by_role("button", name="开始表决").click()
    resident = street.page_of("resident", 390)
    resident.goto(f"{street.url}/votes/{vote.number}")
    resident.get_by_label("车棚加顶").check()
    resident.get_by_label("楼道感应灯").check()
    assert "20,000 元" in resident.get_by_role("status").filter(has_text="选的一共").inner_text()
    resident.get_by_role("button", name="投出我的一票").click()
    assert "您投过了" in resident.locator("main").inner_text()
    _the_others(world, Vote.objects.get())
    resident.goto(f"{street.url}/votes/{vote.number}")
    words = resident.locator("main").inner_text()
    assert "选上 2 个" in words and "钱还差 9,000 元" in words
    office.goto(f"{street.url}/projects/rounds/{vote.number}")
    office.get_by_role("button", name="把结果记进项目").click()
    words = office.locator("main").inner_text()
    assert "审过" in words and "没批" in words and "把结果记进项目" not in words


def _the_others(world: World, vote: Vote) -> None:
    """They vote, it closes and is counted, as on other days."""
    by, at = world.actor("supervisor"), clock.now()
    for position, name in enumerate(VOTERS[1:], 2):
        marks = ["1", "2"] if position < 5 else ["3"]
        ballots.cast_ballot(by=world.actor(name), at=at, number=vote.number, position=position, marks=marks)
    after = vote.closes_at + dt.timedelta(minutes=1)
    ballots.close_vote(by=by, at=after, number=vote.number)
    ballots.count_vote(by=by, at=after, number=vote.number)
