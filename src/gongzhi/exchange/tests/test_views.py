"""Pages: what anybody sees, booking with a form, both sides of a claim, a wish, the desk, calendars, posters."""

import datetime as dt
from typing import Any

import icalendar
import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.exchange.models import Claim, Need, Offer
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import offer as make_offer
from gongzhi.exchange.tests.conftest import published
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of, words


def offer(world: World, kind: str = "parking", **more: Any) -> Offer:
    """As if it had been there for a while: pages go by today's clock."""
    row = make_offer(world, kind, at=NOW, **{"title": "3号车位", **more})
    Offer.objects.filter(pk=row.pk).update(starts_on=dt.date(2026, 1, 1))
    row.refresh_from_db()
    return row


def first_time(page: Any) -> str:
    """The first time in the list of a day that is open."""
    found: str = page.context["book"].fields["starts_at"].choices[0][0]
    return found


@pytest.mark.req("H12", where="/share/")
@pytest.mark.req("K02", where="/share/")
def test_a_parking_space_is_found_booked_and_called_off(world: World) -> None:
    row = offer(world, fee="low", price="每小时 2 元，当面付")
    resident, stranger = client_of(world, "resident"), Client()
    listed = text_of(resident.get("/share/"))
    assert "3号车位" in listed and "低偿" in listed and "每小时 2 元" in listed
    assert "3号车位" not in text_of(stranger.get("/share/?fee=free"))
    tomorrow = clock.local_date(clock.now()) + dt.timedelta(days=1)
    address = f"/share/offers/{row.number}"
    page = resident.get(f"{address}?day={tomorrow}&minutes=120")
    given = {"starts_at": first_time(page), "day": str(tomorrow), "minutes": "120", "weeks": "1"}
    assert stranger.post(address, given).status_code in (302, 401, 403)
    assert resident.post(address, {**given, "starts_at": ""}).status_code == 422
    done = resident.post(address, given, follow=True)
    assert "约好了" in text_of(done)
    taken = resident.get(f"{address}?day={tomorrow}&minutes=120")
    assert "有人约了" in text_of(taken)
    claim = Claim.objects.get()
    neighbour = client_of(world, "neighbour")
    again = neighbour.post(address, given)
    assert again.status_code == 422 and "刚被约走" in text_of(again)
    waiting = neighbour.post(address, {**given, "wait": "on"}, follow=True)
    assert "排在第 1 位" in text_of(waiting)
    assert neighbour.get(f"/share/claims/{claim.number}").status_code == 404
    assert "取消了" in text_of(resident.post(f"/share/claims/{claim.number}/cancel", follow=True))
    assert "约好了" in text_of(neighbour.get("/my/share/"))


def test_a_calendar_library_reads_what_is_taken_and_what_one_has(world: World) -> None:
    row = offer(world)
    resident, day = client_of(world, "resident"), clock.local_date(clock.now()) + dt.timedelta(days=1)
    page = resident.get(f"/share/offers/{row.number}?day={day}")
    given = {"starts_at": first_time(page), "day": str(day), "minutes": "60", "note": "白色的车"}
    resident.post(f"/share/offers/{row.number}", given)
    claim = Claim.objects.get()
    busy = icalendar.Calendar.from_ical(Client().get(f"/share/offers/{row.number}/busy.ics").content)
    (event,) = busy.walk("VEVENT")
    assert event.decoded("DTSTART") == claim.starts_at and "resident" not in str(busy)
    feed = text_of(resident.get("/my/share/"))
    address = next(word for word in feed.split() if word.endswith(".ics"))
    mine = icalendar.Calendar.from_ical(Client().get("/" + address.split("/", 3)[3]).content)
    (own,) = mine.walk("VEVENT")
    assert str(own["SUMMARY"]) == "3号车位" and own.decoded("DTEND") == claim.ends_at
    assert "白色的车" not in str(mine)
    assert Client().get("/share/feed/x.ics").status_code == 404


def test_a_poster_and_its_square(world: World) -> None:
    row = offer(world)
    assert f"/share/offers/{row.number}" in text_of(Client().get(f"/share/offers/{row.number}/poster"))
    square = Client().get(f"/share/offers/{row.number}/qr.svg")
    assert square["Content-Type"] == "image/svg+xml" and b"<svg" in square.content


@pytest.mark.req("J01", where="/help/")
def test_a_wish_from_asking_to_thanks(world: World) -> None:
    resident, neighbour, office = (client_of(world, name) for name in ("resident", "neighbour", "secretary"))
    assert "微心愿" in text_of(resident.get("/help/new"))
    given = {"category": "thing", "title": "想要一副老花镜", "name": "李大爷", "phone": "1"}
    given["place"] = world.places["PC-1"].pk
    assert resident.post("/help/new?kind=wish", {**given, "title": "找5栋301的王奶奶"}).status_code == 422
    asked = resident.post("/help/new?kind=wish", given, follow=True)
    assert "等审核" in text_of(asked)
    row = Need.objects.get()
    address = f"/help/{row.number}"
    assert neighbour.get(address).status_code == 404
    assert "想要一副老花镜" in text_of(office.get("/exchange/"))
    office.post(f"{address}/check", {"publish": "yes", "title": row.title})
    seen = words(Client().get(address))
    assert "想要一副老花镜" in seen and "李大爷" not in seen
    neighbour.post(f"{address}/take", {"take-note": "我有一副新的"})
    assert "我有一副新的" in text_of(resident.get(address))
    assert "李大爷" not in words(neighbour.get(f"{address}?contact=1"))
    claim = Claim.objects.get()
    resident.post(f"{address}/accept", {"claim": claim.number})
    assert "李大爷" in words(neighbour.get(f"{address}?contact=1"))
    neighbour.post(f"{address}/deliver")
    resident.post(f"{address}/confirm", {"claim": claim.number, "confirm-thanks": "谢谢这位邻居"})
    assert "谢谢这位邻居" in text_of(Client().get("/help/?done=1"))


@pytest.mark.req("J07", where="/exchange/")
def test_a_merchant_enters_is_checked_and_redeems_a_code(world: World) -> None:
    shop, office, resident = (client_of(world, name) for name in ("property", "secretary", "resident"))
    assert "爱心商家" in text_of(shop.get("/exchange/offers/new"))
    given = {"title": "早餐八折", "organization": world.units["property-1"].pk, "place": world.places["PC-1"].pk}
    given |= {"mode": "devotion", "fee": "low", "price": "八折", "stock": "3", "pieces": "1", "bearer": "商家自己"}
    assert shop.post("/exchange/offers/new?kind=merchant", {**given, "price": ""}).status_code == 422
    made = shop.post("/exchange/offers/new?kind=merchant", given)
    row = Offer.objects.get()
    assert row.standing == "asked" and made.url.endswith(row.number)
    check = f"/exchange/offers/{row.number}/check"
    assert shop.post(check, {"approve": "yes"}).status_code == 404
    assert resident.get(check).status_code == 404
    office.post(check, {"approve": "yes"})
    done = resident.post(f"/share/offers/{row.number}", {"quantity": "1"}, follow=True)
    claim = Claim.objects.get()
    assert code_of(claim) in text_of(done)
    wrong = shop.post("/exchange/redeem", {"code": "AAAAAAAA"}, follow=True)
    assert "没有这个码" in words(wrong)
    assert "核对好了" in words(shop.post("/exchange/redeem", {"code": code_of(claim)}, follow=True))
    assert resident.post("/exchange/redeem", {"code": code_of(claim)}).status_code == 403
    resident.post(f"/share/claims/{claim.number}/confirm")
    resident.post(f"/share/claims/{claim.number}/rate", {"points": "5", "words": "热情"})
    assert "太少，不算平均" in text_of(resident.get(f"/share/offers/{row.number}"))
    shop.post(f"/exchange/offers/{row.number}/end", {"note": "搬走了", "on": ""})
    assert "不再提供" in text_of(resident.get(f"/share/offers/{row.number}"))


@pytest.mark.req("I05", where="/exchange/catalogue/")
@pytest.mark.req("K01", where="/share/")
def test_the_lists_hold_eighty_items_and_say_which_are_examples(world: World) -> None:
    office = client_of(world, "secretary")
    counted = []
    for name in ("longling_resources", "longling_services"):
        page = office.get(f"/exchange/catalogue/?list={name}")
        counted.append(len(page.context["pack"].items))
        assert page.context["pack"].items[0].illustrative is False
    assert counted == [42, 38]
    assert "举例" in text_of(page) and "家庭医生" in text_of(page)
    form = office.get("/exchange/offers/new?kind=service&item=longling_services/family_doctor")
    assert form.context["form"].initial["title"] == "家庭医生"
    modes = {word for _code, word in form.context["form"].fields["mode"].choices}
    assert {"一站式", "组团式", "专业式", "菜单式", "奉献式", "互助式"} <= modes
    offer(world, "service", by="secretary", title="家庭医生进小区", item="longling_services/family_doctor", hours=[])
    assert "1 项有单位提供" in text_of(office.get("/exchange/catalogue/?list=longling_services"))
    assert client_of(world, "resident").get("/exchange/catalogue/").status_code == 403


@pytest.mark.req("K03", where="/terminal/PLACE")
def test_the_terminal_shows_five_services(world: World) -> None:
    offer(world, "health_check", title="量血压", hours=[[day, "08:00", "17:00"] for day in range(1, 8)])
    page = text_of(Client().get("/terminal/PC-1"))
    assert all(word in page for word in ("网络购物", "家政服务", "便民服务", "餐饮服务", "健康检查预约"))
    assert "量血压" in text_of(Client().get("/terminal/PC-1?service=health_check"))
    assert Client().get("/terminal/none").status_code == 404


def test_the_desk_shows_the_day_and_offers_show_their_use(world: World) -> None:
    row = offer(world, "venue", title="会议室")
    resident, shop = client_of(world, "resident"), client_of(world, "property")
    day = clock.local_date(clock.now()) + dt.timedelta(days=1)
    page = resident.get(f"/share/offers/{row.number}?day={day}")
    resident.post(f"/share/offers/{row.number}", {"starts_at": first_time(page), "day": str(day), "minutes": "30"})
    claim = Claim.objects.get()
    assert "会议室" in text_of(shop.get("/exchange/"))
    no = {"refuse-reason": "taken", "refuse-note": "刷墙"}
    assert shop.post(f"/share/claims/{claim.number}/refuse", {"refuse-reason": ""}).status_code == 422
    assert "已经有安排：刷墙" in text_of(shop.post(f"/share/claims/{claim.number}/refuse", no, follow=True))
    assert "会议室" in text_of(shop.get("/exchange/offers/"))
    assert shop.post(f"/share/claims/{claim.number}/nonsense").status_code == 404


def test_a_neighbour_offers_a_skill_and_does_not_check_it_alone(world: World) -> None:
    resident, office = client_of(world, "resident"), client_of(world, "secretary")
    given = {"title": "教手机", "place": world.places["PC-1"].pk, "mode": "mutual", "fee": "free"}
    resident.post("/exchange/offers/new?kind=skill", given)
    row = Offer.objects.get()
    assert row.person == world.people["resident"] and row.standing == "asked"
    assert client_of(world, "outsider").post("/exchange/offers/new?kind=skill", given).status_code == 422
    office.post(f"/exchange/offers/{row.number}/check", {"approve": "yes"})
    assert "邻居" in text_of(Client().get(f"/share/offers/{row.number}"))


def test_an_offer_is_changed_and_a_checked_one_is_looked_at_again(world: World) -> None:
    row, shop = offer(world, pieces=1), client_of(world, "property")
    address = f"/exchange/offers/{row.number}/change"
    form = shop.get(address).context["form"]
    assert "周一 08:00-12:00，14:00-22:00" in form.initial["hours"]
    given = {"title": "3号和4号车位", "mode": "menu", "fee": "free", "pieces": "2", "hours": "周一至周五 18:00-22:00"}
    assert shop.post(address, {**given, "hours": "晚上"}).status_code == 422
    shop.post(address, given)
    row.refresh_from_db()
    assert (row.title, row.pieces, len(row.hours), row.standing) == ("3号和4号车位", 2, 5, "open")
    assert client_of(world, "resident").get(address).status_code == 404
    merchant = make_offer(world, "merchant", title="早餐八折", stock=5, hours=[])
    client_of(world, "secretary").post(f"/exchange/offers/{merchant.number}/check", {"approve": "yes"})
    sent = {"title": "早餐九折", "mode": "devotion", "fee": "free", "stock": "5", "pieces": "1"}
    shop.post(f"/exchange/offers/{merchant.number}/change", sent)
    merchant.refresh_from_db()
    assert merchant.standing == "asked" and merchant.checked_by is None


def test_a_secretary_sees_what_sounds_like_a_wish(world: World) -> None:
    published(world, title="想学用手机挂号")
    published(world, by="neighbour", title="想有人下盘棋")
    offer(world, "home_service", title="上门教老人用手机", hours=[])
    page = client_of(world, "secretary").get("/exchange/matching")
    found = {row["one"].title: [one.title for one in row["offers"]] for row in page.context["rows"]}
    assert found == {"想学用手机挂号": ["上门教老人用手机"], "想有人下盘棋": []}
    assert client_of(world, "property").get("/exchange/matching").status_code == 403


@pytest.mark.req("J02", where="/help/micro")
def test_six_names_of_small_things_are_counted(world: World) -> None:
    published(world)
    published(world, by="neighbour", kind="matter", category="tidy", title="一起清理楼道")
    rows = {one.name: (one.asked, one.done) for one in Client().get("/help/micro?place=PC-1").context["rows"]}
    assert list(rows) == ["微心愿", "微事物", "微组织", "微平台", "微行动", "微机制"]
    assert rows["微心愿"] == (1, 0) and rows["微事物"] == (1, 0)
