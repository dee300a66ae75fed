"""A wish comes true, an hour is served, points buy soap; a hall is booked for weeks; a shop leaves. 演示数据."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar

from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.models import Claim, Need, Offer
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import build, offer
from gongzhi.ledger.models import Fund
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.ledger.tests.members import held, join, served
from gongzhi.notifications.jobs import deliver_due
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.volunteering import queries as volunteering
from gongzhi.volunteering.models import Activity
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules") or path.stem in ("cn.volunteering", "certificate", "minutes"):
            load_pack(by=SETUP, at=NOW, path=path)
    clear_units()
    packs.forget()
    return made


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The hour it is: tests move it on."""
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def press(page: Any, name: str) -> None:
    with page.expect_navigation(timeout=30_000):
        page.get_by_role("button", name=name, exact=True).first.click()


def told(page: Any) -> str:
    words: str = page.locator("main").inner_text()
    return words


@pytest.mark.req("J01", where="/help/")
@pytest.mark.req("J05", where="/volunteering/")
@pytest.mark.req("J09", where="/my/points/")
def test_a_wish_an_hour_points_and_what_they_buy(street: Street, world: World, now: list[dt.datetime]) -> None:
    fund = open_fund(world, kind="points_shop", host="committee")
    goods = offer(world, "points_goods", title="洗衣液", fund=fund.number, cost=1, stock=1, hours=[])
    exchange.check_offer(by=world.actor("secretary"), at=NOW, number=goods.number, approve=True)
    asking, helping = street.page_of("resident", 390), street.page_of("neighbour", 390)
    office = street.page_of("secretary", 1280)
    wish = f"{street.url}/help/{_wished(street, asking)}"
    office.goto(wish)
    office.get_by_label("可以贴").check()
    press(office, "定了")
    helping.goto(wish)
    assert "13900009999" not in told(helping)
    press(helping, "我来帮")
    asking.goto(wish)
    press(asking, "请这位帮")
    helping.goto(f"{wish}?contact=1")
    assert "13900009999" in told(helping)
    press(helping, "帮完了")
    asking.goto(wish)
    asking.get_by_label("说声谢谢").fill("看得清报纸了")
    press(asking, "实现了")
    assert "看得清报纸了" in told(asking)
    sound(asking)
    _serve(street, world, helping, office, now, fund)
    now[0] += dt.timedelta(minutes=5)
    deliver_due(now[0])
    helping.goto(f"{street.url}/my/points/{fund.number}")
    sound(helping)
    before = held(world, fund, "neighbour")
    assert before > 0 and str(before) in told(helping)
    helping.goto(f"{street.url}/share/offers/{goods.number}")
    press(helping, "领")
    code = code_of(Claim.objects.get(offer=goods))
    assert code in told(helping)
    shop = street.page_of("property", 390)
    shop.goto(f"{street.url}/exchange/")
    shop.get_by_label("对方的码").fill(code.lower())
    press(shop, "核对")
    assert "核对好了：洗衣液，1 份" in told(shop)
    assert held(world, fund, "neighbour") == before - 1


def _wished(street: Street, page: Any) -> str:
    """As somebody with an old phone does it: three taps from home, then the words."""
    page.goto(f"{street.url}/")
    page.get_by_role("link", name="帮一把").first.click()
    page.get_by_role("link", name="我有个心愿").first.click()
    page.get_by_role("link", name="微心愿").first.click()
    page.get_by_role("radio").first.check()
    page.get_by_label("需要什么").fill("想要一副老花镜")
    page.get_by_label("在哪个社区").select_option(label="柳园社区")
    page.get_by_role("textbox", name="怎么称呼（可不填）", exact=True).fill("演示")
    page.locator("#id_phone").fill("13900009999")
    press(page, "交给社区看")
    return Need.objects.get().number


def _serve(
    street: Street, world: World, page: Any, office: Any, now: list[dt.datetime], fund: Fund
) -> None:
    starts = (now[0] + HOUR).astimezone(clock.CHINA)
    office.goto(f"{street.url}/volunteering/desk/new")
    office.get_by_label("什么活动").select_option(index=0)
    office.get_by_label("谁办").select_option(label="柳园社区居委会")
    office.get_by_label("什么时候开始").fill(f"{starts:%Y-%m-%dT%H:%M}")
    office.get_by_label("大约多少分钟").fill("120")
    office.get_by_label("在哪里").fill("小广场")
    press(office, "发布")
    activity = Activity.objects.get()
    address = f"{street.url}/volunteering/activities/{activity.gathering.number}"
    page.goto(f"{street.url}/volunteering/")
    page.get_by_label("满 18 岁", exact=True).check()
    press(page, "登记")
    page.goto(address)
    press(page, "报名")
    page.goto(f"{street.url}/points/{fund.number}")
    press(page, "我要参加")
    for what, after, name in (("start", 1, "签到"), ("end", 3, "签退")):
        now[0] = NOW + after * HOUR
        page.goto(address)
        page.get_by_label("现场负责人给的码").fill(volunteering.code_of(activity, what))
        press(page, name)
    helped = street.page_of("resident", 390)
    helped.goto(address)
    helped.get_by_label("确认码").fill(volunteering.code_of(activity, "helped"))
    press(helped, "确认他们来帮过")


@pytest.mark.req("I06", where="/share/")
def test_a_hall_is_booked_for_weeks_and_its_calendar_is_read(
    street: Street, world: World, now: list[dt.datetime]
) -> None:
    hall = offer(world, "venue", title="柳园物业会议室", pieces=1)
    resident, neighbour = street.page_of("resident", 390), street.page_of("neighbour", 390)
    address = f"{street.url}/share/offers/{hall.number}"
    resident.goto(f"{street.url}/")
    resident.get_by_role("link", name="约和借").first.click()
    resident.get_by_role("link", name="柳园物业会议室").first.click()
    day = clock.local_date(NOW + dt.timedelta(days=2)).isoformat()
    _book(resident, f"{address}?day={day}&minutes=60", weeks="3")
    mine = Claim.objects.filter(offer=hall, person=world.people["resident"].pk)
    assert mine.count() == 3 and len({one.series for one in mine}) == 1
    shop = street.page_of("property", 1280)
    shop.goto(f"{street.url}/exchange/")
    sound(shop)
    for one in mine.filter(state="asked"):
        shop.goto(f"{street.url}/share/claims/{one.number}")
        press(shop, "同意")
    read = Calendar.from_ical(neighbour.request.get(f"{address}/busy.ics").body())
    busy = sorted(event.start for event in read.events)
    assert [later - earlier for earlier, later in pairwise(busy)] == [dt.timedelta(days=7)] * 2
    neighbour.goto(f"{address}?day={day}&minutes=60")
    taken = neighbour.get_by_role("radio").first
    assert "有人约了" in taken.locator("xpath=ancestor::label").inner_text()
    taken.check()
    press(neighbour, "申请")
    assert "有人约了" in told(neighbour) and not Claim.objects.filter(person=world.people["neighbour"].pk).exists()
    neighbour.get_by_label("约不上就排队").check()
    press(neighbour, "申请")
    assert Claim.objects.get(person=world.people["neighbour"].pk).state == "waiting"
    assert "排在第 1 位" in told(neighbour)
    resident.goto(f"{street.url}/my/share/")
    sound(resident)
    assert told(resident).count("柳园物业会议室") >= 3


def _book(page: Any, address: str, weeks: str) -> None:
    page.goto(address)
    page.get_by_role("radio").first.check()
    page.get_by_label("连约几周").fill(weeks)
    press(page, "申请")


@pytest.mark.req("J07", where="/exchange/")
def test_a_shop_leaves_and_points_that_were_paid_come_back(
    street: Street, world: World, now: list[dt.datetime]
) -> None:
    fund = open_fund(world, kind="points_shop", host="committee")
    join(world, fund)
    served(world, fund, 180)
    before = held(world, fund)
    goods = offer(world, "points_goods", title="米线一碗", fund=fund.number, cost=2, stock=9, hours=[])
    exchange.check_offer(by=world.actor("secretary"), at=NOW, number=goods.number, approve=True)
    resident, shop = street.page_of("resident", 390), street.page_of("property", 390)
    resident.goto(f"{street.url}/share/offers/{goods.number}")
    press(resident, "领")
    assert held(world, fund) == before - 2
    shop.goto(f"{street.url}/share/offers/{goods.number}")
    shop.get_by_role("link", name="不再提供").click()
    sound(shop)
    press(shop, "不再提供")
    assert "请写一句为什么" in told(shop) and Offer.objects.get().standing == "open"
    shop.get_by_label("说明").fill("店关了")
    press(shop, "不再提供")
    assert Offer.objects.get().standing == "ended" and held(world, fund) == before
    resident.goto(f"{street.url}/my/share/?over=1")
    assert "米线一碗" in told(resident) and "取消" in told(resident)
    resident.goto(f"{street.url}/my/points/{fund.number}")
    assert str(before) in told(resident)
