"""An owners' vote on its pages: three taps, two bars, two people who count, the result, ±1 at the law's numbers."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from gongzhi.ballots import actions
from gongzhi.ballots.models import Ballot, Vote
from gongzhi.ballots.tests.conftest import AFTER, CLOSES, FUND, ORDINARY, ground, opened, owners, roll_of
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.engines.record_checks import verify_record
from gongzhi.people.models import Person
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import NOW, World
from tests.support.pages import client_for

FORM = {
    "place": "柳园小区5栋",
    "matter": "matter.6",
    "title": "每平方米筹集 1 元维修资金，好不好？",
    "yes": "每平方米 1 元",
    "no": "先不筹",
    "closes_at": "2026-04-01T18:00",
    "ways": "both",
    "effect": "advisory",
}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.mark.req("H03", where="/votes/new")
def test_an_owners_vote_on_pages(world: World, today: list[dt.datetime]) -> None:
    load_law()
    doors = homes(world)
    for name, door in zip(("resident", "neighbour", "outsider"), doors.values(), strict=True):
        approve(world, declare(world, name, door))
    secretary = client_for(world.people["secretary"])
    body = world.units["committee-1"].pk
    lacking = secretary.post("/votes/new", {**FORM, "matter": "", "place": "没有这里"})
    words = lacking.content.decode()
    assert lacking.status_code == 422 and "请选这次表决是哪一项" in words and "没有找到这个地方" in words
    assert secretary.post("/votes/new", {**FORM, "body": body}).status_code == 302
    vote = Vote.objects.get()
    page = f"/votes/{vote.number}"
    assert secretary.post(f"{page}/act/open").status_code == 422
    resident = client_for(world.people["resident"])
    assert resident.get(page).status_code == 404  # not before it opens
    secretary.post(f"{page}/act/publish")
    secretary.post(f"{page}/act/open")
    words = resident.get(page).content.decode()
    assert "还差 2 户" in words and "还差 178.24 ㎡" in words and "checked" not in words and "供参考" in words
    assert "每平方米 1 元" in words and "民法典" in words
    empty = resident.post(f"{page}/cast", {"position": 1})
    assert empty.status_code == 422 and "还没有选" in empty.content.decode()
    resident.post(f"{page}/cast", {"position": 1, "choice": "yes"})
    words = resident.get(page).content.decode()
    assert "已收到您的一票" in words and "还差 1 户" in words and "投出我的一票" not in words
    again = resident.post(f"{page}/cast", {"position": 1, "choice": "no"}, follow=True)
    assert "一份权利只投一票" in again.content.decode()
    for name, position in (("neighbour", 2), ("outsider", 3)):
        client_for(world.people[name]).post(f"{page}/cast", {"position": position, "choice": "yes"})
    assert resident.get(f"{page}/record.json").status_code == 404
    today[0] = dt.datetime(2026, 4, 1, 10, 0, 1, tzinfo=dt.UTC)
    secretary.post(f"{page}/act/close")
    secretary.post(f"{page}/act/count")
    words = resident.get(page).content.decode()
    assert "通过" in words and "按 3/4 要 3 户，同意的 3 户" in words and "267.36 ㎡" in words
    receipt = actions.casting.queries.receipt_of(vote, Ballot.objects.earliest("id"))
    assert "算进去了" in resident.get(page, {"receipt": receipt[:12].upper()}).content.decode()
    assert "没有这张回执" in resident.get(page, {"receipt": "0" * 12}).content.decode()
    record = resident.get(f"{page}/record.json")
    assert verify_record(json.loads(record.content)) == []
    assert "演示resident" not in record.content.decode() and "演示" not in json.dumps(record.json()["events"][2])


# fixtures.md 3.6: of 12 owners of 90 ㎡ 8 must take part (2/3); of 8 who do, 5 must agree (more than half), 6 of 3/4.
@pytest.mark.req("H03", where="/votes/{number}")
@pytest.mark.parametrize(
    ("matter", "yes", "no", "outcome"),
    [
        (ORDINARY, 7, 0, "参加的人不够"),
        (ORDINARY, 8, 0, "通过"),
        (ORDINARY, 5, 3, "通过"),
        (ORDINARY, 4, 4, "没有通过"),  # exactly half
        (FUND, 5, 3, "没有通过"),
        (FUND, 6, 2, "通过"),
        (FUND, 7, 3, "没有通过"),  # ⌈30/4⌉ = 8 of 10
        (FUND, 8, 2, "通过"),
    ],
)
def test_the_numbers_of_the_law_on_the_page(
    world: World, today: list[dt.datetime], matter: str, yes: int, no: int, outcome: str
) -> None:
    entries = owners(12)
    vote = opened(world, roll_of(world, entries), ground(matter))
    page = f"/votes/{vote.number}"
    for position in range(1, yes + no + 1):
        who = Person.objects.get(pk=entries[position - 1].people[0])
        choice = "yes" if position <= yes else "no"
        assert client_for(who).post(f"{page}/cast", {"position": position, "choice": choice}).status_code == 302
    today[0] = AFTER
    secretary = client_for(world.people["secretary"])
    secretary.post(f"{page}/act/close")
    secretary.post(f"{page}/act/count")
    words = client_for(Person.objects.get(pk=entries[0].people[0])).get(page).content.decode()
    assert f"</svg>{outcome}" in words
    assert ("同意的" in words) is (outcome != "参加的人不够")  # without quorum nobody's choice is shown


def test_heads_are_enough_and_area_is_not(world: World, today: list[dt.datetime]) -> None:
    """2 of 3 heads take part, with a hundredth of a metre less than 2/3 of the area."""
    names = ("resident", "neighbour", "outsider")
    areas = {"resident": 9_000, "neighbour": 8_999, "outsider": 9_001}
    vote = opened(world, roll_of(world, [Entitlement((world.people[n].pk,), area=areas[n]) for n in names]))
    for position, name in enumerate(names[:2], 1):
        client_for(world.people[name]).post(f"/votes/{vote.number}/cast", {"position": position, "choice": "yes"})
    words = client_for(world.people["resident"]).get(f"/votes/{vote.number}").content.decode()
    assert "够了" in words and "还差 0.01 ㎡" in words


@pytest.mark.req("H03", where="/votes/{number}/desk")
def test_the_counting_desk(world: World, today: list[dt.datetime]) -> None:
    people = [
        Entitlement((world.people[n].pk,), group="5栋", area=8_960) for n in ("resident", "neighbour", "outsider")
    ]
    vote = opened(world, roll_of(world, people))
    page = f"/votes/{vote.number}"
    client_for(world.people["resident"]).post(f"{page}/cast", {"position": 1, "choice": "no"})
    one, other = client_for(world.people["secretary"]), client_for(world.people["grid_member"])
    assert client_for(world.people["resident"]).get(f"{page}/desk").status_code == 403
    paper = one.get(f"{page}/papers?group=5栋").content.decode()
    assert paper.count("表决票 <span") == 3 and "<svg" in paper and "业主" not in paper
    assert one.post(f"{page}/desk", {"code": "", "origin": "paper"}).status_code == 422
    box = one.post(f"{page}/desk", {"code": "1 号箱", "origin": "paper"}).headers["Location"]
    today[0] = AFTER
    sums = {"printed": 3, "issued": 2, "unused": 1, "spoiled": 0, "returned": 2}
    assert "第 2 行看不懂" in one.post(box, {**sums, "papers": "1 1\n2 同不同意"}).content.decode()
    assert one.post(box, {**sums, "papers": "1 1\n2 反对"}).status_code == 302
    assert "2 2" not in other.get(box).content.decode()  # what the other typed is not shown
    other.post(box, {**sums, "papers": "1 1\n2 1"})
    words = other.get(box).content.decode()
    assert "不一样的地方" in words and "<td>反对</td><td>同意</td>" in words
    one.post(f"{page}/act/close")
    assert "1 个票箱两个人没有录得一样" in one.post(f"{page}/act/count").content.decode()
    assert "1 1\n2 2" in one.get(box).content.decode()
    one.post(box, {**sums, "papers": "1 1\n2 1"})
    assert "收下了" in one.get(f"{page}/desk").content.decode()
    one.post(f"{page}/act/count")
    words = one.get(page).content.decode()
    assert "2 户 · 179.20 ㎡" in words
    receipt = actions.casting.queries.receipt_of(vote, Ballot.objects.get(origin="online"))
    assert "被同一户的纸票替换了" in one.get(page, {"receipt": receipt}).content.decode()


def test_proxies_and_calling_off_on_the_page(world: World) -> None:
    people = [Entitlement((world.people[n].pk,), group="5栋", area=8_960) for n in ("resident", "neighbour")]
    vote = opened(world, roll_of(world, people))
    page, office = f"/votes/{vote.number}", client_for(world.people["secretary"])
    wrong = office.post(f"{page}/proxies", {"position": 1, "phone": "13900009999", "signed_on": "2026-03-17"})
    assert wrong.status_code == 422 and "没有账号" in wrong.content.decode()
    given = {"position": 1, "phone": "13900000002", "signed_on": "2026-03-17"}
    assert office.post(f"{page}/proxies", given).status_code == 302
    words = client_for(world.people["outsider"]).get(page).content.decode()
    assert "受托的一票" in words and "委托名单" in words and "演示outsider" not in words
    office.post(f"{page}/proxies/1/withdraw")
    assert client_for(world.people["outsider"]).get(page).status_code == 404
    assert office.post(f"{page}/off", {"reason": ""}).status_code == 422
    office.post(f"{page}/off", {"reason": "方案改了"})
    assert "方案改了" in client_for(world.people["resident"]).get(page).content.decode()


def test_the_lists_and_the_roll(world: World) -> None:
    people = [Entitlement((world.people[n].pk,), group=f"{n}栋", area=8_960) for n in ("resident", "neighbour")]
    vote = opened(world, roll_of(world, people))
    resident = client_for(world.people["resident"])
    assert vote.title in resident.get("/votes/").content.decode()
    assert vote.title not in client_for(world.people["outsider"]).get("/votes/").content.decode()
    words = resident.get(f"/votes/{vote.number}/roll").content.decode()
    assert "演**" in words and "演示resident" not in words and "1390000" not in words
    book = load_workbook(io.BytesIO(client_for(world.people["secretary"]).get("/votes/?as=xlsx").content))
    assert vote.number in [cell.value for line in book.active.iter_rows() for cell in line]  # type: ignore[union-attr]
    assert CLOSES > NOW
