"""Six neighbours say the same thing: one case, all told at each step; taken apart; found by every way there is."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries.neighbours import forget_rarity
from gongzhi.common import clock
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Delivery
from tests import cast
from tests.cast import World

SAYINGS = (
    "5栋门口路灯不亮，晚上看不见台阶。",
    "5栋门口的路灯坏了，晚上看不见台阶，老人怕摔。",
    "5栋门口路灯不亮三天了，晚上下台阶要摸黑。",
    "路灯不亮，5栋门口晚上黑得看不见台阶",
    "5栋门口路灯又不亮，晚上看不见台阶，请尽快修",
    "5栋门口的路灯不亮，晚上台阶看不见，很危险",
)


@pytest.fixture
def world(transactional_db: None) -> World:
    forget_rarity()
    return cast.build()


def _form(client: Client, text: str, **more: str) -> Any:
    page = client.get("/r/LY-5").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return client.post("/report", {**hidden, "place": "LY-5", "text": text, **more})


def _told(number: str) -> list[str]:
    """Kinds of messages about a number, in order."""
    deliver_due(clock.now())
    return list(Delivery.objects.filter(subject=f"case:{number}").order_by("id").values_list("kind", flat=True))


def _step(world: World, role: str, number: str, move: str, **data: Any) -> Any:
    client = Client()
    client.force_login(world.people[role])
    answer = client.post(f"/desk/{number}/{move}", data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer


@pytest.mark.req("D08", where="/report")
@pytest.mark.req("N06", where="/track/NUMBER")
def test_six_neighbours_and_one_lamp(world: World) -> None:
    phones = [f"1370000{n:04d}" for n in range(6)]
    clients = [Client() for _ in SAYINGS]
    first = _form(clients[0], SAYINGS[0], phone=phones[0])
    assert first.status_code == 302
    main = Case.objects.get()
    numbers = [main.number]
    for n in range(1, 6):
        asked = _form(clients[n], SAYINGS[n], phone=phones[n])
        page = asked.content.decode()
        assert asked.status_code == 200 and f"{n} 位邻居已反映同一件事" in page and SAYINGS[0] not in page
        sent = _form(clients[n], SAYINGS[n], phone=phones[n], follow=main.number)
        assert sent.status_code == 302
        numbers.append(re.search(r"sent/([A-Z0-9-]+)", sent.headers["Location"])[1])
    assert Case.objects.filter(main=main).count() == 5
    desk = Client()
    desk.force_login(world.people["dispatcher"])
    queue = desk.get("/desk/?part=queue").content.decode()
    assert [number for number in numbers if number in queue] == [main.number]
    assert "6 件一起办" in desk.get(f"/desk/{main.number}").content.decode()

    _step(world, "dispatcher", main.number, "dispatch", unit_id=world.units["utility"].pk)
    _step(world, "department", main.number, "start")
    Case.objects.filter(pk=main.pk).update(status="answered", answered_at=clock.now())
    _step(world, "grid_member", main.number, "verify")
    for n, number in enumerate(numbers):
        kinds = _told(number)
        assert "case_reported" in kinds and "case_dispatched" in kinds and "case_confirm_please" in kinds, kinds
        page = clients[n].get(f"/track/{number}").content.decode()
        assert "解决了吗？" in page and "6 人反映" in page
        assert [saying for saying in SAYINGS if saying in page] == [SAYINGS[n]], "own words only"
    # The fourth neighbour says no: it is done again, and everybody learns it.
    answer = clients[3].post(f"/track/{numbers[3]}/answer", {"solved": "no", "note": "还是不亮"})
    assert answer.status_code == 302
    main.refresh_from_db()
    assert main.status == "rework"
    assert all("case_reopened" in _told(number) for number in numbers)
    assert "还是不亮" not in clients[0].get(f"/track/{main.number}").content.decode()


def test_taken_apart_it_goes_its_own_way(world: World) -> None:
    client, other = Client(), Client()
    _form(client, SAYINGS[0])
    main = Case.objects.get()
    _form(other, SAYINGS[1], follow=main.number, phone="13700000001")
    joined = Case.objects.latest("id")
    _step(world, "dispatcher", joined.number, "unmerge")
    assert _told(joined.number)[-1] == "case_unmerged"
    _step(world, "dispatcher", main.number, "dispatch", unit_id=world.units["utility"].pk)
    assert "case_dispatched" not in _told(joined.number)
    _step(world, "dispatcher", joined.number, "merge", into=main.number)
    assert _told(joined.number)[-1] == "case_merged"
    desk = Client()
    desk.force_login(world.people["dispatcher"])
    refused = desk.post(f"/desk/{joined.number}/split", {"text_1": "台阶没有扶手"})
    assert refused.status_code == 409 and Case.objects.count() == 2, "a merged one is not split; its main is"


def test_found_by_every_way(world: World) -> None:
    client = Client()
    _form(client, SAYINGS[1], phone="13700000001", detail="2单元门口")
    number = Case.objects.get().number
    for role in ("dispatcher", "grid_member", "secretary", "supervisor", "auditor"):
        desk = Client()
        desk.force_login(world.people[role])
        for q in (number, number[-4:], "怕摔", "2单元 路灯"):
            answer = desk.post("/search/", {"q": q}, follow=True)
            assert number in answer.content.decode(), (role, q)
    desk = Client()
    desk.force_login(world.people["grid_member"])
    found = desk.post("/search/", {"q": "137-0000-0001", "purpose": "上门前联系"})
    assert number in found.content.decode()


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_by_keyboard_with_eight_seconds_to_change_ones_mind(
    page_at: Callable[..., Any], live_server: Any, world: World
) -> None:
    for text in SAYINGS[:2]:
        body = json.dumps({"text": text, "place_code": "LY-5"})
        Client().post("/api/v1/cases", body, content_type="application/json")
    page = page_at(1280)
    client = Client()
    client.force_login(world.people["dispatcher"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/desk/")
    page.locator("#near").wait_for()
    page.keyboard.press("m")
    page.locator("[data-delay-toast]").wait_for()
    page.keyboard.press("u")
    page.wait_for_timeout(1000)
    assert not Case.objects.filter(main__isnull=False).exists()
    page.goto(f"{live_server.url}/desk/")
    page.locator("#near").wait_for()
    page.keyboard.press("m")
    page.wait_for_timeout(11_000)
    assert Case.objects.filter(main__isnull=False).count() == 1
    page.keyboard.press("/")
    page.keyboard.type("台阶")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/search/?q=%E5%8F%B0%E9%98%B6")
    assert queries.visible_to(world.actor("dispatcher")).count() == 2
