"""A recall in a real browser: one signature short, the post ends by two hands, a by-election opens."""

from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.common import clock
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, load_procedures, walk
from gongzhi.deliberation.tests.test_posts import NAMES, seat
from gongzhi.people import actions as people
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street
from tests.support.widths import fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    load_procedures(NAMES)
    return world


def press(page: Any, name: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=name).click()


def test_a_recall_ends_a_post_and_opens_a_by_election(
    page_at: Callable[..., Any], live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    held = people.appoint(by=SETUP, at=NOW, person=world.people["neighbour"], post=seat(world), decision="换届")
    street = Street(page_at, live_server.url, world)
    runner, body = street.page_of("secretary"), world.units["committee-1"]
    runner.goto(f"{street.url}/deliberations/new/{body.pk}/recall/")
    runner.get_by_label("要决定什么事").fill("罢免一名委员的要求")
    runner.get_by_label("说的是哪一位").select_option(f"mandate:{held.pk}")
    runner.get_by_label("是不是下面这些事").select_option("none")
    runner.get_by_label("谁提出来").select_option(label="联名的村民")
    runner.get_by_label("有选举权的人数").fill("900")
    runner.get_by_label("联名人数").fill("179")
    press(runner, "启动")
    assert runner.get_by_text("第16条").first.is_visible() and not Course.objects.exists()
    runner.get_by_label("联名人数").fill("180")
    press(runner, "启动")
    row = Course.objects.get()
    walk(world, row)
    made = Resolution.objects.get()
    monkeypatch.setattr(clock, "now", lambda: NOW + 100 * DAY)
    watcher = street.page_of("supervisor", 390)
    runner.goto(f"{street.url}/resolutions/{made.number}")
    press(runner, "提出，等核对")
    assert not runner.get_by_role("button", name="核对无误").count()
    watcher.goto(f"{street.url}/resolutions/{made.number}")
    assert fits(watcher)
    press(watcher, "核对无误，生效")
    held.refresh_from_db()
    assert held.valid_to == made.decided_on
    runner.reload()
    with runner.expect_navigation():
        runner.get_by_role("link", name="启动补选").click()
    assert runner.get_by_label("补哪一个缺").input_value() == f"mandate:{held.pk}"
