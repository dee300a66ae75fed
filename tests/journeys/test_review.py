"""A democratic review in a real browser: voted by secret papers, the second failing one in a row ends the post."""

from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.reviews import HOUR, delegates
from gongzhi.common import clock
from gongzhi.deliberation import actions
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, given, load_procedures, straight_way, walk
from gongzhi.deliberation.tests.test_posts import NAMES, YEAR, about, reviewed, seat
from gongzhi.people import actions as people
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street
from tests.journeys.test_election import Board
from tests.journeys.test_recall import fits, press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    load_procedures(NAMES)
    return world


@pytest.mark.req("G08", where="/deliberations/")
def test_the_second_failing_review_ends_the_post(
    page_at: Callable[..., Any], live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = people.appoint(
        by=SETUP, at=NOW, person=world.people["neighbour"], post=seat(world), decision="换届",
        valid_from=(NOW - 2 * YEAR).date(),
    )  # fmt: skip
    reviewed(world, held, NOW - YEAR, "unfit")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    street = Street(page_at, live_server.url, world)
    runner, body = street.page_of("secretary"), world.units["committee-1"]
    runner.goto(f"{street.url}/deliberations/new/{body.pk}/democratic_review/")
    runner.get_by_label("要决定什么事").fill("委员今年的评议")
    runner.get_by_label("说的是哪一位").select_option(about(held)["concerns"])
    runner.get_by_label("是不是下面这些事").select_option("none")
    runner.get_by_label("谁提出来").select_option(label="村务监督委员会")
    press(runner, "启动")
    assert runner.get_by_role("link", name="2025 年：不称职").is_visible()
    row = Course.objects.get(status="running")
    voted_on_paper(street, world, row, monkeypatch)
    walk(world, row, prefer={"review": "ends"})
    made = Resolution.objects.get(course=row)
    assert made.record["inputs"]["unfit_in_a_row"] == 2 and made.record["inputs"]["unfit"] == 3
    monkeypatch.setattr(clock, "now", lambda: NOW + 100 * DAY)
    runner.goto(f"{street.url}/resolutions/{made.number}")
    assert runner.get_by_text("连续两次不称职，职务终止").first.is_visible()
    press(runner, "提出，等核对")
    watcher = street.page_of("supervisor", 390)
    watcher.goto(f"{street.url}/resolutions/{made.number}")
    press(watcher, "核对无误，生效")
    assert fits(watcher) and watcher.get_by_text("已生效").is_visible()
    held.refresh_from_db()
    assert held.valid_to == made.decided_on


def voted_on_paper(street: Street, world: World, row: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """The meeting is called; five delegates mark a grade, two people count; the number is typed, no grade is."""
    at = walk(world, row, until="review")
    _course, path, _last = straight_way(row, {"review": "ends"})
    notice, meeting = path[row.events.count() :][:2]
    called = given("noticed", notice.by, "review", for_day=notice.for_day, documents=notice.documents)
    actions.record_event(
        by=world.actor("secretary"), at=at + (notice.entered - at.date()), number=row.number, given=called
    )
    board = Board(street, monkeypatch)
    board.wait(meeting.entered - NOW.date())
    page, roll = board.page, delegates(world, 5, board.now)
    page.goto(f"{street.url}/votes/rolls/{roll.number}")
    page.get_by_role("link", name="办一次评议").click()
    page.get_by_label("评议哪个岗位").fill("评议村民委员会委员")
    page.get_by_label("谁来办").select_option(str(world.units["committee-1"].pk))
    closes = (board.now + 2 * HOUR).astimezone(clock.CHINA)
    page.get_by_label("什么时候截止").fill(f"{closes:%Y-%m-%dT%H:%M}")
    page.get_by_label("结果有什么效力").select_option("binding")
    press(page, "写好评议票")
    vote = Vote.objects.get(roll=roll)
    board.poll(vote, "4\n4\n1\n4\n2")
    page.goto(f"{street.url}/deliberations/{row.number}")
    form = page.locator('form[action$="/record/recorded"]')
    assert not form.locator("[name^=figure-]").count()
    form.locator("select[name=body]").select_option(label="村民代表会议")
    form.locator("input[name=on]").fill(f"{meeting.on:%Y-%m-%d}")
    form.locator("input[name=filed-tally]").fill("计票单，档案盒 1")
    with page.expect_navigation(timeout=30_000):
        form.locator("button[type=submit]").click()
    assert page.get_by_text("不能手填").first.is_visible()
    form.locator("input[name=vote]").fill(vote.number)
    with page.expect_navigation(timeout=30_000):
        form.locator("button[type=submit]").click()
    page.get_by_text("记下了").first.wait_for()
