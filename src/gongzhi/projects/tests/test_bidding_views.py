"""Pages of 竞购: a body offers on its page, reviewers judge on theirs, everybody reads the points afterwards."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.ledger.tests.conftest import photo
from gongzhi.projects import queries
from gongzhi.projects.models import Bid, Project
from gongzhi.projects.tests.bidding import ITEMS, OVER, STARTS, UNTIL, chosen, hand_in, venture
from gongzhi.projects.tests.conftest import move
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of, words

SAID = {"ask": "90,000", "plan": "每周三天送餐，志愿者轮班。", "hands": "12 名志愿者。"}


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """What the clock says; a test moves it on."""
    now = [NOW]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def _marks(mark: str) -> dict[str, str]:
    return {f"mark-{one}": mark for one in ITEMS} | {f"evidence-{one}": "申请第一段" for one in ITEMS}


@pytest.mark.req("I10", where="/bids/")
def test_from_the_call_to_the_choice_on_pages(world: World, moment: list[dt.datetime]) -> None:
    project = venture(world)
    number, office = project.number, client_of(world, "secretary")
    desk = f"/projects/{number}/bids"
    assert f'href="{desk}"' in words(office.get(f"/projects/{number}"))
    early = office.post(f"{desk}/open", {"until": "2026-03-20"})
    assert early.status_code == 422 and "至少征集 15 天，最早到 4月2日" in words(early)
    assert office.post(f"{desk}/open", {"until": UNTIL.isoformat()}).url == desk
    assert "4月2日 截止" in text_of(Client().get("/bids/"))
    page = words(Client().get(f"/bids/{number}"))
    assert "110,000.00 元" in page and "至少 2 个人评，不到 60 分不选" in page and 'name="plan"' not in page

    helper = client_of(world, "helper")
    said = {**SAID, "body": str(world.units["helpers"].pk)}
    wrong = helper.post(f"/bids/{number}", {**said, "ask": "0"})
    assert wrong.status_code == 422 and "大于 0" in words(wrong) and "每周三天送餐" in words(wrong)
    assert helper.post(f"/bids/{number}", said).url == f"/bids/{number}"
    assert "交上了" in words(helper.get(f"/bids/{number}")) and "每周三天送餐" in words(helper.get(f"/bids/{number}"))
    other = {**SAID, "body": str(world.units["property-1"].pk), "ask": "95,000", "plan": "食堂代做"}
    bare = office.post(f"/bids/{number}", other)
    assert bare.status_code == 422 and "请把纸拍下来" in words(bare)
    assert office.post(f"/bids/{number}", {**other, "files": [photo()]}).status_code == 302
    # Until the last day the office knows how many there are, and nobody reads another's.
    for who in (office, client_of(world, "supervisor"), client_of(world, "resident"), client_of(world, "property")):
        assert "每周三天送餐" not in words(who.get(f"/bids/{number}"))
    assert "现在有 2 份" in words(office.get(desk)) and "每周三天送餐" not in words(office.get(desk))
    assert client_of(world, "supervisor").get(f"{desk}/1").status_code == 409

    moment[0] = OVER
    for who in ("supervisor", "second"):
        client = client_of(world, who)
        assert "先说有没有关系" in words(client.get(f"{desk}/1")) and "打几分" not in words(client.get(f"{desk}/1"))
        nothing = client.post(f"{desk}/1/declare", {})
        assert nothing.status_code == 422
        for position, mark in (("1", "8"), ("2", "7")):
            assert client.post(f"{desk}/{position}/declare", {"conflict": "no"}).url == f"{desk}/{position}"
            assert "打几分" in words(client.get(f"{desk}/{position}"))
            assert client.post(f"{desk}/{position}", _marks(mark)).url == desk
    shown = words(client_of(world, "supervisor").get(desk))
    assert shown.count("评够了") == 2 and "平均 80.0 分" in shown and "纸上交来" in shown
    assert "平均" not in words(Client().get(f"/bids/{number}"))
    chief = client_of(world, "supervisor")
    lower = chief.post(f"{desk}/choose", {"position": "2"})
    assert lower.status_code == 422 and "不是分最高的" in words(lower)
    assert chief.post(f"{desk}/choose", {"position": "1"}).url == desk
    assert "选定了好邻服务社， 4月8日 起可以动工" in text_of(chief.get(desk))
    told = words(Client().get(f"/bids/{number}"))
    assert told.index("好邻服务社") < told.index("柳园物业") and "2 个人评，平均 80.0 分" in told
    assert "好邻服务社" in words(Client().get(f"/works/{number}"))


def test_whoever_stands_aside_is_counted_and_gets_no_sheet(world: World, moment: list[dt.datetime]) -> None:
    project = venture(world)
    desk = f"/projects/{project.number}/bids"
    client_of(world, "secretary").post(f"{desk}/open", {"until": UNTIL.isoformat()})
    hand_in(world, project, "helper", "helpers")
    moment[0] = OVER
    second = client_of(world, "second")
    assert second.post(f"{desk}/1/declare", {"conflict": "yes"}).url == f"{desk}/1"
    page = words(second.get(f"{desk}/1"))
    assert "您回避这一份" in page and "打几分" not in page
    assert second.post(f"{desk}/1", _marks("9")).status_code in (409, 422)
    assert "1 个人回避" in words(second.get(desk))


def test_an_offer_is_taken_back_on_its_page(world: World) -> None:
    project = venture(world)
    desk = f"/projects/{project.number}/bids"
    client_of(world, "secretary").post(f"{desk}/open", {"until": UNTIL.isoformat()})
    hand_in(world, project, "helper", "helpers")
    back = f"/bids/{project.number}/1/withdraw"
    assert client_of(world, "property").post(back).status_code == 403
    assert client_of(world, "helper").post(back).url == f"/bids/{project.number}"
    assert Bid.objects.get(project=project).withdrawn_at is not None
    assert client_of(world, "helper").post(back).status_code == 404


@pytest.mark.req("I10", where="/projects/P00001/evaluate/2")
def test_a_step_is_judged_midway_before_the_next_money(world: World, moment: list[dt.datetime]) -> None:
    project = chosen(world)
    moment[0] = STARTS
    move(world, project, "start", "secretary", at=STARTS)
    office, base = client_of(world, "secretary"), f"/projects/{project.number}"
    page = words(office.get(base))
    assert "做完可以付公家钱的 40%" in page and f"{base}/evaluate/2" in page
    over = office.post(f"{base}/do/pay", {"position": "1", "amount": "1", "files": [photo()]})
    assert over.status_code == 422 and "做完的几步一共能付 0.00 元" in words(over)
    done = {"position": "2", "purpose": "work", "note": "", "files": [photo()]}
    first = office.post(f"{base}/do/done", done)
    assert first.status_code in (409, 422) and "这一步要先评价" in words(first)
    second = client_of(world, "supervisor")
    sheet = words(second.get(f"{base}/evaluate/2"))
    assert "中期评估" in sheet and "社区书记参与度" in sheet
    items = [one["code"] for one in _items()]
    marks = {f"mark-{one}": "8" for one in items} | {f"evidence-{one}": "评估表" for one in items}
    assert office.post(f"{base}/evaluate/2", marks).status_code == 403
    assert second.post(f"{base}/evaluate/2", marks).url == f"{base}/evaluate/2"
    assert "80.0" in words(second.get(f"{base}/evaluate/2"))
    assert second.get(f"{base}/evaluate/1").status_code == 404
    assert office.post(f"{base}/do/done", {**done, "files": [photo()]}).status_code == 302


def _items() -> list[dict[str, Any]]:
    content = queries.sheet_content("project-18")
    assert content is not None
    return list(content["items"])


def test_lists_go_on_and_odd_cursors_show_nothing(world: World) -> None:
    project = venture(world)
    Project.objects.filter(pk=project.pk).update(bids_until=UNTIL)
    assert project.title in words(Client().get("/bids/"))
    for cursor in ("odd", "WzEsMl0", "WyJhIiwiYiJd"):
        assert Client().get("/bids/", {"cursor": cursor}).status_code in (200, 400, 422)
    assert Client().get("/bids/P99999").status_code == 404
