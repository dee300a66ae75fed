"""认定一位住户, in a real browser: declared, refused with a reason, declared again, approved, in the register."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.documents.tests.pictures import encoded, picture
from gongzhi.registers.queries import tenures
from gongzhi.registers.tests.homes import TODAY, approve, homes, load_law
from gongzhi.registers.tests.homes import declare as declared
from tests import cast
from tests.cast import World
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    load_law()
    homes(world)
    return world


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "certificate.jpg"
    path.write_bytes(encoded(picture((320, 240))))
    return str(path)


def visitor(world: World, role: str, width: int, page_at: Callable[..., Any], url: str) -> Any:
    page, client = page_at(width), Client()
    client.force_login(world.people[role])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def declare(page: Any, url: str, paper: str, share: str) -> None:
    page.goto(f"{url}/my/home/")
    page.get_by_role("link", name="登记一处住处").click()
    page.get_by_label("小区和楼号").fill("柳园小区")
    page.get_by_role("button", name="找一找").click()
    page.get_by_role("link", name="柳园小区5栋").click()
    page.get_by_label("门牌").fill("1-101")
    page.get_by_label("您在这里是").select_option("owner")
    page.get_by_label("凭什么证明").select_option("certificate")
    page.get_by_label("拍下证明").set_input_files(paper)
    page.get_by_label("从哪天起").fill("2024-05-01")
    page.get_by_label("您的份额").fill(share)
    page.get_by_role("button", name="交给社区审核").click()
    page.get_by_text("交上去了").wait_for()


@pytest.mark.req("N02", where="/my/home/")
def test_a_resident_is_verified_at_a_dwelling(
    world: World, page_at: Callable[..., Any], live_server: Any, paper: str
) -> None:
    url = live_server.url
    resident = visitor(world, "resident", 390, page_at, url)
    desk = visitor(world, "grid_member", 1280, page_at, url)
    declare(resident, url, paper, "全部")
    sound(resident)

    desk.goto(f"{url}/registers/tenures/")
    sound(desk)
    desk.get_by_role("link", name="柳园小区5栋 1单元 101室").click()
    desk.get_by_alt_text("证明照片 1").wait_for()
    sound(desk)
    desk.get_by_label("没通过的理由").select_option("unreadable")
    desk.get_by_label("再说一句").fill("第二页没拍全")
    desk.get_by_role("button", name="退回，说明理由").click()
    desk.get_by_text("退回了").wait_for()

    resident.goto(f"{url}/my/home/")
    resident.get_by_text("照片看不清").wait_for()
    resident.get_by_text("第二页没拍全").wait_for()
    declare(resident, url, paper, "全部")

    desk.goto(f"{url}/registers/tenures/")
    desk.get_by_role("link", name="柳园小区5栋 1单元 101室").click()
    desk.get_by_role("button", name="认定", exact=True).click()
    desk.get_by_text("认定了").wait_for()
    assert [one.capacity for one in tenures.standing(world.people["resident"].pk, "/", TODAY)] == ["owner"]

    resident.goto(f"{url}/my/home/")
    resident.get_by_role("radio").check()
    resident.get_by_role("button", name="就选这位").click()
    resident.get_by_text("全家说的一样").wait_for()
    sound(resident)

    desk.goto(f"{url}/registers/owners/LY-5")
    desk.get_by_text("89.12").first.wait_for()
    desk.get_by_text("267.36").wait_for()
    sound(desk)
    desk.get_by_role("link", name="户册").click()
    row = desk.get_by_role("row", name="柳园小区5栋 1单元 101室")
    assert "演" in row.inner_text() and "演示resident" not in desk.content()
    sound(desk)


@pytest.mark.req("N03", where="/my/home/join")
def test_a_tenant_joins_by_their_own_word(world: World, page_at: Callable[..., Any], live_server: Any) -> None:
    url, home = live_server.url, tenures.Place.objects.get(code="LY-5-1-101")
    approve(world, declared(world, "resident", home))
    owner = visitor(world, "resident", 390, page_at, url)
    owner.goto(f"{url}/my/home/")
    owner.get_by_role("link", name="申报租客人数").click()
    owner.get_by_label("租客几个人").fill("3")
    owner.get_by_label("租到哪天").fill(f"{local_date(clock.now()) + dt.timedelta(days=100):%Y-%m-%d}")
    sound(owner)
    owner.get_by_role("button", name="报上去").click()
    code = owner.locator("code").first.inner_text()

    tenant = visitor(world, "neighbour", 390, page_at, url)
    tenant.goto(f"{url}/my/home/join")
    tenant.get_by_label("房东给的邀请码").fill("1-XXXXXXXX")
    tenant.get_by_role("button", name="是我，登记").click()
    tenant.get_by_text("没有这个邀请码").first.wait_for()
    sound(tenant)
    tenant.get_by_label("房东给的邀请码").fill(code)
    tenant.get_by_role("button", name="是我，登记").click()
    tenant.get_by_text("交上去了").wait_for()
