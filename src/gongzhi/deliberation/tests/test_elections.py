"""A committee's election as a course: its numbers come from the votes, and it branches by them."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.ballots import actions as ballots
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.elections import nominated, poll, voters_roll
from gongzhi.common.errors import Refused
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.tests.courses import given, load_procedures, opened, walk
from tests import cast
from tests.cast import World

DAY = dt.timedelta(days=1)
AGREE = {"villagers_committee": "cn.village", "residents_committee": "cn.residents"}
PAPERS = ["booth", "tally", "announcement"]


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("village_election", "residents_election"))
    return world


def called(world: World, row: Course, step: str, at: dt.datetime) -> dt.datetime:
    """The polls are announced for the first day on which they may be held; that day's morning."""
    while (move := queries.Followed(Course.objects.get(pk=row.pk), at.date()).move("noticed")) is None:
        at += DAY
    assert move.step == step
    on = move.earliest_day or at.date()
    papers = list(move.documents)
    noticed = given("noticed", "election_board", step, for_day=on, documents=papers)
    actions.record_event(by=world.actor("secretary"), at=at, number=row.number, given=noticed)
    return at + (on - at.date())


def recorded(world: World, row: Course, step: str, body: str, vote: Vote, **figures: int) -> Course:
    """The result of the vote, by its number alone; then the signatures."""
    at = vote.closes_at + dt.timedelta(minutes=5)
    move = queries.Followed(Course.objects.get(pk=row.pk), at.date()).move("recorded")
    assert move is not None and move.step == step
    said = given("recorded", body, step, on=at.date(), documents=move.documents, vote=vote.number, figures=figures)
    actions.record_event(by=world.actor("secretary"), at=at, number=row.number, given=said)
    course = queries.Followed(Course.objects.get(pk=row.pk), at.date())
    while (sign := course.move("signed")) is not None:
        signed = given("signed", sign.by[0], step, on=at.date())
        actions.record_event(by=world.actor("supervisor"), at=at, number=row.number, given=signed)
        course = queries.Followed(Course.objects.get(pk=row.pk), at.date())
    return course.course


@pytest.mark.req("G01", where="/deliberations/{number}/record/{kind}")
@pytest.mark.parametrize(
    ("name", "opener", "body"),
    [
        ("village_election", "villagers_committee", "voters"),
        ("residents_election", "residents_committee", "household_representatives"),
    ],
)
def test_the_course_goes_where_the_votes_lead(world: World, name: str, opener: str, body: str) -> None:
    row = opened(world, name, matter="", opener=opener, about="换届选举")
    roll = voters_roll(world, 9, law=AGREE[opener])
    at = called(world, row, "first", walk(world, row, until="first"))
    vote = nominated(world, roll, 3, closes_at=at + dt.timedelta(hours=9))
    first = poll(world, vote, {(1,): 3, (2,): 3, (3,): 1}, opens=at)
    with pytest.raises(Refused, match="tally_differs"):
        recorded(world, row, "first", body, first, elected=1)
    assert recorded(world, row, "first", body, first).current == "second"
    later = first.closes_at + dt.timedelta(hours=1)
    day = called(world, row, "second", later)
    stranger = nominated(world, roll, 3, closes_at=day + dt.timedelta(hours=9))
    stranger = poll(world, stranger, {(1,): 7}, opens=day)
    with pytest.raises(Refused, match="vote_not_next_round"):
        recorded(world, row, "second", body, stranger)
    by = world.actor("secretary")
    again = ballots.next_round(by=by, at=later, number=first.number, closes_at=day + dt.timedelta(hours=9))
    second = poll(world, again, {(1,): 4, (2,): 2}, opens=day)
    assert recorded(world, row, "second", body, second).current == "result"
    event = queries.Followed(Course.objects.get(pk=row.pk), day.date()).rows
    figures = next(one.event["figures"] for one in event if one.evidence.get("vote") == second.reference)
    assert {key: figures[key] for key in ("registered", "cast", "seats", "elected", "support", "issued")} == {
        "registered": 9, "cast": 6, "seats": 1, "elected": 1, "support": 4, "issued": 6,
    }  # fmt: skip


@pytest.mark.req("G01", where="/deliberations/{number}/record/{kind}")
@pytest.mark.parametrize(
    ("ballots_cast", "seats", "current", "status"),
    [
        ({(1,): 4}, 1, "", "ended"),  # 4 of 9: not more than half
        ({(1,): 5}, 1, "result", "running"),
        ({(1, 2): 3, (1, 3): 3, (2, 3): 3}, 2, "runoff", "running"),
    ],
)
def test_each_way_out_of_the_first_round(
    world: World, ballots_cast: dict[Any, int], seats: int, current: str, status: str
) -> None:
    row = opened(world, "village_election", matter="", opener="villagers_committee", about="换届选举")
    roll = voters_roll(world, 9)
    at = called(world, row, "first", walk(world, row, until="first"))
    vote = nominated(world, roll, 3, seats=seats, closes_at=at + dt.timedelta(hours=9))
    done = recorded(world, row, "first", "voters", poll(world, vote, ballots_cast, opens=at))
    assert (done.current, done.status) == (current, status)
