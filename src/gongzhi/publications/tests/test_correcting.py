"""A correction covers everything a reader sees; what stood before, and its hash, stay findable."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import Entry
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.publications import actions, queries
from gongzhi.publications.actions import Amended
from gongzhi.publications.models import Publication
from gongzhi.publications.queries import public
from gongzhi.publications.tests.conftest import Make, photo
from gongzhi.publications.tests.test_mending import SAID
from tests.cast import NOW, World

LATER = NOW + dt.timedelta(hours=3)


def propose(world: World, number: str, amended: Amended, who: str = "secretary", **more: str) -> Any:
    standing = actions.correcting.current_record(Publication.objects.select_related("key").get(number=number))
    text = {"title": standing["title"], "body": standing["body"]}
    return actions.propose_correction(
        by=world.actor(who), at=NOW, number=number, amended=amended, **{**SAID, **text, **more}
    )


def grant(world: World, number: str, correction: Any, at: dt.datetime = LATER) -> Any:
    return actions.decide_correction(
        by=world.actor("supervisor"), at=at, number=number, correction_id=correction.pk, granted=True
    )


def page(address: str) -> str:
    return str(Client().get(address).content.decode())


@pytest.fixture
def illustrated(world: World, draft: Make) -> Publication:
    """A released activity with one picture."""
    made, by = draft("activity", title="义诊"), world.actor("secretary")
    actions.add_pictures(by=by, at=NOW, number=made.number, uploads=[photo()])
    actions.submit_publication(by=by, at=NOW, number=made.number)
    return actions.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)


@pytest.mark.req("O01", where="/publications/NUMBER/correct")
def test_a_correction_covers_lines_times_subject_scope_and_period(world: World, illustrated: Publication) -> None:
    number = illustrated.number
    amended = Amended(
        about="社区活动室的义诊",
        facts={"where": "老年活动室", "join": "先打电话"},
        begins_at="2026-04-02T01:00:00+00:00",
        expires_on=dt.date(2026, 4, 3),
        place=world.places["PC-1-1"],
    )
    grant(world, number, propose(world, number, amended))
    now = Publication.objects.get(number=number)
    assert (now.place, now.path) == (world.places["PC-1-1"], world.places["PC-1-1"].path)
    assert now.expires_on == dt.date(2026, 4, 3)
    text = page(f"/n/{number}")
    for said in (
        "老年活动室",
        "社区活动室的义诊",
        "公开给：柳园社区",
        "公开给：柳园一片",
        "公开到：2026-04-17",
        "看改了哪里",
    ):
        assert said in text
    assert "换水管请绕行" not in text
    told = Client().get(f"/api/v1/publications/{number}").json()["corrections"][0]
    assert {"what": "gone", "line": "在哪里：社区活动室"} in told["changes"]
    assert {"what": "new", "line": "在哪里：老年活动室"} in told["changes"]


@pytest.mark.req("O01")
def test_the_trail_says_which_parts_changed_and_both_hashes(world: World, illustrated: Publication) -> None:
    number, was = illustrated.number, bytes(illustrated.digest).hex()
    first = grant(world, number, propose(world, number, Amended(expires_on=dt.date(2026, 4, 3))))
    second = grant(world, number, propose(world, number, Amended(), title="周末义诊"), at=LATER + dt.timedelta(hours=1))
    entries = Entry.objects.filter(action="publications.decide_correction").order_by("id")
    hashes = [bytes(one.digest).hex() for one in (first, second)]
    assert [entry.changes["fields"] for entry in entries] == [["expires_on"], ["title"]]
    assert [entry.changes["sha256"] for entry in entries] == [[was, hashes[0]], hashes]
    checked = page(f"/n/{number}/verify")
    assert all(one in checked for one in (was, *hashes)) and checked.count("三处一样") == 3
    for version, expected in enumerate((was, *hashes)):
        answer = Client().get(f"/n/{number}/record.json?version={version}")
        assert hashlib.sha256(answer.content).hexdigest() == expected
        pasted = Client().post(f"/n/{number}/verify", {"record": answer.content.decode()}).content.decode()
        assert "对得上" in pasted and ("更正后的一字不差" in pasted) == bool(version)
    assert Client().get(f"/n/{number}/record.json?version=9").status_code == 404
    assert "都不一样" in Client().post(f"/n/{number}/verify", {"record": "{}"}).content.decode()


@pytest.mark.req("O01")
def test_pictures_go_and_come_with_a_correction(world: World, illustrated: Publication) -> None:
    number = illustrated.number
    old = queries.pictures_of(illustrated)[0].media_id
    made = propose(world, number, Amended(taken=[old], uploads=[photo("maroon")]))
    from gongzhi.documents.queries import evidence_of

    new = evidence_of([made.reference]).get().media_id
    assert Client().get(f"/media/{old}").status_code == 200
    assert Client().get(f"/media/{new}").status_code == 404, "not public before the second person"
    inside = Client()
    inside.force_login(world.people["supervisor"])
    assert inside.get(f"/media/{new}").status_code == 200
    grant(world, number, made)
    shown = Client().get(f"/media/{new}")
    record = public.item_of(public.get_public(number), LATER).text
    prints = [hashlib.sha256(shown.content).hexdigest()]
    assert [one["sha256"] for one in record["pictures"]] == prints
    assert Client().get(f"/media/{old}").status_code == 404, "what was taken off is seen no more"
    assert "照片（指纹" in page(f"/n/{number}")


def test_a_correction_is_refused_where_the_item_itself_would_be(world: World, illustrated: Publication) -> None:
    number = illustrated.number
    with pytest.raises(Refused, match="nothing_changed"):
        propose(world, number, Amended(about="消防通道", facts={"where": "社区活动室", "join": "直接来"}))
    with pytest.raises(Refused, match="not_for_public"):
        propose(world, number, Amended(facts={"where": "5栋2单元301室", "join": "直接来"}))
    with pytest.raises(Refused, match="not_for_public"):
        propose(world, number, Amended(about="问13812345678"))
    for day in (dt.date(2026, 3, 18), dt.date(2027, 1, 1)):
        with pytest.raises(Refused, match="expiry_wrong"):
            propose(world, number, Amended(expires_on=day))
    with pytest.raises(Forbidden):
        propose(world, number, Amended(place=world.places["PC-2"]))
    with pytest.raises(Refused, match="too_many_pictures"):
        propose(world, number, Amended(uploads=[photo()] * 9))


def test_the_form_starts_from_what_stands(world: World, illustrated: Publication) -> None:
    number, writer = illustrated.number, Client()
    writer.force_login(world.people["secretary"])
    shown = writer.get(f"/publications/{number}/correct").content.decode()
    for said in ('value="义诊"', 'value="社区活动室"', "2026-04-01T09:00", "拿掉哪张照片", 'value="2026-04-17"'):
        assert said in shown
    given = {
        **{name: SAID[name] for name in ("wrong", "right", "why")},
        "title": "义诊",
        "about": "消防通道",
        "body": "地点改了。",
        "fact_where": "老年活动室",
        "fact_join": "直接来",
        "begins_at": "2026-04-01T09:00",
        "scope": "PC-1",
        "expires_on": "2026-04-17",
        "uploads": [photo("maroon")],
    }
    assert writer.post(f"/publications/{number}/correct", given).status_code == 302
    second = Client()
    second.force_login(world.people["supervisor"])
    waiting = second.get(f"/publications/{number}").content.decode()
    assert "老年活动室" in waiting and "/redact?back=" in waiting and "更正公开" in waiting
