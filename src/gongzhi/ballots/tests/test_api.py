"""Votes over the interface: what a token sees and casts, what it is refused, the record as it is exported."""

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import RateWindow, RequestKey
from gongzhi.ballots import actions
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import Ballot, SecretPaper, Vote
from gongzhi.ballots.tests.conftest import AFTER, drafted, opened, roll_of
from gongzhi.ballots.tests.elections import CLOSES, OPENS, load_laws, nominated, poll, voters_roll
from gongzhi.ballots.tests.test_actions import three
from gongzhi.ballots.tests.test_secrecy import RULE
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.engines.record_checks import Published, verify_record
from gongzhi.people import vault
from gongzhi.people.actions.tokens import create_token
from gongzhi.people.models import ApiToken, Person
from tests.cast import NOW, SETUP, World


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def token_of(person: Person) -> str:
    """A bearer token of somebody's own account."""
    token = f"gz_{person.pk}"
    digest = hashlib.sha256(token.encode()).digest()
    ApiToken.objects.get_or_create(digest=digest, defaults={"person": person, "created_at": NOW})
    return token


class Caller:
    """Somebody at the interface."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def cast(self, vote: Vote, position: Any, marks: Any, key: str = "") -> Any:
        body = json.dumps({"position": position, "marks": marks})
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/api/v1/votes/{vote.number}/ballots"
        return self.client.post(path, body, content_type="application/json", headers=headers)


def caller(world: World, name: str) -> Caller:
    return Caller(token_of(world.people[name]))


def refused(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def ended(world: World, vote: Vote) -> Vote:
    by = world.actor("secretary")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    return actions.count_vote(by=by, at=AFTER, number=vote.number)


@pytest.mark.req("H03", where="/api/v1/votes")
def test_a_vote_over_the_interface_from_the_question_to_the_record(world: World, today: list[dt.datetime]) -> None:
    vote = opened(world, roll_of(world, three(world)))
    me = caller(world, "resident")
    assert [one["number"] for one in me.get("/votes").json()["items"]] == [vote.number]
    read = me.get(f"/votes/{vote.number}").json()
    assert [(one["position"], one["cast"]) for one in read["mine"]] == [(1, False)]
    assert read["needed"][1] == {"measure": "area", "total": 26_880, "needed": 17_920, "reached": 0, "missing": 17_920}
    assert read["rule"]["article"].startswith("民法典") and read["options"][0]["note"] == "建 12 个车位"
    taken = me.cast(vote, 1, ["yes"])
    assert taken.status_code == 201 and taken.json()["origin"] == "online"
    for name, place in (("neighbour", 2), ("outsider", 3)):
        assert caller(world, name).cast(vote, place, ["no" if place == 3 else "yes"]).status_code == 201
    assert me.get(f"/votes/{vote.number}").json()["taking_part"] == 3
    for part in ("result", "record"):
        assert refused(me.get(f"/votes/{vote.number}/{part}")) == (409, "not_counted_yet")
    today[0] = AFTER
    counted = ended(world, vote)
    result = me.get(f"/votes/{vote.number}/result").json()
    assert (result["outcome"], result["origins"], result["seal"]) == ("passed", {"online": 3}, counted.seal)
    assert result["result"]["amounts"]["yes"] == {"heads": 2, "area": 17_920}
    record = me.get(f"/votes/{vote.number}/record").json()
    published = Published(seal=result["seal"], rule=result["rule_digest"], roll=result["roll_digest"])
    assert verify_record(record, published) == []
    assert verify_record(record, Published(receipts=[taken.json()["receipt"]])) == []
    assert "演示" not in json.dumps([event["body"] for event in record["events"][1:]], ensure_ascii=False)


def test_who_sees_a_vote(world: World) -> None:
    vote, draft = opened(world, roll_of(world, three(world))), drafted(world, roll_of(world, three(world)))
    assert refused(Caller().get("/votes")) == (401, "token_required")
    assert refused(Caller("gz_wrong").get(f"/votes/{vote.number}")) == (401, "token_unknown")
    assert refused(Caller().cast(vote, 1, ["yes"])) == (401, "token_required")
    office = Caller(create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-1"]))
    elsewhere = Caller(create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-2"]))
    assert {one["number"] for one in office.get("/votes").json()["items"]} == {vote.number, draft.number}
    assert [one["number"] for one in office.get("/votes", status="draft").json()["items"]] == [draft.number]
    for who in (elsewhere, caller(world, "utility") if "utility" in world.people else elsewhere):
        assert who.get("/votes").json()["items"] == []
        for part in ("", "/roll", "/result", "/record"):
            assert refused(who.get(f"/votes/{vote.number}{part}")) == (404, "vote_not_found")
    assert refused(caller(world, "resident").get(f"/votes/{draft.number}")) == (404, "vote_not_found")
    assert refused(office.get("/votes", cursor="x")) == (422, "bad_cursor")
    first = office.get("/votes", limit=1).json()
    second = office.get("/votes", limit=1, cursor=first["next_cursor"]).json()
    assert second["next_cursor"] is None
    assert {one["number"] for page in (first, second) for one in page["items"]} == {vote.number, draft.number}


def test_the_roll_is_read_as_it_is_published(world: World) -> None:
    draft = drafted(world, roll_of(world, three(world), published=False))
    office = caller(world, "secretary")
    assert refused(office.get(f"/votes/{draft.number}/roll")) == (404, "roll_not_published")
    vote = opened(world, roll_of(world, three(world)))
    page = office.get(f"/votes/{vote.number}/roll", limit=2).json()
    assert page["entries"] == 3 and page["digest"] == vote.roll.digest
    rest = office.get(f"/votes/{vote.number}/roll", limit=2, cursor=page["next_cursor"]).json()
    assert [one["position"] for one in page["items"] + rest["items"]] == [1, 2, 3] and rest["next_cursor"] is None
    text = json.dumps(page, ensure_ascii=False)
    assert "演**" in text and "演示resident" not in text and "1390000" not in text


def test_what_is_no_ballot_is_refused(world: World, today: list[dt.datetime]) -> None:
    vote = opened(world, roll_of(world, three(world)))
    me = caller(world, "resident")
    assert refused(me.cast(vote, 2, ["yes"])) == (404, "not_yours")
    assert refused(me.cast(vote, 1, [])) == (422, "nothing_chosen")
    assert refused(me.cast(vote, 1, ["maybe"])) == (422, "bad_choice")
    assert refused(me.cast(vote, "one", ["yes"])) == (422, "invalid")
    assert refused(me.cast(vote, 1, ["yes"], key="k" * 81)) == (422, "bad_key")
    assert refused(caller(world, "secretary").cast(vote, 1, ["yes"])) == (404, "not_yours")
    today[0] = AFTER
    assert refused(me.cast(vote, 1, ["yes"])) == (409, "vote_is_over")
    assert not Ballot.objects.exists()


def test_a_ballot_sent_twice_is_one(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    me = caller(world, "resident")
    first, again = me.cast(vote, 1, ["yes"], "k1"), me.cast(vote, 1, ["yes"], "k1")
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first.headers
    assert refused(me.cast(vote, 1, ["no"], "k1")) == (409, "idempotency_conflict")
    assert refused(me.cast(vote, 1, ["yes"], "k2")) == (409, "already_voted")
    assert refused(caller(world, "neighbour").cast(vote, 1, ["yes"], "k1")) == (404, "not_yours")
    assert Ballot.objects.count() == 1


@pytest.mark.req("G01", where="/api/v1/votes/{number}/ballots")
def test_the_key_of_a_secret_ballot_tells_neither_its_marks_nor_its_hour(
    world: World, today: list[dt.datetime]
) -> None:
    """What is kept of a request is tried against every choice there is, by whoever reads the database."""
    people = [Entitlement((world.people[name].pk,)) for name in ("resident", "neighbour")]
    vote = opened(world, roll_of(world, people, kind="adults"), Ground(RULE, {}))
    assert vote.opens_at == NOW
    me = caller(world, "resident")
    today[0] = NOW + dt.timedelta(days=2, minutes=7)
    first, again = me.cast(vote, 1, ["li"], "k1"), me.cast(vote, 1, ["li"], "k1")
    assert first.status_code == 201 and first.json() == again.json()
    assert (first.json()["receipt"], first.json()["origin"]) == ("", "")
    kept = RequestKey.objects.get()
    tried = {hashlib.sha256(first.wsgi_request.body).digest()} | {
        hashlib.sha256(json.dumps([first.wsgi_request.path, 1, marks]).encode()).digest()
        for marks in (["li"], ["wang"], ["zhao"], [])
    }
    assert bytes(kept.fingerprint) not in tried and "li" not in json.dumps(kept.answer)
    assert kept.created_at == vote.opens_at
    assert {row.window for row in RateWindow.objects.all()} <= {int(NOW.timestamp()) // 600 * 600}
    assert SecretPaper.objects.count() == 1
    other = me.cast(vote, 1, ["wang"], "k1")
    assert other.headers["Idempotent-Replay"] == "true" and SecretPaper.objects.get().marks == ["li"]
    assert refused(me.cast(vote, 1, ["wang"])) == (409, "already_voted")
    seen = me.get(f"/votes/{vote.number}").json()
    assert [(one["cast"], one["origin"], one["receipt"]) for one in seen["mine"]] == [(True, "", "")]


@pytest.mark.req("G01", where="/api/v1/votes/{number}")
def test_candidates_have_their_names_and_voters_none(world: World, today: list[dt.datetime]) -> None:
    load_laws()
    roll = voters_roll(world, 12)
    vote = nominated(world, roll, 3)
    who = caller(world, "resident")
    today[0] = OPENS
    assert [one["status"] for one in who.get("/votes").json()["items"]] == ["draft"]
    read = who.get(f"/votes/{vote.number}").json()
    codes = [one["code"] for one in vote.options]
    stood = [vault.own_values(Person.objects.get(pk=one["person"]))["name"] for one in vote.options]
    assert [(one["code"], one["word"]) for one in read["options"]] == list(zip(codes, stood, strict=True))
    assert all(set(one) == {"code", "word", "note"} for one in read["options"])
    vote = poll(world, vote, {(1,): 7, (2,): 2})
    text = who.get(f"/votes/{vote.number}/result").content.decode()
    result = json.loads(text)
    assert result["result"]["seats"]["elected"] == [codes[0]]
    assert result["options"][0] == {"code": codes[0], "word": stood[0], "note": ""}
    voters = {f"选民{n}" for n in range(2, 12)} | {"演示resident", "演示neighbour"}
    assert not [name for name in voters - set(stood) if f'"{name}"' in text]
    assert refused(caller(world, "outsider").get(f"/votes/{vote.number}")) == (404, "vote_not_found")


def test_an_election_that_is_being_nominated_for_is_listed(world: World) -> None:
    load_laws()
    roll = voters_roll(world, 6)
    actions.draft_election(
        by=world.actor("secretary"), at=NOW, roll=roll, body=world.units["committee-1"], title="选举委员", seats=1,
        closes_at=CLOSES,
    )  # fmt: skip
    assert [one["status"] for one in caller(world, "resident").get("/votes").json()["items"]] == ["nominating"]
