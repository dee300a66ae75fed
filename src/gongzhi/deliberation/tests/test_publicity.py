"""The publicity gate rests on what everybody can read: public now, for here, and for as long as the gate lasts."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import Link
from gongzhi.common import clock
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.deliberation.tests.courses import DAY, load_procedures, opened, walk
from gongzhi.deliberation.tests.test_fixtures_http import tried
from gongzhi.publications import actions as publications
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication
from gongzhi.publications.rules.records import Words
from tests import cast
from tests.cast import World
from tests.support.pages import client_of


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("four_deliberations",))
    return world


@pytest.fixture
def posted(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Course, dt.datetime]:
    """A village's decision that waits for its posting, and the moment."""
    row = opened(world)
    at = walk(world, row, until="publish")
    monkeypatch.setattr(clock, "now", lambda: at)
    return row, at


def item(world: World, at: dt.datetime, *, ends: dt.date, place: str = "PC-1", out: bool = True) -> Publication:
    """A notice for a place, until a day; `out`: released by a second person."""
    text = Words(title="排水沟改造的决议", body="决定改造老排水沟。", about="排水沟", facts={"contact": "村委会"})
    made = publications.begin_publication(
        by=world.actor("dispatcher"),
        at=at,
        kind="notice",
        place=world.places[place],
        text=text,
        subject=Subject("matter"),
        wanted_expiry=ends,
    )
    if not out:
        return made
    publications.submit_publication(by=world.actor("dispatcher"), at=at, number=made.number)
    return publications.release_publication(by=world.actor("supervisor"), at=at, number=made.number)


def post(world: World, row: Course, number: str) -> Any:
    sent = {"body": "villagers_committee", "filed-decision": "一号盒", "publication": number}
    return client_of(world, "secretary").post(f"/deliberations/{row.number}/record/published", sent)


def gate(row: Course) -> dict[str, Any]:
    steps = Client().get(f"/api/v1/courses/{row.number}").json()["steps"]
    return next(step for step in steps if step["code"] == "publish")


def last_day(world: World, row: Course) -> dt.date:
    """Until when the posting runs that begins now."""
    with tried():
        assert post(world, row, "").status_code == 302
        found = dt.date.fromisoformat(gate(row)["until"])
    return found


@pytest.mark.req("G02", where="/deliberations/{number}/record/published")
def test_a_posting_rests_on_an_item_that_lasts_longer(world: World, posted: tuple[Course, dt.datetime]) -> None:
    row, at = posted
    until = last_day(world, row)
    short = post(world, row, item(world, at, ends=until).number)
    words = short.content.decode()
    assert short.status_code == 422 and "请发一条更长的" in words
    assert f"公开到 {until.month}月{until.day}日 就到期" in words
    assert gate(row)["phase"] == "to_publish" and not ProcedureEvent.objects.filter(evidence__has_key="publication")
    long = item(world, at, ends=until + DAY)
    assert post(world, row, long.number).status_code == 302
    assert gate(row)["phase"] in ("public", "to_sign")
    assert ProcedureEvent.objects.get(evidence__has_key="publication").evidence["publication"] == long.reference
    assert Link.objects.filter(source=row.subject, relation="published_as", target=long.reference).exists()


@pytest.mark.req("G02", where="/deliberations/{number}/record/published")
def test_what_is_not_public_here_and_now_is_no_posting(world: World, posted: tuple[Course, dt.datetime]) -> None:
    row, at = posted
    ends = last_day(world, row) + 5 * DAY
    withdrawn = item(world, at, ends=ends)
    publications.withdraw_publication(by=world.actor("secretary"), at=at, number=withdrawn.number, why="写错了")
    for number, said in (
        ("GG-0", "没有这一条"),
        (item(world, at, ends=ends, out=False).number, "没有这一条"),
        (withdrawn.number, "现在没有公开"),
        (item(world, at, ends=ends, place="PC-2").number, "不是发给这里的"),
    ):
        answer = post(world, row, number)
        assert answer.status_code == 422 and said in answer.content.decode(), number
        assert gate(row)["phase"] == "to_publish"
    above = item(world, at, ends=ends, place="PC")  # for the whole community: everybody here reads it too
    assert post(world, row, above.number).status_code == 302
