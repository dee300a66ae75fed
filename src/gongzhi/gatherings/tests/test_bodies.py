"""Several bodies at one table, who must chair, who promised to come, which places have a council, duties met."""

import datetime as dt
import hashlib
import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.actions.reporting import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Refused
from gongzhi.duties.actions import make_duties
from gongzhi.duties.models import Duty
from gongzhi.gatherings import actions, papers, queries
from gongzhi.gatherings.models import Attendance
from gongzhi.gatherings.queries import councils
from gongzhi.gatherings.tests.test_actions import START, called, meeting, noticed
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.models import ApiToken, Organization
from gongzhi.places.models import Place
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

OLD = dt.date(2020, 1, 1)


@pytest.fixture
def party(world: World) -> Organization:
    """A committee with the secretary in it: what coordination meetings and conferences are called by."""
    body = people.add_organization(
        by=SETUP,
        at=NOW,
        code="party-1",
        kind="service_centre",
        name="柳园管理服务中心",
        place=world.places["PC-1"],
        valid_from=OLD,
    )
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="party-seat",
        role="secretary",
        title="中心主任",
        place=world.places["PC-1"],
        organization=body,
    )
    post.valid_from = OLD
    post.save(update_fields=["valid_from"])
    person = world.people["secretary"]
    people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=OLD)
    return body


def reported(world: World) -> None:
    for name in ("resident", "neighbour", "outsider"):
        said = f"楼下的路灯晚上一直不亮，{name} 看不清台阶"
        where = locate(place_code="LY-5")
        report_case(by=world.actor(name), at=NOW, text=said, where=where, category="facility.lighting.streetlight")


@pytest.mark.req("E01", where="/gatherings/")
def test_the_agenda_fills_itself_and_is_frozen_with_the_notice(world: World, party: Organization) -> None:
    by = world.actor("secretary")
    reported(world)
    row = called(world, party, kind="coordination", title="协调推进会")
    hot = row.items.get(why="hot")
    assert sorted(hot.rows) == sorted(Case.objects.values_list("number", flat=True))
    actions.drop_item(by=by, at=NOW, number=row.number, position=hot.position)  # before the notice it may still go
    actions.add_offers(by=by, at=NOW, number=row.number, sources=[hot.source])
    actions.notice_gathering(by=by, at=NOW, number=row.number)
    item = row.items.get(why="hot")
    for step in (
        lambda: actions.drop_item(by=by, at=NOW, number=row.number, position=item.position),
        lambda: actions.add_offers(by=by, at=NOW, number=row.number, sources=["hot:x"]),
    ):
        with pytest.raises(Conflict):
            step()
    late = actions.add_item(by=by, at=NOW + dt.timedelta(hours=1), number=row.number, kind="matter", title="台风")
    row.refresh_from_db()
    assert row.noticed_at and late.added_at and late.added_at > row.noticed_at  # is shown as not announced
    answer = client_of(world, "secretary").get(f"/gatherings/{row.number}").content.decode()
    assert "看这 3 件" in answer and hot.rows[0] in answer and "通知以后加的" in answer


@pytest.mark.req("E02", where="/gatherings/new/judging/")
def test_a_judging_is_chaired_by_the_lead(world: World, council: Organization, party: Organization) -> None:
    row = noticed(world, party, kind="judging", title="问题研判会")
    assert row.attendances.get(capacity="chair").person == world.people["secretary"]
    other = people.add_organization(
        by=SETUP,
        at=NOW,
        code="party-2",
        kind="party_committee",
        name="没有书记的党委",
        place=world.places["PC-1"],
        valid_from=OLD,
    )
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="party-2-seat",
        role="neighbour_lead",
        title="委员",
        place=world.places["PC-1"],
        organization=other,
    )
    post.valid_from = OLD
    post.save(update_fields=["valid_from"])
    person = world.people["resident"]
    people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=OLD)
    with pytest.raises(Refused) as refused:
        noticed(world, other, kind="judging", title="问题研判会")
    assert refused.value.code == "no_chair" and "书记" in refused.value.facts["chairs"]


@pytest.mark.req("E03", where="/gatherings/new/joint/")
def test_members_of_several_bodies_decide_together(world: World, council: Organization, party: Organization) -> None:
    by = world.actor("secretary")
    row = called(world, party, kind="joint", title="治理联席会")
    actions.add_item(by=by, at=NOW, number=row.number, kind="matter", title="停车")
    assert actions.invite_body(by=by, at=NOW, number=row.number, body=council, capacity="member") == 4
    assert actions.invite_body(by=by, at=NOW, number=row.number, body=world.units["property-1"]) == 1
    actions.notice_gathering(by=by, at=NOW, number=row.number)
    there = queries.presence_at(row)
    assert there.due == 4  # the secretary sits in both; the observer is counted apart
    assert queries.bodies_there(row)[0][0] == "柳园议事会"
    with pytest.raises(Refused) as refused:
        other = called(world, council, meeting=meeting(START + dt.timedelta(days=3)))
        actions.invite_body(by=by, at=NOW, number=other.number, body=party, capacity="member")
    assert refused.value.code == "one_body_only"


@pytest.mark.req("F13", where="/gatherings/")
def test_observers_are_counted_apart_and_do_not_vote(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = noticed(world, council, ("motion", "装充电桩"))
    actions.invite_body(by=by, at=NOW, number=row.number, body=world.units["property-1"])
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    actions.mark_attendance(by=by, at=START, number=row.number, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(by=by, at=START, number=row.number)
    there = queries.presence_at(row)
    assert (there.due, there.came, there.observers) == (4, 4, 1)
    with pytest.raises(Refused) as refused:
        hands = {"for": 5, "against": 0, "abstained": 0}
        actions.count_motion(by=by, at=START, number=row.number, position=1, hands=hands)
    assert refused.value.code == "votes_over"
    assert "列席 1 人" in papers.minutes_of(row)["came"]


def test_who_says_that_they_come(world: World, council: Organization) -> None:
    row = noticed(world, council)
    actions.answer_invitation(by=world.actor("resident"), at=NOW, number=row.number, coming=True)
    actions.answer_invitation(by=world.actor("grid_member"), at=NOW, number=row.number, coming=True)  # open to all
    actions.answer_invitation(by=world.actor("neighbour"), at=NOW, number=row.number, coming=False)
    there = queries.presence_at(row)
    assert (there.coming, there.due) == (2, 4)
    answer = client_of(world, "resident").get(f"/gatherings/{row.number}/live").content.decode()
    assert "2 人" in answer and "要 3 人，还差 3 人" in answer and "every 5s" in answer


@pytest.mark.req("F01", where="/gatherings/councils")
@pytest.mark.req("F04", where="/gatherings/councils")
def test_which_places_have_a_council(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = client_of(world, "secretary")
    Place.objects.filter(code__in=["PC-1-1", "LY-5"]).update(level="compound")  # the cast has no compounds
    before = councils.coverage(world.actor("secretary"), NOW)
    assert before is not None and before.seats and before.covered == 0
    place = before.seats[0].place
    people.add_organization(
        by=SETUP, at=NOW, code="council-ly", kind="council", name="柳园小区议事会", place=place, valid_from=OLD
    )
    found = councils.coverage(world.actor("secretary"), NOW)
    assert found is not None and (found.covered, found.unchaired) == (1, 1)
    assert len(found.missing) == len(before.seats) - 1
    page = client.get("/gatherings/councils").content.decode()
    assert "柳园小区议事会" in page and "空缺" in page and "凉亭议事厅" in page
    book = load_workbook(io.BytesIO(client.get("/gatherings/councils?as=xlsx").content))
    assert "柳园小区议事会" in [cell.value for line in book.worksheets[0].iter_rows() for cell in line]


@pytest.mark.req("E04", where="/duties/")
def test_a_held_meeting_meets_the_duty_to_hold_it(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    for path in shipped.common_packs():
        if path.stem == "pingchang.meetings":
            load_pack(by=SETUP, at=NOW, path=path)
    make_duties(by=SETUP, at=NOW, since=NOW.date().replace(day=1))
    duty = Duty.objects.filter(rule="council.quarter", subject=f"organization:{council.pk}").order_by("due_on")[0]
    row = noticed(world, council)
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    actions.mark_attendance(by=by, at=START, number=row.number, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(by=by, at=START, number=row.number)
    actions.close_gathering(by=by, at=START, number=row.number, said="议完了")
    duty.refresh_from_db()
    assert duty.evidence == row.reference


def bearer(world: World, name: str) -> Client:
    token = f"gz_{name}"
    person = world.people[name]
    ApiToken.objects.create(person=person, digest=hashlib.sha256(token.encode()).digest(), created_at=NOW)
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_gatherings_over_the_interface(world: World, council: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = noticed(world, council, ("matter", "车棚"))
    hidden = called(world, council, title="还没通知的", meeting=meeting(START + dt.timedelta(days=5)))
    seen = Client().get("/api/v1/gatherings").json()["items"]
    assert [one["number"] for one in seen] == [row.number]
    staff = bearer(world, "secretary")
    assert {one["number"] for one in staff.get("/api/v1/gatherings").json()["items"]} == {row.number, hidden.number}
    one = Client().get(f"/api/v1/gatherings/{row.number}").json()
    assert one["agenda"][0]["title"] == "车棚" and one["presence"]["needed"] == 3 and "BEGIN:VEVENT" in one["ics"]
    assert Client().get(f"/api/v1/gatherings/{hidden.number}").status_code == 404
    path, body = f"/api/v1/gatherings/{row.number}/answer", json.dumps({"coming": True})
    common: dict[str, Any] = {"content_type": "application/json", "headers": {"Idempotency-Key": "k1"}}
    assert Client().post(path, body, **common).status_code == 401
    resident = bearer(world, "resident")
    assert resident.post(path, body, **common).json()["answer"] == "coming"
    again = resident.post(path, body, **common)
    assert again.headers["Idempotent-Replay"] == "true" and queries.presence_at(row).coming == 1
    held = staff.get("/api/v1/gatherings?show=held").json()
    assert held == {"items": [], "next_cursor": None}
