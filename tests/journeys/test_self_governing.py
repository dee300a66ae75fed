"""The secretary founds a building's group in a real browser and writes its head in; a resident reads who it is."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.common import clock
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.models import Organization
from tests import cast
from tests.cast import NOW, SETUP, World, phone_of
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SHOTS = os.environ.get("GONGZHI_SHOTS", "")  # a folder: what each page looked like


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.stem in ("cn.self_government", "pingchang.meetings"):
            load_pack(by=SETUP, at=NOW, path=path)
    return world


def press(page: Any, name: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=name, exact=True).first.click()


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.req("A13", where="/gatherings/bodies/")
@pytest.mark.req("G12", where="/gatherings/bodies/")
def test_a_building_gets_its_group(
    page_at: Callable[..., Any], live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    street = Street(page_at, live_server.url, world)
    page = street.page_of("secretary")
    page.goto(f"{live_server.url}/gatherings/bodies/?missing=building")
    shoot(page, "bodies-missing")
    page.get_by_role("link", name="登记一个").first.click()
    page.get_by_label("哪种自治组织").select_option("building_group")
    page.get_by_label("凭哪个决定成立").fill("2026年3月10日5栋居民会推选")
    page.get_by_label("章程正文").fill("# 怎么议\n一月碰一次头，过半数同意才算。")
    shoot(page, "bodies-found")
    press(page, "登记")
    assert "登记好了" in page.content()
    page.get_by_role("link", name="组长").first.click()
    page.get_by_role("link", name="任命").first.click()
    page.get_by_label("任命谁：手机号或邮箱").fill(phone_of("resident"))
    page.get_by_label("依据哪个决定").fill("5栋居民会推选")
    press(page, "任命")
    body = Organization.objects.get(kind="building_group")
    page.goto(f"{live_server.url}/gatherings/bodies/{body.code}/")
    assert "席位 3 个，在任 1 人" in page.content()
    shoot(page, "bodies-body")
    page.goto(f"{live_server.url}/gatherings/bodies/")
    assert body.name in page.content() and "还差" in page.content()
    shoot(page, "bodies-register")
    resident = street.page_of("neighbour", 390)
    resident.goto(f"{live_server.url}/gatherings/bodies/at/LY-5")
    assert body.name in resident.content() and "1/1" in resident.content()
    shoot(resident, "bodies-at")
