"""The residents' pages in a real browser: accessible at every width and size, by keyboard, without script, offline."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries import track_code_for
from gongzhi.cases.rules import Where
from gongzhi.cases.tests.test_resident_pages import photo
from tests import cast
from tests.cast import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opener = Callable[..., Any]
LAMP = "5栋门口路灯不亮，晚上看不见台阶。"


@pytest.fixture
def world(transactional_db: None) -> World:
    return cast.build()


@pytest.fixture
def checked(world: World) -> Case:
    """A lamp that was repaired and checked, with photos; and something still open."""
    grid, building = world.places["PC-1-1-1"], world.places["LY-5"]
    where = Where(path=building.path, found="code", place_id=building.pk, grid_id=grid.pk)
    common = {"by": world.actor("resident"), "at": NOW, "where": where}
    number = actions.report_case(text=LAMP, photos=[photo()], detail="2单元门口", **common)["number"]
    actions.report_case(text="南门垃圾桶满了三天没人收，味道很大，蚊子也多，请派人来看看。", **common)
    by = world.actor
    actions.accept_case(by=by("dispatcher"), at=NOW, number=number)
    actions.dispatch_case(by=by("dispatcher"), at=NOW, number=number, unit_id=world.units["utility"].pk)
    actions.start_work(by=by("department"), at=NOW, number=number, note="去看了，是灯头坏了")
    actions.submit_result(by=by("department"), at=NOW, number=number, note="换好灯头，夜里试过能亮。", photos=[photo()])
    actions.verify_case(by=by("grid_member"), at=NOW, number=number)
    return Case.objects.get(number=number)


def sign_in(page: Any, world: World, name: str, url: str) -> None:
    from django.test import Client

    client = Client()
    client.force_login(world.people[name])
    page.context.add_cookies([{"name": "gz_session", "value": client.cookies["gz_session"].value, "url": url}])


def wrong_on(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def looked_at(page: Any, name: str) -> None:
    """Keep a picture where the developer asked for one."""
    if folder := os.environ.get("GZ_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_accessible_at_every_size(
    page_at: Opener, live_server: Any, checked: Case, world: World, width: int
) -> None:
    pages = {
        "report": "/report",
        "scanned": "/r/LY-5",
        "other": "/report?for=other",
        "sent": f"/report/sent/{checked.number}",
        "track": "/track",
        "progress": f"/track/{checked.number}",
        "mine": "/my/cases",
        "public": "/public",
        "home": "/",
    }
    for level, scheme in (("", "light"), ("large", "dark"), ("max", "light")):
        page = page_at(width, color_scheme=scheme)
        page.context.add_cookies([{"name": "gz_text", "value": level, "url": live_server.url}])
        sign_in(page, world, "resident", live_server.url)
        for name, address in pages.items():
            page.goto(live_server.url + address)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, level)
            looked_at(page, f"{name}-{width}-{level or 'plain'}")
            assert not wrong_on(page), (name, level)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_visitor_reports_and_answers(page_at: Opener, live_server: Any, world: World, script: bool) -> None:
    page = page_at(390, java_script_enabled=script)
    page.goto(f"{live_server.url}/report")
    page.get_by_label("找一个地方").fill("5栋")
    page.get_by_role("button", name=re.compile("找地方")).click()
    page.get_by_text("找到 1 个").wait_for()
    page.get_by_label("楼栋或地方").select_option("LY-5")
    page.get_by_label("照片").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
    )
    page.get_by_label("怎么了").fill(LAMP)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="已送达").wait_for()
    case = Case.objects.get()
    assert case.place_id == world.places["LY-5"].pk
    page.get_by_role("link", name="看进度").click()
    page.get_by_role("heading", name="走到哪了").wait_for()
    assert track_code_for(case.number) not in page.url


def test_by_keyboard_alone(page_at: Opener, live_server: Any, world: World) -> None:
    page = page_at(1280)
    page.goto(f"{live_server.url}/r/LY-5")

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.id + ' ' + document.activeElement.innerText"):
                return
        raise AssertionError(f"Tab never reached {name}")

    tab_to("id_text")
    page.keyboard.type(LAMP)
    tab_to("送出")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="已送达").wait_for()
    assert Case.objects.get().channel == "qr"


def test_a_report_without_a_signal_is_kept_and_sent_once(page_at: Opener, live_server: Any, world: World) -> None:
    page = page_at(390)
    page.goto(f"{live_server.url}/r/LY-5")
    page.get_by_label("怎么了").fill(LAMP)
    page.get_by_text("已存手机", exact=True).wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="已存手机，还没送出").wait_for()
    looked_at(page, "offline-390")
    assert not Case.objects.exists()
    page.context.set_offline(False)
    page.get_by_text("刚刚送达").wait_for()
    assert Case.objects.count() == 1


def test_a_draft_comes_back_after_the_page_was_left(page_at: Opener, live_server: Any, world: World) -> None:
    page = page_at(390)
    page.goto(f"{live_server.url}/report")
    page.get_by_label("怎么了").fill(LAMP)
    page.get_by_label("联系电话").fill("13800138000")
    page.goto(f"{live_server.url}/track")
    page.goto(f"{live_server.url}/report")
    assert page.get_by_label("怎么了").input_value() == LAMP
    assert page.get_by_label("联系电话").input_value() == ""


def test_a_pin_is_set_on_the_map(page_at: Opener, live_server: Any, world: World) -> None:
    page = page_at(390)
    page.goto(f"{live_server.url}/report")
    page.get_by_role("button", name="放在地图中间").click()
    page.get_by_text("大头针放好了").wait_for()
    page.get_by_label("怎么了").fill(LAMP)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="已送达").wait_for()
    assert Case.objects.get().location == "point"
