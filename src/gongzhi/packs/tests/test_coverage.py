"""A model held against its source: states follow from tests and pages, unreadable figures stay open."""

import io
import re

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.packs import coverage, shipped
from gongzhi.packs.coverage import Item, State, together
from gongzhi.packs.queries import shipped_model
from gongzhi.packs.tests.test_models import model as read_model
from tests import cast

pytestmark = pytest.mark.django_db

KNOWN = (
    Item("A01", "S1", "四级联动", ("/places",), ("a.py::test_a",)),
    Item("B02", "S0", "一小区一支部", (), ("a.py::test_b",)),
    Item("D14", "S0/S3", "共建单位", (), ()),
    Item("M09", "all", "参与率", ("/sheets/",), ("a.py::test_c",)),
)


def test_a_state_follows_from_what_was_shown() -> None:
    assert [item.state for item in KNOWN] == [State.WORKS, State.PARTLY, State.NOT_YET, State.WORKS]


@pytest.mark.parametrize(
    ("states", "one"),
    [
        ([State.WORKS, State.WORKS], State.WORKS),
        ([State.WORKS, State.NOT_YET], State.PARTLY),
        ([State.PARTLY, State.PARTLY], State.PARTLY),
        ([State.NOT_YET], State.NOT_YET),
        ([], State.NOT_YET),
    ],
)
def test_several_are_as_good_as_all_of_them(states: list[State], one: State) -> None:
    assert together(states) == one


def test_an_item_belongs_to_each_source_that_names_it() -> None:
    assert [item.id for item in coverage.of_source("S0", KNOWN)] == ["B02", "D14", "M09"]
    assert [item.id for item in coverage.of_source("S3", KNOWN)] == ["D14", "M09"]


@pytest.mark.req("M10", where="/packs/models/")
@pytest.mark.parametrize("name", shipped.model_names())
def test_every_item_of_a_model_is_counted_once(name: str) -> None:
    found = coverage.coverage_of(shipped_model(name), coverage.items())
    assert sum(found.counts.values()) == len(found.items) > 0
    assert sum(len(items) for _, items in found.parts()) == len(found.items)
    named = {code for _, some in found.groups for one in some for code in one.item.requirements}
    assert named <= {item.id for item in coverage.items()}


def test_what_cannot_be_read_names_nothing() -> None:
    found = coverage.coverage_of(read_model("xinyang1314"), KNOWN)
    assert found.figures == "1-3-1-4"
    assert [len(some) for _, some in found.groups] == [3, 0, 0, 0]


@pytest.fixture
def sign_in(db):
    world = cast.build()

    def _sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        return client

    return _sign_in


@pytest.fixture
def client(sign_in):
    return sign_in("dispatcher")


@pytest.mark.req("M10", where="/packs/models/{name}/coverage")
def test_the_pages_say_what_works_and_what_does_not(client, sign_in) -> None:
    listed = client.get("/packs/models/").content.decode()
    assert all(f"/packs/models/{name}/coverage" in listed for name in shipped.model_names())
    page = client.get("/packs/models/xinyang1314/coverage").content.decode()
    assert "来源读不到" in page and "这里不猜" in page
    for item in coverage.of_source("S0", coverage.items()):
        row = re.search(rf'<li class="list-group-item" id="r-{item.id}">.*?</li>', page, re.S)
        assert row and {"works": "办得到", "partly": "有一部分", "not_yet": "还没有"}[item.state] in row[0]
    assert client.get("/packs/models/nowhere/coverage").status_code == 404
    assert sign_in("resident").get("/packs/models/").status_code == 403


@pytest.mark.req("M10", where="/packs/models/{name}/coverage")
def test_the_same_as_a_workbook(client) -> None:
    answer = client.get("/packs/models/haicang/coverage?format=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content), read_only=True).active.values)
    ids = {row[1] for row in rows if len(row) > 1}
    assert {item.id for item in coverage.of_source("S3", coverage.items())} <= ids
    models = list(load_workbook(io.BytesIO(client.get("/packs/models/?format=xlsx").content)).active.values)
    assert {row[1] for row in models if len(row) > 1} >= set(shipped.model_names())
