"""A resident takes along all that is held, then wants it gone; the privacy officer does both, in a real browser."""

from typing import Any

import pytest

from gongzhi.audit.actions import verify_trail
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack
from gongzhi.packs.shipped import common_packs
from gongzhi.people.models import Person
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    cast.add_privacy_officers(made)
    for path in common_packs():
        if path.parent.name == "laws":
            load_pack(by=SETUP, at=NOW, path=path)
    clear_units()
    packs.forget()
    return made


def ask(street: Street, page: Any, right: str) -> None:
    page.goto(f"{street.url}/my/rights/")
    page.get_by_label("想要什么").select_option(right)
    page.get_by_role("button", name="送出").click()
    page.get_by_text("15 日内答复。").first.wait_for()


def answer(street: Street, desk: Any, request: str, button: str) -> None:
    desk.goto(f"{street.url}/privacy/desk/")
    desk.get_by_role("link", name=request).click()
    with desk.expect_navigation(timeout=30_000):
        desk.get_by_role("button", name=button).click()
    desk.get_by_role("heading", name="今天要办的").wait_for()


def test_everything_is_taken_along_and_then_erased(street: Street, world: World) -> None:
    mine, desk = street.page_of("resident", 390), street.page_of("privacy_officer")
    street.report(mine)
    ask(street, mine, "copy")
    answer(street, desk, "复制：给我一份带走", "做一份给本人")

    mine.goto(f"{street.url}/my/rights/")
    mine.get_by_role("link", name="打开").first.click()
    mine.get_by_role("heading", name="我的个人信息").first.wait_for()
    assert cast.phone_of("resident") in mine.content()

    ask(street, mine, "delete")
    answer(street, desk, "删除：不要再留", "删除，并告诉本人留下了什么")
    assert Person.objects.get(pk=world.people["resident"].pk).erased_at is not None
    assert Case.objects.filter(channel="rights", status="verified").count() == 2
    assert verify_trail(by=SETUP, at=clock.now()).valid
    mine.goto(f"{street.url}/my/rights/")
    assert "/sign-in" in mine.url, "the account is gone"
