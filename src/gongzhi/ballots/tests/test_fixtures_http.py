"""The rows of fixtures.md 3.6 that a vote decides: by the engine, and over HTTP from the box to the result, at ±1.

Every paper is typed by two people at the counting desk, the vote is closed and published by its buttons, the result
is read over the interface and its record is counted again.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from gongzhi.ballots import actions, queries
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.conftest import AFTER, FUND, ORDINARY, ground, opened, roll_of
from gongzhi.ballots.tests.test_api import caller
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.engines.record_checks import verify_record
from gongzhi.engines.voting.ballots import Ballot
from gongzhi.engines.voting.tallies import tally_recorded
from tests.cast import NOW, World
from tests.support.pages import client_of


class Said(NamedTuple):
    """How many people, and how much area in square decimetres, of those who agree, of those who do not."""

    yes: int
    yes_area: int
    no: int = 0
    no_area: int = 0


class Row(NamedTuple):
    """Of so many owners with so much area: the matter, what was said, what has to come out."""

    owners: int
    area: int
    matter: str
    said: Said
    outcome: str


M2 = 100  # square decimetres
ROWS = {
    # 960 owners, 86,400 ㎡: ≥640 heads and ≥57,600 ㎡ have to take part
    "278 participation: 639 heads": Row(960, 86_400 * M2, ORDINARY, Said(639, 57_600 * M2), "no_quorum"),
    "278 participation: 640 heads, 57,600 ㎡": Row(960, 86_400 * M2, ORDINARY, Said(640, 57_600 * M2), "passed"),
    "278 participation: 641 heads": Row(960, 86_400 * M2, ORDINARY, Said(641, 57_600 * M2), "passed"),
    "278 participation: 57,599.99 ㎡": Row(960, 86_400 * M2, ORDINARY, Said(640, 57_600 * M2 - 1), "no_quorum"),
    "278 participation: 57,600.01 ㎡": Row(960, 86_400 * M2, ORDINARY, Said(640, 57_600 * M2 + 1), "passed"),
    "boundary: 639 heads, 60,000 ㎡": Row(960, 86_400 * M2, ORDINARY, Said(639, 60_000 * M2), "no_quorum"),
    # of 640 heads and 57,600 ㎡: ≥321 heads and more than 28,800 ㎡
    "278 ordinary: 320 heads": Row(960, 86_400 * M2, ORDINARY, Said(320, 28_801 * M2, 320, 28_799 * M2), "rejected"),
    "278 ordinary: 321 heads": Row(960, 86_400 * M2, ORDINARY, Said(321, 28_801 * M2, 319, 28_799 * M2), "passed"),
    "278 ordinary: 322 heads": Row(960, 86_400 * M2, ORDINARY, Said(322, 28_801 * M2, 318, 28_799 * M2), "passed"),
    "278 ordinary: 28,800.00 ㎡": Row(960, 86_400 * M2, ORDINARY, Said(321, 28_800 * M2, 319, 28_800 * M2), "rejected"),
    "278 ordinary: 28,800.01 ㎡": Row(
        960, 86_400 * M2, ORDINARY, Said(321, 28_800 * M2 + 1, 319, 28_800 * M2 - 1), "passed"
    ),
    "boundary: 320 of 640, 30,000 ㎡": Row(
        960, 86_400 * M2, ORDINARY, Said(320, 30_000 * M2, 320, 27_600 * M2), "rejected"
    ),
    # of the same: ≥480 heads and ≥43,200 ㎡
    "278 special: 479 heads": Row(960, 86_400 * M2, FUND, Said(479, 43_200 * M2, 161, 14_400 * M2), "rejected"),
    "278 special: 480 heads, 43,200 ㎡": Row(
        960, 86_400 * M2, FUND, Said(480, 43_200 * M2, 160, 14_400 * M2), "passed"
    ),
    "278 special: 481 heads": Row(960, 86_400 * M2, FUND, Said(481, 43_200 * M2, 159, 14_400 * M2), "passed"),
    "278 special: 43,199.99 ㎡": Row(
        960, 86_400 * M2, FUND, Said(480, 43_200 * M2 - 1, 160, 14_400 * M2 + 1), "rejected"
    ),
    "278 special: 43,200.01 ㎡": Row(
        960, 86_400 * M2, FUND, Said(480, 43_200 * M2 + 1, 160, 14_400 * M2 - 1), "passed"
    ),
    # rounding: of 1000 owners ≥667; of those ≥334, ≥501
    "1000 owners: 666": Row(1000, 90_000 * M2, ORDINARY, Said(666, 80_000 * M2), "no_quorum"),
    "1000 owners: 667": Row(1000, 90_000 * M2, ORDINARY, Said(667, 80_000 * M2), "passed"),
    "1000 owners: 668": Row(1000, 90_000 * M2, ORDINARY, Said(668, 80_000 * M2), "passed"),
    "1000 owners, ordinary: 333 of 667": Row(
        1000, 90_000 * M2, ORDINARY, Said(333, 50_000 * M2, 334, 30_000 * M2), "rejected"
    ),
    "1000 owners, ordinary: 334 of 667": Row(
        1000, 90_000 * M2, ORDINARY, Said(334, 50_000 * M2, 333, 30_000 * M2), "passed"
    ),
    "1000 owners, special: 500 of 667": Row(
        1000, 90_000 * M2, FUND, Said(500, 70_000 * M2, 167, 10_000 * M2), "rejected"
    ),
    "1000 owners, special: 501 of 667": Row(
        1000, 90_000 * M2, FUND, Said(501, 70_000 * M2, 166, 10_000 * M2), "passed"
    ),
}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@contextmanager
def tried() -> Iterator[None]:
    """What is done within is undone, so that the next row stands on the same ground."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def shares(count: int, area: int) -> list[int]:
    """So many parts of an area, none of them empty."""
    return [area // count + (place < area % count) for place in range(count)] if count else []


def entries_of(row: Row, world: World) -> list[Entitlement]:
    """Those who agree stand first, then those who do not, then those who stay at home."""
    said = row.said
    home = row.owners - said.yes - said.no
    areas = [
        *shares(said.yes, said.yes_area),
        *shares(said.no, said.no_area),
        *shares(home, row.area - said.yes_area - said.no_area),
    ]
    assert (len(areas), sum(areas)) == (row.owners, row.area)
    first, *rest = (Entitlement(group="演示", area=area) for area in areas)
    return [Entitlement((world.people["resident"].pk,), group="演示", area=first.area), *rest]


def papers_of(said: Said) -> str:
    """As a teller types them: number of the paper, what is marked."""
    marked = ["1"] * said.yes + ["2"] * said.no
    return "\n".join(f"{number} {mark}" for number, mark in enumerate(marked, 1))


def counted_over_http(world: World, vote: Vote, said: Said, today: list[dt.datetime]) -> dict[str, Any]:
    """A box that two people typed, the two buttons, the result as the interface tells it."""
    number, cast = f"/votes/{vote.number}", said.yes + said.no
    one, other = client_of(world, "secretary"), client_of(world, "grid_member")
    box = one.post(f"{number}/desk", {"code": "1 号箱", "origin": "paper"}).headers["Location"]
    sheet = {"printed": cast, "issued": cast, "unused": 0, "spoiled": 0, "returned": cast, "papers": papers_of(said)}
    today[0] = AFTER
    for teller in (one, other):
        assert teller.post(box, sheet).status_code == 302
    for act in ("close", "count"):
        assert one.post(f"{number}/act/{act}").status_code == 302
    read = caller(world, "secretary").get(f"{number}/result")
    assert read.status_code == 200, read.content.decode()
    today[0] = NOW
    return dict(read.json())


def by_the_engine(vote: Vote, said: Said) -> str:
    """The same ballots, counted by the engine alone under the same rule."""
    names = {entry.position: queries.commitment_of(vote, entry) for entry in vote.roll.entries.all()}
    roll = queries.engine_roll(vote, queries.commitments(vote))
    marks = [("yes",)] * said.yes + [("no",)] * said.no
    ballots = [Ballot(names[place], mark, "paper", NOW) for place, mark in enumerate(marks, 1)]
    return tally_recorded(queries.rule_of(vote), roll, ballots).outcome


@pytest.mark.req("H03", where="/votes/{number}/desk")
@pytest.mark.parametrize("section", ["278 participation", "boundary", "278 ordinary", "278 special", "1000 owners"])
def test_the_numbers_of_the_law_from_the_box_to_the_result(
    world: World, today: list[dt.datetime], section: str
) -> None:
    rows = {name: row for name, row in ROWS.items() if name.startswith(section)}
    assert len(rows) >= 2
    for name, row in rows.items():
        with tried():
            vote = opened(world, roll_of(world, entries_of(row, world)), ground(row.matter))
            found = counted_over_http(world, vote, row.said, today)
            assert (found["outcome"], by_the_engine(vote, row.said)) == (row.outcome, row.outcome), name
            amounts = found["result"]["amounts"]
            came = {"heads": row.said.yes + row.said.no, "area": row.said.yes_area + row.said.no_area}
            assert amounts["participating"] == came and amounts["registered"] == {
                "heads": row.owners,
                "area": row.area,
            }
            assert ("yes" in amounts) is (row.outcome != "no_quorum"), name  # without a quorum no choice is told


@pytest.mark.req("H03", where="/api/v1/votes/{number}/record")
def test_the_record_of_a_thousand_owners_is_counted_again(world: World, today: list[dt.datetime]) -> None:
    row = ROWS["1000 owners, special: 501 of 667"]
    vote = opened(world, roll_of(world, entries_of(row, world)), ground(row.matter))
    counted_over_http(world, vote, row.said, today)
    record = caller(world, "resident").get(f"/votes/{vote.number}/record").json()
    assert verify_record(record) == [] and record["events"][-1]["body"]["outcome"] == "passed"
    assert record["seal"] == Vote.objects.get(pk=vote.pk).seal


def test_the_bars_say_what_is_missing(world: World, today: list[dt.datetime]) -> None:
    """960 owners, 86,400 ㎡: 640 heads and 57,600 ㎡, and of 1000 owners 667."""
    for owners, area, needed in ((960, 86_400 * M2, [640, 57_600 * M2]), (1000, 90_000 * M2, [667, 60_000 * M2])):
        row = Row(owners, area, ORDINARY, Said(1, 90 * M2), "")
        vote = opened(world, roll_of(world, entries_of(row, world)))
        actions.cast_ballot(by=world.actor("resident"), at=NOW, number=vote.number, position=1, marks=("yes",))
        bars = caller(world, "resident").get(f"/votes/{vote.number}").json()["needed"]
        assert [bar["needed"] for bar in bars] == needed
        assert [bar["missing"] for bar in bars] == [needed[0] - 1, needed[1] - 90 * M2]
