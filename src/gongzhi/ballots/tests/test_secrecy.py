"""A secret vote: nothing in any table, row, order, entry of the trail or log line joins a paper to a person."""

import datetime as dt
import logging
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gongzhi.audit.models import Entry
from gongzhi.ballots import actions, queries
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import BoxSheet, CastMark, SecretPaper, Vote
from gongzhi.ballots.tests.conftest import AFTER, drafted, roll_of
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import Entitlement
from gongzhi.engines.record_checks import verify_record
from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.rules import Proxies, Rule
from gongzhi.notifications.models import OutboxEvent
from tests.cast import NOW, ROLES, World

HALF = {"share": "1/2", "inclusive": False}
RULE = Rule(
    "cn.village-2018",
    "2018",
    "election",
    "第15条",
    "approval",
    ("li", "wang", "zhao"),
    Requirement.from_params([[{"counts": "participating", "measure": "heads", "of": "registered", **HALF}]]),
    Requirement.from_params([[{"counts": "support", "measure": "heads", "of": "cast", **HALF}]]),
    seats=1,
    secret=True,
    contested=True,
    proxies=Proxies(3, holder_on_roll=True),
)
WAYS = (("li",), ("wang",), ("li",), ("zhao",), ("li",), ("li",), ("wang",))


@pytest.fixture
def vote(world: World) -> Vote:
    people = [Entitlement((world.people[name].pk,), group="一组") for name in ROLES[:10]]
    row = drafted(world, roll_of(world, people, kind="adults"), Ground(RULE, {}))
    return actions.open_vote(by=world.actor("secretary"), at=NOW, number=row.number)


def cast(world: World, vote: Vote, place: int, *marks: str) -> None:
    minute = NOW + dt.timedelta(minutes=place)
    assert (
        actions.cast_ballot(
            by=world.actor(ROLES[place]), at=minute, number=vote.number, position=place + 1, marks=marks
        )
        is None
    )


def system_columns(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY ctid")
        return list(cursor.fetchall())


@pytest.mark.req("G01")
def test_a_paper_has_no_voter_no_time_and_no_order(vote: Vote) -> None:
    assert {field.name for field in SecretPaper._meta.get_fields()} == {"id", "vote", "marks"}
    assert {field.name for field in CastMark._meta.get_fields()} == {"id", "vote", "entry", "origin"}
    related = {field.related_model for field in SecretPaper._meta.get_fields() if field.is_relation}
    assert related == {Vote}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ballots_secretpaper'::regclass AND NOT tgisinternal"
        )
        assert [name for (name,) in cursor.fetchall()] == ["paper_in_time"]  # no history is kept


def test_the_database_does_not_remember_who_came_with_which_paper(world: World, vote: Vote) -> None:
    before = Entry.objects.count(), OutboxEvent.objects.count()
    orders = set()
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
        with connection.cursor() as cursor:
            cursor.execute("SELECT marks FROM ballots_secretpaper ORDER BY ctid")
            orders.add(tuple(str(row) for (row,) in cursor.fetchall()[: place + 1]))
        papers = system_columns("ballots_secretpaper")
        assert len({transaction_id for transaction_id, _ in papers}) == 1  # all are written by the last one
    assert (Entry.objects.count(), OutboxEvent.objects.count()) == before  # no entry of the trail, no news
    assert SecretPaper.objects.count() == CastMark.objects.count() == len(WAYS)
    assert any(order != tuple(str(["li"]) for _ in order) for order in orders)


def test_keys_of_papers_are_new_each_time(world: World, vote: Vote) -> None:
    cast(world, vote, 0, "li")
    first = SecretPaper.objects.get().pk
    cast(world, vote, 1, "wang")
    assert not SecretPaper.objects.filter(pk=first).exists()  # nobody can follow a paper by its key


def test_nothing_is_logged(world: World, vote: Vote, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="gongzhi"):
        cast(world, vote, 0, "zhao")
    assert "zhao" not in caplog.text and not [line for line in caplog.records if line.name.startswith("gongzhi")]
    assert "zhao" not in str(list(Entry.objects.values_list("changes", flat=True)))


def test_papers_are_shut_until_the_close_and_sorted_then(world: World, vote: Vote) -> None:
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
    with pytest.raises(Conflict, match="papers_are_shut"):
        queries.sorted_papers(vote)
    assert queries.progress_of(vote).met  # participation shows, choices do not
    by = world.actor("secretary")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    counted = actions.count_vote(by=by, at=AFTER, number=vote.number)
    assert counted.outcome == "elected" and counted.result["seats"]["elected"] == ["li"]  # type: ignore[index]
    record = queries.record_of(counted)
    assert verify_record(record) == []
    papers = [event["body"] for event in record["events"] if event["kind"] == "ballot"]
    assert [paper["marks"] for paper in papers] == sorted(list(marks) for marks in WAYS)
    assert {frozenset(paper) for paper in papers} == {frozenset({"number", "marks"})}
    with pytest.raises(DatabaseError), transaction.atomic():
        SecretPaper.objects.all().delete()


def test_the_first_origin_wins(world: World, vote: Vote) -> None:
    by = world.actor("secretary")
    hand = {"by": by, "at": NOW, "number": vote.number}
    actions.hand_out_paper(**hand, position=1, origin="booth")
    with pytest.raises(Conflict, match="already_voted"):
        cast(world, vote, 0, "li")
    cast(world, vote, 1, "li")
    with pytest.raises(Conflict, match="already_voted"):
        actions.hand_out_paper(**hand, position=2, origin="booth")
    with pytest.raises(Conflict, match="already_voted"):
        cast(world, vote, 1, "wang")
    with pytest.raises(Refused, match="unknown_number"):
        actions.hand_out_paper(**hand, position=99, origin="booth")
    assert SecretPaper.objects.count() == 1


def test_a_secret_box_keeps_no_pile(world: World, vote: Vote) -> None:
    by = world.actor("secretary")
    for position in range(1, 7):
        actions.hand_out_paper(by=by, at=NOW, number=vote.number, position=position, origin="booth")
    box = actions.add_box(by=by, at=NOW, number=vote.number, code="1", origin="booth")
    numbers = {"printed": 7, "issued": 7, "unused": 0, "spoiled": 0, "returned": 7}
    papers = [(place, marks) for place, marks in enumerate([("li",)] * 5 + [(), None], 1)]
    enter = {"number": vote.number, "box_id": box.pk, "numbers": numbers, "papers": papers}
    with pytest.raises(Conflict, match="papers_before_the_end"):
        actions.enter_box(by=by, at=NOW, **enter)
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    actions.enter_box(by=by, at=AFTER, **enter)
    actions.enter_box(by=world.actor("grid_member"), at=AFTER, **enter)
    assert not any(BoxSheet.objects.values_list("papers", flat=True))
    with pytest.raises(Refused, match="papers_over_cast"):  # seven papers, six were given out
        actions.count_vote(by=by, at=AFTER, number=vote.number)


def test_a_secret_vote_online_binds_nobody(world: World) -> None:
    people = [Entitlement((world.people["resident"].pk,))]
    with pytest.raises(Refused, match="secret_online_binding"):
        drafted(world, roll_of(world, people, kind="adults"), Ground(RULE, {}, effect="binding"))


BOTH_WAYS = Rule(
    "cn.village-2018",
    "2018",
    "election",
    "第15条",
    "approval",
    ("li", "wang", "zhao"),
    Requirement(),
    Requirement(),
    seats=1,
    secret=True,
)


@pytest.mark.parametrize("name", ["1", "online", "线上"])
def test_online_papers_have_a_sheet_of_their_own_beside_a_box(world: World, name: str) -> None:
    """What came online and what lay in a box make one count, whatever the box is called."""
    people = [Entitlement((world.people[one].pk,), group="一组") for one in ROLES[:4]]
    by, row = world.actor("secretary"), drafted(world, roll_of(world, people, kind="adults"), Ground(BOTH_WAYS, {}))
    vote = actions.open_vote(by=by, at=NOW, number=row.number)
    cast(world, vote, 0, "li")
    cast(world, vote, 1, "wang")
    actions.hand_out_paper(by=by, at=NOW, number=vote.number, position=3, origin="booth")
    box = actions.add_box(by=by, at=NOW, number=vote.number, code=name, origin="booth")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    numbers = {"printed": 2, "issued": 1, "unused": 1, "spoiled": 0, "returned": 1}
    for who in ("secretary", "grid_member"):
        given = {"number": vote.number, "box_id": box.pk, "numbers": numbers, "papers": [(1, ("li",))]}
        actions.enter_box(by=world.actor(who), at=AFTER, **given)
    counted = actions.count_vote(by=by, at=AFTER, number=vote.number)
    record = queries.record_of(counted)
    assert verify_record(record) == []
    sheets = [event["body"] for event in record["events"] if event["kind"] == "box"]
    assert sorted((one["origin"], one["returned"]) for one in sheets) == [("booth", 1), ("online", 2)]
    assert counted.result["seats"]["elected"] == ["li"]  # type: ignore[index]
