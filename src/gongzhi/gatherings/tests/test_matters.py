"""A meeting votes on what is its own: what a law has owners or villagers decide is refused with the article."""

import pytest
from django.test import Client
from lxml import html

from gongzhi.common import clock
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.gatherings import actions, papers
from gongzhi.gatherings.matters import OWN, reserved_at
from gongzhi.gatherings.models import AgendaItem, Gathering
from gongzhi.gatherings.tests.test_actions import START, called, meeting, noticed, opened
from gongzhi.gatherings.tests.test_topics import proposed
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import NOW, SETUP, World

FUND = "cn.owners.decisions#matter.5"  # 使用建筑物及其附属设施的维修资金
LAND = "cn.village#matter.5"


@pytest.fixture
def laws(world: World) -> None:
    load_procedures(("owners_special", "owners_ordinary", "four_deliberations"))


def committee(world: World, council: Organization) -> Organization:
    """The owners' committee of the place, with the council's people in it."""
    Organization.objects.filter(pk=council.pk).update(kind="council", name="柳园业委会")
    council.refresh_from_db()
    return council


def add(world: World, row: Gathering, matter: str, kind: str = "motion") -> AgendaItem:
    by = world.actor("secretary")
    return actions.add_item(by=by, at=NOW, number=row.number, kind=kind, title="用维修资金换电梯", matter=matter)


@pytest.mark.req("H02", where="/gatherings/{number}")
@pytest.mark.usefixtures("laws")
def test_a_motion_on_what_owners_decide_is_refused_with_article_and_course(
    world: World, council: Organization
) -> None:
    row = called(world, committee(world, council))
    assert FUND in dict(reserved_at(row.path, NOW.date()))
    with pytest.raises(Refused, match="reserved_matter") as refused:
        add(world, row, FUND)
    facts = refused.value.facts
    assert "第278条" in facts["article"] and "业主大会" in facts["decides"] and facts["body"] == "柳园业委会"
    assert "业主" in facts["courses"]
    assert not row.items.filter(kind="motion").exists()
    with pytest.raises(Refused, match="reserved_matter") as refused:
        add(world, row, LAND)
    assert "村民会议" in refused.value.facts["decides"] and "四议" in refused.value.facts["courses"]
    assert add(world, row, FUND, kind="matter").matter == "", "it may study and draft it"
    assert add(world, row, OWN).matter == OWN


@pytest.mark.usefixtures("laws")
def test_a_motion_says_what_kind_of_matter_it_is(world: World, council: Organization) -> None:
    row = called(world, council)
    for matter, code in (("", "matter_missing"), ("cn.owners.decisions#matter.99", "bad_matter")):
        with pytest.raises(Refused, match=code):
            add(world, row, matter)


@pytest.mark.usefixtures("laws")
def test_hands_are_not_counted_on_what_others_decide(world: World, council: Organization) -> None:
    row = opened(world, council, ("motion", "换门禁"))
    item = row.items.get()
    by, hands = world.actor("secretary"), {"for": 3, "against": 0, "abstained": 0}
    count = {"by": by, "at": START, "number": row.number, "position": item.position, "hands": hands}
    AgendaItem.objects.update(matter="")  # from before it was asked
    for matter, code in (("", "matter_missing"), (FUND, "reserved_matter")):
        with pytest.raises(Refused, match=code):
            actions.count_motion(**count, matter=matter)
    AgendaItem.objects.update(matter=FUND)
    with pytest.raises(Refused, match="reserved_matter"):
        actions.count_motion(**count, matter=OWN)
    AgendaItem.objects.update(matter="")
    done = actions.count_motion(**count, matter=OWN)
    assert (done.decision, done.matter) == ("pass", OWN)
    actions.close_gathering(by=by, at=START, number=row.number, said="换。")
    [[_title, said, _day]] = papers.minutes_of(row)["decided"]
    assert "这个会的意见，不是决议" in said


@pytest.mark.usefixtures("laws")
def test_the_page_refuses_and_says_where_to_go(
    world: World, council: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row, client = called(world, council), Client()
    client.force_login(world.people["secretary"])
    page = f"/gatherings/{row.number}"
    words = html.fromstring(client.get(page).content)
    options = words.xpath("//select[@name='matter']/option/@value")
    assert OWN in options and FUND in options
    sent = {"kind": "motion", "title": "用维修资金换电梯", "matter": FUND}
    refused = client.post(f"{page}/agenda", sent)
    assert refused.status_code == 422 and "第278条" in refused.content.decode()
    assert "柳园议事会不能表决" in refused.content.decode() and "程序和决议" in refused.content.decode()
    assert client.post(f"{page}/agenda", {**sent, "matter": ""}).status_code == 422
    assert client.post(f"{page}/agenda", {**sent, "kind": "matter", "matter": ""}).status_code == 302


@pytest.mark.req("F01", where="/gatherings/topics/{number}/second")
def test_only_people_of_the_place_propose_and_join(world: World, council: Organization) -> None:
    topic = proposed(world, council)
    stranger = people.create_person(by=SETUP, at=NOW, values={"name": "演示路人"}, password="")
    by = world.actor("secretary").__class__("person", stranger.pk)
    for call in (
        lambda: actions.second_topic(by=by, at=NOW, number=topic.number),
        lambda: actions.propose_topic(by=by, at=NOW, body=council, title="路灯", why="暗"),
        lambda: actions.second_topic(by=world.actor("administrator"), at=NOW, number=topic.number),
    ):
        with pytest.raises(Forbidden, match="not_of_this_place") as refused:
            call()
        assert "/my/home/" in refused.value.message
    client = Client()
    client.force_login(stranger)
    page = client.get(f"/gatherings/topics/{topic.number}").content.decode()
    assert topic.title in page and "去登记我的住处" in page and "topic-second" not in page
    assert f"/gatherings/topics/{topic.number}/second" not in page
    assert client.post(f"/gatherings/topics/{topic.number}/second").status_code == 403
    assert topic.seconds.count() == 0


def test_a_verified_resident_joins(world: World, council: Organization) -> None:
    topic = proposed(world, council, name="outsider")
    person = world.people["resident"]
    seat = council.posts.get(code="seat-resident")
    seat.mandates.update(valid_to=NOW.date())
    with pytest.raises(Forbidden, match="not_of_this_place"):
        actions.second_topic(by=world.actor("resident"), at=NOW, number=topic.number)
    load_law()
    doors = homes(world, ("1-101",))
    approve(world, declare(world, "resident", doors["1-101"]))
    assert actions.second_topic(by=world.actor("resident"), at=NOW, number=topic.number) == 1
    client = Client()
    client.force_login(person)
    assert "您附议了" in client.get(f"/gatherings/topics/{topic.number}").content.decode()


@pytest.mark.parametrize(("day", "lawful"), [(26, False), (27, True), (30, True)])
def test_a_notice_in_working_days_is_looked_at_again_when_it_moves(
    world: World, council: Organization, day: int, lawful: bool
) -> None:
    """Six whole working days after Wednesday 18 March 2026: 19, 20, 23, 24, 25, 26; the first day is the 27th."""
    terms = {"course": "course:x", "step": "hear", "notice_days": 6, "notice_unit": "working_days"}
    row = called(world, council, meeting=_meeting(30), terms=terms)
    by = world.actor("secretary")
    if not lawful:
        with pytest.raises(Refused, match="notice_short") as refused:
            actions.move_gathering(by=by, at=NOW, number=row.number, meeting=_meeting(day))
        assert refused.value.facts["first"] == "2026-03-27" and "个工作日" in refused.value.message
        return
    actions.move_gathering(by=by, at=NOW, number=row.number, meeting=_meeting(day))
    actions.add_item(by=by, at=NOW, number=row.number, kind="matter", title="听证")
    actions.notice_gathering(by=by, at=NOW, number=row.number)
    with pytest.raises(Refused, match="notice_short"):
        actions.move_gathering(by=by, at=NOW, number=row.number, meeting=_meeting(25))


def _meeting(day: int) -> object:
    return meeting(START.replace(day=day))


def test_moving_in_calendar_days_says_the_earliest_day(world: World, council: Organization) -> None:
    row = noticed(world, council)
    with pytest.raises(Refused, match="notice_short") as refused:
        actions.move_gathering(by=world.actor("secretary"), at=NOW, number=row.number, meeting=_meeting(20))
    assert refused.value.facts["first"] == "2026-03-22"
