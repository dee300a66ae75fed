"""Changes of staff in a period: batches and recruits as counts, few people hidden, no names."""

import datetime as dt
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.common.errors import Forbidden
from gongzhi.people import actions
from gongzhi.people.queries import changes
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
PAGE = "/people/reports/changes?from=2024-01-01&to=2024-12-31"


def post(world, code, place="PC-1"):
    given = {"role": "grid_member", "title": "网格员", "place": world.places[place], "seats": 60}
    return actions.add_post(by=SETUP, at=NOW, code=code, valid_from=dt.date(2020, 1, 1), **given)


def begin(to, number, day, decision, employment="", entry=""):
    person = actions.create_person(by=SETUP, at=NOW, values={"name": f"合成{number}"})
    mandate = actions.appoint(by=SETUP, at=NOW, person=person, post=to, decision=decision, valid_from=day, entry=entry)
    if employment:
        actions.set_terms(by=SETUP, at=NOW, mandate=mandate, employment=employment, terms={})
    return mandate


@pytest.mark.req("G13", where="/people/reports/changes")
def test_thirty_five_batches_and_eighteen_recruits(world, sign_in):
    seats = post(world, "staff")
    first = [begin(seats, number, FIRST, "任免0号", "part_time", "recruited") for number in range(6)]
    for number in range(1, 35):
        entry = "recruited" if number < 13 else "transferred"
        begin(seats, 100 + number, FIRST + dt.timedelta(days=number), f"任免{number}号", "full_time", entry)
    actions.end_mandate(by=SETUP, at=NOW, mandate=first[0], on=FIRST + dt.timedelta(days=20))
    found = changes.changes(world.actor("auditor"), FIRST, LAST)
    assert (len(found.batches), found.total.begun, found.total.ended, found.total.recruited) == (35, 40, 1, 18)
    batch = found.batches[FIRST + dt.timedelta(days=20), "任免20号"]
    assert (batch.begun, batch.ended) == (1, 1), "who leaves belongs to the batch that fills the post that day"
    assert found.employment == {"full_time": 34, "part_time": 6}
    assert found.entries == {"recruited": 18, "transferred": 22}
    page = sign_in("auditor").get(PAGE).content.decode()
    assert "<dd>35</dd>" in page and "<dd>18</dd>" in page and "年龄和学历不收集" in page and "合成" not in page
    file = sign_in("auditor").get(PAGE + "&export=xlsx")
    rows = list(load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows(values_only=True))[2:]
    assert (len(rows), sum(row[4] for row in rows)) == (35, 18)


@pytest.mark.req("G13", where="/people/posts/{code}/appoint")
def test_who_is_recruited_is_chosen_on_the_form_and_not_read_out_of_the_words(world, sign_in):
    seats, office = post(world, "form"), sign_in("administrator")
    address = "/people/posts/form/appoint"
    said = {"name": "合成乙", "decision": "招聘公告3号", "valid_from": "2024-03-01"}
    assert office.post(address, {**said, "contact": "13911110001"}).status_code == 302
    given = {**said, "contact": "13911110002", "entry": "recruited"}
    assert office.post(address, {**given, "entry": "found"}).status_code == 200
    assert sign_in("secretary").post(address, given).status_code == 403
    assert office.post(address, given).status_code == 302
    found = changes.changes(world.actor("auditor"), FIRST, LAST)
    assert (found.total.begun, found.total.recruited) == (2, 1), seats
    assert found.entries == {"recruited": None, "": None}, "two people are too few to be told apart"


@pytest.mark.req("G13", where="/people/reports/changes")
def test_few_people_are_not_told(world):
    seats, auditor = post(world, "few"), world.actor("auditor")
    for number in range(3):
        begin(seats, number, FIRST, "任免1号", "full_time")
    assert changes.changes(auditor, FIRST, LAST).employment == {"full_time": None}
    for number in range(3, 12):
        begin(seats, number, FIRST, "任免1号", "part_time")
    found = changes.changes(auditor, FIRST, LAST)
    assert found.employment == {"full_time": None, "part_time": None}, "nobody subtracts three from twelve"
    assert found.terms == {"open": 12}


@pytest.mark.req("G13", where="/people/reports/changes")
def test_one_counts_ones_own_places_only(world, sign_in):
    begin(post(world, "one"), 1, FIRST, "任免1号")
    begin(post(world, "two", "PC-2"), 2, FIRST, "任免2号")
    assert changes.changes(world.actor("secretary"), FIRST, LAST).total.begun == 1
    client = sign_in("auditor")
    assert "任免2号" not in client.get(PAGE + "&place=PC-1").content.decode()
    assert client.get(PAGE + "&place=nowhere").status_code == 404
    assert client.get("/people/reports/changes?from=2024-02-01&to=2024-01-01").status_code == 422
    assert client.get("/people/reports/changes?from=then").status_code == 422
    with pytest.raises(Forbidden):
        changes.changes(world.actor("resident"), FIRST, LAST)
    assert sign_in("resident").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code in (302, 401)
