"""Bodies that govern themselves: founded, seated, given a charter, met; the register, how far on each is, and why."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.models import Link
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.documents.models import Instrument
from gongzhi.gatherings import actions
from gongzhi.gatherings.models import Attendance
from gongzhi.gatherings.queries import bodies
from gongzhi.gatherings.tests.test_actions import START, noticed
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.models import Mandate, Organization, Post
from tests.cast import NOW, SETUP, World, phone_of
from tests.support.pages import client_of

FORM = {
    "kind": "building_group",
    "place": "LY-5",
    "decision": "2026年3月10日5栋居民会推选",
    "founded_on": "2026-03-10",
    "seats": "组长 1\n组员 2",
    "scope": "楼道和门口的事",
    "term_years": "3",
    "text": "# 怎么议\n一月碰一次头，过半数同意才算。",
}


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def rules_of_meetings(world: World) -> None:
    for path in shipped.common_packs():
        if path.stem in ("cn.self_government", "pingchang.meetings"):
            load_pack(by=SETUP, at=NOW, path=path)


def founded(world: World, **changed: str) -> tuple[Client, Any]:
    client = client_of(world, "secretary")
    return client, client.post("/gatherings/bodies/new", {**FORM, **changed})


@pytest.mark.req("A13", where="/gatherings/bodies/new")
@pytest.mark.req("A12", where="/gatherings/bodies/new")
def test_a_group_of_a_building_is_founded_seated_and_read(world: World, rules_of_meetings: None) -> None:
    client, answer = founded(world)
    assert answer.status_code == 302, answer.content.decode()
    body = Organization.objects.get(kind="building_group")
    assert body.place == world.places["LY-5"] and body.name == "柳园小区5栋楼栋自治小组"
    assert list(body.posts.order_by("id").values_list("title", "seats", "role")) == [
        ("组长", 1, "neighbour_lead"),
        ("组员", 2, "member"),
    ]
    text = Instrument.objects.get(code=body.features["charter"])
    assert text.adopted_at and text.kind == "charter" and text.basis == FORM["decision"]
    assert Link.objects.filter(source=text.reference, relation="charter_of", target=f"organization:{body.pk}").exists()
    post = body.posts.get(title="组长")
    member = {"contact": phone_of("resident"), "decision": FORM["decision"], "valid_from": "2026-03-18"}
    form = client.get(f"/people/posts/{post.code}/appoint").content.decode()
    assert 'value="2029-03-18"' in form  # a term is three years
    assert client.post(f"/people/posts/{post.code}/appoint", {**member, "valid_to": "2029-03-18"}).status_code == 302
    assert Mandate.objects.get(post=post).person == world.people["resident"]
    for reader in (client, client_of(world, "neighbour"), Client()):
        page = reader.get(f"/gatherings/bodies/{body.code}/").content.decode()
        words = ("组长", "2029-03-18", "楼道和门口的事", "柳园小区5栋楼栋自治小组章程", "每季度", "楼栋自治", "举例")
        assert [word for word in words if word not in page] == []
    assert "演示resident" not in page and phone_of("resident") not in page
    here = Client().get("/gatherings/bodies/at/LY-5").content.decode()
    assert "柳园小区5栋楼栋自治小组" in here and "1/1" in here and "0/2" in here
    assert "/gatherings/bodies/at/LY-5" in client.get("/places/LY-5/").content.decode()


@pytest.mark.req("A13", where="/gatherings/bodies/new")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "residents_committee"}, "选择一个有效的选项"),
        ({"place": "PC-1"}, "楼栋自治小组只建在这些地方：四级网格（楼栋）、楼栋。"),
        ({"decision": ""}, "请写凭哪次会议、哪个决定成立的。"),
        ({"founded_on": "2026-04-01"}, "成立的日期在以后。"),
        ({"seats": "组长"}, "这一行看不懂：组长"),
        ({"seats": "组长 1\n组长 2"}, "岗位不要重名"),
        ({"term_years": "11"}, "10"),
    ],
)
def test_what_may_not_be_founded_says_why(world: World, changed: dict[str, str], said: str) -> None:
    _client, answer = founded(world, **changed)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Organization.objects.filter(kind="building_group").exists()


@pytest.mark.req("A13")
def test_what_the_law_sets_up_is_not_founded_and_nobody_seats_its_members(world: World) -> None:
    by = world.actor("secretary")
    with pytest.raises(Refused) as refused:
        common: dict[str, Any] = {"by": by, "at": NOW, "place": world.places["PC-1"], "decision": "居民会"}
        actions.found_body(**common, kind="residents_committee")
    assert refused.value.code == "set_up_by_law" and "选举" in refused.value.facts["how"]
    with pytest.raises(Refused) as refused:
        actions.found_body(**{**common, "place": world.places["PC-2"]}, kind="council")
    assert refused.value.code == "forbidden"  # another community's
    with pytest.raises(Refused) as refused:
        actions.found_body(**common, kind="utility")
    assert refused.value.code == "not_self_governing"
    post = world.posts["secretary"]  # 居委会's: by election or by the administrator
    assert client_of(world, "secretary").get(f"/people/posts/{post.code}/appoint").status_code == 403


def test_only_keepers_found_and_twice_is_refused(world: World) -> None:
    for name in ("resident", "grid_member", "dispatcher", "auditor"):
        assert client_of(world, name).post("/gatherings/bodies/new", FORM).status_code == 403
    founded(world)
    _client, again = founded(world)
    assert again.status_code == 422 and "这里已经有" in again.content.decode()


def _met(world: World, body: Organization) -> None:
    by = world.actor("secretary")
    row = noticed(world, body, ("motion", "楼道不放车"), kind="self_meeting", title="三月碰头")
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    actions.mark_attendance(by=by, at=START, number=row.number, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(by=by, at=START, number=row.number)
    hands = {"for": 1, "against": 0, "abstained": 0}
    actions.count_motion(by=by, at=START, number=row.number, position=1, hands=hands)
    actions.close_gathering(by=by, at=START, number=row.number, said="定了")


@pytest.mark.req("G12", where="/gatherings/bodies/")
def test_how_far_on_a_body_is_follows_from_what_exists(
    world: World, rules_of_meetings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _answer = founded(world, text="")
    body, by = Organization.objects.get(kind="building_group"), world.actor("secretary")

    def stands() -> tuple[str, list[str]]:
        one = bodies.known_of(by, [bodies.get_body(body.code)], clock.now())[0]
        return one.stage_name, one.wanting

    assert stands() == ("有架子", ["seated"])
    post = Post.objects.get(organization=body, title="组员")
    for name in ("resident", "neighbour"):
        given = {"contact": phone_of(name), "decision": "推选", "valid_from": "2026-03-18", "valid_to": "2027-03-18"}
        client.post(f"/people/posts/{post.code}/appoint", given)
    assert stands() == ("有人管", ["charter"])
    change = f"/gatherings/bodies/{body.code}/change"
    refused = client.post(change, {"scope": "楼道", "term_years": "3", "text": "一月一次。"})
    assert refused.status_code == 422 and "凭哪次会议" in refused.content.decode()
    client.post(change, {"scope": "楼道", "term_years": "3", "text": "一月一次。", "decision": "居民会"})
    assert stands() == ("有规矩", ["met"])
    _met(world, body)
    monkeypatch.setattr(clock, "now", lambda: START + dt.timedelta(hours=3))
    assert stands() == ("转得起来", ["published"])
    page = client.get(f"/gatherings/bodies/{body.code}/").content.decode()
    assert "席位 3 个，在任 2 人；到席位的 50% 算有人管。" in page and "一年里会上定了 1 件事。" in page
    assert "应该每季度一次，上一次：3月25日" in page
    assert "产品选择，可以改" in page
    later = START + dt.timedelta(days=400)  # terms are over, the meeting is long ago
    one = bodies.known_of(by, [bodies.get_body(body.code)], later)[0]
    assert one.shown == {"charter"} and one.stage_name == "有架子" and one.known.held == 0


@pytest.mark.req("G12", where="/gatherings/bodies/")
def test_the_register_is_filtered_covered_paged_and_exported(world: World, council: Organization) -> None:
    client, _answer = founded(world)
    page = client.get("/gatherings/bodies/").content.decode()
    assert "柳园议事会" in page and "柳园小区5栋楼栋自治小组" in page and "缺 3 人" in page
    assert "桥南" not in page  # another community's
    only = client.get("/gatherings/bodies/", {"level": "building"}).content.decode()
    assert "柳园小区5栋楼栋自治小组" in only and "柳园议事会</a>" not in only
    assert "柳园议事会" not in client.get("/gatherings/bodies/", {"place": "LY-5"}).content.decode()
    assert "没有找到自治组织" in client.get("/gatherings/bodies/", {"q": "没有这个"}).content.decode()
    missing = client.get("/gatherings/bodies/", {"missing": "grid4"}).content.decode()
    assert "一共 2 处" in missing and "柳园一网格" in missing and "place=PC-1-1-1" in missing
    book = load_workbook(io.BytesIO(client.get("/gatherings/bodies/", {"as": "xlsx"}).content))
    cells = {str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line}
    assert {"柳园议事会", "柳园小区5栋楼栋自治小组章程", "有架子", "楼栋自治"} <= cells
    by, rows = world.actor("secretary"), bodies.seen_by(world.actor("secretary"))
    first, cursor = bodies.page_of(by, rows, NOW, limit=1)
    second, _end = bodies.page_of(by, rows, NOW, cursor=cursor, limit=50)
    names = [one.organization.name for one in (*first, *second)]
    assert len(names) == len(set(names)) == rows.count()
    assert client_of(world, "resident").get("/gatherings/bodies/").status_code == 403


def test_a_text_of_elsewhere_is_no_charter_here(world: World) -> None:
    founded(world)
    body = Organization.objects.get(kind="building_group")
    with pytest.raises(Refused) as refused:
        actions.choose_charter(by=world.actor("secretary"), at=NOW, body=body, code="no-such-text")
    assert refused.value.code == "charter_elsewhere"
