"""Tokens that people make for themselves: shown once, theirs alone, without their posts, withdrawn at once."""

import datetime as dt
import json

import pytest
from django.test import Client
from lxml import html

from gongzhi.audit.models import Entry
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired, TooMany
from gongzhi.people import actions, queries
from gongzhi.people.models import ApiToken
from tests import cast
from tests.cast import NOW, World
from tests.support.pages import client_of

PAGE = "/my/tokens/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return cast.build()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def shown(answer: object) -> str:
    return str(html.fromstring(answer.content).xpath("string(//*[@role='status']//code)"))  # type: ignore[attr-defined]


def asked(token: str) -> int:
    return Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/votes").status_code


def test_a_resident_makes_a_token_and_ends_it(world: World, today: list[dt.datetime]) -> None:
    me = client_of(world, "resident")
    made = me.post(PAGE, {"purpose": "阳台的树莓派"})
    token = shown(made)
    assert made.status_code == 200 and token.startswith("gz_") and "no-store" in made.headers["Cache-Control"]
    row = ApiToken.objects.get()
    assert row.own and row.prefix == token[:8] and token.encode() not in bytes(row.digest) and row.used_on is None
    assert asked(token) == 200
    row.refresh_from_db()
    assert row.used_on == clock.local_date(NOW)
    page = me.get(PAGE).content.decode()
    assert token not in page and token[:8] in page and ">3月18日</time>" in page and "上次使用：" in page
    assert "阳台的树莓派" not in client_of(world, "neighbour").get(PAGE).content.decode()
    today[0] = NOW + DAY
    assert asked(token) == 200
    row.refresh_from_db()
    assert row.used_on == clock.local_date(NOW + DAY)
    assert me.post(f"{PAGE}{row.pk}/revoke").status_code == 302
    assert asked(token) == 401 and "还没有令牌" in me.get(PAGE).content.decode()
    entries = Entry.objects.filter(action__in=("people.own_token", "people.revoke_own_token"))
    assert entries.count() == 2 and token not in json.dumps([one.changes for one in entries])


def test_a_token_of_ones_own_has_none_of_ones_posts(world: World) -> None:
    token = shown(client_of(world, "secretary").post(PAGE, {"purpose": "脚本"}))
    actor = queries.actor_for_token(token, at=NOW, purpose="test")
    assert (actor.person_id, actor.scopes) == (world.people["secretary"].pk, ())
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/v1/owners?place=PC-1").status_code in (403, 404)


def test_nobody_ends_anothers_token(world: World) -> None:
    mine, other = world.actor("resident"), world.actor("neighbour")
    actions.create_own_token(by=mine, at=NOW, purpose="电脑")
    row = ApiToken.objects.get()
    with pytest.raises(NotFound, match="no_such_token"):
        actions.revoke_own_token(by=other, at=NOW, token_id=row.pk)
    assert client_of(world, "neighbour").post(f"{PAGE}{row.pk}/revoke").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_what_is_refused(world: World) -> None:
    me, by = client_of(world, "resident"), world.actor("resident")
    assert Client().get(PAGE).status_code == 302
    empty = me.post(PAGE, {"purpose": " "})
    assert empty.status_code == 422 and "请写这个令牌给哪个程序用" in empty.content.decode()
    with pytest.raises(Refused, match="missing_purpose"):
        actions.create_own_token(by=by, at=NOW, purpose=" ")
    token = shown(me.post(PAGE, {"purpose": "一号"}))
    program = queries.actor_for_token(token, at=NOW, purpose="test")
    with pytest.raises(SignInRequired):
        actions.create_own_token(by=program, at=NOW, purpose="二号")
    for number in range(4):
        actions.create_own_token(by=by, at=NOW, purpose=f"{number}")
    with pytest.raises(Conflict, match="too_many_tokens"):
        actions.create_own_token(by=by, at=NOW, purpose="第六个")
    full = me.post(PAGE, {"purpose": "第六个"})
    assert full.status_code == 422 and "最多同时有 5 个令牌" in full.content.decode()
    actions.revoke_own_token(by=by, at=NOW, token_id=ApiToken.objects.latest("id").pk)
    with pytest.raises(TooMany):
        actions.create_own_token(by=by, at=NOW, purpose="又一个")
    actions.create_own_token(by=by, at=NOW + DAY, purpose="又一个")
    assert ApiToken.objects.filter(revoked_at=None).count() == 5


def test_it_is_theirs_to_take_along_and_goes_with_them(world: World) -> None:
    actions.create_own_token(by=world.actor("resident"), at=NOW, purpose="电脑")
    person = world.people["resident"]
    [kept] = queries.export_people(person.pk)["tokens"]
    assert kept["purpose"] == "电脑" and "digest" not in kept
    actions.erase_account(by=world.actor("resident"), at=NOW, person=person)
    assert not ApiToken.objects.exists()
