"""一表通 in a real browser: drawn up, approved by another, and on the doorstep only what is not known is asked."""

import datetime as dt

import pytest

from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.registers.models import CollectionTask, Fact
from gongzhi.registers.tests import neighbourhood
from tests import cast
from tests.cast import World
from tests.journeys.street import Street
from tests.journeys.test_grid_day import wrong_on

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    clear_units()
    packs.forget()
    return made


@pytest.mark.req("N01", where="/registers/forms/")
@pytest.mark.req("N02", where="/visit/<code>")
def test_a_form_asks_only_what_is_not_known(street: Street, world: World) -> None:
    (home,) = neighbourhood.build(world, homes=1)
    today = clock.local_date(clock.now())
    neighbourhood.tell(world, home, "dwelling.gas_kind", "不用气", on=today - dt.timedelta(days=400))
    page = street.page_of("secretary")
    page.goto(f"{street.url}/registers/forms/new/")
    page.locator("[name=title]").fill("用气检查")
    for code in ("dwelling.gas_kind", "dwelling.wiring_ok"):
        page.locator(f"[name='f-{code}']").check()
    page.get_by_role("button", name="先存下").click()
    assert page.get_by_text("还缺").first.is_visible()
    assert page.get_by_text("没写为什么要问").is_visible()
    page.get_by_role("link", name="改", exact=True).click()
    for code in ("dwelling.gas_kind", "dwelling.wiring_ok"):
        page.locator(f"[name='w-{code}']").fill("查隐患要知道")
    for name in ("purpose", "basis", "receiver", "notice"):
        page.locator(f"[name={name}]").fill(neighbourhood.WORDS[name])
    page.locator("[name=retention_days]").fill("180")
    page.locator("[name=purpose_code]").select_option("safety")
    page.locator("[name=basis_kind]").select_option("duty")
    page.get_by_role("button", name="先存下").click()
    assert page.get_by_text("都齐了").is_visible()
    page.get_by_role("button", name="送去批准").click()
    assert page.get_by_text("自己提的自己不能批").is_visible()
    address = page.url
    other = street.page_of("supervisor")
    other.goto(address)
    other.get_by_role("button", name="批准", exact=True).click()
    page.goto(address)
    page.locator("[name=deadline]").fill((today + dt.timedelta(days=5)).isoformat())
    page.get_by_role("button", name="发出去").click()
    assert page.get_by_text("完整率").is_visible()
    _visit(street, home.code)


def _visit(street: Street, code: str) -> None:
    task = CollectionTask.objects.get()
    page = street.page_of("grid_member", 390)
    page.goto(f"{street.url}/visit/{code}/")
    assert page.get_by_role("heading", name="已有 1/2 项").is_visible()
    assert page.get_by_role("heading", name="只问这 1 项").is_visible()
    assert wrong_on(page) == []
    page.get_by_label("没改的都核对过，没有变").check()
    page.get_by_label("是", exact=True).check()
    page.get_by_role("button", name="存下").click()
    assert page.get_by_text("这一张填齐了").is_visible()
    assert sorted(Fact.objects.filter(task=task).values_list("how", flat=True)) == ["asked", "confirmed"]
