"""A topic of a resident goes to a council and comes back, in a real browser: proposed, joined, taken, met, told."""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gongzhi.common import clock
from gongzhi.gatherings import queries
from gongzhi.gatherings.models import Gathering, Topic
from gongzhi.gatherings.tests.conftest import SEATS
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
START = dt.datetime(2026, 3, 25, 11, 0, tzinfo=dt.UTC)
OLD = dt.date(2020, 1, 1)
SHOTS = os.environ.get("GONGZHI_SHOTS", "")  # a folder: what each page looked like


@pytest.fixture
def world(transactional_db: None) -> World:
    """The cast with a council of four, the secretary in its chair."""
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name == "papers":
            load_pack(by=SETUP, at=NOW, path=path)
    common: dict[str, Any] = {"by": SETUP, "at": NOW, "place": world.places["PC-1"]}
    body = people.add_organization(**common, code="council-1", kind="council", name="柳园议事会", valid_from=OLD)
    for name, role in SEATS.items():
        title = "议事长" if name == "secretary" else "议事员"
        post = people.add_post(**common, code=f"seat-{name}", role=role, title=title, organization=body)
        post.valid_from = OLD
        post.save(update_fields=["valid_from"])
        people.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="推选", valid_from=OLD)
    return world


def press(page: Any, name: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=name, exact=True).first.click()


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.req("F01", where="/gatherings/topics")
@pytest.mark.req("F08", where="/gatherings/")
def test_a_topic_is_met_about_and_comes_back(
    page_at: Callable[..., Any], live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    street = Street(page_at, live_server.url, world)
    resident, neighbour, chair = (street.page_of(name) for name in ("resident", "neighbour", "secretary"))
    propose(resident, street.url)
    topic = f"{street.url}/gatherings/topics/{Topic.objects.get().number}"
    neighbour.goto(topic)
    press(neighbour, "附议")
    assert neighbour.get_by_text("您附议了").is_visible()
    chair.goto(topic)
    chair.get_by_label("列不列入议题").select_option(label="列入")
    chair.get_by_label("理由").fill("下次会上就议")
    press(chair, "答复")
    page = call(chair, street.url)
    assert chair.get_by_text("东门晚上几点关").first.is_visible()  # it came onto the agenda by itself
    press(chair, "发通知")
    resident.goto(page)
    press(resident, "我来")
    now[0] = START
    check_in(resident, page)
    meet(chair, page)
    resident.goto(topic)
    assert resident.get_by_text("十一点关门").first.is_visible()
    shoot(resident, "topic-decided")
    assert not Axe().run(resident).response["violations"]


def propose(page: Any, url: str) -> None:
    page.goto(f"{url}/gatherings/topics/new")
    page.get_by_label("请谁来议").select_option(label="柳园议事会")
    page.get_by_label("想议什么").fill("东门晚上几点关")
    page.get_by_label("为什么要议").fill("晚归的人要绕一大圈")
    press(page, "提出来")


def call(page: Any, url: str) -> str:
    page.goto(f"{url}/gatherings/new/council/")
    page.get_by_label("谁开").select_option(label="柳园议事会")
    page.get_by_label("什么时候开始").fill("2026-03-25T19:00")
    page.get_by_label("或者写在哪里").fill("社区二楼")
    press(page, "排上")
    return f"{url}/gatherings/{Gathering.objects.get().number}"


def check_in(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_label("签到码").fill(queries.check_in_code(Gathering.objects.get()))
    press(page, "签到")


def meet(page: Any, address: str) -> None:
    page.goto(address)
    for one in page.locator("select[name^=state-]").all():
        one.select_option("came")
    press(page, "照签到单记下")
    press(page, "开始开会")
    shoot(page, "meeting-open")
    assert page.get_by_text("人数够了，可以定事").is_visible()
    page.locator("summary", has_text="怎么定").first.click()
    page.get_by_label("怎么定").first.select_option(label="不用再办")
    page.get_by_label("会上怎么说").fill("十一点关门，保安留小门")
    press(page, "就这么定")
    page.get_by_label("议了什么").fill("大家同意留小门")
    press(page, "散会")
    assert page.get_by_text("纪要 Word").is_visible()
