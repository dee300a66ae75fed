"""Procedures over the interface: what stands and what comes next, for everybody or for those of the place only."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, given, opened, walk
from gongzhi.deliberation.tests.test_actions import enter
from gongzhi.people.actions.tokens import create_token
from tests.cast import NOW, SETUP, World


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def get(path: str, token: str = "", **query: Any) -> Any:
    return Client(headers={"Authorization": f"Bearer {token}"} if token else {}).get(f"/api/v1{path}", query)


def refused(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.mark.req("G02", where="/api/v1/courses/{number}")
def test_a_course_and_its_resolution_over_the_interface(world: World, today: list[dt.datetime]) -> None:
    row = opened(world)
    first = get(f"/courses/{row.number}").json()
    assert (first["step"], first["status"], first["resolution"]) == ("propose", "running", None)
    assert [(one["kind"], one["by"], one["documents"]) for one in first["moves"] if one["kind"] == "recorded"] == [
        ("recorded", ["party_branch"], ["proposal"])
    ]
    at = walk(world, row, until="publish")
    enter(world, row, given("published", "villagers_committee", "publish", documents=["decision"]), at=at)
    today[0] = at
    posted = get(f"/courses/{row.number}").json()
    step = next(one for one in posted["steps"] if one["code"] == "publish")
    assert step["phase"] in ("public", "to_sign") and posted["decision"]["outcome"] == "passed"
    assert posted["decision"]["worked"][0]["alternatives"] and posted["decision"]["figures"]["yes"] > 0
    other = opened(world, at=NOW)
    today[0] = walk(world, other) + DAY
    made = Resolution.objects.get(course=other)
    assert get(f"/courses/{other.number}").json()["resolution"] == made.number
    read = get(f"/resolutions/{made.number}").json()
    assert read["record"]["inputs"] == made.record["inputs"] and read["record"]["texts"]
    assert [one["number"] for one in get("/resolutions").json()["items"]] == [made.number]
    assert get("/resolutions", limit=1).json()["next_cursor"] is None


def test_lists_go_on_by_cursor(world: World) -> None:
    rows = [opened(world, at=NOW + dt.timedelta(minutes=n)) for n in range(3)]
    first = get("/courses", limit=2).json()
    second = get("/courses", limit=2, cursor=first["next_cursor"]).json()
    seen = [one["number"] for page in (first, second) for one in page["items"]]
    assert seen == [row.number for row in reversed(rows)] and second["next_cursor"] is None
    assert get("/courses", status="ended").json()["items"] == []
    for path in ("/courses", "/resolutions"):
        assert refused(get(path, cursor="x")) == (422, "bad_cursor")


def test_what_is_not_public_is_for_those_of_the_place(world: World) -> None:
    row = opened(world)
    Course.objects.filter(pk=row.pk).update(public=False)
    inside = create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-1"])
    outside = create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-2"])
    assert get(f"/courses/{row.number}", inside).status_code == 200
    assert [one["number"] for one in get("/courses", inside).json()["items"]] == [row.number]
    for token in ("", outside):
        assert refused(get(f"/courses/{row.number}", token)) == (404, "course_not_found")
        assert get("/courses", token).json()["items"] == []
    assert refused(get("/courses", "gz_wrong")) == (401, "token_unknown")
    assert refused(get("/resolutions/JY-0")) == (404, "resolution_not_found")


def test_no_words_and_no_papers_are_given_out(world: World) -> None:
    row = opened(world)
    said = given("aborted", "party_branch", on=NOW.date(), note="业主王某不同意")
    enter(world, row, said)
    inside = create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-1"])
    for token in ("", inside):
        answer = get(f"/courses/{row.number}", token)
        assert answer.json()["status"] == "aborted" and "王某" not in answer.content.decode()
