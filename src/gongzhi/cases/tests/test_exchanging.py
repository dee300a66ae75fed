"""Events of other systems: one number is one demand, a change is a note, an alarm waits for a person."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import gongzhi.packs as packs_room
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.rules.events import Event, read_event, write_event_as
from gongzhi.cases.tests.joint_cast import sheet
from gongzhi.common.errors import Refused
from gongzhi.packs.actions import load_pack
from gongzhi.packs.field_contents import EventsPack
from gongzhi.packs.reading import read_pack
from gongzhi.people.actions import create_token
from gongzhi.people.models import VaultKey
from gongzhi.registers.models import IncomingEvent
from tests.cast import NOW, SETUP, World

FOLDER = Path(packs_room.__file__).parent / "data/events"
LAMP = {
    "eventId": "SGT-1",
    "description": "柳园小区路灯坏了一周，夜里看不清台阶",
    "address": {"code": "LY-5"},
    "eventType": "路灯",
    "reportTime": "2026-03-18 08:00",
    "status": "待处理",
}
ALARM = {"alarm": {"id": "A-7", "words": "烟感报警 楼道 3 层", "at": "08:01"}, "device": {"place": "LY-5"}}


def pack(name: str) -> EventsPack:
    found = read_pack((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert isinstance(found, EventsPack)
    return found


@pytest.fixture
def token(world: World) -> str:
    for path in sorted(FOLDER.glob("*.toml")):
        load_pack(by=SETUP, at=NOW, path=path)
    return create_token(by=SETUP, at=NOW, role="dispatcher", place=world.places["PC"])


def post(token: str, source: str, content: Any, **headers: str) -> Any:
    given = {"Authorization": f"Bearer {token}", **headers} if token else headers
    return Client().post(f"/api/v1/events/{source}", json.dumps(content), "application/json", headers=given)


@pytest.mark.req("C12", where="/api/v1/events/{source}")
def test_the_same_event_twice_is_one_demand_and_a_change_adds_a_note(token: str) -> None:
    first = post(token, "sugetong", LAMP).json()
    assert (first["news"], first["state"]) == ("new", "opened")
    case = Case.objects.get(number=first["case"])
    assert (case.external_id, case.category) == ("sugetong:SGT-1", "facility.lighting.streetlight")
    assert post(token, "sugetong", LAMP).json() == {**first, "news": "same"}
    changed = post(token, "sugetong", {**LAMP, "status": "催办", "description": "还没修，请快一点"}).json()
    assert (changed["news"], changed["case"]) == ("changed", case.number)
    assert Case.objects.count() == 1
    event = CaseEvent.objects.get(move="source_news")
    assert event.facts["state"] == "催办"
    assert "还没修" not in str(event.note)


@pytest.mark.req("C12")
def test_two_sources_may_use_the_same_number(token: str) -> None:
    post(token, "sugetong", {**LAMP, "eventId": "1"})
    other = {"order_no": "1", "content": "热线转来：楼道灯坏了", "place_code": "LY-5"}
    assert post(token, "hotline", other).json()["news"] == "new"
    assert Case.objects.count() == 2


@pytest.mark.req("C12")
def test_the_other_system_reads_back_where_its_events_stand(token: str) -> None:
    number = post(token, "sugetong", LAMP).json()["case"]
    asked = {"source": "sugetong", "since": "2026-01-01T00:00:00Z"}
    answer = Client().get("/api/v1/events", asked, headers={"Authorization": f"Bearer {token}"})
    (item,) = answer.json()["items"]
    assert (item["eventId"], item["description"], item["eventType"]) == ("SGT-1", number, "路灯")
    assert item["status"] == Case.objects.get().status


@pytest.mark.req("N07", where="/events/")
def test_an_alarm_becomes_a_demand_only_when_a_person_says_so(world: World, token: str) -> None:
    taken = post(token, "iot", ALARM).json()
    assert (taken["state"], taken["case"]) == ("waiting", None)
    assert not Case.objects.exists()
    client = Client()
    client.force_login(world.people["dispatcher"])
    assert "烟感报警" in client.get(reverse("incoming-events")).content.decode()
    row = IncomingEvent.objects.get()
    assert sheet(client, reverse("incoming-events"))[2][0] == row.external_id
    client.post(reverse("incoming-event", args=[row.pk, "open"]))
    row.refresh_from_db()
    assert (row.state, Case.objects.get().number) == ("opened", row.case)
    again = client.post(reverse("incoming-event", args=[row.pk, "open"]), follow=True)
    assert "已经有人处理" in again.content.decode()


@pytest.mark.req("N07")
def test_a_false_alarm_is_put_aside_and_its_words_are_gone(world: World, token: str) -> None:
    post(token, "iot", ALARM)
    row = IncomingEvent.objects.get()
    client = Client()
    client.force_login(world.people["dispatcher"])
    client.post(reverse("incoming-event", args=[row.pk, "dismiss"]))
    assert IncomingEvent.objects.get().state == "waiting", "a reason is needed"
    client.post(reverse("incoming-event", args=[row.pk, "dismiss"]), {"reason": "误报"})
    row.refresh_from_db()
    assert (row.state, row.sealed, row.reason) == ("dismissed", None, "误报")
    assert VaultKey.objects.get(pk=row.key_id).destroyed_at
    assert post(token, "iot", ALARM).json()["state"] == "dismissed"
    assert not Case.objects.exists()


def test_what_is_refused(world: World, token: str) -> None:
    assert post("", "sugetong", LAMP).status_code == 401
    assert post(token, "unknown", LAMP).json()["code"] == "unknown_source"
    assert post(token, "sugetong", {"eventId": "1"}).json()["code"] == "event_incomplete"
    assert post(token, "sugetong", {**LAMP, "eventId": "1 2"}).json()["code"] == "event_incomplete"
    assert post(token, "sugetong", [1]).json()["code"] == "invalid_json"
    narrow = create_token(by=SETUP, at=NOW, role="grid_member", place=world.places["PC-2-1-1"])
    assert post(narrow, "sugetong", LAMP).status_code == 403
    assert not IncomingEvent.objects.exists()


def test_an_event_written_in_a_format_reads_back() -> None:
    event = Event("7", "路灯", "LY-5", "facility.lighting.streetlight", "2026-03-18", "new")
    for name in ("sugetong",):
        assert read_event(write_event_as(pack(name), event), pack(name)) == event
    with pytest.raises(Refused):
        read_event({}, pack("iot"))
