"""Channels as people live them: a service with its own questions, a letter, a suggestion, a talk, a chat, a screen."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.models import Case
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from tests import cast
from tests.cast import NOW, SETUP, World

CHAT = """张阿姨 2026-03-18 10:23:11
5栋楼下路灯不亮，晚上看不见
王大爷 10:25
5栋楼下路灯不亮，晚上看不见！
赵姐 10:30
收到
"""


def build(model: str) -> World:
    world = cast.build()
    for path in [*shipped.common_packs(), *shipped.duty_packs(model), shipped.model_folder(model) / "model.toml"]:
        load_pack(by=SETUP, at=NOW, path=path)
    cast.approve_register()
    set_active_model(by=SETUP, at=NOW, name=model)
    packs.remember()
    return world


@pytest.fixture
def town(db: Any) -> World:
    """平昌 with its forms and its duty list."""
    return build("pingchang")


@pytest.fixture
def district(db: Any) -> World:
    """The cast's places under 龙岗's model, which has the six services."""
    return build("longling")


def browser_of(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def words_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def filled(page: str) -> dict[str, str]:
    """The hidden fields of the report form, as a browser would send them."""
    names = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in names if name != "csrfmiddlewaretoken"}


def send(client: Client, service: str, **given: Any) -> Any:
    form = filled(words_of(client.get(f"/report?service={service}")))
    return client.post("/report", {**form, **given}, follow=True)


@pytest.mark.req("D01", where="/report?service=hazard")
@pytest.mark.req("L04", where="/report?service=hazard")
@pytest.mark.req("L10", where="/report?service=hazard")
def test_each_service_asks_its_own_questions_and_a_hazard_happening_now_says_119_first(district: World) -> None:
    resident = browser_of(district, "resident")
    services = [way for way in packs.active_model().channels if way.service]
    assert len(services) == 6
    for way in services:
        page = words_of(resident.get(f"/report?service={way.code}"))
        asked = packs.form(way.form, NOW.date())
        assert all(field.label in page for field in asked.fields if field.kind not in ("place", "photo")), way.code
    visitor = Client()  # nobody's name is asked for a hazard
    missing = words_of(send(visitor, "hazard", text="楼道堆了电池"), 422)
    assert "还没写“哪一类”" in missing and "还没写在哪里" in missing
    urgent = packs.form("hazard", NOW.date()).fields[2].options[0]
    told = send(visitor, "hazard", place="LY-5", f_kind="电动车充电", f_severity=urgent, text="")
    assert "着火打 119" in words_of(told)
    case = Case.objects.get()
    assert (case.channel, case.category, case.priority) == ("hazard", "order.charging", "urgent")
    page = words_of(visitor.get(f"/track/{case.number}"))
    assert "电动车充电" in page and "哪一类" in page
    counted = words_of(browser_of(district, "supervisor").get("/services/?level=grid2"))
    assert "柳园社区" in counted and "channel=hazard" in counted
    sheet = browser_of(district, "supervisor").get("/services/?level=grid2&format=xlsx")
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
    assert rows[0][0] == "地方" and rows[1][0] == "柳园社区" and rows[1][-1] == 1


@pytest.mark.req("D01", where="/services/")
def test_small_counts_of_private_services_are_not_told(district: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"text": "想问租房合同", "f_topic": "房屋与物业", "f_when": "周末", "place": "LY-5"}
    words_of(send(browser_of(district, "resident"), "legal", **asked))
    running = words_of(browser_of(district, "supervisor").get("/services/?level=grid2"))
    assert "这段时间没有收到" in running, "a month that is not over tells nothing, not even that there is one"
    later = clock.now() + dt.timedelta(days=40)
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: later)
    browser = browser_of(district, "supervisor")
    page = words_of(browser.get("/services/?level=grid2"))
    assert "不显示" in page and "channel=legal" not in page
    sheet = browser.get("/services/?level=grid2&format=xlsx")
    assert "不显示" in list(load_workbook(io.BytesIO(sheet.content)).active.values)[1]


@pytest.mark.req("D11", where="/suggestions/")
def test_a_suggestion_is_thanked_judged_and_carried_out(town: World) -> None:
    resident, secretary = browser_of(town, "resident"), browser_of(town, "secretary")
    send(resident, "suggestion", text="建议在凉亭装一个阅读灯", f_aim="晚上看书", place="LY-5")
    number = Case.objects.get().number
    page = words_of(secretary.get(f"/desk/{number}"))
    assert "评议建议" in page and "晚上看书" in page
    words_of(secretary.post(f"/desk/{number}/judge", {"outcome": "adopted", "note": ""}), 422)
    secretary.post(f"/desk/{number}/judge", {"outcome": "adopted", "note": "下月装"}, follow=True)
    assert "谢谢您。这个点子我们用上。" in words_of(resident.get(f"/track/{number}"))
    secretary.post(f"/desk/{number}/implement", {"note": "灯装好了"}, follow=True)
    assert "已经做成" in words_of(resident.get(f"/track/{number}"))
    listed = words_of(secretary.get("/suggestions/?show=judged"))
    assert "采纳率 100.0%" in listed and number in listed


@pytest.mark.req("D10", where="/letters/")
def test_a_letter_reaches_the_secretary_alone_and_its_reply_everybody(town: World) -> None:
    resident, secretary = browser_of(town, "resident"), browser_of(town, "secretary")
    send(resident, "letter", text="书记，楼下停车乱，想请您来看看", f_publish="yes", place="LY-5")
    number = Case.objects.get().number
    assert number in words_of(secretary.get("/letters/")) and "楼下停车乱" in words_of(secretary.get(f"/desk/{number}"))
    for other in ("dispatcher", "grid_member", "supervisor", "auditor"):
        assert browser_of(town, other).get(f"/desk/{number}").status_code == 404
    reply = {"note": "周五我来，和您一起看", "publish": "on", "public_text": "有居民问停车：周五现场看。"}
    secretary.post(f"/desk/{number}/reply", reply, follow=True)
    assert "周五我来" in words_of(resident.get(f"/track/{number}"))
    public = words_of(Client().get("/letters/"))
    assert "周五现场看" in public and "周五我来" not in public and number not in public


@pytest.mark.req("D03", where="/talks/")
@pytest.mark.req("D12", where="/talks/")
def test_a_talk_is_entered_on_one_page(town: World) -> None:
    secretary = browser_of(town, "secretary")
    assert "还没谈" in words_of(secretary.get("/talks/"))
    given = {"place": "PC-1", "on": "2026-11-20", "text1": "楼道灯不亮", "name1": "王奶奶", "settled1": "换好了"}
    page = words_of(secretary.post("/talks/", {**given, "text2": "想有个晒被子的地方"}, follow=True))
    assert "柳园社区谈心一次，2 件" in page and "1 / 2 件" in page
    assert Case.objects.values("occasion").distinct().count() == 1
    late = words_of(secretary.post("/talks/", {**given, "on": "2999-01-01"}), 422)
    assert "谈过了再记" in late and Case.objects.count() == 2


@pytest.mark.req("D08", where="/chat/")
def test_a_chat_is_looked_at_before_anything_is_taken_in(town: World) -> None:
    dispatcher = browser_of(town, "dispatcher")
    page = words_of(dispatcher.post("/chat/", {"place": "PC-1-1-1", "text": CHAT, "look": "1"}))
    found = page.split('id="found"')[1]
    assert "同样的话说了 2 次" in found and "张阿姨" not in found and not Case.objects.exists()
    taken = dispatcher.post("/chat/", {"place": "PC-1-1-1", "text": CHAT, "take": "1", "tick": ["0"]}, follow=True)
    case = Case.objects.get()
    assert case.reporters.count() == 2 and case.channel == "chat" and case.occasion.startswith("chat:PC-1-1-1:")
    assert f"【{case.number}】" in words_of(taken)
    again = dispatcher.post("/chat/", {"place": "PC-1-1-1", "text": CHAT, "take": "1", "tick": ["0"]})
    assert "已经收过了" in words_of(again, 422) and Case.objects.count() == 1


@pytest.mark.req("E08", where="/desk/NUMBER")
@pytest.mark.req("E09", where="/burden/")
def test_work_outside_its_list_reaches_a_community_only_after_admission_and_with_money(town: World) -> None:
    send(browser_of(town, "resident"), "", text="5栋门口路灯不亮，晚上看不见台阶。", place="LY-5")
    number, unit = Case.objects.get().number, town.units["committee-1"].pk
    dispatcher, secretary = browser_of(town, "dispatcher"), browser_of(town, "secretary")
    page = words_of(dispatcher.get(f"/desk/{number}"))
    assert "第1项：" in page and "平昌社区职责清单（演示数据） 1.0" in page and "先请书记或上级办准入" in page
    refused = dispatcher.post(f"/desk/{number}/dispatch", {"unit_id": unit})
    assert "不在社区职责清单里" in words_of(refused, 422)
    secretary.post(f"/desk/{number}/admit", {"unit_id": unit, "note": "灯在院内，由居委会代管"}, follow=True)
    assert "费随事转" in words_of(dispatcher.post(f"/desk/{number}/dispatch", {"unit_id": unit}), 422)
    dispatcher.post(f"/desk/{number}/dispatch", {"unit_id": unit, "funding": "代管经费"}, follow=True)
    assert Case.objects.get().status == "dispatched"
    burden = words_of(secretary.get("/burden/"))
    link = re.search(r'href="(/burden/rows\?[^"]*function=outside[^"]*)"', burden)
    assert link and number in words_of(secretary.get(link[1].replace("&amp;", "&")))
    book = load_workbook(io.BytesIO(secretary.get("/burden/?format=xlsx").content)).active
    assert [cell.value for cell in list(book.rows)[-1]][:2] == ["柳园社区居委会", 1]
    assert "用了哪些理由" in words_of(secretary.get("/discretion/?kind=return"))


@pytest.mark.req("K03", where="/kiosk/")
def test_a_public_screen_keeps_nothing(district: World) -> None:
    signed_in = browser_of(district, "resident")  # somebody forgot to sign out
    page = words_of(signed_in.get("/kiosk/?place=LY-5"))
    assert "隐患上报" in page and "法律服务" not in page  # what wants a name is not offered
    form = filled(words_of(signed_in.get("/kiosk/report?channel=kiosk&place=LY-5")))
    sent = signed_in.post("/kiosk/report", {**form, "text": "亭子的灯坏了", "place": "LY-5"})
    case = Case.objects.get()
    assert case.number in words_of(sent) and "90" in sent.headers["Refresh"]
    assert case.reporters.get().person_id is None and case.channel == "kiosk"
    visitor = Client()
    form = filled(words_of(visitor.get("/kiosk/report?channel=kiosk")))
    assert case.number not in words_of(visitor.post("/kiosk/report", {**form, "text": "亭子的椅子坏了"}))
    assert "sessionid" not in visitor.cookies and not visitor.session.get("opened")


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
@pytest.mark.req("L04", where="/report?service=hazard")
def test_a_hazard_on_a_telephone(page_at: Callable[..., Any], live_server: Any) -> None:
    build("longling")
    page = page_at(390)
    page.goto(f"{live_server.url}/report?service=hazard&place=LY-5")
    urgent = packs.form("hazard", NOW.date()).fields[2].options[0]
    page.get_by_label("哪一类").select_option("消防通道")
    page.get_by_label("有多急").select_option(urgent)
    page.get_by_role("button", name="送出").click()
    page.wait_for_url("**/report/sent/**")
    assert page.get_by_role("heading", name="正在发生的，现在就打电话").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Case.objects.get().category == "order.fire_lane"
