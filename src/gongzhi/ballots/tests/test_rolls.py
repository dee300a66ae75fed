"""Rolls on their pages: registered, published, objected to in the days of the law, corrected with another digest."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.ballots import actions
from gongzhi.ballots.actions.erasing import erase_ballots, export_ballots
from gongzhi.ballots.models import Elector, Roll, RollObjection
from gongzhi.ballots.roll_queries import window_of
from gongzhi.ballots.tests.conftest import drafted, owners, roll_of
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Refused
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_for, words

DAY = dt.timedelta(days=1)
POLLS = "2026-04-20"
VILLAGE = {"purpose": "village_election", "place": "柳园社区", "polls_on": POLLS}
ME = {"capacity": "1", "group": "一组", "adult": "on"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def village(world: World) -> World:
    for name in ("cn.village-2026", "cn.residents-2026"):
        load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / f"laws/{name}.toml")
    return world


def office(world: World) -> Client:
    return client_for(world.people["secretary"])


def draw_up(world: World, **more: Any) -> tuple[Roll, str]:
    answer = office(world).post("/votes/rolls/new", {**VILLAGE, **more})
    assert answer.status_code == 302, words(answer)
    roll = Roll.objects.order_by("-id")[0]
    return roll, f"/votes/rolls/{roll.number}"


def published(world: World, *names: str) -> tuple[Roll, str]:
    roll, page = draw_up(world)
    for name in names:
        assert client_for(world.people[name]).post(f"{page}/register", ME).status_code == 302
    lines = "赵一 二组\n钱二 二组 13911110002\n孙三 一组"
    office(world).post(f"{page}/enter", {"capacity": "1", "lines": lines})
    assert office(world).post(f"{page}/publish").status_code == 302
    return Roll.objects.get(pk=roll.pk), page


@pytest.mark.req("G01", where="/votes/rolls/{number}")
def test_people_register_and_the_board_writes_others_down(village: World) -> None:
    roll, page = draw_up(village)
    assert (roll.kind, roll.law, roll.full_names) == ("voters", "cn.village", True)
    resident = client_for(village.people["resident"])
    seen = words(resident.get(page))
    assert "户籍不在本村，在本村居住一年以上" in seen and "checked" not in seen
    young = resident.post(f"{page}/register", {**ME, "adult": ""})
    assert young.status_code == 422 and "年满十八周岁才能登记" in words(young)
    assert resident.post(f"{page}/register", {**ME, "capacity": "9"}).status_code == 422
    assert resident.post(f"{page}/register", ME).status_code == 302
    again = resident.post(f"{page}/register", ME)
    assert again.status_code == 422 and "名册上已经有这一位" in words(again)
    bad = office(village).post(f"{page}/enter", {"capacity": "1", "lines": "赵一 二组\n钱二"})
    assert bad.status_code == 422 and "第 2 行看不懂" in words(bad) and roll.entries.count() == 1
    office(village).post(f"{page}/enter", {"capacity": "1", "lines": "赵一 二组\n钱二 二组 13911110002"})
    assert roll.entries.count() == 3 and "赵一" in words(office(village).get(f"{page}?group=二组"))
    assert client_for(village.people["neighbour"]).post(f"{page}/strike/1").status_code == 403
    assert resident.post(f"{page}/strike/1").status_code == 302 and roll.entries.count() == 2
    assert resident.post(f"{page}/enter", {"capacity": "1", "lines": "李四 一组"}).status_code == 403


@pytest.mark.req("G01", where="/votes/rolls/{number}")
def test_a_newcomer_needs_the_consent_of_a_meeting(village: World) -> None:
    roll, page = draw_up(village)
    client_for(village.people["resident"]).post(f"{page}/register", {**ME, "capacity": "3"})
    refused = office(village).post(f"{page}/publish")
    assert refused.status_code == 422 and "要会议同意才能列入" in words(refused)
    given = {"position": 1, "decision": "2026 年 3 月 10 日村民代表会议"}
    assert office(village).post(f"{page}/consent", given).status_code == 302
    assert office(village).post(f"{page}/publish").status_code == 302
    assert Roll.objects.get(pk=roll.pk).digest


def test_nobody_registers_in_two_places(village: World) -> None:
    _roll, page = draw_up(village)
    client_for(village.people["resident"]).post(f"{page}/register", ME)
    _other, second = draw_up(village, place="柳园一片")
    refused = client_for(village.people["resident"]).post(f"{second}/register", ME)
    assert refused.status_code == 422 and "已经在别处登记" in words(refused)


@pytest.mark.req("G01", where="/votes/rolls/{number}")
def test_a_published_roll_shows_number_name_and_group_only(village: World) -> None:
    roll, page = published(village, "resident")
    seen = words(client_for(village.people["outsider"]).get(f"{page}?group=二组"))
    assert "赵一" in seen and "13911110002" not in seen and roll.digest in seen and "二组" in seen
    assert [row.group for row in roll.entries.order_by("position")] == ["一组", "一组", "二组", "二组"]
    late = client_for(village.people["neighbour"]).post(f"{page}/register", ME)
    assert late.status_code == 422 and "漏了您的，请提异议" in words(late)
    assert Client().get(page).status_code == 302


# 村组法 14: within five days; decided within three. 2026-03-18 (Wednesday) + 5 = Monday the 23rd, the last day.
@pytest.mark.req("G01", where="/votes/rolls/{number}")
@pytest.mark.parametrize(("days", "status"), [(4, 302), (5, 302), (6, 422)])
def test_the_last_day_for_an_objection(village: World, today: list[dt.datetime], days: int, status: int) -> None:
    roll, page = published(village, "resident")
    window = window_of(roll)
    assert window is not None and (window.until - NOW.date()).days == 5 and "第14条" in window.article
    today[0] = NOW + days * DAY
    left_out = client_for(village.people["outsider"])
    answer = left_out.post(f"{page}/object", {"kind": "left_out", "words": "我户口在二组"})
    assert answer.status_code == status
    if status == 422:
        assert "第14条" in words(answer) and "3月23日" in words(answer)
    else:
        made = RollObjection.objects.get()
        assert (made.decide_by - clock.local_date(today[0])).days == 3


@pytest.mark.req("G01", where="/votes/rolls/{number}")
def test_an_objection_is_decided_and_the_roll_comes_out_anew(village: World, today: list[dt.datetime]) -> None:
    roll, page = published(village, "resident", "neighbour")
    outsider, resident = client_for(village.people["outsider"]), client_for(village.people["resident"])
    assert outsider.post(f"{page}/object", {"kind": "left_out", "words": ""}).status_code == 422
    on_it = resident.post(f"{page}/object", {"kind": "left_out", "words": "x"})
    assert on_it.status_code == 422 and "您在名册上" in words(on_it)
    outsider.post(f"{page}/object", {"kind": "left_out", "words": "我户口在二组，户口本为证"})
    resident.post(f"{page}/object", {"kind": "wrong", "position": 4, "words": "已经迁走"})
    seen = words(client_for(village.people["neighbour"]).get(page))
    assert "名册上漏了我" in seen and "户口本为证" not in seen  # that there is one, not what it says
    today[0] = NOW + DAY
    bare = office(village).post(f"{page}/objections/1", {"outcome": "upheld", "reason": "核对了户口本"})
    assert bare.status_code == 422 and "请写列在哪个组" in words(bare)
    assert outsider.post(f"{page}/objections/1", {"outcome": "upheld", "reason": "对"}).status_code == 403
    put = {"outcome": "upheld", "reason": "核对了户口本", "group": "二组"}
    second = office(village).post(f"{page}/objections/1", put).headers["Location"]
    made = Roll.objects.get(edition=2)
    assert second.endswith(f"/votes/rolls/{made.number}") and made.digest != roll.digest
    assert made.announced_at == roll.announced_at == NOW and made.published_at == today[0]
    assert Elector.objects.filter(entry__roll=made, person=village.people["outsider"]).count() == 1
    assert "核对了户口本" in words(outsider.get(second)) and "核对了户口本" not in words(resident.get(second))
    office(village).post(f"{second}/objections/2", {"outcome": "upheld", "reason": "查实迁出"})
    third = Roll.objects.get(edition=3)
    assert sorted(third.entries.values_list("position", flat=True)) == [1, 2, 3, 5, 6]  # a number is not given again
    assert len({roll.digest, made.digest, third.digest}) == 3 and third.objections.count() == 2
    again = office(village).post(f"/votes/rolls/{third.number}/objections/2", {"outcome": "rejected", "reason": "x"})
    assert again.status_code == 422 and "已经答复" in words(again)
    old = words(resident.get(page))
    assert "这一版已经改正" in old and roll.digest in old


def test_who_objects_does_not_decide(village: World) -> None:
    _roll, page = published(village, "resident")
    office(village).post(f"{page}/object", {"kind": "left_out", "words": "漏了我"})
    own = office(village).post(f"{page}/objections/1", {"outcome": "upheld", "reason": "对", "group": "一组"})
    assert own.status_code == 403


def test_a_rejected_objection_changes_nothing(village: World) -> None:
    roll, page = published(village, "resident")
    client_for(village.people["outsider"]).post(f"{page}/object", {"kind": "left_out", "words": "漏了我"})
    office(village).post(f"{page}/objections/1", {"outcome": "rejected", "reason": "户籍不在本村，也没有住满一年"})
    row = RollObjection.objects.get()
    assert (row.outcome, row.roll_id, row.corrected) == ("rejected", roll.pk, None) and Roll.objects.count() == 1
    person_id = village.people["outsider"].pk
    assert export_ballots(person_id)["objections"][0]["words"] == "漏了我"
    erase_ballots(person_id, NOW)
    row.refresh_from_db()
    assert row.person is None and not row.words


@pytest.mark.req("G01", where="/votes/rolls/new")
def test_rolls_from_the_registers(village: World) -> None:
    load_law()
    for name, door in zip(("resident", "neighbour", "outsider"), homes(village).values(), strict=True):
        approve(village, declare(village, name, door))
    owned, _page = draw_up(village, purpose="owners", place="柳园小区5栋", polls_on="")
    assert owned.measures == ["heads", "area"] and owned.entries.count() == 3 and owned.law == ""
    none = office(village).post("/votes/rolls/new", {**VILLAGE, "purpose": "households", "place": "柳园小区5栋"})
    assert none.status_code in (302, 422)
    missing = office(village).post("/votes/rolls/new", {**VILLAGE, "polls_on": ""})
    assert missing.status_code == 422 and "请填选举日" in words(missing)


# 村组法 25: one delegate for every 5 to 15 households. Two members: 10 to 30 households.
@pytest.mark.req("G01", where="/votes/rolls/new")
@pytest.mark.parametrize(("households", "status"), [(9, 422), (10, 302), (30, 302), (31, 422)])
def test_delegates_by_the_number_of_households(village: World, households: int, status: int) -> None:
    body = village.units["committee-1"]
    for name in ("resident", "neighbour"):
        post = people.add_post(
            by=SETUP, at=NOW, code=f"delegate-{name}", role="member", title="村民代表",
            place=village.places["PC-1-1"], organization=body, seats=1,
        )  # fmt: skip
        people.appoint(by=SETUP, at=NOW, person=village.people[name], post=post, decision="推选")
    people.end_mandate(by=SETUP, at=NOW, mandate=village.people["secretary"].mandates.get(), on=NOW.date())
    given = {"purpose": "delegates", "place": "柳园社区", "body": body.pk, "households": households}
    answer = client_for(village.people["supervisor"]).post("/votes/rolls/new", given)
    assert answer.status_code == status, words(answer)
    if status == 302:
        seen = words(client_for(village.people["supervisor"]).get(answer.headers["Location"]))
        assert "2 位代表" in seen and "5—15 户一位" in seen
    else:
        assert "第25条" in words(answer)


@pytest.mark.req("G01")
def test_only_rolls_that_one_registers_for_take_entries(village: World) -> None:
    by, published_roll = village.actor("secretary"), published(village)[0]
    with pytest.raises(Conflict, match="roll_is_published"):
        actions.enter_voters(by=by, at=NOW, number=published_roll.number, people=[], capacity="1")
    bare = roll_of(village, owners(3), published=False)
    with pytest.raises(Refused, match="not_registered_for"):
        actions.strike_entry(by=by, at=NOW, number=bare.number, position=1)
    actions.publish_roll(by=by, at=NOW, number=bare.number)
    with pytest.raises(Refused, match="no_objections"):
        actions.object_to_roll(by=by, at=NOW, number=bare.number, kind="other", said="x", position=1)


@pytest.mark.req("G01", where="/votes/{number}")
def test_no_vote_opens_while_an_objection_is_open(village: World, today: list[dt.datetime]) -> None:
    """On an owners' roll too, which nobody waits for: the days are the village law's, as an example."""
    load_law()
    for name, door in zip(("resident", "neighbour", "outsider"), homes(village).values(), strict=True):
        approve(village, declare(village, name, door))
    roll, page = draw_up(village, purpose="owners", place="柳园小区5栋", polls_on="")
    office(village).post(f"{page}/publish")
    vote = drafted(village, Roll.objects.get(pk=roll.pk))
    resident = client_for(village.people["resident"])
    resident.post(f"{page}/object", {"kind": "other", "position": 1, "words": "楼栋写错了"})
    refused = office(village).post(f"/votes/{vote.number}/act/open")
    assert refused.status_code == 409 and "1 条对名册的异议没有答复" in words(refused)
    given = {"outcome": "upheld", "reason": "写错了", "group": "6栋"}
    assert office(village).post(f"{page}/objections/1", given).status_code == 302
    vote.refresh_from_db()
    assert vote.roll.edition == 2 and vote.roll.entries.get(position=1).group == "6栋"
    assert office(village).post(f"/votes/{vote.number}/act/open").status_code == 302
    late = resident.post(f"/votes/rolls/{vote.roll.number}/object", {"kind": "other", "position": 1, "words": "还有"})
    assert late.status_code == 422 and "已经开始投票" in words(late)
