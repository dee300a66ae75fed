"""What residents say by themselves: an inquiry from the question to their verdict, an objection to a party posting."""

import datetime as dt

import pytest
from django.test import Client
from lxml import html

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired, TooMany
from gongzhi.deliberation import actions, inquiries, postings, queries
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.deliberation.tests.courses import given, load_procedures
from gongzhi.deliberation.tests.test_fixtures_http import Step, up_to
from gongzhi.deliberation.tests.walking import errors_of
from gongzhi.people import actions as people
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

DAY = dt.timedelta(days=1)
SAY = "/deliberations/say/"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def here(world: World) -> World:
    """The resident is verified at a home of the place; the outsider is nobody there."""
    load_procedures(("inquiry", "secretary_selection"))
    load_law()
    doors = homes(world, ("1-101",))
    approve(world, declare(world, "resident", doors["1-101"]))
    return world


def asked(world: World, words: str = "公共收益花到哪里去了？") -> Course:
    return actions.ask_inquiry(by=world.actor("resident"), at=NOW, body=world.units["committee-1"], words=words)


def enter(world: World, row: Course, who: str, at: dt.datetime, kind: str, body: str, **more: object) -> None:
    said = given(kind, body, on=at.date(), **more)
    actions.record_event(by=world.actor(who), at=at, number=row.number, given=said)


def answered(world: World, row: Course) -> dt.datetime:
    """Signed, answered in writing, made public; the moment from which the asker may judge."""
    enter(world, row, "supervisor", NOW, "signed", "supervisors")
    enter(world, row, "secretary", NOW + DAY, "recorded", "addressee", documents=["answer"])
    enter(world, row, "secretary", NOW + DAY, "published", "supervisors", documents=["question", "answer"])
    return NOW + 20 * DAY


@pytest.mark.req("G05", where="/deliberations/say/")
def test_an_inquiry_in_three_taps_and_its_asker_judges(here: World, today: list[dt.datetime]) -> None:
    me, body = client_of(here, "resident"), here.units["committee-1"]
    assert SAY in me.get("/deliberations/").content.decode()
    page = html.fromstring(me.get(SAY).content)
    assert str(body.pk) in page.xpath("//select[@name='body']/option/@value")
    sent = me.post(SAY, {"body": body.pk, "words": "公共收益花到哪里去了？请列出来。"})
    assert sent.status_code == 302, errors_of(sent)
    row = Course.objects.get()
    assert (row.current, row.about) == ("ask", f"向{body.name}提出的质询") and "公共收益" not in row.about
    assert "公共收益" in me.get(sent.url).content.decode(), "the asker reads it"
    assert "公共收益" not in Client().get(sent.url).content.decode(), "everybody else does not, before it is published"
    today[0] = answered(here, row)
    actions.advance_course(by=SETUP, at=today[0], number=row.number)
    row.refresh_from_db()
    assert row.current == "judge"
    form = html.fromstring(me.get(sent.url).content).xpath("//form[contains(@action, '/record/recorded')]")[0]
    assert "outcome" in form.fields
    other = client_of(here, "secretary").get(sent.url).content.decode()
    assert "/record/recorded" not in other, "nobody says it for them"
    said = {"body": "asker", "on": f"{clock.local_date(today[0])}", "outcome": "satisfied"}
    judged = me.post(f"{sent.url}/record/recorded", said)
    assert judged.status_code == 302, errors_of(judged)
    row.refresh_from_db()
    assert row.current == "archive" and SAY in me.get(SAY).request["PATH_INFO"]
    assert row.number in me.get(SAY).content.decode()


def test_nobody_judges_for_the_asker(here: World) -> None:
    row = asked(here)
    at = answered(here, row)
    for who in ("secretary", "supervisor", "neighbour"):
        with pytest.raises(Forbidden, match="asker_says"):
            enter(here, row, who, at, "recorded", "asker", outcome="satisfied")
    with pytest.raises(Forbidden):
        enter(here, row, "resident", NOW + DAY, "recorded", "addressee", documents=["answer"])
    course = queries.Followed(Course.objects.get(), NOW.date())
    assert not inquiries.may_enter(here.actor("secretary"), course, "recorded", "asker")
    enter(here, row, "resident", at, "recorded", "asker", outcome="not_satisfied")
    row.refresh_from_db()
    assert row.current == "follow_up"


@pytest.mark.req("G05", where="/deliberations/say/")
def test_who_may_not_ask(here: World, today: list[dt.datetime]) -> None:
    assert Client().get(SAY).status_code == 302
    body, ask = here.units["committee-1"], actions.ask_inquiry
    stranger = people.create_person(by=SETUP, at=NOW, values={"name": "演示路人"}, password="")
    with pytest.raises(Forbidden, match="not_of_this_place") as refused:
        ask(by=Actor("person", stranger.pk), at=NOW, body=body, words="钱呢？")
    assert "/my/home/" in refused.value.message
    with pytest.raises(SignInRequired):
        ask(by=Actor("token", here.people["resident"].pk), at=NOW, body=body, words="钱呢？")
    with pytest.raises(Refused, match="missing_words"):
        asked(here, " ")
    with pytest.raises(Refused, match="not_asked"):
        ask(by=here.actor("resident"), at=NOW, body=here.units["utility-1"], words="钱呢？") if (
            "utility-1" in here.units
        ) else ask(by=here.actor("resident"), at=NOW, body=_shop(here), words="钱呢？")
    client = Client()
    client.force_login(stranger)
    page = client.get(SAY).content.decode()
    assert "去登记我的住处" in page and "<select" not in page
    assert client.post(SAY, {"body": body.pk, "words": "钱呢？"}).status_code == 422
    empty = client_of(here, "resident").post(SAY, {"body": body.pk, "words": ""})
    assert empty.status_code == 422 and "请写您问什么" in errors_of(empty)
    for _n in range(3):
        asked(here)
    with pytest.raises(TooMany):
        asked(here)
    assert Course.objects.count() == 3


def _shop(world: World) -> object:
    return people.add_organization(
        by=SETUP, at=NOW, code="shop-x", kind="merchant", name="演示小店", place=world.places["PC-1"],
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip


def posted(world: World) -> tuple[Course, dt.datetime]:
    """A choice of the party that is being posted, and when it was."""
    row, event = up_to(world, Step("secretary_selection", "post", {}), "published", more={"matter": ""})
    at = NOW + (event.entered - NOW.date())
    said = given("published", event.by, event.step, documents=event.documents)
    actions.record_event(by=world.actor("secretary"), at=at, number=row.number, given=said)
    row.refresh_from_db()
    return row, at


@pytest.mark.req("B04", where="/deliberations/say/")
def test_people_of_the_place_object_to_a_party_posting_in_its_days(here: World, today: list[dt.datetime]) -> None:
    row, today[0] = posted(here)
    me = client_of(here, "resident")
    assert not row.public and me.get(f"/deliberations/{row.number}").status_code == 404
    page = me.get(SAY).content.decode()
    assert "公示人选" in page and row.number in page and row.about not in page
    empty = me.post(f"/deliberations/{row.number}/object", {"words": ""})
    assert empty.status_code == 422
    sent = me.post(f"/deliberations/{row.number}/object", {"words": "他没有时间做这件事。"})
    assert (sent.status_code, sent.headers["Location"]) == (302, SAY), errors_of(sent)
    event = ProcedureEvent.objects.filter(course=row).latest("id")
    assert event.event["kind"] == "objected" and "没有时间".encode() not in bytes(event.words)
    later = today[0] + 30 * DAY
    today[0] = later
    assert row.number not in me.get(SAY).content.decode()
    late = me.post(f"/deliberations/{row.number}/object", {"words": "又一条。"})
    assert late.status_code == 422 and "提异议的日子到" in errors_of(late)
    with pytest.raises(Refused, match="objection_late"):
        actions.object_to(by=here.actor("resident"), at=later, number=row.number, words="又一条。")


def test_others_do_not_object_to_a_party_posting(here: World, today: list[dt.datetime]) -> None:
    row, today[0] = posted(here)
    stranger = people.create_person(by=SETUP, at=NOW, values={"name": "演示路人"}, password="")
    by = Actor("person", stranger.pk)
    with pytest.raises(Forbidden, match="not_of_this_place"):
        actions.object_to(by=by, at=today[0], number=row.number, words="不行。")
    assert postings.postings_for(by, today[0].date()) == []
    assert [one.number for one in postings.postings_for(here.actor("resident"), today[0].date())] == [row.number]
    with pytest.raises(NotFound):
        actions.object_to(by=by, at=today[0], number="CX-000000-XXXXX", words="不行。")
    client = Client()
    client.force_login(stranger)
    assert row.number not in client.get(SAY).content.decode()
    assert client.post(f"/deliberations/{row.number}/object", {"words": "不行。"}).status_code == 403
